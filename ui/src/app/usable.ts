// The moment from which the window can be used: its first rows, or its address, are drawn. `cargo xtask bench` reads it.
let marked = false;

/** Marks it once, with the next picture. */
export function markUsable() {
  if (marked) return;
  marked = true;
  requestAnimationFrame(() => performance.mark("pushpull:usable"));
}

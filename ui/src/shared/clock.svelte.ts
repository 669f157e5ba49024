// The time of what is shown as an age: it goes on by itself while something that shows it is there.
import { createSubscriber } from "svelte/reactivity";

const STEP = 30_000;

const ticking = createSubscriber((update) => {
  const ticks = setInterval(update, STEP);
  return () => clearInterval(ticks);
});

export const clock = {
  /** ms since 1970. */
  get now(): number {
    ticking();
    return Date.now();
  },
};

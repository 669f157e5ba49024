// The keys that scroll a view that has no selected row.
import type { VirtualScroll } from "$shared/virtual/scroll.svelte";

/** How far one press of an arrow scrolls sideways. */
const SIDEWAYS = 48;

export function scrollKeys(event: KeyboardEvent, scroll: VirtualScroll) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { rowHeight: row, viewport } = scroll;
  const end = scroll.total * row;
  const to: Record<string, number> = {
    ArrowDown: scroll.top + row,
    j: scroll.top + row,
    ArrowUp: scroll.top - row,
    k: scroll.top - row,
    PageDown: scroll.top + viewport - row,
    " ": scroll.top + viewport - row,
    PageUp: scroll.top - viewport + row,
    Home: 0,
    End: end,
  };
  const sideways = { ArrowLeft: -SIDEWAYS, ArrowRight: SIDEWAYS }[event.key];
  if (sideways !== undefined) {
    event.preventDefault();
    event.stopPropagation();
    return scroll.moveSideways(sideways);
  }
  const top = to[event.key];
  if (top === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  scroll.moveTo(top);
}

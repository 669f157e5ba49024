// Where the focus goes when the button that had it goes with what it takes away.
import { tick } from "svelte";

/**
 * Focuses the button that stands in the place of one that is gone, of those with `data-delete={group}`: the next one, else
 * the last. Where none is left, what adds another has it: the control with `data-add={group}`.
 */
export async function focusNear(group: string, at: number) {
  await tick();
  const left = document.querySelectorAll<HTMLElement>(`[data-delete="${group}"]`);
  (left[Math.min(at, left.length - 1)] ?? document.querySelector<HTMLElement>(`[data-add="${group}"]`))?.focus();
}

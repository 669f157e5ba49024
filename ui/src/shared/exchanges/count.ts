// How many exchanges a filter finds: a search over bodies answers before it has read them all.
import { call } from "$ipc/call";

const ASK_AGAIN_AFTER = 200;

/** How many exchanges a filter finds up to one. `goesOn` is told how many there are so far; false ends the counting. */
export async function countAll(
  filter: string,
  upto: number | null,
  goesOn: (soFar: number) => boolean = () => true,
): Promise<number> {
  for (;;) {
    const { rows, complete } = await call("count", { filter, upto });
    if (complete || !goesOn(rows)) return rows;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER));
  }
}

// The values of a row in full: the table has them cut after 500 characters.
import { asApiError, call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { CompareCell } from "$ipc/bindings/CompareCell";
import type { CompareRow } from "$ipc/bindings/CompareRow";
import type { ExchangeSide } from "./comparison.svelte";
import { pointerOf } from "$shared/paths";

/** Where the engine cuts the text of a cell. */
const CUT_AT = 500;

/** Characters of a value that are put into the page. */
const SHOWN = 100_000;

/** Reads the whole values of one row; only the newest wish counts. */
export class FullValues {
  /** By the place of the side; only those that were cut. */
  texts = $state.raw<Record<number, string>>({});
  /** Why a cut value can't be had whole. */
  problem = $state.raw<ApiError | null>(null);
  private run = 0;

  async read(row: CompareRow | null, sides: readonly ExchangeSide[]): Promise<void> {
    const run = ++this.run;
    this.texts = {};
    this.problem = null;
    const wanted = row?.cells.flatMap((cell, side) => (this.isCut(cell) ? [side] : [])) ?? [];
    if (!row || wanted.length === 0) return;
    try {
      const found = await Promise.all(wanted.map(async (side) => [side, await wholeValue(row, sides[side])] as const));
      if (run === this.run) this.texts = Object.fromEntries(found);
    } catch (thrown) {
      if (run === this.run) this.problem = asApiError(thrown);
    }
  }

  isCut(cell: CompareCell): boolean {
    return cell.text.length >= CUT_AT;
  }
}

/** The value at the path of a row, read as a text of its own. */
async function wholeValue(row: CompareRow, side: ExchangeSide | undefined): Promise<string> {
  const pointer = pointerOf(row.path);
  if (!side || pointer === null) throw new Error("This value is in an element that is named by its identity.");
  const bytes = await call("compare_text", { side: { ...side, root: side.root + pointer }, pretty: false });
  return new TextDecoder().decode(bytes).slice(0, SHOWN);
}

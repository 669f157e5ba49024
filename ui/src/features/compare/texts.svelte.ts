// Two sides as texts, and where they differ: for the views side by side and inline.
import { asApiError, call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { CompareSide } from "$ipc/bindings/CompareSide";
import type { TextChanges } from "$ipc/bindings/TextChanges";

/** Two texts and their changes. */
export interface TextPair {
  a: string;
  b: string;
  changes: TextChanges["changes"];
  notice: string | null;
}

/** Reads one pair after another; only the newest wish counts. */
export class TextPairs {
  pair = $state.raw<TextPair | null>(null);
  problem = $state.raw<ApiError | null>(null);
  private run = 0;

  async read(a: CompareSide, b: CompareSide, pretty: boolean): Promise<void> {
    const run = ++this.run;
    this.problem = null;
    try {
      const [left, right, found] = await Promise.all([
        call("compare_text", { side: a, pretty }),
        call("compare_text", { side: b, pretty }),
        call("compare_changes", { a, b, pretty }),
      ]);
      if (run !== this.run) return;
      this.pair = { a: decode(left), b: decode(right), changes: found.changes, notice: found.notice };
    } catch (thrown) {
      if (run !== this.run) return;
      this.pair = null;
      this.problem = asApiError(thrown);
    }
  }
}

/** The engine's UTF-8 as it is: a byte order mark is a character of the text, or the offsets would shift. */
function decode(bytes: ArrayBuffer): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

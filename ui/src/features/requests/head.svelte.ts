// The head that a request would go out with, read again a moment after each change.
import { asApiError, call } from "$ipc/call";
import type { HeadPreview } from "$ipc/bindings/HeadPreview";
import type { RequestDefinition } from "$ipc/bindings/RequestDefinition";

/** How long after the last key the head is read, ms. */
const AFTER = 120;

/** The head of the tab that is shown. */
export class HeadReader {
  head = $state.raw<HeadPreview | null>(null);
  /** The fields of which nothing was there yet when `head` was read. */
  private empty: readonly string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private run = 0;

  /** Reads the head of `definition` soon; only the newest answer counts. */
  want(definition: RequestDefinition): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.read(definition), AFTER);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.run += 1;
  }

  /** What is wrong with a row of a table, by the engine's name for it: `headers`, `query`, `body.fields`. */
  rowProblem(table: string): { row: number; message: string } | null {
    const problem = this.head?.problem;
    if (!problem?.field.startsWith(`${table}.`)) return null;
    return { row: Number.parseInt(problem.field.slice(table.length + 1), 10), message: problem.message };
  }

  /** What is wrong with a single field: `url`, `method`, `body`. What is not there yet is not wrong. */
  problem(field: string): string | null {
    const problem = this.head?.problem;
    if (this.empty.includes(field)) return null;
    return problem?.field === field ? problem.message : null;
  }

  private async read(definition: RequestDefinition): Promise<void> {
    const run = ++this.run;
    const head = await call("preview_head", definition).catch((thrown: unknown) => unread(asApiError(thrown).message));
    if (run !== this.run) return;
    this.empty = emptyFields(definition);
    this.head = head;
  }
}

/** What has to be there to be sent, and is still to be given. */
function emptyFields({ url, body }: RequestDefinition): string[] {
  const hasFile = body.type !== "file" || body.path !== "";
  return [...(url === "" ? ["url"] : []), ...(hasFile ? [] : ["body.path"])];
}

/** What stands in place of a head that could not be read. */
function unread(message: string): HeadPreview {
  return { line: "", headers: [], problem: { field: "request", message } };
}

// An export as it is asked for, previewed and carried out.
import { asApiError, call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { ExportFormat } from "$ipc/bindings/ExportFormat";
import type { ExportPreview } from "$ipc/bindings/ExportPreview";
import type { ExportQuery } from "$ipc/bindings/ExportQuery";
import type { ExportScope } from "$ipc/bindings/ExportScope";
import type { Exported } from "$ipc/bindings/Exported";
import { chooseSave, copyText } from "$ipc/desktop";
import { countAll } from "$shared/exchanges/count";
import { count as counted } from "$shared/format";

/** The formats, what they are good for, and the ending of their files. */
export const FORMATS: readonly { value: ExportFormat; title: string; ending: string; about: string }[] = [
  {
    value: "ndjson",
    title: "NDJSON",
    ending: "ndjson",
    about: "One JSON object a line, nothing lost. Pushpull's own.",
  },
  { value: "har", title: "HAR", ending: "har", about: "HTTP Archive 1.2, for browsers and other tools." },
  { value: "curl", title: "cURL", ending: "sh", about: "One command an exchange, to be run again." },
  { value: "csv", title: "CSV", ending: "csv", about: "The list as a table, without bodies." },
  { value: "http", title: "HTTP", ending: "http", about: "The bytes of the requests as they were on the wire." },
  {
    value: "raw",
    title: "Body",
    ending: "bin",
    about: "The bytes of one body: of the request of a push, of the response of a pull.",
  },
];

/** Formats that hold bytes as they were: nothing can be masked in them without altering them. */
const EXACT: readonly ExportFormat[] = ["raw"];

/** What is offered to be exported. */
export interface ScopeChoice {
  value: string;
  title: string;
  scope: ExportScope;
}

/** What is not in an export, or not whole. */
export function missing(format: ExportFormat, written: Exported): string[] {
  const parts: string[] = [];
  if (written.gone > 0) parts.push(`${counted(written.gone)} deleted meanwhile are not in it`);
  if (written.damaged > 0) parts.push(`${counted(written.damaged)} damaged in the workspace are not in it`);
  if (written.partial > 0)
    parts.push(
      format === "raw"
        ? "not all of this body is kept: what is written is a part"
        : `${counted(written.partial)} not kept whole are not in it (NDJSON and HAR have them)`,
    );
  return parts;
}

/** One export dialog. */
export class Export {
  readonly scopes: readonly ScopeChoice[];
  chosen = $state("");
  format = $state<ExportFormat>("ndjson");
  redact = $state(true);
  /** How many exchanges each choice holds, so far or all. */
  counts = $state.raw<Record<string, { rows: number; isAll: boolean }>>({});
  preview = $state.raw<ExportPreview | null>(null);
  problem = $state.raw<ApiError | null>(null);
  /** The export into a file that is under way. */
  ticket = $state<string | null>(null);

  readonly scope = $derived.by(() => this.scopes.find(({ value }) => value === this.chosen)?.scope ?? everything);
  readonly exact = $derived(EXACT.includes(this.format));
  readonly query: ExportQuery = $derived({
    scope: this.scope,
    format: this.format,
    redact: this.redact && !this.exact,
  });
  /** The exchanges of what is chosen; null while they are being counted. */
  readonly count = $derived.by(() => {
    const counted = this.counts[this.chosen];
    return counted?.isAll ? counted.rows : null;
  });
  /** Why this can't be exported as chosen; null if it can. */
  readonly obstacle = $derived.by(() => {
    if (this.count === 0) return "There is no exchange in it.";
    if (this.format !== "raw" || this.count === 1) return null;
    return this.count === null
      ? "Body takes exactly one exchange, and they are still being counted."
      : "Body takes exactly one exchange. Select one in the list, or choose another format.";
  });
  isOpen = true;
  private run = 0;

  constructor(scope: ExportScope) {
    this.scopes = choices(scope);
    this.chosen = this.scopes[0]?.value ?? "all";
  }

  /** Asks how many exchanges each choice holds; a slow search is counted as long as somebody waits for it. */
  async countAll(): Promise<void> {
    await Promise.all(
      this.scopes.map(async ({ value, scope }) => {
        const take = (rows: number, isAll: boolean) => (this.counts = { ...this.counts, [value]: { rows, isAll } });
        const goesOn = (soFar: number) => {
          take(soFar, false);
          return this.isOpen;
        };
        const rows = scope.type === "selection" ? scope.ids.length : await countAll(scope.filter, null, goesOn);
        take(rows, true);
      }),
    );
  }

  /** Asks what it would look like; only the newest answer counts. */
  async look(): Promise<void> {
    const run = ++this.run;
    if (this.obstacle) {
      this.preview = null;
      return;
    }
    try {
      const preview = await call("preview_export", this.query);
      if (run !== this.run) return;
      this.preview = preview;
      this.problem = null;
    } catch (thrown) {
      if (run !== this.run) return;
      this.preview = null;
      this.problem = asApiError(thrown);
    }
  }

  /** Asks for a file and writes it. Answers what was written; null if nothing was. */
  async save(name: string): Promise<Exported | null> {
    const ending = FORMATS.find(({ value }) => value === this.format)?.ending ?? "txt";
    const path = await chooseSave(`${name}.${ending}`);
    if (path === null) return null;
    const ticket = crypto.randomUUID();
    this.ticket = ticket;
    this.problem = null;
    try {
      return await call("export", { query: this.query, path, ticket });
    } catch (thrown) {
      this.problem = asApiError(thrown);
      return null;
    } finally {
      this.ticket = null;
    }
  }

  /** Puts it on the clipboard. False if it can't be put there. */
  async copy(): Promise<boolean> {
    try {
      const { text } = await call("export_text", this.query);
      await copyText(text);
      return true;
    } catch (thrown) {
      this.problem = asApiError(thrown);
      return false;
    }
  }

  async cancel(): Promise<void> {
    if (this.ticket) await call("cancel", { ticket: this.ticket });
  }
}

const everything: ExportScope = { type: "filter", filter: "" };

function choices(scope: ExportScope): ScopeChoice[] {
  const all: ScopeChoice = { value: "all", title: "Everything", scope: everything };
  if (scope.type === "selection") return [{ value: "selection", title: "The selection", scope }, all];
  return scope.filter.trim() === "" ? [all] : [{ value: "filter", title: "All that the filter finds", scope }, all];
}

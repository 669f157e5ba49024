// One open tab: a request as it is typed, what is saved of it, and what was sent from it.
import { asApiError, call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { Draft } from "$ipc/bindings/Draft";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import type { ImportedRequest } from "$ipc/bindings/ImportedRequest";
import type { RequestDefinition } from "$ipc/bindings/RequestDefinition";
import { sameDefinition } from "./definition";

/** The tabs of the request side. */
export type RequestPart = "params" | "headers" | "body" | "options";
/** The tabs of the response side. */
export type ResponsePart = "body" | "headers" | "sent" | "raw";

/** A send that is under way. */
export interface Run {
  ticket: string;
  /** By `performance.now()`. */
  startedAt: number;
}

/** What was said when a request was filled from elsewhere, and what it held before. */
export interface FillNote {
  title: string;
  notes: string[];
  before: RequestDefinition;
}

/** An open tab. */
export class DraftTab {
  readonly key: string;
  position: number;
  name = $state("");
  requestId = $state<number | null>(null);
  definition = $state() as RequestDefinition;
  /** What is kept under `requestId`; null while nothing is. */
  saved = $state.raw<RequestDefinition | null>(null);
  /** True once the user has given it a name. */
  named = $state(false);
  /** The exchange whose answer is shown. */
  shown = $state<number | null>(null);
  run = $state.raw<Run | null>(null);
  /** Why the last send did not even become an exchange. */
  problem = $state.raw<ApiError | null>(null);
  fill = $state.raw<FillNote | null>(null);
  /** Answers of this tab while it has no saved request to list them by, newest first. */
  answers = $state.raw<ExchangeSummary[]>([]);
  part = $state<RequestPart>("params");
  responsePart = $state<ResponsePart>("body");
  bulk = $state(false);

  readonly unsaved = $derived(this.saved === null ? this.touched : !sameDefinition(this.definition, this.saved));

  constructor(draft: Draft, saved: RequestDefinition | null, answers: readonly ExchangeSummary[] = []) {
    this.key = draft.key;
    this.position = draft.position;
    this.name = draft.name;
    this.named = draft.requestId !== null;
    this.requestId = draft.requestId;
    this.definition = draft.definition;
    this.shown = draft.shown;
    this.saved = saved;
    this.answers = [...answers];
    this.part = draft.definition.body.type === "none" ? "params" : "body";
  }

  /** True if an unsaved tab holds anything worth keeping. */
  private get touched(): boolean {
    const { url, query, headers, body } = this.definition;
    return url !== "" || query.length > 0 || headers.length > 0 || body.type !== "none";
  }

  /** The tab as it is kept. */
  toDraft(): Draft {
    return {
      key: this.key,
      requestId: this.requestId,
      position: this.position,
      name: this.name,
      definition: $state.snapshot(this.definition) as RequestDefinition,
      unsaved: this.unsaved,
      shown: this.shown,
      answers: this.requestId === null ? this.answers.map((answer) => answer.id) : [],
    };
  }

  /** Puts another definition in place and remembers the one before for `undoFill`. */
  fillWith(imported: ImportedRequest, title: string): void {
    this.fill = { title, notes: imported.notes, before: $state.snapshot(this.definition) as RequestDefinition };
    this.definition = imported.definition;
    if (imported.definition.body.type !== "none") this.part = "body";
    else if (imported.definition.headers.length > 0) this.part = "headers";
  }

  /** Takes the fill back. */
  undoFill(): void {
    if (this.fill) this.definition = this.fill.before;
    this.fill = null;
  }

  /** Sends it and shows what came of it. A failure of the wire is an exchange too. */
  async send(): Promise<void> {
    if (this.run) return;
    const run = { ticket: crypto.randomUUID(), startedAt: performance.now() };
    this.run = run;
    this.problem = null;
    try {
      const definition = $state.snapshot(this.definition) as RequestDefinition;
      const { requestId } = this;
      const answer = await call("send", { ticket: run.ticket, definition, requestId });
      this.answers = [answer, ...this.answers];
      this.shown = answer.id;
      if (requestId === null) await this.list([answer.id]);
    } catch (thrown) {
      this.problem = asApiError(thrown);
    } finally {
      this.run = null;
    }
  }

  /** Lists answers under the request that was saved while they were on their way; does nothing if none was. */
  async list(answers: number[]): Promise<void> {
    if (this.requestId === null || answers.length === 0) return;
    const saved = await call("saved_request", { id: this.requestId });
    await call("save_request", { ...saved, answers });
  }

  /** Cancels the send; what had happened until then is kept as an exchange. */
  async cancel(): Promise<void> {
    if (this.run) await call("cancel", { ticket: this.run.ticket });
  }
}

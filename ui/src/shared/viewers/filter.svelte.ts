// The filter over a body: an expression, and what it came to.
import type { Filter } from "$ipc/bindings/Filter";
import type { Filtered } from "$ipc/bindings/Filtered";
import type { FilterLanguage } from "$ipc/bindings/FilterLanguage";
import type { Reading } from "$ipc/bindings/Reading";
import { asApiError, call } from "$ipc/call";
import { counted } from "$shared/format";

/** How long typing rests before a filter is run. */
const WAIT = 350;

export class BodyFilter {
  shown = $state(false);
  language = $state<FilterLanguage>("jsonpath");
  program = $state("");
  busy = $state(false);
  /** What was found last, and by which filter. */
  found = $state.raw<{ filter: Filter; result: Filtered } | null>(null);
  /** The document that it is over. */
  #body: Reading | null = null;
  #ticket: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #revision = 0;

  /** The filter whose values are shown in place of the document. */
  readonly active: Filter | null = $derived(
    this.shown && this.found && (this.found.result.results > 0 || !this.found.result.problem)
      ? this.found.filter
      : null,
  );

  readonly words: string = $derived.by(() => {
    if (this.busy) return "running";
    if (!this.found) return "";
    const { results, took } = this.found.result;
    return `${counted(results, "value")} in ${took} ms`;
  });

  /** Runs it once typing rests. */
  typed(body: Reading) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.run(body), WAIT);
  }

  async run(body: Reading) {
    clearTimeout(this.#timer);
    this.cancel();
    const revision = ++this.#revision;
    const filter: Filter = { language: this.language, program: this.program };
    if (filter.program.trim() === "") {
      this.busy = false;
      this.found = null;
      return;
    }
    const ticket = crypto.randomUUID();
    this.#ticket = ticket;
    this.busy = true;
    const result = await call("filter", { ticket, body, filter }).catch((thrown): Filtered => {
      return { results: 0, took: 0, notice: null, problem: { message: asApiError(thrown).message, at: null } };
    });
    if (revision !== this.#revision) return;
    this.busy = false;
    this.#ticket = null;
    this.found = { filter, result };
  }

  /** Ends what runs; what it found by then comes. */
  cancel() {
    if (this.#ticket) void call("cancel", { ticket: this.#ticket }).catch(() => undefined);
    this.#ticket = null;
  }

  /** Another document: what was found is not of it. What was found in the same one is still there. */
  begin(body: Reading) {
    if (body === this.#body) return;
    this.#forget();
    this.#body = body;
    if (this.shown) void this.run(body);
  }

  clear() {
    this.#forget();
    Object.assign(this, { shown: false, language: "jsonpath", program: "" });
  }

  #forget() {
    clearTimeout(this.#timer);
    this.cancel();
    this.#revision += 1;
    this.busy = false;
    this.found = null;
    this.#body = null;
  }
}

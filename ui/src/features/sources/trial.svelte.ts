// What "Try it" is to send, as it is typed, and what came of it: both stay while other screens are shown.
import { session } from "$app/session.svelte";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import type { Header } from "$ipc/bindings/Header";
import type { SampleProvider } from "$ipc/bindings/SampleProvider";
import type { SourceTried } from "$ipc/bindings/SourceTried";
import type { TryRequest } from "$ipc/bindings/TryRequest";
import { asApiError, call } from "$ipc/call";
import type { RulesForm } from "./rules.svelte";

/** How long the engine waits for an answer, s. */
export const PATIENCE = 15;

class Trial {
  what = $state<"typed" | "exchange" | SampleProvider>("typed");
  method = $state("POST");
  path = $state("");
  headers = $state<Header[]>([{ name: "Content-Type", value: "application/json" }]);
  body = $state('{"id": 1}');
  /** The stored exchange that was chosen. */
  stored = $state.raw<ExchangeSummary | null>(null);

  /** The source that was tried last. */
  source = $state("");
  /** True while its answer is waited for. */
  busy = $state(false);
  tried = $state.raw<SourceTried | null>(null);
  problem = $state.raw<ApiError | null>(null);
  /** How often one was sent or let go of: an answer to an older one is of no use. */
  #revision = 0;

  /** Tries a source with its rules as they are typed. */
  async send(form: RulesForm) {
    const { source } = form;
    const revision = ++this.#revision;
    this.#take(source, true);
    try {
      await form.flush();
      const tried = await call("try_source", { source, request: this.request() });
      if (revision === this.#revision) this.#take(source, false, tried);
      form.recountSoon();
    } catch (thrown) {
      if (revision === this.#revision) this.#take(source, false, null, asApiError(thrown));
    }
  }

  #take(source: string, busy: boolean, tried: SourceTried | null = null, problem: ApiError | null = null) {
    Object.assign(this, { source, busy, tried, problem });
  }

  request(): TryRequest {
    const { what, method, path, body } = this;
    if (what === "exchange") return { type: "exchange", id: this.stored?.id ?? 0 };
    if (what !== "typed") return { type: "sample", provider: what };
    return { type: "typed", method, path, headers: this.headers.filter(({ name }) => name.trim() !== ""), body };
  }

  /** Another workspace was opened: it has other exchanges. */
  clear() {
    Object.assign(this, { what: "typed", method: "POST", path: "", body: '{"id": 1}' });
    this.headers = [{ name: "Content-Type", value: "application/json" }];
    this.stored = null;
    this.#revision += 1;
    this.#take("", false);
  }
}

/** The one trial of the window. */
export const trial = new Trial();
session.hold(trial);

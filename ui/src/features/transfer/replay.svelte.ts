// A replay as it is asked for and what came of it.
import { asApiError, call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import type { Failure } from "$ipc/bindings/Failure";
import type { NotSent } from "$ipc/bindings/NotSent";
import type { Settings } from "$ipc/bindings/Settings";

/** One replay dialog. */
export class Replay {
  target = $state("");
  ticket = $state<string | null>(null);
  /** By `performance.now()`. */
  startedAt = $state(0);
  problem = $state.raw<ApiError | null>(null);
  /** What came back, in the order of the pushes; null before the first send. */
  results = $state.raw<ExchangeSummary[] | null>(null);

  /** Those that could not be sent, each with the reason. */
  notSent = $state.raw<NotSent[]>([]);

  /** Why the first of them that has no answer has none. */
  failure = $state.raw<Failure | null>(null);

  /** Why the target is none; null if it is one or is still blank. */
  readonly targetProblem = $derived(whyNoTarget(this.target));
  readonly failed = $derived(this.results?.filter((row) => row.status === null).length ?? 0);

  constructor(
    readonly ids: readonly number[],
    target: string,
  ) {
    this.target = target;
  }

  /** Sends them in their order. Answers the settings with the target in them if it is another one than before. */
  async send(settings: Settings | null): Promise<Settings | null> {
    if (this.ticket || this.target.trim() === "" || this.targetProblem) return null;
    const ticket = crypto.randomUUID();
    const to = this.target.trim();
    this.ticket = ticket;
    this.startedAt = performance.now();
    this.problem = null;
    this.failure = null;
    try {
      const replayed = await call("replay", { ids: [...this.ids], to, ticket });
      this.results = replayed.exchanges;
      this.notSent = replayed.notSent;
      const failed = this.results.find((row) => row.failure !== null);
      if (failed) this.failure = (await call("exchange", { id: failed.id })).failure;
      return settings && settings.replayTarget !== to
        ? await call("save_settings", { ...settings, replayTarget: to })
        : null;
    } catch (thrown) {
      this.problem = asApiError(thrown);
      return null;
    } finally {
      this.ticket = null;
    }
  }

  async cancel(): Promise<void> {
    if (this.ticket) await call("cancel", { ticket: this.ticket });
  }
}

function whyNoTarget(target: string): string | null {
  const typed = target.trim();
  if (typed === "") return null;
  if (!/^https?:\/\/[^/\s]/i.test(typed)) return "A target begins with http:// or https:// and a host.";
  return /\s/.test(typed) ? "A URL has no space in it." : null;
}

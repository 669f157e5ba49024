// The exchange whose answer is shown.
import { asApiError, call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { Exchange } from "$ipc/bindings/Exchange";

/** Reads one exchange after another; only the newest wish counts. */
export class Answer {
  exchange = $state.raw<Exchange | null>(null);
  problem = $state.raw<ApiError | null>(null);
  private run = 0;

  /** Shows the exchange with this number, or nothing. */
  async show(id: number | null): Promise<void> {
    const run = ++this.run;
    this.problem = null;
    if (id === null) {
      this.exchange = null;
      return;
    }
    try {
      const exchange = await call("exchange", { id });
      if (run === this.run) this.exchange = exchange;
    } catch (thrown) {
      if (run !== this.run) return;
      this.exchange = null;
      this.problem = asApiError(thrown);
    }
  }
}

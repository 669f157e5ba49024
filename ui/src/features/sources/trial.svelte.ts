// What "Try it" is to send, as it is typed: it stays while other screens are shown.
import { session } from "$app/session.svelte";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import type { SampleProvider } from "$ipc/bindings/SampleProvider";
import type { TryRequest } from "$ipc/bindings/TryRequest";

class Trial {
  what = $state<"typed" | "exchange" | SampleProvider>("typed");
  method = $state("POST");
  path = $state("");
  type = $state("application/json");
  body = $state('{"id": 1}');
  /** The stored exchange that was chosen. */
  stored = $state.raw<ExchangeSummary | null>(null);

  request(): TryRequest {
    const { what, method, path, type, body } = this;
    if (what === "exchange") return { type: "exchange", id: this.stored?.id ?? 0 };
    if (what !== "typed") return { type: "sample", provider: what };
    return { type: "typed", method, path, headers: type ? [{ name: "Content-Type", value: type }] : [], body };
  }

  /** Another workspace was opened: it has other exchanges. */
  clear() {
    Object.assign(this, { what: "typed", method: "POST", path: "", type: "application/json", body: '{"id": 1}' });
    this.stored = null;
  }
}

/** The one trial of the window. */
export const trial = new Trial();
session.hold(trial);

// What "Try it" is to send, as it is typed: it stays while other screens are shown.
import { session } from "$app/session.svelte";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import type { Header } from "$ipc/bindings/Header";
import type { SampleProvider } from "$ipc/bindings/SampleProvider";
import type { TryRequest } from "$ipc/bindings/TryRequest";

class Trial {
  what = $state<"typed" | "exchange" | SampleProvider>("typed");
  method = $state("POST");
  path = $state("");
  headers = $state<Header[]>([{ name: "Content-Type", value: "application/json" }]);
  body = $state('{"id": 1}');
  /** The stored exchange that was chosen. */
  stored = $state.raw<ExchangeSummary | null>(null);

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
  }
}

/** The one trial of the window. */
export const trial = new Trial();
session.hold(trial);

// The known providers and the user's own.
import type { Certainty } from "$ipc/bindings/Certainty";
import type { Provider } from "$ipc/bindings/Provider";
import { call } from "$ipc/call";

class Providers {
  all = $state.raw<Provider[]>([]);
  #reading: Promise<void> | null = null;

  /** Reads them once; again after a change. */
  load(again = false): Promise<void> {
    if (again) this.#reading = null;
    this.#reading ??= call("providers", {}).then(({ providers }) => {
      this.all = providers;
    });
    return this.#reading;
  }

  find(key: string | null): Provider | null {
    return this.all.find((provider) => provider.key === key) ?? null;
  }

  async remove(key: string): Promise<void> {
    await call("delete_provider", { key });
    await this.load(true);
  }
}

export const providers = new Providers();

/** How sure the facts of a provider are, for the user. */
export function certaintyWords(certainty: Certainty): string {
  switch (certainty) {
    case "sdk":
    case "test":
      return "confirmed";
    case "doc":
      return "from the documentation";
    case "custom":
      return "your own";
    default:
      return "unconfirmed";
  }
}

// The known providers and the user's own.
import type { Certainty } from "$ipc/bindings/Certainty";
import type { Provider } from "$ipc/bindings/Provider";
import { call } from "$ipc/call";

class Providers {
  all = $state.raw<Provider[]>([]);
  #reading: Promise<void> | null = null;
  #workspace: number | null = null;

  /** Reads those of a workspace once, `again` after a change. */
  load(workspace: number, again = false): Promise<void> {
    if (again || workspace !== this.#workspace) this.#reading = null;
    this.#workspace = workspace;
    this.#reading ??= call("providers", {}).then(
      ({ providers }) => {
        this.all = providers;
      },
      (thrown: unknown) => {
        this.#reading = null; // the next one who asks tries again
        throw thrown;
      },
    );
    return this.#reading;
  }

  find(key: string | null): Provider | null {
    return this.all.find((provider) => provider.key === key) ?? null;
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

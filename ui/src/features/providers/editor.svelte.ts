// One provider being written, and what it makes of an example.
import type { ApiError } from "$ipc/bindings/ApiError";
import type { Provider } from "$ipc/bindings/Provider";
import type { Tried } from "$ipc/bindings/Tried";
import { asApiError, call } from "$ipc/call";
import { EMPTY_HANDSHAKE, EMPTY_SCHEME } from "$shared/signing/blank";
import { providers } from "$shared/signing/providers.svelte";
import { blankDraft, draftOf, isReadable, keyFor, providerOf, type ProviderDraft } from "./draft";
import { handshakeDraftOf } from "./handshakeDraft";
import { schemeDraftOf } from "./schemeDraft";
import { vault } from "../vault/vault.svelte";

/** How long the form rests before the example is checked. */
const REST = 250;

const EXAMPLE = "POST /in/acme HTTP/1.1\nHost: hooks.example.com\nContent-Type: application/json\nX-Signature: \n\n{}";

const NOTHING: Tried = {
  problem: null,
  verdict: null,
  eventType: null,
  eventId: null,
  deliveryId: null,
  attempt: null,
  events: [],
  handshake: null,
  asked: [],
};

/** The key that is wanted, with a number behind it if a provider has it. */
function freeKey(wanted: string): string {
  let key = wanted;
  for (let number = 2; providers.find(key); number++) key = `${wanted}-${number}`;
  return key;
}

/** Puts one of several that are tried in turn before the one above it. */
export function moveUp<T>(list: T[], place: number) {
  list.splice(place - 1, 0, ...list.splice(place, 1));
}

export class ProviderEditor {
  draft = $state<ProviderDraft>(blankDraft());
  /** The example: a stored push, or else the text. */
  exchange = $state<number | null>(null);
  request = $state(EXAMPLE);
  secret = $state("");
  url = $state("");
  /** The values that the rules ask for beside a secret, by name. */
  fields = $state<Record<string, string>>({});
  tried = $state.raw<Tried | null>(null);
  /** The secrets of the push's source can't be read: the vault is closed. */
  isLocked = $state(false);
  problem = $state.raw<ApiError | null>(null);
  busy = $state(false);
  readonly base: Provider | null;
  /** True if a provider of the user's is changed, false if one is made. */
  readonly known: boolean;
  /** What was typed when the form began. */
  readonly #begun: string;
  #revision = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(base: Provider | null, exchange: number | null) {
    this.base = base;
    this.known = base?.custom ?? false;
    this.exchange = exchange;
    if (base) {
      const draft = draftOf(base);
      this.draft = base.custom ? draft : { ...draft, name: `${base.name}, my own`, key: freeKey(`${base.key}-own`) };
    }
    this.#begun = this.#typed();
  }

  /** The provider as it stands. */
  get provider(): Provider {
    return providerOf(this.draft);
  }

  /** False while a field holds what can't be read: then nothing is kept, and no example judged. */
  get readable(): boolean {
    return isReadable(this.draft);
  }

  /** True if something is typed that is not kept anywhere. */
  get changed(): boolean {
    return this.#typed() !== this.#begun;
  }

  addScheme() {
    this.draft.schemes.push(schemeDraftOf(EMPTY_SCHEME));
  }

  addHandshake() {
    this.draft.handshakes.push(handshakeDraftOf(EMPTY_HANDSHAKE));
  }

  setName(name: string) {
    if (!this.known && this.draft.key === keyFor(this.draft.name)) this.draft.key = keyFor(name);
    this.draft.name = name;
  }

  /** Checks the example once the form rests. */
  soon() {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.check(), REST);
  }

  stop() {
    clearTimeout(this.#waiting);
    this.#revision++;
  }

  #typed(): string {
    return JSON.stringify([this.draft, this.request, this.url]);
  }

  async check(): Promise<void> {
    const revision = ++this.#revision;
    try {
      const tried = await call("try_provider", {
        provider: this.provider,
        exchange: this.exchange,
        request: this.request,
        secret: this.secret,
        fields: Object.fromEntries(Object.entries(this.fields).filter(([, value]) => value !== "")),
        url: this.url.trim(),
      });
      if (revision === this.#revision) this.#show(tried, false);
    } catch (thrown) {
      const { code, message } = asApiError(thrown);
      if (revision === this.#revision) this.#show({ ...NOTHING, problem: message }, code === "vaultClosed");
    }
  }

  /** Asks for what opens the vault, then checks. */
  async unlock(): Promise<void> {
    await vault.ask();
    await this.check();
  }

  #show(tried: Tried, isLocked: boolean) {
    this.tried = tried;
    this.isLocked = isLocked;
  }

  /** Keeps the provider; answers it, or null if it can't be kept. */
  async save(): Promise<Provider | null> {
    this.busy = true;
    this.problem = null;
    try {
      return await call("save_provider", { ...this.provider, isNew: !this.known });
    } catch (thrown) {
      this.problem = asApiError(thrown);
      return null;
    } finally {
      this.busy = false;
    }
  }
}

// The verdict on the signature of the shown push, and what may be set to change it.
import type { ApiError } from "$ipc/bindings/ApiError";
import type { Verdict } from "$ipc/bindings/Verdict";
import { asApiError, call } from "$ipc/call";
import { vault } from "../../vault/vault.svelte";

/** What a secret is labelled that stands for a value only the user knows. The address is set with the source. */
const ASKED_ELSEWHERE = "url";

export class Signature {
  verdict = $state.raw<Verdict | null>(null);
  problem = $state.raw<ApiError | null>(null);
  /** Whose rules the user chose for this check; null: those of the source. */
  provider = $state<string | null>(null);
  #id: number | null = null;
  #revision = 0;

  /** The label of the secret that is missed, empty for the secret itself; null if none is. */
  readonly missed = $derived.by(() => {
    if (!this.verdict) return null;
    const { verdict, reason, subject, proven } = this.verdict;
    if (reason === "missing_field") return subject === ASKED_ELSEWHERE ? null : subject;
    if (verdict === "no_secret" || reason === "unusable_secret") return "";
    return reason === "mismatch" && (proven === null || ["secret_form", "other_secret"].includes(proven.kind))
      ? ""
      : null;
  });
  readonly missesUrl = $derived(this.verdict?.reason === "missing_field" && this.verdict.subject === ASKED_ELSEWHERE);

  /** Checks a push; what another one's verdict said is not shown meanwhile. */
  async check(id: number): Promise<void> {
    if (id !== this.#id) {
      this.verdict = null;
      this.provider = null;
    }
    this.#id = id;
    await this.#take(() => this.#ask());
  }

  choose(provider: string | null): Promise<void> {
    this.provider = provider;
    return this.again();
  }

  async again(): Promise<void> {
    if (this.#id !== null) await this.check(this.#id);
  }

  /** Asks for what opens the vault, then checks. */
  unlock(): Promise<void> {
    return this.#take(() => vault.with(() => this.#ask()));
  }

  /** Sets the chosen provider for the source, and checks with it. */
  async adopt(source: string): Promise<void> {
    const [id, provider] = [this.#id, this.provider];
    const { name, url, tolerance, handshakes } = await call("source_settings", { name: source });
    await call("save_source", { name, provider, url, tolerance, handshakes });
    if (id === this.#id) await this.choose(null);
  }

  /** The push that is checked. */
  get id(): number | null {
    return this.#id;
  }

  /** The exact bytes that were signed; the first of them. */
  async signedBytes(count: number): Promise<Uint8Array> {
    return new Uint8Array(await call("signed_bytes", { id: this.#id ?? 0, provider: this.provider, count }));
  }

  #ask = () => call("verify_exchange", { id: this.#id ?? 0, provider: this.provider });

  async #take(ask: () => Promise<Verdict | null>): Promise<void> {
    const revision = ++this.#revision;
    try {
      const verdict = await ask();
      if (revision !== this.#revision || verdict === null) return;
      this.verdict = verdict;
      this.problem = null;
    } catch (thrown) {
      if (revision !== this.#revision) return;
      this.verdict = null;
      this.problem = asApiError(thrown);
    }
  }
}

const HEX_ROW = 16;

/** Bytes as hexadecimal, without a string for each of millions. */
export function hexOf(bytes: Uint8Array): string {
  const AT_ONCE = 16_384;
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    pieces.push(Array.from(bytes.subarray(at, at + AT_ONCE), (byte) => byte.toString(16).padStart(2, "0")).join(""));
  }
  return pieces.join("");
}

/** Bytes as rows of sixteen, and what of them is printable ASCII. */
export function hexRows(bytes: Uint8Array, limit: number): { at: string; hex: string; ascii: string }[] {
  const shown = bytes.subarray(0, limit);
  return Array.from({ length: Math.ceil(shown.length / HEX_ROW) }, (_, row) => {
    const part = [...shown.subarray(row * HEX_ROW, (row + 1) * HEX_ROW)];
    return {
      at: (row * HEX_ROW).toString(16).padStart(8, "0"),
      hex: part.map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
      ascii: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join(""),
    };
  });
}

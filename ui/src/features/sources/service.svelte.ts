// What is set for the service behind one source, as it is typed: kept on every change.
import { SvelteSet } from "svelte/reactivity";
import { sayError } from "$app/toasts.svelte";
import { asApiError, call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { SourceSettings } from "$ipc/bindings/SourceSettings";
import { wholeSecondsProblem } from "$shared/seconds";
import { vault } from "../vault/vault.svelte";

export class ServiceForm {
  kept = $state.raw<SourceSettings | null>(null);
  /** The key that the user chose; empty takes the recognised one. */
  provider = $state("");
  url = $state("");
  tolerance = $state("");
  /** What is wrong with the tolerance as it is typed; then the one that is kept stays. */
  readonly toleranceProblem = $derived(wholeSecondsProblem(this.tolerance));
  handshakes = $state(true);
  problem = $state.raw<ApiError | null>(null);
  secretProblem = $state.raw<ApiError | null>(null);
  /** The sources whose pushes are being checked again. */
  #checked = new SvelteSet<string>();
  #source = $state("");
  readonly checking = $derived(this.#checked.has(this.#source));

  async load(source: string) {
    this.#source = source;
    this.problem = this.secretProblem = null;
    await this.refresh();
  }

  /** Reads what is kept; what is being typed stays. */
  async refresh() {
    const name = this.#source;
    try {
      const read = await call("source_settings", { name });
      if (name !== this.#source) return;
      const before = this.kept?.name === name ? this.kept : null;
      if (!before || this.provider === (before.provider ?? "")) this.provider = read.provider ?? "";
      if (!before || this.url === (before.url ?? "")) this.url = read.url ?? "";
      if (!before || this.tolerance === shown(before.tolerance)) this.tolerance = shown(read.tolerance);
      this.handshakes = read.handshakes;
      this.kept = read;
    } catch (thrown) {
      // One that was deleted or renamed is shown no longer.
      if (name === this.#source && this.kept?.name !== name) this.problem = asApiError(thrown);
    }
  }

  async save() {
    const name = this.#source;
    const typed = this.tolerance.trim() === "" ? null : Number(this.tolerance);
    this.problem = null;
    try {
      const kept = await call("save_source", {
        name,
        provider: this.provider || null,
        url: this.url.trim() || null,
        tolerance: this.toleranceProblem ? (this.kept?.tolerance ?? null) : typed,
        handshakes: this.handshakes,
      });
      if (name === this.#source) this.kept = kept;
    } catch (thrown) {
      if (name === this.#source) this.problem = asApiError(thrown);
      else sayError(thrown);
    }
  }

  /** Puts a secret into the vault, which is opened on the way; true if it is there. */
  addSecret(label: string, value: string): Promise<boolean> {
    return this.#secrets((source) => vault.with(() => call("add_secret", { source, label, value })));
  }

  removeSecret(id: number): Promise<boolean> {
    return this.#secrets((source) => call("remove_secret", { source, id }));
  }

  /** Checks the pushes of the source again, the vault opened on the way; true if it was done. */
  async checkAgain(): Promise<boolean> {
    const name = this.#source;
    this.secretProblem = null;
    this.#checked.add(name);
    try {
      return (await vault.with(() => call("verify_source", { name }))) !== null;
    } catch (thrown) {
      return this.#failed(name, thrown);
    } finally {
      this.#checked.delete(name);
    }
  }

  async #secrets(run: (source: string) => Promise<SourceSettings | null>): Promise<boolean> {
    const source = this.#source;
    this.secretProblem = null;
    try {
      const kept = await run(source);
      if (kept?.name === this.#source) this.kept = kept;
      return kept !== null;
    } catch (thrown) {
      return this.#failed(source, thrown);
    }
  }

  #failed(source: string, thrown: unknown): false {
    if (source === this.#source) this.secretProblem = asApiError(thrown);
    else sayError(thrown);
    return false;
  }
}

const shown = (tolerance: number | null) => (tolerance === null ? "" : String(tolerance));

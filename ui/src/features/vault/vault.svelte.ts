// The vault as the window knows it, and the one way to do what needs it: if it is closed, the user is asked, and then it
// is done.
import { session } from "$app/session.svelte";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { KeyPlace } from "$ipc/bindings/KeyPlace";
import type { VaultStatus } from "$ipc/bindings/VaultStatus";
import { asApiError, call } from "$ipc/call";

/** What waits for the vault to be opened. */
interface Waiting {
  reason: ApiError;
  goOn: (opened: boolean) => void;
}

class Vault {
  status = $state.raw<VaultStatus | null>(null);
  /** Set while the user is asked. */
  waiting = $state.raw<Waiting | null>(null);
  problem = $state.raw<ApiError | null>(null);
  busy = $state(false);

  /** Reads the state, now and on every change of the lists; the answer stops it. */
  watch(): () => void {
    void this.refresh();
    return session.onFeed((event) => event.lists && void this.refresh());
  }

  async refresh() {
    try {
      this.status = await call("vault", {});
    } catch {
      this.status = null; // no workspace is open: the window says so elsewhere
    }
  }

  /** Runs what needs the vault. If it is closed the user is asked to open it; null if they changed their mind. */
  async with<T>(run: () => Promise<T>): Promise<T | null> {
    try {
      return await run();
    } catch (thrown) {
      const reason = asApiError(thrown);
      if (reason.code !== "vaultClosed") throw reason;
      await this.refresh();
      this.problem = null;
      const opened = await new Promise<boolean>((goOn) => (this.waiting = { reason, goOn }));
      this.waiting = null;
      return opened ? run() : null;
    }
  }

  /** True if there are secrets that can't be read now. */
  get isClosed(): boolean {
    return this.status !== null && ["locked", "keyMissing", "wrongKey"].includes(this.status.state);
  }

  /** True while its key is fetched. */
  get isOpening(): boolean {
    return this.status?.state === "opening";
  }

  /** Asks for what opens the vault, as if something needed a secret. */
  ask = () =>
    this.with(async () => {
      // The user has opened it meanwhile: a try without what they typed would close it again.
      if (this.status?.state === "unlocked") return;
      if (!(await this.unlock("", "")))
        throw { code: "vaultClosed", message: this.problem?.message ?? "", hint: null } satisfies ApiError;
    });

  /** What was tried is not tried that way again: another field or place is chosen. */
  retype = () => (this.problem = null);

  /** Lets what waits go on, or not. */
  answer(opened: boolean) {
    this.problem = null;
    this.waiting?.goOn(opened);
  }

  make = (place: KeyPlace, passphrase: string, keyFile: string) =>
    this.#change(() =>
      call("make_vault", {
        place,
        passphrase: place === "passphrase" ? passphrase : null,
        keyFile: place === "keyFile" ? keyFile : null,
      }),
    );

  unlock = (passphrase: string, keyFile: string) =>
    this.#change(() => call("unlock_vault", { passphrase: passphrase || null, keyFile: keyFile || null }));

  lock = () => this.#change(() => call("lock_vault", {}));

  forget = () => this.#change(() => call("forget_vault", {}));

  /** True if it was done; else the problem is there to be shown. */
  async #change(run: () => Promise<VaultStatus>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      this.status = await run();
      return true;
    } catch (thrown) {
      // Once it is said the next try is typed: nothing of this one comes after it.
      await this.refresh();
      this.problem = asApiError(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

export const vault = new Vault();

/** What the state is called, and what it means. */
export function describe(status: VaultStatus): { title: string; text: string; bad: boolean } {
  const where =
    status.place === "keyFile"
      ? `the key file ${status.keyFile ?? ""}`
      : status.place === "passphrase"
        ? "your passphrase"
        : status.keyStore;
  const why = status.message ?? "";
  switch (status.state) {
    case "absent":
      return { title: "None yet", text: `The first secret makes one, its key kept in ${status.keyStore}.`, bad: false };
    case "opening":
      return { title: "Opening", text: `Fetching the key from ${where}.`, bad: false };
    case "unlocked":
      return { title: "Unlocked", text: `The key comes from ${where}.`, bad: false };
    case "locked":
      return { title: "Locked", text: `${why} Capturing goes on; only what needs a secret waits.`, bad: false };
    case "keyMissing":
      return {
        title: "Key missing",
        text: `${why} Bring the key back, or start a new vault: the secrets in this one are lost then.`,
        bad: true,
      };
    case "wrongKey":
      return {
        title: status.place === "passphrase" ? "Another passphrase" : "Another key",
        text: `${why} Unlock it with the one that this workspace was made with.`,
        bad: true,
      };
  }
}

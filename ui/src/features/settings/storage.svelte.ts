// What the workspace takes on the disk, compacting it, and copies of it. What is under way goes on while other screens are
// shown.
import { session } from "$app/session.svelte";
import { sayError } from "$app/toasts.svelte";
import { asApiError, call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { WorkspaceSize } from "$ipc/bindings/WorkspaceSize";
import { chooseSave } from "$ipc/desktop";

/** What the parts of the file are called. */
const NAMES: Record<string, string> = {
  bodies: "Bodies",
  heads: "Heads",
  list: "List and its indexes",
  index: "Search index",
  dictionaries: "Dictionaries",
  free: "Free",
  others: "Everything else",
};

export function partName(name: string): string {
  return NAMES[name] ?? name;
}

class Storage {
  size = $state.raw<WorkspaceSize | null>(null);
  measuring = $state(false);
  problem = $state.raw<ApiError | null>(null);
  /** The job that is under way, and what it does. */
  ticket = $state<string | null>(null);
  doing = $state("");
  /** True while the panel is there to say what failed. */
  #shown = false;
  /** Grows when another workspace is opened. */
  #revision = 0;

  /** The panel is shown; the answer says that it is no more. */
  appear(): () => void {
    this.#shown = true;
    return () => {
      this.#shown = false;
      this.problem = null;
    };
  }

  /** Another workspace has a size of its own. What is under way in the old one is not to be cancelled here. */
  clear() {
    this.#revision += 1;
    this.size = this.problem = this.ticket = null;
    this.measuring = false;
  }

  async measure(): Promise<void> {
    const revision = this.#revision;
    this.measuring = true;
    try {
      const size = await call("size", {});
      if (revision !== this.#revision) return;
      this.size = size;
      this.problem = null;
    } catch (thrown) {
      if (revision === this.#revision) this.#fail(thrown, revision);
    } finally {
      if (revision === this.#revision) this.measuring = false;
    }
  }

  /** Answers the bytes before and after; null if it could not be done. */
  async compact(): Promise<{ before: number; after: number } | null> {
    const revision = this.#revision;
    const done = await this.#run("Compacting", (ticket) => call("compact", { ticket }));
    if (done !== null && revision === this.#revision) await this.measure();
    return done;
  }

  /** Asks for a file and copies the workspace to it; null if there is no copy. */
  async backUp(suggested: string): Promise<{ path: string; bytes: number } | null> {
    const path = await chooseSave(suggested);
    if (path === null) return null;
    const done = await this.#run("Copying", (ticket) => call("back_up", { ticket, path }));
    return done === null ? null : { path, bytes: done.bytes };
  }

  async cancel(): Promise<void> {
    if (this.ticket !== null) await call("cancel", { ticket: this.ticket });
  }

  async #run<T>(doing: string, job: (ticket: string) => Promise<T>): Promise<T | null> {
    const ticket = crypto.randomUUID();
    const revision = this.#revision;
    this.ticket = ticket;
    this.doing = doing;
    this.problem = null;
    try {
      return await job(ticket);
    } catch (thrown) {
      this.#fail(thrown, revision);
      return null;
    } finally {
      if (this.ticket === ticket) this.ticket = null;
    }
  }

  /** Says it in the panel of the workspace that it failed in, else where it is seen on every screen. */
  #fail(thrown: unknown, revision: number) {
    if (this.#shown && revision === this.#revision) this.problem = asApiError(thrown);
    else sayError(thrown);
  }
}

/** The one storage of the window. */
export const storage = new Storage();
session.hold(storage);

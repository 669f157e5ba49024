// What the workspace takes on the disk, compacting it, and copies of it.
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

export class Storage {
  size = $state.raw<WorkspaceSize | null>(null);
  measuring = $state(false);
  problem = $state.raw<ApiError | null>(null);
  /** The job that is under way, and what it does. */
  ticket = $state<string | null>(null);
  doing = $state("");

  async measure(): Promise<void> {
    this.measuring = true;
    try {
      this.size = await call("size", {});
      this.problem = null;
    } catch (thrown) {
      this.problem = asApiError(thrown);
    } finally {
      this.measuring = false;
    }
  }

  /** Answers the bytes before and after; null if it could not be done. */
  async compact(): Promise<{ before: number; after: number } | null> {
    const done = await this.#run("Compacting", (ticket) => call("compact", { ticket }));
    if (done !== null) await this.measure();
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
    this.ticket = ticket;
    this.doing = doing;
    this.problem = null;
    try {
      return await job(ticket);
    } catch (thrown) {
      this.problem = asApiError(thrown);
      return null;
    } finally {
      this.ticket = null;
    }
  }
}

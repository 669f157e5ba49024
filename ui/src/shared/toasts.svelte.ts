// Short words at the bottom right: one line, one action at most.
import type { ApiError } from "$ipc/bindings/ApiError";
import { asApiError } from "$ipc/call";

export interface Toast {
  key: number;
  text: string;
  bad: boolean;
  action: { title: string; run: () => void } | null;
  /** When it goes by itself, ms since 1970. */
  goes: number;
}

const SHOWN_FOR = 5_000;
/** What can be taken back or tried again, and what failed: as long as the engine keeps a deletion. */
const LONG_SHOWN_FOR = 10_000;
/** Toasts that are drawn at once. */
const AT_MOST = 4;
/** The title of an action that Ctrl+Z runs too. */
export const UNDO = "Undo";

class Toasts {
  /** All whose time is not over, the newest last. */
  shown = $state.raw<Toast[]>([]);
  /** Those that there is room for. */
  readonly drawn = $derived(this.shown.slice(-AT_MOST));
  #next = 1;

  add(text: string, options: { bad?: boolean; action?: Toast["action"] } = {}) {
    const { bad = false, action = null } = options;
    const shownFor = bad || action ? LONG_SHOWN_FOR : SHOWN_FOR;
    const toast: Toast = { key: this.#next++, text, bad, action, goes: Date.now() + shownFor };
    // The same said twice is one thing; what can be taken back is as many as were done.
    const others = this.shown.filter((shown) => action !== null || shown.action !== null || shown.text !== text);
    let over = others.length + 1 - AT_MOST;
    // What can be acted on waits behind newer ones.
    this.shown = [...others.filter((shown) => shown.action !== null || over-- <= 0), toast];
    setTimeout(() => this.drop(toast.key), shownFor);
  }

  /** Takes the newest thing back that can be. */
  undo() {
    const newest = this.undoable;
    if (!newest) return;
    this.drop(newest.key);
    newest.action?.run();
  }

  get undoable(): Toast | undefined {
    return this.shown.findLast((toast) => toast.action?.title === UNDO);
  }

  /** What was done can't be taken back any more. */
  settle() {
    this.shown = this.shown.filter((toast) => toast.action === null);
  }

  drop(key: number) {
    this.shown = this.shown.filter((toast) => toast.key !== key);
  }
}

export const toasts = new Toasts();

/** Says that something was done: `URL copied`. */
export function say(text: string, action?: Toast["action"]) {
  toasts.add(text, { action: action ?? null });
}

/** Says what failed, in the words of the error. */
export function sayError(thrown: unknown) {
  const error: ApiError = asApiError(thrown);
  toasts.add(error.hint ? `${error.message} ${error.hint}` : error.message, { bad: true });
}

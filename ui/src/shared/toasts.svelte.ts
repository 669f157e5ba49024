// Short words at the bottom right: one line, one action at most.
import type { ApiError } from "$ipc/bindings/ApiError";
import { asApiError } from "$ipc/call";

export interface Toast {
  key: number;
  text: string;
  bad: boolean;
  action: { title: string; run: () => void } | null;
}

const SHOWN_FOR = 5_000;
const BAD_SHOWN_FOR = 10_000;
const AT_MOST = 4;

class Toasts {
  shown = $state.raw<Toast[]>([]);
  #next = 1;

  add(text: string, options: { bad?: boolean; action?: Toast["action"]; shownFor?: number } = {}) {
    const toast: Toast = { key: this.#next++, text, bad: options.bad ?? false, action: options.action ?? null };
    this.shown = [...this.shown, toast].slice(-AT_MOST);
    setTimeout(() => this.drop(toast.key), options.shownFor ?? (toast.bad ? BAD_SHOWN_FOR : SHOWN_FOR));
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

// Notes as they are typed: kept once typing rests, and held here until they are, whatever is shown meanwhile.
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { session } from "$app/session.svelte";
import { sayError } from "$app/toasts.svelte";
import { asApiError, call } from "$ipc/call";
import { counted } from "$shared/format";

/** How long typing rests before a note is kept, ms. */
const RESTS = 400;
/** How long after a failure a note is kept again, ms. */
export const KEEP_AGAIN_AFTER = 5_000;
/** What the engine takes, in bytes of UTF-8. */
const NOTE_BYTES = 64 * 1024;

class Notes {
  /** What is typed and not kept yet, by exchange. */
  readonly #typed = new SvelteMap<number, string>();
  readonly #failed = new SvelteSet<number>();
  readonly #waiting = new Map<number, ReturnType<typeof setTimeout>>();
  #saving: Promise<void> = Promise.resolve();
  /** The failure that was said: the same is not said anew each time. */
  #said: string | null = null;

  /** What is typed about an exchange and not kept yet. */
  typedOf(id: number): string | undefined {
    return this.#typed.get(id);
  }

  /** Whether keeping it failed, so that it is tried again. */
  hasFailed(id: number): boolean {
    return this.#failed.has(id);
  }

  type(id: number, text: string) {
    this.#typed.set(id, text);
    this.#schedule(id, RESTS);
  }

  /** Keeps at once what still waits of an exchange: its field was left. */
  leave(id: number) {
    if (this.#typed.has(id)) this.#schedule(id, 0);
  }

  /** Keeps at once whatever is not kept yet. */
  async flush() {
    for (const id of this.#typed.keys()) void this.#keep(id);
    await this.#saving;
  }

  /** Lets go of all: the exchanges of another workspace have the same numbers. */
  clear() {
    if (this.#failed.size > 0) {
      const message = `${counted(this.#failed.size, "note")} could not be kept before another workspace was opened.`;
      sayError({ code: "failed", message, hint: null });
    }
    for (const id of this.#typed.keys()) this.#drop(id);
    this.#said = null;
  }

  #schedule(id: number, after: number) {
    clearTimeout(this.#waiting.get(id));
    // While another workspace is being opened, it could land in either file.
    const due = () => (session.opening ? this.#schedule(id, RESTS) : void this.#keep(id));
    this.#waiting.set(id, setTimeout(due, after));
  }

  #keep(id: number): Promise<void> {
    clearTimeout(this.#waiting.get(id));
    this.#waiting.delete(id);
    // One after another, so that what was typed last is what stays.
    this.#saving = this.#saving.then(() => this.#write(id));
    return this.#saving;
  }

  async #write(id: number) {
    const text = this.#typed.get(id);
    if (text === undefined) return;
    try {
      await call("save_note", { id, text });
      if (this.#typed.get(id) === text) this.#drop(id);
      if (this.#failed.size === 0) this.#said = null;
    } catch (thrown) {
      if (this.#typed.has(id)) this.#fail(id, thrown);
    }
  }

  #fail(id: number, thrown: unknown) {
    const { code, message } = asApiError(thrown);
    if (message !== this.#said) sayError(thrown);
    this.#said = message;
    this.#failed.add(id);
    // A deletion may be taken back: then it is kept with the next word.
    if (code !== "notFound" && !this.#waiting.has(id)) this.#schedule(id, KEEP_AGAIN_AFTER);
  }

  #drop(id: number) {
    clearTimeout(this.#waiting.get(id));
    this.#waiting.delete(id);
    this.#typed.delete(id);
    this.#failed.delete(id);
  }
}

export const notes = new Notes();
session.hold(notes);

const utf8 = new TextEncoder();
const bytesOf = (text: string): number => utf8.encode(text).length;

/** A note after a change, with as much of what came in as the engine takes, and where that ends. */
export function fitted(before: string, after: string, most = NOTE_BYTES): { text: string; end: number } | null {
  // No character has more than three bytes for each unit of a string.
  if (after.length * 3 <= most || bytesOf(after) <= most) return null;
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < before.length - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const [head, rest] = [after.slice(0, start), after.slice(after.length - tail)];
  const room = Math.max(0, most - bytesOf(head) - bytesOf(rest));
  const { read } = utf8.encodeInto(after.slice(start, after.length - tail), new Uint8Array(room));
  return { text: after.slice(0, start + read) + rest, end: start + read };
}

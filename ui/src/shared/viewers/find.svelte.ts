// Finding a text in a body: where it stands, and which place is the current one.
import type { FindView } from "$ipc/bindings/FindView";
import type { Reading } from "$ipc/bindings/Reading";
import { call } from "$ipc/call";
import { count } from "$shared/format";
import { sayError } from "$shared/toasts.svelte";

const WAIT = 150;

export class Find {
  needle = $state("");
  hits = $state.raw<number[]>([]);
  more = $state(false);
  at = $state(0);
  busy = $state(false);
  failed = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #revision = 0;
  /** What was looked in last: the hits are rows or nodes of that alone. */
  #body: Reading | null = null;
  #view: FindView | null = null;

  /** The row or node of the current hit: another object with each answer and step, so that an equal place is shown again. */
  readonly current = $derived.by(() => {
    const row = this.hits[this.at];
    return row === undefined ? null : { row };
  });
  readonly words = $derived(
    this.needle === ""
      ? ""
      : this.hits.length === 0
        ? this.busy
          ? "searching"
          : this.failed
            ? "not searched"
            : this.more
              ? "no hit in 1 s, not all searched"
              : "no hit"
        : `${count(this.at + 1)} of ${count(this.hits.length)}${this.more ? "+" : ""}`,
  );

  /** Looks for the needle once typing rests. */
  look(body: Reading, view: FindView) {
    clearTimeout(this.#timer);
    if (body !== this.#body || view !== this.#view) this.hits = [];
    this.#body = body;
    this.#view = view;
    const revision = ++this.#revision;
    const needle = this.needle;
    if (needle === "") return this.rest();
    this.busy = true;
    this.#timer = setTimeout(() => void this.#ask(body, view, needle, revision), WAIT);
  }

  /** Looks nowhere until there is something to look in. */
  rest() {
    clearTimeout(this.#timer);
    this.#revision += 1;
    this.hits = [];
    this.more = this.busy = false;
  }

  async #ask(body: Reading, view: FindView, needle: string, revision: number) {
    const found = await call("find", { body, needle, view }).catch((thrown: unknown) => {
      if (revision === this.#revision) sayError(thrown);
      return null;
    });
    if (revision !== this.#revision) return;
    this.failed = found === null;
    this.hits = found?.hits ?? [];
    this.more = found?.more ?? false;
    this.at = 0;
    this.busy = false;
  }

  step(by: number) {
    const all = this.hits.length;
    if (all > 0) this.at = (this.at + by + all) % all;
  }
}

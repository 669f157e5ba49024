// How many of the exchanges in view are pushes, pulls, failed, unread: the numbers on the segments.
import type { Tallies } from "$ipc/bindings/Tallies";
import { call } from "$ipc/call";
import { ages } from "../filter/ages";
import { inbox } from "../inbox.svelte";

const ASK_AGAIN_AFTER = 300;
/** While rows keep coming, they are asked for this often at most. */
const RESTS = 500;

/** What one segment sets of `is:`. */
export const STATES = ["failed", "unread"] as const;

class ListTallies {
  now = $state.raw<Tallies | null>(null);
  #revision = 0;
  #asked = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /** The filter without what the segments set. */
  readonly filter = $derived(inbox.filter.without(["direction"], STATES));

  /** Asks anew, soon. */
  ask() {
    this.#waiting ??= setTimeout(
      () => {
        this.#waiting = undefined;
        void this.#read();
      },
      Math.max(0, this.#asked + RESTS - Date.now()),
    );
  }

  /** Asks anew if others are found as time goes on. */
  age() {
    if (ages(this.filter)) this.ask();
  }

  async #read() {
    const revision = ++this.#revision;
    for (;;) {
      this.#asked = Date.now();
      const answer = await call("tallies", { filter: this.filter, upto: null }).catch(() => null);
      if (revision !== this.#revision) return;
      this.now = answer;
      if (!answer || answer.complete) return;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER));
      if (revision !== this.#revision) return;
    }
  }
}

export const tallies = new ListTallies();

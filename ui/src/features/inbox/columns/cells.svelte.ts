// Values of the columns that are read out of each exchange: asked for rows that are seen, and remembered.
import { SvelteMap } from "svelte/reactivity";
import { call } from "$ipc/call";
import { sayError } from "$app/toasts.svelte";

const REMEMBERED = 4_000;
const AT_ONCE = 100;

class Cells {
  #values = new SvelteMap<string, string | null>();
  /** What is remembered or on its way: what was wanted longest ago comes first, and goes first. */
  #asked = new Set<string>();
  #wanted = new Map<number, Set<string>>();
  #waiting = false;

  /** The value; undefined while it is not here. */
  value(id: number, column: string): string | null | undefined {
    return this.#values.get(`${id} ${column}`);
  }

  /** Sees to it that the values of a row come. */
  want(id: number, columns: readonly string[]) {
    for (const column of columns) {
      const key = `${id} ${column}`;
      const isKnown = this.#asked.delete(key);
      this.#asked.add(key);
      if (isKnown) continue;
      const wanted = this.#wanted.get(id) ?? new Set();
      this.#wanted.set(id, wanted.add(column));
    }
    if (this.#wanted.size === 0 || this.#waiting) return;
    this.#waiting = true;
    setTimeout(() => this.#ask().catch(sayError), 0);
  }

  clear() {
    this.#values.clear();
    this.#asked.clear();
  }

  async #ask() {
    this.#waiting = false;
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    this.#forget();
    for (let at = 0; at < wanted.length; at += AT_ONCE) {
      const some = wanted.slice(at, at + AT_ONCE);
      const columns = [...new Set(some.flatMap(([, columns]) => [...columns]))];
      const ids = some.map(([id]) => id);
      const { rows } = await call("cells", { ids, columns }).catch((thrown: unknown) => {
        // Rows that are shown again ask again.
        for (const [id, columns] of wanted.slice(at))
          columns.forEach((column) => this.#asked.delete(`${id} ${column}`));
        throw thrown;
      });
      ids.forEach((id, row) =>
        columns.forEach((column, place) => {
          const key = `${id} ${column}`;
          if (this.#asked.has(key)) this.#values.set(key, rows[row]?.[place] ?? null);
        }),
      );
    }
  }

  #forget() {
    for (const key of [...this.#asked].slice(0, -REMEMBERED)) {
      this.#asked.delete(key);
      this.#values.delete(key);
    }
  }
}

export const cells = new Cells();

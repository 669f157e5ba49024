// The rows of one comparison as pages that are read when they are looked at.
import { SvelteMap } from "svelte/reactivity";
import { call } from "$ipc/call";
import type { CompareQuery } from "$ipc/bindings/CompareQuery";
import type { CompareRow } from "$ipc/bindings/CompareRow";

/** Rows of one page. */
const PAGE = 200;

/** Pages kept; those that were asked for first go first. */
const KEPT = 50;

/** A window on the rows of a comparison. */
export class Rows {
  total = $state(0);
  private readonly pages = new SvelteMap<number, CompareRow[]>();
  private readonly asked = new Map<number, Promise<void>>();

  constructor(
    private readonly compare: CompareQuery,
    private readonly showIgnored: boolean,
    private readonly showEqual: boolean,
  ) {}

  /** The row at `index` if it has been read; if not, it is asked for. */
  at(index: number): CompareRow | null {
    const row = this.known(index);
    if (row === null && index < this.total) void this.page(Math.floor(index / PAGE)).catch(() => {});
    return row;
  }

  /** The row at `index`, without asking for it. */
  known(index: number): CompareRow | null {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE] ?? null;
  }

  /** Reads the row at `index`; null past the end. */
  async read(index: number): Promise<CompareRow | null> {
    if (index < 0) return null;
    await this.page(Math.floor(index / PAGE));
    return this.known(index);
  }

  /** The next row from `index` in a direction that `wanted` takes; null if there is none. */
  async find(index: number, by: 1 | -1, wanted: (row: CompareRow) => boolean): Promise<number | null> {
    for (let at = index + by; at >= 0 && at < this.total; at += by) {
      const row = await this.read(at);
      if (row && wanted(row)) return at;
    }
    return null;
  }

  private page(number: number): Promise<void> {
    if (this.pages.has(number)) return Promise.resolve();
    const asked = this.asked.get(number) ?? this.fetch(number).finally(() => this.asked.delete(number));
    this.asked.set(number, asked);
    return asked;
  }

  private async fetch(number: number): Promise<void> {
    const { compare, showIgnored, showEqual } = this;
    const answer = await call("compare_rows", { compare, showIgnored, showEqual, from: number * PAGE, count: PAGE });
    this.total = answer.total;
    this.pages.set(number, answer.rows);
    if (this.pages.size > KEPT) this.pages.delete(this.pages.keys().next().value as number);
  }
}

// The rows of the list: what a filter finds up to some exchange, how many there are, and where each is shown.
import type { ApiError } from "$ipc/bindings/ApiError";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import type { ListPage } from "$ipc/bindings/ListPage";
import { asApiError, call } from "$ipc/call";
import { countAll } from "$shared/exchanges/count";
import { PagedRows } from "$shared/virtual/pages.svelte";
import { loses } from "../filter/ages";
import { Unfolded } from "./unfolded.svelte";

const PAGE = 200;
const ASK_AGAIN_AFTER = 200;

export class FoundRows {
  /** What is looked for. */
  query = "";
  /** The newest exchange of the view: what came since is not in it. */
  upto = 0;
  pages: PagedRows<ExchangeSummary> = new PagedRows<ExchangeSummary>((from, count) => this.#load(from, count), PAGE);
  /** The deliveries of a folded list that are unfolded in place. */
  unfolded = new Unfolded();
  /** Rows that the filter finds; grows while `counting`. */
  total = $state(0);
  counting = $state(false);
  /** True from the first count on. */
  ready = $state(false);
  problem = $state.raw<ApiError | null>(null);
  /** The list stands on its head: new rows come in at the bottom. */
  oldestFirst = $state(false);
  /** Grows with every count: what was read for an earlier one is void. */
  revision = 0;
  /** The count that is under way, or was last. */
  #counted: Promise<unknown> = Promise.resolve();

  /** `moved` is told by how much all rows moved, before they are drawn there. */
  constructor(private readonly moved: (by: number) => void) {}

  /** Rows that are shown. */
  readonly length = $derived(this.total + this.unfolded.extra);

  row(index: number): ExchangeSummary | undefined {
    return this.unfolded.row(index) ?? this.pages.row(this.unfolded.folded(index));
  }

  /** Sees to it that the rows shown at `[first, end)` come. */
  want(first: number, end: number) {
    this.pages.want(this.unfolded.folded(first), this.unfolded.folded(end - 1) + 1);
  }

  /** Those of the exchanges whose rows are here. */
  of(ids: readonly number[]): ExchangeSummary[] {
    const wanted = new Set(ids);
    return [...this.pages.known(), ...this.unfolded.known()].filter((row) => wanted.has(row.id));
  }

  /** Changes marks of rows ahead of the engine's answer. */
  patch(ids: readonly number[], marks: Partial<ExchangeSummary>) {
    const wanted = new Set(ids);
    const edit = (row: ExchangeSummary) => (wanted.has(row.id) ? { ...row, ...marks } : row);
    this.pages.change(edit);
    this.unfolded.change(edit);
  }

  /** Nothing is in view any more. */
  clear() {
    this.revision += 1;
    this.upto = 0;
    this.unfolded.clear();
    this.pages.reset();
    this.total = 0;
    this.ready = false;
    this.problem = null;
  }

  /** Looks for something else. */
  async start(query: string, upto: number) {
    this.query = query;
    this.unfolded.clear();
    this.upto = upto;
    // On its head, the place of a row is known once all rows are counted.
    if (!this.oldestFirst) this.pages.reset();
    await this.#count(null, 0);
  }

  /** Lets the rows in that came since: older ones keep their places among themselves. */
  async letIn(upto: number) {
    this.upto = upto;
    if (!this.oldestFirst) this.pages.reset(true);
    await this.#count(this.total);
  }

  /**
   * Counts and reads all rows again: they may have left or joined anywhere. What is unfolded stays so. False if another
   * count began since, or they can't be counted.
   */
  async recount(upto = this.upto): Promise<boolean> {
    this.upto = upto;
    this.pages.reset(true);
    const isLast = await this.#count(null);
    if (!isLast || this.problem) return false;
    await this.unfolded.refresh((first) => this.#find(first));
    return true;
  }

  /** Lets go of the rows that a time like `since:15m` has left behind, and says how many. */
  async age(): Promise<number> {
    if (!loses(this.query)) return 0;
    const { revision } = this;
    const rows = await countAll(this.query, this.upto);
    const gone = this.total - rows;
    if (revision !== this.revision || gone <= 0) return 0;
    this.total = rows;
    if (this.oldestFirst) {
      this.moved(-gone);
      this.unfolded.shift(-gone);
      this.pages.reset();
    }
    return gone;
  }

  /** Turns the order. */
  turn() {
    this.oldestFirst = !this.oldestFirst;
    this.unfolded.clear();
    this.unfolded.oldestFirst = this.oldestFirst;
    this.pages.reset();
  }

  /** Where an exchange is shown; null if it is not, or is not wanted any more. All rows must have been counted. */
  async find(id: number, isWanted = () => true): Promise<number | null> {
    const below = this.unfolded.find(id);
    if (below !== null) return below;
    const at = await this.#find(id, isWanted);
    return at === null ? null : this.unfolded.shown(at);
  }

  /**
   * The same, once all rows are counted; its delivery is unfolded for it where `folded` rows stand for several, if it
   * is still wanted then.
   */
  async seek(id: number, folded: boolean, isWanted: () => boolean): Promise<number | null> {
    const { revision } = this;
    const goesOn = () => revision === this.revision && isWanted();
    // It may move all rows once more.
    await this.#counted;
    const rows = await countAll(this.query, this.upto, goesOn);
    if (goesOn()) this.total = rows;
    const at = goesOn() ? await this.find(id, goesOn) : null;
    if (!isWanted()) return null;
    // Another count began: rows may stand elsewhere.
    if (revision !== this.revision) return this.seek(id, folded, isWanted);
    return at ?? (folded ? this.#unfoldFor(id, isWanted) : null);
  }

  async #unfoldFor(id: number, isWanted: () => boolean): Promise<number | null> {
    const { delivery } = (await call("exchange", { id })).summary;
    if (delivery === null || delivery.first === id) return null;
    const at = await this.#find(delivery.first, isWanted);
    if (at === null) return null;
    await this.unfolded.open(delivery.first, at, isWanted);
    return this.unfolded.find(id);
  }

  /** The exchanges that are shown from one row to another. */
  async ids(from: number, last: number): Promise<number[]> {
    const ids: number[] = [];
    for (let at = from; at <= last; at += PAGE) {
      const count = Math.min(PAGE, last - at + 1);
      const known = Array.from({ length: count }, (_, place) => this.row(at + place)?.id);
      if (known.every((id) => id !== undefined)) ids.push(...(known as number[]));
      else ids.push(...(await this.#shown(at, count)).map((row) => row.id));
    }
    return ids;
  }

  /** Rows as they are shown, read anew. */
  async #shown(at: number, count: number): Promise<ExchangeSummary[]> {
    const from = this.unfolded.folded(at);
    const { rows } = await this.#load(from, this.unfolded.folded(at + count - 1) - from + 1);
    const row = (index: number) => this.unfolded.row(index) ?? rows[this.unfolded.folded(index) - from];
    return Array.from({ length: count }, (_, place) => row(at + place)).filter((one) => one !== undefined);
  }

  /** The folded row that an exchange stands in; null if it stands in none. */
  async #find(id: number, isWanted = () => true): Promise<number | null> {
    const rows = await countAll(this.query, id, isWanted);
    if (rows === 0 || rows > this.total || !isWanted()) return null;
    const at = this.#place(this.total - rows);
    return (await this.#load(at, 1)).rows[0]?.id === id ? at : null;
  }

  /** Where a row that is so far from the newest stands. */
  #place(fromNewest: number): number {
    return this.oldestFirst ? this.total - 1 - fromNewest : fromNewest;
  }

  /**
   * Counts until the count is complete. `before` is given if older rows keep their places; `held` are the rows that stay
   * while a slow search has not found as many again. False if another count began since.
   */
  #count(before: number | null, held = this.total): Promise<boolean> {
    const counted = this.#countOn(before, held);
    this.#counted = counted;
    return counted;
  }

  async #countOn(before: number | null, held: number): Promise<boolean> {
    const revision = ++this.revision;
    this.counting = true;
    try {
      for (;;) {
        const { rows, complete } = await call("count", { filter: this.query, upto: this.upto });
        if (revision !== this.revision) return false;
        if (complete || rows >= held) {
          this.#grow(rows, before);
          before = before === null ? null : rows;
        }
        this.ready = true;
        this.problem = null;
        if (complete) break;
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER));
        if (revision !== this.revision) return false;
      }
    } catch (thrown) {
      if (revision !== this.revision) return false;
      this.ready = true;
      this.problem = asApiError(thrown);
    }
    this.counting = false;
    return true;
  }

  #grow(rows: number, before: number | null) {
    if (before !== null && !this.oldestFirst) {
      this.moved(rows - before);
      this.unfolded.shift(rows - before);
    }
    this.total = rows;
    if (this.oldestFirst) this.pages.reset(true);
  }

  async #load(from: number, count: number): Promise<ListPage> {
    const near = this.pages.near(from);
    const anchor = near ? { row: this.#place(near.row), id: near.value.id } : null;
    const query = { filter: this.query, upto: this.upto, near: anchor };
    if (!this.oldestFirst) return call("list", { ...query, from, count });
    const end = Math.max(0, this.total - from);
    const first = Math.max(0, end - count);
    const page = await call("list", { ...query, from: first, count: end - first });
    return { ...page, rows: page.rows.toReversed() };
  }
}

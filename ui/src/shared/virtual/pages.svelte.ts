// Rows that are asked for page by page, and forgotten again.
import type { ApiError } from "$ipc/bindings/ApiError";
import { asApiError } from "$ipc/call";

export interface Page<T> {
  rows: T[];
  /** Rows in all, where the answer says it. */
  total?: number;
  /** False if the page is to be asked for again. */
  complete?: boolean;
}

type Load<T> = (from: number, count: number) => Promise<Page<T>>;

const ASK_AGAIN_AFTER = 150;

export class PagedRows<T> {
  total = $state(0);
  problem = $state.raw<ApiError | null>(null);
  /** True from the first answer on. */
  ready = $state(false);
  /** True while a page is not complete. */
  searching = $state(false);
  #pages = $state.raw<ReadonlyMap<number, T[]>>(new Map());
  #old: ReadonlyMap<number, T[]> | null = null;
  #asked = new Set<number>();
  #used: number[] = [];
  #revision = 0;
  #last: [number, number] = [0, 1];
  /** What is shown is of the last `reset`. */
  #isSettled = false;
  #waiting: (() => void)[] = [];

  constructor(
    private readonly load: Load<T>,
    readonly pageSize = 200,
    private readonly kept = 50,
  ) {}

  /** The row, or undefined while it is not here. */
  row(index: number): T | undefined {
    const page = Math.floor(index / this.pageSize);
    const rows = this.#pages.get(page) ?? this.#old?.get(page);
    return rows?.[index - page * this.pageSize];
  }

  /** Some row that is known, the nearest to `index`. */
  near(index: number): { row: number; value: T } | null {
    const wanted = Math.floor(index / this.pageSize);
    let best: { row: number; value: T } | null = null;
    for (const [page, rows] of this.#pages) {
      if (rows.length === 0) continue;
      const place = page < wanted ? rows.length - 1 : 0;
      const row = page * this.pageSize + place;
      if (!best || Math.abs(row - index) < Math.abs(best.row - index)) best = { row, value: rows[place] as T };
    }
    return best;
  }

  /** The index of the first known row that passes. */
  find(passes: (row: T) => boolean): number | null {
    for (const [page, rows] of this.#pages) {
      const place = rows.findIndex(passes);
      if (place >= 0) return page * this.pageSize + place;
    }
    return null;
  }

  /** Every row that is here, or stays until its successor is. */
  *known(): Iterable<T> {
    for (const rows of new Map([...(this.#old ?? []), ...this.#pages]).values()) yield* rows;
  }

  /** Changes rows where they stand, ahead of the next answer. */
  change(edit: (row: T) => T) {
    const edited = (pages: ReadonlyMap<number, T[]>) =>
      new Map([...pages].map(([page, rows]) => [page, rows.map(edit)] as const));
    this.#old &&= edited(this.#old);
    this.#pages = edited(this.#pages);
  }

  /** Waits until what is shown is no more of before the last `reset`, or could not be read. */
  settled(): Promise<void> {
    return this.#isSettled ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * Asks anew: from the start, or with `keep` for what was wanted last, which stays until its successor is here. So does
   * what went wrong with it.
   */
  reset(keep = false) {
    this.#revision += 1;
    this.#isSettled = false;
    this.#asked.clear();
    this.#used = [];
    this.#old = keep ? (this.#pages.size > 0 ? this.#pages : this.#old) : null;
    this.#pages = new Map();
    this.searching = false;
    if (!keep) {
      this.ready = false;
      this.problem = null;
      this.#last = [0, 1];
    }
    this.want(...this.#last);
  }

  /** Sees to it that the rows `[first, end)` come. */
  want(first: number, end: number) {
    this.#last = [first, end];
    const pages: number[] = [];
    for (let page = Math.floor(first / this.pageSize); page * this.pageSize < Math.max(end, first + 1); page++) {
      this.#touch(page);
      if (!this.#asked.has(page)) pages.push(page);
    }
    if (pages.length > 0) void this.#fetch(pages, this.#revision);
  }

  async #fetch(pages: number[], revision: number) {
    pages.forEach((page) => this.#asked.add(page));
    try {
      const answers = await Promise.all(pages.map((page) => this.load(page * this.pageSize, this.pageSize)));
      if (revision !== this.#revision) return;
      this.#take(pages, answers);
    } catch (thrown) {
      if (revision !== this.#revision) return;
      pages.forEach((page) => this.#asked.delete(page));
      this.problem = asApiError(thrown);
      this.#settle();
    }
  }

  #take(pages: number[], answers: Page<T>[]) {
    const map = new Map(this.#pages);
    pages.forEach((page, place) => map.set(page, answers[place]?.rows ?? []));
    for (const page of this.#used.slice(0, Math.max(0, this.#used.length - this.kept))) {
      map.delete(page);
      this.#asked.delete(page);
    }
    this.#used = this.#used.slice(-this.kept);
    this.#old = null;
    this.#pages = map;
    const total = answers.find((answer) => answer.total !== undefined)?.total;
    if (total !== undefined) this.total = total;
    this.problem = null;
    this.#settle();
    const open = pages.filter((_, place) => answers[place]?.complete === false);
    this.searching = open.length > 0;
    if (open.length > 0) this.#again(open);
  }

  #settle() {
    this.ready = true;
    this.#isSettled = true;
    this.#waiting.splice(0).forEach((resolve) => resolve());
  }

  #again(pages: number[]) {
    const revision = this.#revision;
    setTimeout(() => revision === this.#revision && void this.#fetch(pages, revision), ASK_AGAIN_AFTER);
  }

  #touch(page: number) {
    const at = this.#used.indexOf(page);
    if (at >= 0) this.#used.splice(at, 1);
    this.#used.push(page);
  }
}

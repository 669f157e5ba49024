// The inbox: which exchanges are in view, where the cursor stands, what is picked, and how new ones come in.
import { SvelteSet } from "svelte/reactivity";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import type { ListPage } from "$ipc/bindings/ListPage";
import type { FeedEvent } from "$ipc/bindings/FeedEvent";
import type { Status } from "$ipc/bindings/Status";
import { asApiError, call } from "$ipc/call";
import { preferences } from "$app/preferences.svelte";
import { session } from "$app/session.svelte";
import { say, sayError } from "$app/toasts.svelte";
import { PagedRows } from "$shared/virtual/pages.svelte";
import { VirtualScroll } from "$shared/virtual/scroll.svelte";
import { ages, loses } from "./filter/ages";
import { Filter } from "./filter/filter.svelte";
import { isUnfinished } from "./filter/terms";
import { Unfolded } from "./list/unfolded.svelte";

const PAGE = 200;
const PICK_AT_MOST = 2_000;
const ASK_AGAIN_AFTER = 200;

type Stored = Status["stored"];

/** True if rows went or came back: there are not as many more as were stored. */
const rowsMoved = (before: Stored, now: Stored): boolean =>
  now.revision !== before.revision && now.exchanges - before.exchanges !== now.newest - before.newest;

class Inbox {
  filter = new Filter();
  scroll = new VirtualScroll();
  pages: PagedRows<ExchangeSummary> = new PagedRows<ExchangeSummary>((from, count) => this.#load(from, count), PAGE);
  /** The deliveries of a folded list that are unfolded in place. */
  unfolded = new Unfolded();
  /** Rows that the filter finds; grows while `counting`. */
  total = $state(0);
  counting = $state(false);
  /** True from the first count on. */
  ready = $state(false);
  problem = $state.raw<ApiError | null>(null);
  /** The user's wish to see new rows come in at the top. */
  follow = $state(true);
  /** The list stands on its head: new rows come in at the bottom. */
  oldestFirst = $state(false);
  paused = $state(false);
  /** New rows that are not in view. */
  fresh = $state(0);
  /** The row of the cursor, and its exchange. */
  cursor = $state<number | null>(null);
  cursorId = $state<number | null>(null);
  picked = new SvelteSet<number>();
  /** Grows when the exchange under the cursor changed. */
  changes = $state(0);
  #upto = 0;
  #query = "";
  /** The workspace and the filter that are in view. */
  #standsFor = "";
  #revision = 0;
  #anchor: number | null = null;
  #checking = false;
  /** While the cursor is being put back on its exchange, another may stand in its row. */
  #keeping = 0;
  #seen: Stored | null = null;

  /** True if the filter asks for what the pushes of one delivery differ in: it may find others of it than the first. */
  readonly #parts = $derived(
    this.filter.terms.some((term) => !isUnfinished(term) && !["source", "direction"].includes(term.key ?? "")),
  );

  /** True if the list shows one row a delivery. */
  readonly folded = $derived(preferences.folded && !this.#parts);

  /** True if it would, but for the filter. */
  readonly unfoldedByFilter = $derived(preferences.folded && this.#parts);

  /** What goes to the engine. */
  readonly query = $derived(this.folded ? `${this.filter.query} is:first`.trim() : this.filter.query);

  readonly #asked = $derived(`${session.workspaceRevision} ${this.query}`);

  /** Rows that are shown. */
  readonly length = $derived(this.total + this.unfolded.extra);

  readonly following = $derived(this.follow && !this.paused && this.scroll.top < 1);

  /** New rows come in without being asked for: on its head, the list grows where nobody looks. */
  get #letsIn(): boolean {
    return this.following || (this.oldestFirst && !this.paused);
  }

  /** True if another filter or workspace is asked for than is in view. */
  get stale(): boolean {
    return this.#standsFor !== this.#asked;
  }

  /** The exchanges that an action is for: the picked ones, else that of the cursor; oldest first. */
  readonly chosen = $derived<number[]>(
    this.picked.size > 0 ? [...this.picked].sort((a, b) => a - b) : this.cursorId === null ? [] : [this.cursorId],
  );

  row(index: number): ExchangeSummary | undefined {
    return this.unfolded.row(index) ?? this.pages.row(this.unfolded.folded(index));
  }

  /** Sees to it that the rows shown at `[first, end)` come. */
  want(first: number, end: number) {
    this.pages.want(this.unfolded.folded(first), this.unfolded.folded(end - 1) + 1);
  }

  /** True if a row stands for several pushes that can be shown below it. */
  canUnfold(row: ExchangeSummary): boolean {
    return this.folded && row.delivery !== null && row.delivery.first === row.id && row.delivery.pushes > 1;
  }

  /** Shows the further pushes of a folded row below it, or no longer; the cursor stays on its exchange. */
  async unfold(index: number) {
    const folded = this.unfolded.folded(index);
    const row = this.pages.row(folded);
    if (!row || !this.canUnfold(row)) return;
    const cursor = this.cursor === null ? null : this.unfolded.folded(this.cursor);
    const within = this.cursor !== null && this.unfolded.row(this.cursor) !== undefined;
    if (this.unfolded.has(row.id)) this.unfolded.close(row.id);
    else await this.unfolded.open(row.id, folded);
    this.#anchor = null;
    if (cursor === null) return;
    const inside = within && this.cursorId !== null ? this.unfolded.find(this.cursorId) : null;
    if (within && inside === null) this.moveTo(this.unfolded.shown(cursor));
    else this.cursor = inside ?? this.unfolded.shown(cursor);
  }

  /** Those of the exchanges whose rows are here. */
  rowsOf(ids: readonly number[]): ExchangeSummary[] {
    const wanted = new Set(ids);
    return [...this.pages.known(), ...this.unfolded.known()].filter((row) => wanted.has(row.id));
  }

  get chosenRows(): ExchangeSummary[] {
    return this.rowsOf(this.chosen);
  }

  /** Changes marks of rows ahead of the engine's answer. */
  patch(ids: readonly number[], marks: Partial<ExchangeSummary>) {
    const wanted = new Set(ids);
    const edit = (row: ExchangeSummary) => (wanted.has(row.id) ? { ...row, ...marks } : row);
    this.pages.change(edit);
    this.unfolded.change(edit);
  }

  /** The chosen exchanges; where one row stands for a whole delivery, all pushes of it. Oldest first. */
  async meant(): Promise<number[]> {
    const chosen = this.chosen;
    const folded = this.folded ? chosen.filter((id) => !this.unfolded.has(id)) : [];
    if (folded.length === 0) return chosen;
    const { ids } = await call("whole_deliveries", { ids: folded });
    return [...new Set([...chosen, ...ids])].sort((a, b) => a - b);
  }

  /** The newest exchange of the view: what came since is not in it. */
  get upto(): number {
    return this.#upto;
  }

  /** How many exchanges a filter finds up to one. `goesOn` is told how many there are so far; false ends the counting. */
  async countAll(filter: string, upto: number, goesOn: (soFar: number) => boolean = () => true): Promise<number> {
    for (;;) {
      const { rows, complete } = await call("count", { filter, upto });
      if (complete || !goesOn(rows)) return rows;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER));
    }
  }

  /** Reads the rows in view again, and how many there are; the cursor stays on its exchange, or near its place. */
  async refresh() {
    await this.#keepingCursor(async () => {
      this.unfolded.clear();
      await session.refreshStatus();
      return this.#view(true);
    });
  }

  /** The same without those that came since: rows may have left or joined anywhere. What is unfolded stays so. */
  async #recount() {
    await this.#keepingCursor(async () => {
      this.pages.reset(true);
      const last = await this.#count(++this.#revision, null, this.total);
      if (last) await this.unfolded.refresh((first) => this.#find(first));
      return last;
    });
  }

  /** `read` says whether no other reading began since: else that one keeps the cursor. */
  async #keepingCursor(read: () => Promise<boolean>) {
    const id = this.cursorId;
    this.#keeping += 1;
    try {
      if (await read()) await this.#keepCursor(id);
    } finally {
      this.#keeping -= 1;
    }
  }

  /**
   * Lets go of the rows that a time like `since:15m` has left behind. They stood at the end of the oldest: what is in view
   * stays where it is, and so does the exchange that is read.
   */
  async age() {
    if (!this.ready || this.paused || !loses(this.#query)) return;
    const revision = this.#revision;
    const rows = await this.countAll(this.#query, this.#upto);
    const gone = this.total - rows;
    if (revision !== this.#revision || gone <= 0) return;
    this.total = rows;
    if (this.oldestFirst) {
      if (this.cursor !== null) this.cursor -= gone;
      this.unfolded.shift(-gone);
      this.pages.reset();
      this.scroll.moveTo(this.scroll.top - gone * this.scroll.rowHeight);
    }
    if (this.cursor !== null && (this.cursor < 0 || this.cursor >= this.length)) this.cursor = null;
  }

  async #keepCursor(id: number | null) {
    if (id === null) return;
    const revision = this.#revision;
    const below = this.unfolded.find(id);
    const at = below === null ? await this.#find(id) : null;
    if (id !== this.cursorId || revision !== this.#revision) return;
    if (below !== null) this.cursor = below;
    else if (at !== null) this.cursor = this.unfolded.shown(at);
    else if (this.total === 0) this.cursor = this.cursorId = null;
    else this.moveTo(Math.min(this.cursor ?? 0, this.length - 1));
  }

  /** The folded row that an exchange stands in; null if it stands in none. */
  async #find(id: number): Promise<number | null> {
    const { rows } = await call("count", { filter: this.#query, upto: id });
    if (rows === 0) return null;
    const at = this.#place(this.total - rows);
    return (await this.#load(at, 1)).rows[0]?.id === id ? at : null;
  }

  /** True if rows leave the list when they are read: then they stay until it is looked at anew. */
  get #showsUnread(): boolean {
    return /(?:^|\s)-?is:(?:un)?read(?:\s|$)/.test(this.#query);
  }

  /** True if rows leave and join the list when marks and verdicts change. */
  get #showsMarks(): boolean {
    return /(?:^|\s)-?(?:(?:tag|has|type):|is:(?!first(?:\s|$)))/.test(this.#query);
  }

  /** True if rows leave and join the list as pushes are found to be of one delivery. */
  get #showsDeliveries(): boolean {
    return /(?:^|\s)-?(?:is:first(?:\s|$)|delivery:)/.test(this.#query);
  }

  /** The row under the cursor, if it is here. */
  get current(): ExchangeSummary | undefined {
    return this.cursor === null ? undefined : this.row(this.cursor);
  }

  /** Another workspace was opened: its exchanges have other numbers. */
  clear() {
    this.#revision += 1;
    this.#upto = 0;
    this.#seen = null;
    this.#standsFor = "";
    this.#anchor = null;
    this.cursor = this.cursorId = null;
    this.picked.clear();
    this.unfolded.clear();
    this.pages.reset();
    this.total = this.fresh = 0;
    this.ready = false;
    this.problem = null;
  }

  /** Looks at the list anew: another filter or another workspace. */
  async restart() {
    this.#query = this.query;
    this.#standsFor = this.#asked;
    this.picked.clear();
    this.unfolded.clear();
    this.#anchor = null;
    this.scroll.moveTo(0);
    this.fresh = 0;
    this.cursor = null;
    await this.#view(false);
  }

  /** Lets the rows in that came since. */
  async catchUp() {
    this.fresh = 0;
    if (this.#keeping === 0) return void (await this.#view(true));
    // It overtakes a reading after which rows may stand anywhere.
    this.#upto = session.status?.stored.newest ?? 0;
    await this.#recount();
  }

  async #view(keep: boolean): Promise<boolean> {
    const revision = ++this.#revision;
    const before = this.total;
    this.#upto = session.status?.stored.newest ?? 0;
    this.#seen ??= session.status?.stored ?? null;
    // On its head, the place of a row is known once all rows are counted.
    if (!this.oldestFirst) this.pages.reset(keep);
    return this.#count(revision, keep ? before : null);
  }

  /** Turns the order; the cursor stays on its exchange. */
  turn() {
    this.oldestFirst = !this.oldestFirst;
    if (this.cursor !== null) this.cursor = this.total - 1 - this.unfolded.folded(this.cursor);
    this.unfolded.clear();
    this.unfolded.oldestFirst = this.oldestFirst;
    this.#anchor = null;
    this.pages.reset();
    if (this.cursor === null) this.scroll.moveTo(0);
    else this.scroll.show(this.cursor);
  }

  /** Where a row that is so far from the newest stands. */
  #place(fromNewest: number): number {
    return this.oldestFirst ? this.total - 1 - fromNewest : fromNewest;
  }

  /**
   * Counts until the count is complete. `before` is given if older rows keep their places; `held` are the rows that stay
   * while a slow search has not found as many again. False if another count began since.
   */
  async #count(revision: number, before: number | null, held = before ?? 0): Promise<boolean> {
    this.counting = true;
    try {
      for (;;) {
        const { rows, complete } = await call("count", { filter: this.#query, upto: this.#upto });
        if (revision !== this.#revision) return false;
        if (complete || rows >= held) {
          this.#grow(rows, before);
          before = before === null ? null : rows;
        }
        this.ready = true;
        this.problem = null;
        if (complete) break;
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER));
        if (revision !== this.#revision) return false;
      }
      this.counting = false;
      return true;
    } catch (thrown) {
      if (revision !== this.#revision) return false;
      this.counting = false;
      this.ready = true;
      this.problem = asApiError(thrown);
      return true;
    }
  }

  #grow(rows: number, before: number | null) {
    if (before !== null && !this.oldestFirst) {
      if (this.cursor !== null) this.cursor += rows - before;
      this.unfolded.shift(rows - before);
    }
    this.total = rows;
    if (this.oldestFirst) this.pages.reset(true);
  }

  async #load(from: number, count: number): Promise<ListPage> {
    const near = this.pages.near(from);
    const anchor = near ? { row: this.#place(near.row), id: near.value.id } : null;
    const query = { filter: this.#query, upto: this.#upto, near: anchor };
    if (!this.oldestFirst) return call("list", { ...query, from, count });
    const end = Math.max(0, this.total - from);
    const first = Math.max(0, end - count);
    const page = await call("list", { ...query, from: first, count: end - first });
    return { ...page, rows: page.rows.toReversed() };
  }

  /** Takes an event of the feed: new rows are let in or counted, changed ones are read again. */
  feed(event: FeedEvent) {
    const { stored } = event.status;
    const { newest } = stored;
    const before = this.#seen;
    this.#seen = stored;
    if (newest < this.#upto) return void this.restart();
    if (before && stored.revision !== before.revision) this.#marked(rowsMoved(before, stored));
    if (event.changed.length > 0 || event.missed) {
      // What was found to be a repeat leaves a folded list, and joins one of repeats.
      if (this.#query !== "" && this.ready) void this.#recount().catch(sayError);
      else this.#reread();
      if (event.missed || (this.cursorId !== null && event.changed.includes(this.cursorId))) this.changes += 1;
    }
    if (newest > this.#upto) void this.#arrived();
  }

  /**
   * The list is shown again, and was told nothing meanwhile: it keeps its place, reads its rows again, and lets the new
   * ones in as if it had been there.
   */
  async resume() {
    const stored = session.status?.stored;
    if (!stored || !this.ready || this.stale) return;
    if (stored.newest < this.#upto) return this.restart();
    const moved = this.#seen !== null && rowsMoved(this.#seen, stored);
    this.#seen = stored;
    const arrived = stored.newest > this.#upto;
    const changing = this.#showsMarks || this.#showsDeliveries || ages(this.#query);
    if (moved || (changing && !this.#showsUnread)) {
      if (arrived && this.#letsIn) this.#upto = stored.newest;
      await this.#recount();
    } else if (!this.#showsUnread) {
      this.#reread();
    }
    if (stored.newest > this.#upto) await this.#arrived();
  }

  /** Reads again what is shown, where it stands. */
  #reread() {
    this.pages.reset(true);
    void this.unfolded.refresh().catch(sayError);
  }

  /** Marks changed here, in another window or on the command line; `moved` says that rows went or came back. */
  #marked(moved: boolean) {
    this.changes += 1;
    if (moved) void this.refresh().catch(sayError);
    else if (this.#showsUnread) return;
    else if (this.#showsMarks && this.ready) void this.#recount().catch(sayError);
    else this.pages.reset(true);
  }

  async #arrived() {
    if (this.#letsIn) return this.catchUp();
    if (this.#checking) return;
    this.#checking = true;
    const upto = this.#upto;
    const { rows } = await call("count", { filter: this.#query, upto: null }).catch(() => ({ rows: this.total }));
    this.#checking = false;
    // They may have been let in meanwhile.
    if (upto === this.#upto) this.fresh = Math.max(0, rows - this.total);
  }

  setFollow(on: boolean) {
    this.follow = on;
    if (!on) return;
    this.paused = false;
    this.scroll.moveTo(0);
    void this.catchUp();
  }

  setPaused(on: boolean) {
    this.paused = on;
    if (!on && this.following) void this.catchUp();
  }

  /** Puts the cursor on a row. */
  moveTo(index: number) {
    if (this.length === 0) return;
    this.cursor = Math.min(Math.max(0, index), this.length - 1);
    this.#anchor = this.cursor;
    this.scroll.show(this.cursor);
    this.#takeRow();
  }

  /** Takes the exchange of the cursor's row once it is here. */
  takeCursor() {
    if (this.#keeping === 0) this.#takeRow();
  }

  #takeRow() {
    const row = this.current;
    if (row) this.cursorId = row.id;
    else if (this.cursor !== null) this.want(this.cursor, this.cursor + 1);
  }

  move(by: number) {
    this.moveTo(this.cursor === null ? (by > 0 ? 0 : this.length - 1) : this.cursor + by);
  }

  pick(index: number) {
    const row = this.row(index);
    if (!row) return;
    if (!this.picked.delete(row.id)) this.picked.add(row.id);
  }

  /** Picks what lies between the anchor and this row. */
  async pickTo(index: number) {
    const anchor = this.#anchor ?? this.cursor ?? index;
    const to = Math.min(Math.max(0, index), this.length - 1);
    const [from, end] = [Math.min(anchor, to), Math.min(Math.max(anchor, to), Math.min(anchor, to) + PICK_AT_MOST - 1)];
    if (Math.abs(to - anchor) >= PICK_AT_MOST)
      say(`Selected the first ${PICK_AT_MOST} rows. Export by filter takes more.`);
    this.cursor = to;
    this.scroll.show(to);
    this.#takeRow();
    const ids = await this.#ids(from, end);
    this.picked.clear();
    ids.forEach((id) => this.picked.add(id));
    this.#anchor = anchor;
  }

  async #ids(from: number, last: number): Promise<number[]> {
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

  /** Selects an exchange wherever it stands; a filter that hides it is dropped. */
  async show(id: number): Promise<void> {
    this.cursorId = id;
    this.picked.clear();
    if (session.status && session.status.stored.newest < id) await session.refresh();
    if (id > this.#upto) await this.catchUp();
    const below = this.unfolded.find(id);
    if (below !== null) return this.moveTo(below);
    this.total = (await call("count", { filter: this.#query, upto: this.#upto })).rows;
    const at = await this.#find(id);
    if (at !== null) {
      this.cursor = this.#anchor = this.unfolded.shown(at);
      this.scroll.show(this.cursor);
    } else if (await this.#unfoldFor(id)) {
      this.moveTo(this.unfolded.find(id) ?? 0);
    } else if (this.#query !== "") {
      if (this.folded) preferences.folded = false;
      else this.filter.set("");
      await this.restart();
      return this.show(id);
    }
  }

  /** Unfolds the delivery that an exchange belongs to; false if its row is not in the list. */
  async #unfoldFor(id: number): Promise<boolean> {
    if (!this.folded) return false;
    const { delivery } = (await call("exchange", { id })).summary;
    if (delivery === null || delivery.first === id) return false;
    const at = await this.#find(delivery.first);
    if (at === null) return false;
    await this.unfolded.open(delivery.first, at);
    return this.unfolded.find(id) !== null;
  }

  /** Filters by these terms alone. */
  showOnly(text: string) {
    this.filter.set(text);
  }
}

export const inbox = new Inbox();
session.hold(inbox);

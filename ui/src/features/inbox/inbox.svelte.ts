// The inbox: what its list is asked for, how new and changed exchanges come in, and what is done with its rows.
import { tick } from "svelte";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import type { FeedEvent } from "$ipc/bindings/FeedEvent";
import type { Status } from "$ipc/bindings/Status";
import { call } from "$ipc/call";
import { preferences } from "$app/preferences.svelte";
import { session } from "$app/session.svelte";
import { sayError } from "$app/toasts.svelte";
import { VirtualScroll } from "$shared/virtual/scroll.svelte";
import { ages } from "./filter/ages";
import { onDeliveries, onMarks, onReading } from "./filter/depends";
import { Filter } from "./filter/filter.svelte";
import { isUnfinished } from "./filter/terms";
import { FoundRows } from "./list/found.svelte";
import { Selection } from "./list/selection.svelte";

type Stored = Status["stored"];

/** True if rows went or came back: there are not as many more as were stored. */
const rowsMoved = (before: Stored, now: Stored): boolean =>
  now.revision !== before.revision && now.exchanges - before.exchanges !== now.newest - before.newest;

const newestStored = () => session.status?.stored.newest ?? 0;

class Inbox {
  filter = new Filter();
  scroll = new VirtualScroll();
  rows: FoundRows = new FoundRows((by) => this.selection.shift(by));
  selection = new Selection(this.rows, this.scroll);
  /** The user's wish to see new rows come in: at the top, or with the oldest first at the bottom. */
  follow = $state(true);
  paused = $state(false);
  /** New rows that are not in view. */
  fresh = $state(0);
  /** Grows when the exchange under the cursor changed. */
  changes = $state(0);
  /** The workspace and the filter that are in view. */
  #standsFor = "";
  #checking = false;
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

  readonly following = $derived(this.follow && !this.paused && this.scroll.top < 1);

  /** New rows come in without being asked for: on its head, the list grows where nobody looks. */
  get #letsIn(): boolean {
    return this.following || (this.rows.oldestFirst && !this.paused);
  }

  /** True if another filter or workspace is asked for than is in view. */
  get stale(): boolean {
    return this.#standsFor !== this.#asked;
  }

  /** Filters by these terms alone. */
  showOnly(text: string) {
    this.filter.set(text);
  }

  /** Another workspace was opened: its exchanges have other numbers. */
  clear() {
    this.#seen = null;
    this.#standsFor = "";
    this.selection.drop();
    this.selection.aimAt(null);
    this.rows.clear();
    this.fresh = 0;
  }

  /** Looks at the list anew: another filter or another workspace. */
  async restart() {
    this.#standsFor = this.#asked;
    this.#seen ??= session.status?.stored ?? null;
    this.selection.drop();
    this.fresh = 0;
    this.scroll.moveTo(0);
    await this.rows.start(this.query, newestStored());
  }

  /** Reads the rows in view again, and how many there are; the cursor stays on its exchange, or near its place. */
  async refresh() {
    await session.refreshStatus();
    await this.#recount(this.#letsIn ? newestStored() : this.rows.upto);
    if (newestStored() > this.rows.upto) await this.#arrived();
  }

  /** Reads them again up to an exchange; without one, those that came since stay out. */
  async #recount(upto = this.rows.upto) {
    if (upto > this.rows.upto) this.fresh = 0;
    await this.selection.keep(() => this.rows.recount(upto));
  }

  /** Reads again what is shown, where it stands. */
  #reread() {
    this.rows.pages.reset(true);
    void this.rows.unfolded.refresh().catch(sayError);
  }

  /** Lets the rows in that came since. */
  async catchUp() {
    this.fresh = 0;
    // What it overtakes may have found that rows stand elsewhere, and what was read has left a list of the unread.
    if (this.selection.isKept || onReading(this.rows.query)) await this.#recount(newestStored());
    else await this.rows.letIn(newestStored());
  }

  /**
   * Lets go of the rows that a time like `since:15m` has left behind. They stood at the end of the oldest: what is in view
   * stays where it is, and so does the exchange that is read.
   */
  async age() {
    if (!this.rows.ready || this.paused) return;
    const gone = await this.rows.age();
    if (gone === 0) return;
    if (this.rows.oldestFirst) this.scroll.moveTo(this.scroll.top - gone * this.scroll.rowHeight);
    this.selection.clamp();
  }

  /** Takes an event of the feed: new rows are let in or counted, changed ones are read again. */
  feed(event: FeedEvent) {
    const { stored } = event.status;
    const before = this.#seen;
    this.#seen = stored;
    if (stored.newest < this.rows.upto) return void this.restart();
    if (before && stored.revision !== before.revision) this.#marked(rowsMoved(before, stored));
    if (event.changed.length > 0 || event.missed) {
      // What was found to be a repeat leaves a folded list, and joins one of repeats.
      if (this.rows.query === "" || !this.rows.ready) this.#reread();
      else if (!onReading(this.rows.query)) void this.#recount().catch(sayError);
      const { cursorId } = this.selection;
      if (event.missed || (cursorId !== null && event.changed.includes(cursorId))) this.changes += 1;
    }
    if (stored.newest > this.rows.upto) void this.#arrived().catch(sayError);
  }

  /**
   * The list is shown again, and was told nothing meanwhile: it keeps its place, reads its rows again, and lets the new
   * ones in as if it had been there.
   */
  async resume() {
    const stored = session.status?.stored;
    if (!stored || !this.rows.ready || this.stale) return;
    const { query, upto } = this.rows;
    if (stored.newest < upto) return this.restart();
    const moved = this.#seen !== null && rowsMoved(this.#seen, stored);
    this.#seen = stored;
    const changing = onMarks(query) || onDeliveries(query) || ages(query);
    if (moved || (changing && !onReading(query))) await this.#recount(this.#letsIn ? stored.newest : upto);
    else if (!onReading(query)) this.#reread();
    if (stored.newest > this.rows.upto) await this.#arrived();
  }

  /** Marks changed here, in another window or on the command line; `moved` says that rows went or came back. */
  #marked(moved: boolean) {
    const { query, ready } = this.rows;
    this.changes += 1;
    if (moved) void this.refresh().catch(sayError);
    else if (onReading(query)) return;
    else if (onMarks(query) && ready) void this.#recount().catch(sayError);
    else this.rows.pages.reset(true);
  }

  async #arrived() {
    if (this.#letsIn) return this.catchUp();
    if (this.#checking) return;
    this.#checking = true;
    const { query, upto } = this.rows;
    const { rows } = await call("count", { filter: query, upto: null }).catch(() => ({ rows: this.rows.total }));
    this.#checking = false;
    // They may have been let in meanwhile.
    if (upto === this.rows.upto) this.fresh = Math.max(0, rows - this.rows.total);
  }

  /** Follows from now on, or no longer; shows where new rows come in. */
  setFollow(on: boolean) {
    this.follow = on;
    if (!on) return;
    this.paused = false;
    if (!this.rows.oldestFirst) this.scroll.moveTo(0);
    void this.catchUp()
      .then(tick) // the list is as long as that by then
      .then(() => this.rows.oldestFirst && this.scroll.show(this.rows.length - 1))
      .catch(sayError);
  }

  setPaused(on: boolean) {
    this.paused = on;
    if (!on && this.#letsIn) void this.catchUp().catch(sayError);
  }

  /** Turns the order; the cursor stays on its exchange. */
  turn() {
    const { cursor } = this.selection;
    const folded = cursor === null ? null : this.rows.unfolded.folded(cursor);
    this.selection.stopPicking();
    this.rows.turn();
    if (folded === null) this.scroll.moveTo(0);
    else this.selection.show(this.rows.total - 1 - folded);
  }

  /** True if a row stands for several pushes that can be shown below it. */
  canUnfold(row: ExchangeSummary): boolean {
    return this.folded && row.delivery !== null && row.delivery.first === row.id && row.delivery.pushes > 1;
  }

  /** True if what a row stands for is unread: of a folded delivery any of its pushes. */
  isUnread(row: ExchangeSummary): boolean {
    const hidden = this.canUnfold(row) && !this.rows.unfolded.has(row.id) ? row.delivery : null;
    return row.unread || (hidden?.unread ?? 0) > 0;
  }

  /** Shows the further pushes of a folded row below it, or no longer; the cursor stays on its exchange. */
  async unfold(index: number) {
    const { unfolded, pages } = this.rows;
    const folded = unfolded.folded(index);
    const row = pages.row(folded);
    if (!row || !this.canUnfold(row)) return;
    const { cursor } = this.selection;
    const stood = cursor === null ? null : unfolded.folded(cursor);
    const wasBelow = cursor !== null && unfolded.row(cursor) !== undefined;
    this.selection.stopPicking();
    if (unfolded.has(row.id)) unfolded.close(row.id);
    else await unfolded.open(row.id, folded);
    if (stood === null) return;
    const { cursorId } = this.selection;
    const below = wasBelow && cursorId !== null ? unfolded.find(cursorId) : null;
    if (wasBelow && below === null) this.selection.moveTo(unfolded.shown(stood));
    else this.selection.putOn(below ?? unfolded.shown(stood));
  }

  /** The chosen exchanges, or others; where one row stands for a whole delivery, all pushes of it. Oldest first. */
  async meant(chosen = this.selection.chosen): Promise<number[]> {
    const folded = this.folded ? chosen.filter((id) => !this.rows.unfolded.has(id)) : [];
    if (folded.length === 0) return chosen;
    const { ids } = await call("whole_deliveries", { ids: folded });
    return [...new Set([...chosen, ...ids])].sort((a, b) => a - b);
  }

  /** Selects an exchange wherever it stands; a filter that hides it is dropped. */
  async show(id: number): Promise<void> {
    this.selection.aimAt(id);
    const { aim } = this.selection;
    if (session.status && session.status.stored.newest < id) await session.refresh();
    if (id > this.rows.upto) await this.catchUp();
    const { query } = this.rows;
    const at = await this.rows.seek(id, this.folded, () => aim === this.selection.aim);
    if (aim !== this.selection.aim) return;
    if (at !== null) return this.selection.show(at);
    // What was asked for since is not what hides it.
    if (query === "" || query !== this.rows.query) return;
    if (this.folded) preferences.folded = false;
    else this.filter.set("");
    await this.restart();
    if (aim === this.selection.aim) await this.show(id);
  }
}

export const inbox = new Inbox();
session.hold(inbox);

// Where the cursor stands in the list, and which rows are picked.
import { SvelteSet } from "svelte/reactivity";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import { say } from "$app/toasts.svelte";
import { call } from "$ipc/call";
import type { VirtualScroll } from "$shared/virtual/scroll.svelte";
import { onReading } from "../filter/depends";
import type { FoundRows } from "./found.svelte";

const PICK_AT_MOST = 2_000;

/** How often rows are read to be picked that move meanwhile. */
const ROUNDS = 5;

const CHANGED = "The list changed: select the rows again.";

/** True if an exchange is there, whatever the filter finds: what was read has left a list of the unread, and is read on. */
const isStored = (id: number): Promise<boolean> =>
  call("exchange", { id }).then(
    () => true,
    () => false,
  );

export class Selection {
  /** The row of the cursor, and its exchange. */
  cursor = $state<number | null>(null);
  cursorId = $state<number | null>(null);
  picked = new SvelteSet<number>();
  /** The row that picking began at, if that is not the cursor's. */
  #anchor: number | null = null;
  /** The rows that are being read to be picked. */
  #picking: { from: number; last: number } | null = null;
  /** While the cursor is being put back on its exchange, another may stand in its row. */
  #keeping = 0;
  /** The cursor was moved to a row that is not here yet: the exchange of that is to be its. */
  #awaits = false;
  /** Grows with each place that the user goes to: what was sought for an earlier one is not gone to any more. */
  aim = 0;

  constructor(
    private readonly rows: FoundRows,
    private readonly scroll: VirtualScroll,
  ) {}

  /** The exchanges that an action is for: the picked ones, else that of the cursor; oldest first. */
  readonly chosen = $derived<number[]>(
    this.picked.size > 0 ? [...this.picked].sort((a, b) => a - b) : this.cursorId === null ? [] : [this.cursorId],
  );

  /** The row under the cursor, if it is here. */
  get current(): ExchangeSummary | undefined {
    return this.cursor === null ? undefined : this.rows.row(this.cursor);
  }

  /** True while rows are read after which the cursor is put back on its exchange. */
  get isKept(): boolean {
    return this.#keeping > 0;
  }

  /** Goes to an exchange whose row is not known yet, or to none. */
  aimAt(id: number | null) {
    this.aim += 1;
    this.cursorId = id;
    this.unpick();
  }

  /** Nothing is picked and no row is under the cursor; the exchange that is read stays. */
  drop() {
    this.unpick();
    this.cursor = this.#anchor = null;
    this.#awaits = false;
  }

  /** All rows moved. */
  shift(by: number) {
    if (this.cursor !== null) this.cursor += by;
    if (this.#anchor !== null) this.#anchor += by;
    if (this.#picking) {
      this.#picking.from = Math.max(0, this.#picking.from + by);
      this.#picking.last += by;
    }
  }

  /** The cursor's row may be gone. */
  clamp() {
    if (this.cursor !== null && (this.cursor < 0 || this.cursor >= this.rows.length)) this.cursor = null;
  }

  /** Puts the cursor back on its exchange, or near its place, once rows were read; not if `read` was overtaken. */
  async keep(read: () => Promise<boolean>) {
    const id = this.cursorId;
    if (this.stopPicking()) say(CHANGED);
    this.#keeping += 1;
    try {
      if (await read()) await this.#putBack(id);
    } finally {
      this.#keeping -= 1;
    }
  }

  async #putBack(id: number | null) {
    if (id === null) return;
    const { revision } = this.rows;
    const isOvertaken = () => this.#awaits || id !== this.cursorId || revision !== this.rows.revision;
    const at = await this.rows.find(id, () => !isOvertaken());
    if (isOvertaken()) return;
    if (at !== null) this.cursor = at;
    else if (onReading(this.rows.query) && (await isStored(id))) this.cursor = null;
    else if (this.rows.total === 0) this.cursor = this.cursorId = null;
    else this.#goTo(this.cursor ?? 0);
  }

  /** Puts the cursor on a row. */
  moveTo(index: number) {
    this.aim += 1;
    this.#goTo(index);
  }

  #goTo(index: number) {
    if (this.rows.length === 0) return;
    this.show(Math.min(Math.max(0, index), this.rows.length - 1));
    this.#takeRow();
  }

  /** Says in which row the exchange of the cursor stands. */
  putOn(index: number) {
    this.cursor = index;
    this.#anchor = null;
    this.#awaits = false;
  }

  /** The same, and shows that row. */
  show(index: number) {
    this.putOn(index);
    this.scroll.show(index);
  }

  /** Takes the exchange of the cursor's row once it is here. */
  takeCursor() {
    if (!this.isKept || this.#awaits) this.#takeRow();
  }

  #takeRow() {
    const row = this.current;
    this.#awaits = !row;
    if (row) this.cursorId = row.id;
    else if (this.cursor !== null) this.rows.want(this.cursor, this.cursor + 1);
  }

  move(by: number) {
    this.moveTo(this.cursor === null ? (by > 0 ? 0 : this.rows.length - 1) : this.cursor + by);
  }

  pick(index: number) {
    const row = this.rows.row(index);
    if (row) this.#toggle(row.id);
  }

  /** Picks what is read, wherever its row stands by now. */
  pickCursor() {
    if (this.cursorId !== null) this.#toggle(this.cursorId);
  }

  /** Nothing is picked any more. False if nothing was, nor was being picked. */
  unpick(): boolean {
    const wasPicked = this.picked.size > 0;
    this.picked.clear();
    return this.stopPicking() || wasPicked;
  }

  /** What is being read is not picked any more: others may stand in those rows. False if nothing was. */
  stopPicking(): boolean {
    const wasPicking = this.#picking !== null;
    this.#picking = null;
    return wasPicking;
  }

  #toggle(id: number) {
    this.stopPicking();
    if (!this.picked.delete(id)) this.picked.add(id);
  }

  /** Picks what lies between the anchor and this row. */
  async pickTo(index: number) {
    const anchor = this.#anchor ?? this.cursor ?? index;
    const to = Math.min(Math.max(0, index), this.rows.length - 1);
    const from = Math.min(anchor, to);
    const all = Math.abs(to - anchor) + 1;
    this.moveTo(to);
    this.#anchor = anchor;
    await this.#pickRows(from, all);
  }

  /** Picks every row, or as many from the first on as can be. */
  pickAll(): Promise<void> {
    return this.#pickRows(0, this.rows.length);
  }

  /** Picks rows in place of those that are picked. */
  async #pickRows(from: number, all: number) {
    const ids = await this.#read({ from, last: from + Math.min(all, PICK_AT_MOST) - 1 });
    if (!ids) return;
    this.picked.clear();
    ids.forEach((id) => this.picked.add(id));
    if (all > PICK_AT_MOST) say(`Selected the first ${PICK_AT_MOST} rows. Export by filter takes more.`);
  }

  /** The exchanges of rows that move while they are read, as all rows do; null if they are not to be picked any more. */
  async #read(picking: { from: number; last: number }): Promise<number[] | null> {
    this.#picking = picking;
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { revision } = this.rows;
        const { from, last } = picking;
        const ids = await this.rows.ids(from, last);
        if (this.#picking !== picking) return null;
        if (revision === this.rows.revision && from === picking.from) return ids;
      }
      say(CHANGED);
      return null;
    } finally {
      if (this.#picking === picking) this.#picking = null;
    }
  }
}

// The columns of the list: which, in which order, how wide. Kept in the workspace.
import type { ListColumn } from "$ipc/bindings/ListColumn";
import { call } from "$ipc/call";
import { preferences } from "$app/preferences.svelte";
import { sayError } from "$app/toasts.svelte";

export interface Column {
  /** A built-in one's name, `body.PATH` or `header.NAME`. */
  id: string;
  title: string;
  shown: boolean;
  /** px; null for the usual width. */
  width: number | null;
}

interface BuiltIn {
  title: string;
  /** Usual width, px; null takes what is left. */
  usual: number | null;
  right?: boolean;
  /** Goes first when room is short; 0 never goes. */
  goes: number;
  tip?: string;
}

export const BUILT_IN: Readonly<Record<string, BuiltIn>> = {
  time: { title: "Time", usual: 82, goes: 0 },
  method: { title: "Method", usual: 46, goes: 0 },
  source: { title: "Source", usual: 68, goes: 3 },
  event: { title: "Event or path", usual: null, goes: 0 },
  status: { title: "Status", usual: 50, right: true, goes: 0, tip: "What we answered, or what they did" },
  forward: { title: "Fwd", usual: 52, right: true, goes: 2, tip: "The newest replay" },
  duration: { title: "ms", usual: 40, right: true, goes: 0 },
  size: { title: "Size", usual: 48, right: true, goes: 1, tip: "Body of a push, or answer of a pull" },
};
const ORDER = Object.keys(BUILT_IN);
const OWN_WIDTH = 110;
/** The text size that usual widths are for, px. */
const USUAL_SIZE = 13;
/** What a column of the user's gets at least where room is short. */
const OWN_LEAST = 64;
const NARROWEST = 36;
const WIDEST = 600;
/** What the event column has before other columns take more than they must, px. */
const EVENT_GOOD = 200;
/** What the event column needs at least, and what stands between columns. */
const EVENT = 110;
const GAP = 8;
const CHIP = 16;
const SHIELD = 12;
/** The padding of a row and the scroll bar. */
const EDGES = 30;

class Columns {
  all = $state.raw<Column[]>(ORDER.map((id) => made(id, true, null)));
  choosing = $state(false);
  /** px that the list has. */
  room = $state(588);

  async load() {
    const { columns } = await call("columns", {});
    this.all = completed(columns);
  }

  /** Those that are shown, without what there is no room for. */
  readonly shown = $derived.by<Column[]>(() => {
    const wanted = this.all.filter((column) => column.shown);
    if (this.room === 0) return wanted; // not drawn yet
    const leaving = wanted
      .filter((column) => (BUILT_IN[column.id]?.goes ?? 4) > 0)
      .sort((a, b) => (BUILT_IN[a.id]?.goes ?? 4) - (BUILT_IN[b.id]?.goes ?? 4));
    const gone = new Set<Column>();
    const needed = () =>
      wanted
        .filter((column) => !gone.has(column))
        .reduce((sum, column) => sum + leastOf(column) + GAP, CHIP + SHIELD + GAP + EDGES);
    for (let next = leaving.shift(); next && needed() + spare(next) > this.room; next = leaving.shift()) gone.add(next);
    return wanted.filter((column) => !gone.has(column));
  });

  /** What each column of the user's that has no width yet gets of the room, px. */
  readonly #ownWidth = $derived.by(() => {
    const isFree = (column: Column) => column.width === null && !(column.id in BUILT_IN);
    const free = this.shown.filter(isFree).length;
    if (free === 0) return OWN_WIDTH;
    const others = this.shown.filter((column) => !isFree(column) && column.id !== "event");
    const taken = others.reduce((sum, column) => sum + widthOf(column) + GAP, CHIP + SHIELD + GAP + EDGES);
    const left = this.room - taken - EVENT_GOOD - GAP;
    return Math.round(Math.min(OWN_WIDTH, Math.max(OWN_LEAST, left / free - GAP)));
  });

  /** For CSS: the chip, the columns, the shield. */
  readonly template = $derived(
    [`${CHIP}px`, ...this.shown.map((column) => trackOf(column, this.#ownWidth)), `${SHIELD}px`].join(" "),
  );

  /** Those that are read out of each exchange. */
  readonly own = $derived(this.shown.filter((column) => !(column.id in BUILT_IN)).map((column) => column.id));

  #change(all: Column[]) {
    this.all = all;
    const columns = all.map(({ id, shown, width }) => ({ id, shown, width }));
    call("save_columns", { columns }).catch(sayError);
  }

  toggle(id: string) {
    this.#change(this.all.map((column) => (column.id === id ? { ...column, shown: !column.shown } : column)));
  }

  /** Moves a column left (-1) or right (1). */
  move(id: string, by: -1 | 1) {
    const at = this.all.findIndex((column) => column.id === id);
    const to = at + by;
    const [one, other] = [this.all[at], this.all[to]];
    if (!one || !other) return;
    const all = [...this.all];
    [all[at], all[to]] = [other, one];
    this.#change(all);
  }

  /** Sets a width while it is dragged; null is the usual one. `keep` is false until the drag ends. */
  resize(id: string, width: number | null, keep: boolean) {
    const set = width === null ? null : Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
    const all = this.all.map((column) => (column.id === id ? { ...column, width: set } : column));
    if (keep) this.#change(all);
    else this.all = all;
  }

  /** Adds a column for `body.PATH` or `header.NAME`; the engine says if it is neither. */
  async add(id: string) {
    if (this.all.some((column) => column.id === id)) return;
    const place = this.all.findIndex((column) => column.id === "event") + 1;
    const all = [...this.all.slice(0, place), made(id, true, null), ...this.all.slice(place)];
    await call("save_columns", { columns: all.map(({ id, shown, width }) => ({ id, shown, width })) });
    this.all = all;
  }

  /** Adds a column, or shows the hidden one there is, until that is undone; null if it is there already. */
  async show(id: string): Promise<{ title: string; undo: () => void } | null> {
    const there = this.all.find((column) => column.id === id);
    if (there?.shown) return null;
    if (there) this.toggle(id);
    else await this.add(id);
    const hide = () =>
      this.#change(this.all.map((column) => (column.id === id ? { ...column, shown: false } : column)));
    return { title: made(id, true, null).title, undo: there ? hide : () => this.remove(id) };
  }

  remove(id: string) {
    this.#change(this.all.filter((column) => column.id !== id));
  }

  reset() {
    this.#change(completed([]));
  }
}

export const widthOf = (column: Column): number =>
  column.width ??
  Math.round(
    ((BUILT_IN[column.id]?.usual ?? (column.id === "event" ? EVENT : OWN_WIDTH)) * (preferences.fontSize - 1)) /
      (USUAL_SIZE - 1), // the text of a row is 1 px smaller
  );

/** What a column gets at least, px: one of the user's that has no width yet gives way before a column goes. */
const leastOf = (column: Column): number =>
  column.width === null && !(column.id in BUILT_IN) ? OWN_LEAST : widthOf(column);

/** What must be left beside a column, px: the one that goes first stays only where the event is read well. */
const spare = (column: Column): number =>
  column.width === null && BUILT_IN[column.id]?.goes === 1 ? EVENT_GOOD - EVENT : 0;

const trackOf = (column: Column, ownWidth: number): string => {
  if (column.width !== null || column.id in BUILT_IN)
    return column.width === null && column.id === "event" ? "minmax(0, 1fr)" : `${widthOf(column)}px`;
  return `${ownWidth}px`;
};

/** `body.data.object.id` is shown as `object.id`, `header.X` as `X`. */
function made(id: string, shown: boolean, width: number | null): Column {
  const title =
    BUILT_IN[id]?.title ??
    id
      .replace(/^(?:body|header)\.(?:\$\.)?/, "")
      .split(".")
      .slice(-2)
      .join(".");
  return { id, title, shown, width };
}

/** What was kept, and built-in columns that were not known then. */
function completed(kept: readonly ListColumn[]): Column[] {
  const known = kept
    .filter(({ id }) => id in BUILT_IN || /^(body|header)\./.test(id))
    .map(({ id, shown, width }) => made(id, shown, width));
  const missing = ORDER.filter((id) => !known.some((column) => column.id === id));
  return [...known, ...missing.map((id) => made(id, true, null))];
}

export const columns = new Columns();

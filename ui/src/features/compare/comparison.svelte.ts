// One comparison: what is held against what, under which rules, and where the eye is.
import { sayError } from "$app/toasts.svelte";
import { asApiError, call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { ArrayKey } from "$ipc/bindings/ArrayKey";
import type { CompareQuery } from "$ipc/bindings/CompareQuery";
import type { CompareRow } from "$ipc/bindings/CompareRow";
import type { CompareSide } from "$ipc/bindings/CompareSide";
import type { Comparison } from "$ipc/bindings/Comparison";
import type { IgnoreRule } from "$ipc/bindings/IgnoreRule";
import type { HeaderRow } from "$ipc/bindings/HeaderRow";
import type { Side } from "$ipc/bindings/Side";
import { rulePath } from "$shared/paths";
import { Rows } from "./rows.svelte";

/** The views, in the order of their keys. */
export const VIEWS = ["table", "split", "inline", "headers"] as const;
export type View = (typeof VIEWS)[number];

/** The most sides that are held against each other. */
export const MOST_SIDES = 8;

/** Ignored rows that are counted rule by rule; beyond, only their sum is known. */
const COUNTED = 5_000;

/** A side that is an exchange. The window compares no files. */
export type ExchangeSide = Extract<CompareSide, { type: "exchange" }>;

/** A path that is ignored while it is on. */
export type Rule = IgnoreRule;

/** One comparison and its state on the screen. */
export class CompareTab {
  readonly key = crypto.randomUUID();
  sides = $state.raw<ExchangeSide[]>([]);
  rules = $state.raw<Rule[]>([]);
  /** What the rules are kept for, for readers: an event type, or a method and path. */
  keptFor = $state.raw<string | null>(null);
  keys = $state.raw<ArrayKey[]>([]);
  view = $state<View>("table");
  showIgnored = $state(true);
  showEqual = $state(false);
  /** JSON laid out anew in the text views. */
  pretty = $state(true);
  /** The side that the text views hold against the base. */
  other = $state(1);

  result = $state.raw<Comparison | null>(null);
  rows = $state.raw<Rows | null>(null);
  headers = $state.raw<HeaderRow[] | null>(null);
  /** Ignored rows by the number of their rule in the query; null if there are too many to count. */
  ignoredBy = $state.raw<Map<number, number> | null>(null);
  problem = $state.raw<ApiError | null>(null);
  loading = $state(false);
  /** The current row. */
  current = $state(-1);

  readonly query: CompareQuery = $derived({
    sides: this.sides,
    ignore: this.rules.filter((rule) => rule.on).map((rule) => rule.path),
    keys: this.keys,
  });
  readonly title = $derived(this.result ? title(this.result) : `${this.sides.length} sides`);
  readonly currentRow: CompareRow | null = $derived(this.current < 0 ? null : (this.rows?.known(this.current) ?? null));

  private run = 0;
  private scope = "";
  /** The rules as the workspace has them. */
  private kept: readonly Rule[] = [];

  constructor(ids: readonly number[]) {
    this.sides = ids.slice(0, MOST_SIDES).map((id) => ({ type: "exchange", id, side: null, root: "" }));
  }

  /** Compares for the first time, under the rules that are kept for what is compared. */
  async open(): Promise<void> {
    try {
      const { scope, title, rules } = await call("ignore_rules", { ids: this.sides.map(({ id }) => id) });
      this.scope = scope;
      this.keptFor = title;
      this.rules = rules;
      this.kept = rules;
    } catch (thrown) {
      this.problem = asApiError(thrown);
      return;
    }
    await this.load();
  }

  /** Compares anew with what is set now; a comparison that was overtaken is dropped. */
  async load(): Promise<void> {
    const run = ++this.run;
    const path = this.currentRow?.path ?? null;
    this.loading = true;
    try {
      const query = this.query;
      const result = await call("compare", query);
      const rows = new Rows(query, this.showIgnored, this.showEqual);
      await rows.read(0);
      const headers = this.view === "headers" ? (await call("compare_headers", query)).rows : null;
      if (run !== this.run) return;
      this.result = result;
      this.rows = rows;
      this.headers = headers;
      this.problem = null;
      this.current = await startAt(rows, path);
      void this.countIgnored(query, result, run);
    } catch (thrown) {
      if (run === this.run) this.problem = asApiError(thrown);
    } finally {
      if (run === this.run) this.loading = false;
    }
  }

  /** Shows another view; the headers are read when they are first looked at. */
  async show(view: View): Promise<void> {
    this.view = view;
    if (view !== "headers" || this.headers) return;
    try {
      this.headers = (await call("compare_headers", this.query)).rows;
    } catch (thrown) {
      this.problem = asApiError(thrown);
    }
  }

  /** Goes to the next or the previous difference; false if there is none further. */
  async step(by: 1 | -1): Promise<boolean> {
    const to = await this.rows?.find(this.current, by, isDifference);
    if (to === null || to === undefined) return false;
    this.current = to;
    return true;
  }

  /** Turns the first two sides round, so that the other one is the base. */
  async swap(): Promise<void> {
    const [a, b, ...rest] = this.sides;
    if (a && b) await this.setSides([b, a, ...rest]);
  }

  /** Makes a side the base. */
  async makeBase(index: number): Promise<void> {
    const side = this.sides[index];
    if (side) await this.setSides([side, ...this.sides.filter((_, at) => at !== index)]);
  }

  async addSides(ids: readonly number[]): Promise<void> {
    const added = ids.map((id): ExchangeSide => ({ type: "exchange", id, side: null, root: "" }));
    await this.setSides([...this.sides, ...added].slice(0, MOST_SIDES));
  }

  /** Takes a side away while two are left. */
  async removeSide(index: number): Promise<void> {
    if (this.sides.length > 2) await this.setSides(this.sides.filter((_, at) => at !== index));
  }

  /** Chooses which message of a side is compared, and which value in it. */
  async changeSide(index: number, change: { side?: Side; root?: string }): Promise<void> {
    await this.setSides(this.sides.map((side, at) => (at === index ? { ...side, ...change } : side)));
  }

  /** Ignores a path from now on. */
  async ignore(path: string): Promise<void> {
    const there = this.rules.find((rule) => rule.path === path);
    this.rules = there
      ? this.rules.map((rule) => (rule === there ? { path, on: true } : rule))
      : [...this.rules, { path, on: true }];
    await this.loadAndKeep();
  }

  /** Ignores the current row in every element of the arrays above it. Answers the rule, or null if no row can be. */
  async ignoreCurrent(): Promise<string | null> {
    const row = this.currentRow;
    if (!row || row.kind === "section" || this.result?.mode !== "json") return null;
    const path = rulePath(row.path);
    await this.ignore(path);
    return path;
  }

  async setRules(rules: Rule[]): Promise<void> {
    this.rules = rules;
    await this.loadAndKeep();
  }

  /** Tells the elements of an array apart by a field; an empty field leaves the choice to Pushpull. */
  async setKey(path: string, field: string): Promise<void> {
    const others = this.keys.filter((key) => key.path !== path);
    this.keys = field.trim() === "" ? others : [...others, { path, field: field.trim() }];
    await this.load();
  }

  async toggleIgnored(): Promise<void> {
    this.showIgnored = !this.showIgnored;
    await this.load();
  }

  async toggleEqual(): Promise<void> {
    this.showEqual = !this.showEqual;
    await this.load();
  }

  /** Which difference the current row is, from 1; null if it is none or the rows before it are not at hand. */
  get ordinal(): number | null {
    if (!this.rows || !this.currentRow || !isDifference(this.currentRow)) return null;
    let ordinal = 0;
    for (let at = 0; at <= this.current; at += 1) {
      const row = this.rows.known(at);
      if (!row) return null;
      if (isDifference(row)) ordinal += 1;
    }
    return ordinal;
  }

  /** The place in the panel, from 1, of the rule with this number in the query. */
  ruleNumber(inQuery: number): number {
    let on = 0;
    return this.rules.findIndex((rule) => rule.on && ++on === inQuery) + 1;
  }

  /** Rules that can be compared under are kept for the next comparison of the kind. */
  private async loadAndKeep(): Promise<void> {
    await this.load();
    if (this.problem || this.keptFor === null) return;
    const rules = this.rules;
    const set = rules.filter((rule) => !this.kept.some((one) => one.path === rule.path && one.on === rule.on));
    const remove = this.kept.filter((one) => !rules.some((rule) => rule.path === one.path)).map(({ path }) => path);
    if (set.length === 0 && remove.length === 0) return;
    this.kept = rules;
    await call("change_ignore_rules", { scope: this.scope, set, remove }).catch(sayError);
  }

  private async setSides(sides: ExchangeSide[]): Promise<void> {
    this.sides = sides;
    this.other = Math.min(this.other, sides.length - 1);
    await this.load();
  }

  private async countIgnored(query: CompareQuery, result: Comparison, run: number): Promise<void> {
    const counts = new Map<number, number>();
    if (result.ignored > COUNTED) {
      this.ignoredBy = null;
      return;
    }
    const rows = new Rows(query, true, false);
    let left = result.ignored;
    for (let at = 0; left > 0; at += 1) {
      const row = await rows.read(at);
      if (!row || run !== this.run) break;
      if (row.ignoredBy === null || row.kind === "section") continue;
      counts.set(row.ignoredBy, (counts.get(row.ignoredBy) ?? 0) + 1);
      left -= 1;
    }
    if (run === this.run) this.ignoredBy = counts;
  }
}

/** True for a row that counts as a difference. */
export function isDifference(row: CompareRow): boolean {
  return row.kind !== "section" && row.kind !== "equal" && row.ignoredBy === null;
}

/** Where the eye goes after comparing anew: to the row it was on if it is near the top, else to the first difference. */
async function startAt(rows: Rows, path: string | null): Promise<number> {
  if (path !== null) {
    for (let at = 0; at < rows.total; at += 1) {
      const row = rows.known(at);
      if (!row) break;
      if (row.path === path && row.kind !== "section") return at;
    }
  }
  return (await rows.find(-1, 1, isDifference)) ?? -1;
}

function title({ sides }: Comparison): string {
  const first = sides[0]?.title ?? "";
  const rest = sides.length === 2 && sides[1]?.title !== first ? ` and ${sides[1]?.title}` : `, ${sides.length} sides`;
  return sides.length === 2 && sides[1]?.title === first ? `${first}, two of them` : first + rest;
}

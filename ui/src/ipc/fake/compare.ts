// The stand-in's comparisons: one set of rows, cut to the number of sides that is asked for.
import type { CellState } from "../bindings/CellState";
import type { CompareCell } from "../bindings/CompareCell";
import type { CompareQuery } from "../bindings/CompareQuery";
import type { CompareRow } from "../bindings/CompareRow";
import type { CompareSide } from "../bindings/CompareSide";
import type { DiffKind } from "../bindings/DiffKind";
import type { IgnoreRule } from "../bindings/IgnoreRule";
import type { HeaderRow } from "../bindings/HeaderRow";
import type { SideLabel } from "../bindings/SideLabel";
import type { Answers } from "./index";
import type { FakeState } from "./state";

const SECTION = "section" as const;

/** Path, and the values of the sides in turn: `undefined` is not there. */
const ROWS: [DiffKind, string, ...(string | undefined)[]][] = [
  [SECTION, "$"],
  ["changed", "$.attempt_count", "1", "1", "2", "2"],
  ["retyped", "$.customer", '"cus_R2mW8bQkz"', "{27}", '"cus_R2mW8bQkz"', '"cus_R2mW8bQkz"'],
  [
    "changed",
    "$.customer_email",
    '"ap@example.com"',
    '"billing@example.com"',
    '"ap@example.com"',
    '"billing@example.com"',
  ],
  ["added", "$.parent", undefined, "{3}", undefined, "{3}"],
  ["removed", "$.payment_intent", '"pi_3QT8rLKz4mV"', undefined, '"pi_3QT8rLKz4mV"', undefined],
  ["changed", "$.post_payment_credit_notes_amount", "0", "0", "1200", "3000"],
  [
    "changed",
    "$.hosted_invoice_url",
    '"…/test_YWNjdF8xUVQ4"',
    '"…/test_YWNjdF8xUVQ5"',
    '"…/test_YWNjdF8xUVRB"',
    '"…/test_YWNjdF8xUVRD"',
  ],
  ["equal", "$.currency", '"eur"', '"eur"', '"eur"', '"eur"'],
  [SECTION, "$.metadata"],
  [
    "changed",
    "$.metadata.order_id",
    '"9007199254740993"',
    '"9007199254740992"',
    '"9007199254740992"',
    '"9007199254740993"',
  ],
  ["changed", "$.metadata.note", '"left\u202eright"', '"left right"', '"left right"', '"left right"'],
  [SECTION, "$.lines.data[id=il_1QT8rLKz4]"],
  ["removed", "$.lines.data[id=il_1QT8rLKz4].proration", "false", undefined, "false", undefined],
  ["moved", "$.lines.data[id=il_1QT8rLKz4].discounts[id=di_1]", "{2}", "{2}", "{2}", "{2}"],
  ["changed", "$.lines.data[id=il_1QT8rLKz4].period.end", "1796083200", "1796083201", "1796083201", "1796083201"],
];

export function compareAnswers(state: FakeState): Answers {
  const label = (side: CompareSide): SideLabel => {
    const row = state.summary(side.type === "exchange" ? side.id : 1);
    return {
      title: row.eventType ?? `${row.method} ${row.path}`,
      direction: row.direction,
      side: (side.type === "exchange" ? side.side : null) ?? (row.direction === "push" ? "request" : "response"),
      startedAt: row.startedAt,
      root: side.type === "exchange" ? side.root : "",
      size: 3_100,
    };
  };
  const kept = new Map<string, IgnoreRule[]>();
  return {
    ignore_rules: ({ ids }) => {
      const rows = ids.map((id) => state.summary(id));
      const of = rows.find((row) => row.eventType !== null) ?? rows[0];
      const title = of?.eventType ?? `${of?.method} ${of?.path}`;
      return { scope: title, title, rules: kept.get(title) ?? [] };
    },
    change_ignore_rules: ({ scope, set, remove }) => {
      const others = (kept.get(scope) ?? []).filter(
        ({ path }) => !remove.includes(path) && !set.some((rule) => rule.path === path),
      );
      kept.set(scope, [...others, ...set]);
      return {};
    },
    compare: (query) => {
      const rows = allRows(query);
      const live = rows.filter((row) => row.ignoredBy === null);
      const of = (kind: DiffKind) => live.filter((row) => row.kind === kind).length;
      return {
        mode: "json",
        sides: query.sides.map(label),
        differences: live.filter(differs).length,
        counts: {
          changed: of("changed"),
          added: of("added"),
          removed: of("removed"),
          retyped: of("retyped"),
          moved: of("moved"),
        },
        ignored: rows.filter((row) => row.ignoredBy !== null).length,
        equal: 212,
        notice: null,
      };
    },
    compare_rows: ({ compare, showIgnored, showEqual, from, count }) => {
      const rows = allRows(compare).filter(
        (row) => (showIgnored || row.ignoredBy === null) && (showEqual || row.kind !== "equal"),
      );
      return { total: rows.length, rows: rows.slice(from, from + count) };
    },
    compare_headers: ({ sides }) => ({
      rows: HEADERS.map(([kind, name, ...values]): HeaderRow => ({
        kind,
        name,
        cells: cells(kind, values, sides.length),
      })),
    }),
    compare_changes: ({ pretty }) => ({ changes: pretty ? changes(text(0), text(1)) : [], notice: null }),
    compare_text: ({ side }) =>
      new TextEncoder().encode(text(side.type === "exchange" ? side.id % 2 : 0)).buffer as ArrayBuffer,
  };
}

const HEADERS: [DiffKind, string, ...(string | undefined)[]][] = [
  ["equal", "Content-Type", "application/json; charset=utf-8", "application/json; charset=utf-8"],
  ["changed", "Stripe-Signature", "t=1795347482,v1=5257a869e7", "t=1795348360,v1=a1b2c3d4e5"],
  ["added", "X-Request-Id", undefined, "0198c2d1-6f3e"],
  ["removed", "X-Forwarded-For", "203.0.113.9\n198.51.100.7", undefined],
];

const differs = (row: CompareRow) => row.kind !== "section" && row.kind !== "equal";

function allRows({ sides, ignore }: CompareQuery): CompareRow[] {
  const rule = (path: string) =>
    ignore.findIndex((one) => one === path.replace(/\[[^\]]*\]/g, "[*]") || path.endsWith(one.replace("$..", ".")));
  return ROWS.map(([kind, path, ...values]) => {
    const number = kind === "section" || kind === "equal" ? -1 : rule(path);
    return {
      kind,
      path,
      label: path.replace(/^.*\.(?=[^.]+$)/, ""),
      ignoredBy: number < 0 ? null : number + 1,
      differences: kind === "section" ? 3 : 0,
      cells: kind === "section" ? [] : cells(kind, values, sides.length),
    };
  });
}

function cells(kind: DiffKind, values: (string | undefined)[], count: number): CompareCell[] {
  const base = values[0];
  const seen: string[] = [];
  return Array.from({ length: count }, (_, side) => {
    const value = values[side % values.length];
    const state = stateOf(kind, base, value, side, seen);
    return {
      state,
      text: value ?? "",
      marks: state === "changed" && base ? marks(base, value ?? "") : [],
      movedTo: state === "moved" ? 1 : null,
    };
  });
}

function stateOf(
  kind: DiffKind,
  base: string | undefined,
  value: string | undefined,
  side: number,
  seen: string[],
): CellState {
  if (value === undefined) return "missing";
  if (kind === "moved") return side % 4 === 3 || side === 1 ? "moved" : "same";
  if (side === 0 || value === base) return "same";
  if (base === undefined) return "added";
  if (kind === "retyped") return "retyped";
  if (!seen.includes(value)) seen.push(value);
  return seen.indexOf(value) > 0 ? "third" : "changed";
}

/** The stretch between what both begin and end with. */
function marks(base: string, value: string): [number, number][] {
  let from = 0;
  while (from < value.length && base[from] === value[from]) from += 1;
  let end = 0;
  while (end < Math.min(base.length, value.length) - from && base.at(-1 - end) === value.at(-1 - end)) end += 1;
  return [[from, value.length - end]];
}

function text(which: number): string {
  const lines = Array.from({ length: 60 }, (_, n) => `  "field_${n}": ${n === 12 || n === 40 ? `"side ${which}"` : n}`);
  return `{\n${lines.join(",\n")}\n}`;
}

function changes(a: string, b: string): [number, number, number, number][] {
  return [...a.matchAll(/side 0/g)]
    .map(({ index }) => [index, index + 6, index, index + 6] as [number, number, number, number])
    .filter(([at]) => b.length > at);
}

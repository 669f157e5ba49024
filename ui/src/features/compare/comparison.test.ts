import { beforeEach, describe, expect, it } from "vitest";
import { useBackend } from "$ipc/backend";
import type { CompareQuery } from "$ipc/bindings/CompareQuery";
import type { CompareRow } from "$ipc/bindings/CompareRow";
import type { CompareRowsQuery } from "$ipc/bindings/CompareRowsQuery";
import type { IgnoreChange } from "$ipc/bindings/IgnoreChange";
import { CompareTab, isDifference } from "./comparison.svelte";

const row = (kind: CompareRow["kind"], path: string): CompareRow => ({
  kind,
  path,
  label: path,
  ignoredBy: null,
  differences: 0,
  cells: [],
});

/** A long comparison: a head, then a difference every 301 rows among equal ones. */
const ROWS = [
  row("section", "$"),
  ...Array.from({ length: 1_500 }, (_, n) => row(n % 301 === 0 ? "changed" : "equal", `$.n${n}`)),
];

/** What is kept for the kind of exchange. */
const KEPT = [
  { path: "$.n0", on: true },
  { path: "$.n1", on: false },
];

let asked: CompareRowsQuery[] = [];
let changed: IgnoreChange[] = [];

function answer(compare: CompareQuery, { showIgnored, showEqual }: { showIgnored: boolean; showEqual: boolean }) {
  return ROWS.map((one) => {
    const rule = isDifference(one) ? compare.ignore.indexOf(one.path) : -1;
    return rule < 0 ? one : { ...one, ignoredBy: rule + 1 };
  }).filter((one) => (showIgnored || one.ignoredBy === null) && (showEqual || one.kind !== "equal"));
}

beforeEach(() => {
  asked = [];
  changed = [];
  useBackend({
    invoke: async (command, payload) => {
      if (command === "compare") {
        const query = payload?.args as CompareQuery;
        const all = answer(query, { showIgnored: true, showEqual: true });
        return {
          mode: "json",
          sides: query.sides.map(() => ({ title: "push" })),
          differences: all.filter(isDifference).length,
          ignored: all.filter((one) => one.ignoredBy !== null).length,
        };
      }
      if (command === "ignore_rules") return { scope: "kind", title: "push", rules: KEPT };
      if (command === "change_ignore_rules") return changed.push(payload?.args as IgnoreChange);
      const query = payload?.args as CompareRowsQuery;
      asked.push(query);
      const rows = answer(query.compare, query);
      return { total: rows.length, rows: rows.slice(query.from, query.from + query.count) };
    },
    listen: () => Promise.resolve(() => {}),
  });
});

async function opened(ids = [1, 2]) {
  const tab = new CompareTab(ids);
  await tab.load();
  return tab;
}

describe("a comparison", () => {
  it("begins at the first difference and walks to the last, not beyond", async () => {
    const tab = await opened();
    const seen = [tab.currentRow?.path];
    while (await tab.step(1)) seen.push(tab.currentRow?.path);
    expect(seen).toEqual(["$.n0", "$.n301", "$.n602", "$.n903", "$.n1204"]);
    expect(tab.ordinal).toBe(5);
    expect(await tab.step(-1)).toBe(true);
    expect(tab.ordinal).toBe(4);
  });

  it("steps over pages of equal rows, and reads each page once", async () => {
    const tab = await opened();
    await tab.toggleEqual();
    expect(tab.currentRow?.path).toBe("$.n0");
    asked = [];
    await tab.step(1);
    await tab.step(1);
    expect(tab.currentRow?.path).toBe("$.n602");
    expect(asked.map(({ from }) => from)).toEqual([200, 400, 600]);
  });

  it("ignores the current path, counts it, and goes on from there", async () => {
    const tab = await opened();
    await tab.step(1);
    expect(await tab.ignoreCurrent()).toBe("$.n301");
    expect(tab.result?.differences).toBe(4);
    expect(tab.currentRow).toMatchObject({ path: "$.n301", ignoredBy: 1 });
    await tab.step(1);
    expect(tab.currentRow?.path).toBe("$.n602");
    await expect.poll(() => tab.ignoredBy?.get(1)).toBe(1);
  });

  it("numbers rules by their place in the panel, though only those that are on are sent", async () => {
    const tab = await opened();
    await tab.setRules([
      { path: "$.n0", on: false },
      { path: "$.n301", on: true },
    ]);
    expect(tab.query.ignore).toEqual(["$.n301"]);
    expect(tab.ruleNumber(1)).toBe(2);
  });

  it("swaps the first two sides, makes another the base, and keeps two at least and eight at most", async () => {
    const tab = await opened([1, 2, 3]);
    const ids = () => tab.sides.map((side) => side.id);
    await tab.swap();
    expect(ids()).toEqual([2, 1, 3]);
    await tab.makeBase(2);
    expect(ids()).toEqual([3, 2, 1]);
    await tab.removeSide(0);
    await tab.removeSide(0);
    expect(ids()).toEqual([2, 1]);
    await tab.addSides([4, 5, 6, 7, 8, 9, 10]);
    expect(ids()).toHaveLength(8);
  });

  it("drops an answer that was overtaken by another change", async () => {
    const tab = await opened();
    await Promise.all([tab.changeSide(0, { root: "/data" }), tab.changeSide(0, { root: "" })]);
    expect(tab.sides[0]?.root).toBe("");
    expect(tab.loading).toBe(false);
  });

  it("begins with the rules that are kept, and keeps what is changed in them", async () => {
    const tab = new CompareTab([1, 2]);
    await tab.open();
    expect(tab.query.ignore).toEqual(["$.n0"]);
    expect(changed).toEqual([]);
    await tab.ignore("$.n301");
    await tab.setRules(tab.rules.filter(({ path }) => path !== "$.n1"));
    await tab.setRules(tab.rules.map((rule) => ({ ...rule, on: false })));
    const off = ["$.n0", "$.n301"].map((path) => ({ path, on: false }));
    expect(changed).toEqual([
      { scope: "kind", set: [{ path: "$.n301", on: true }], remove: [] },
      { scope: "kind", set: [], remove: ["$.n1"] },
      { scope: "kind", set: off, remove: [] },
    ]);
  });
});

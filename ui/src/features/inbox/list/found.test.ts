import { waitFor } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { useBackend } from "$ipc/backend";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import { FoundRows } from "./found.svelte";

const NEWEST = 60;
/** So often a slow search has not found all when it is asked. */
const SLOW = 2;

interface Query {
  upto: number;
  from: number;
  count: number;
}

/**
 * A list of the exchanges with even numbers, found by a search that is slow wherever `isSlow`. The first count
 * up to `held` comes when it is let go.
 */
function slowly(isSlow: (upto: number) => boolean, held = 0) {
  const moves: number[] = [];
  const late: (() => void)[] = [];
  const asked = new Map<number, number>();
  const list = vi.fn(({ upto, from, count }: Query) => {
    if (from < 0) throw { code: "invalid", message: `No row is before the first: ${from}.`, hint: null };
    const all = Array.from({ length: Math.floor(upto / 2) }, (_, place) => ({
      id: (Math.floor(upto / 2) - place) * 2,
    }));
    return { rows: all.slice(from, from + count) as ExchangeSummary[], complete: true, last: false };
  });
  useBackend({
    invoke: async (command, payload) => {
      const query = payload?.["args"] as Query;
      if (command === "list") return list(query);
      const times = (asked.get(query.upto) ?? 0) + 1;
      asked.set(query.upto, times);
      if (query.upto === held && times === 1) await new Promise<void>((resolve) => late.push(resolve));
      const rows = Math.floor(query.upto / 2);
      return isSlow(query.upto) && times <= SLOW ? { rows: times, complete: false } : { rows, complete: true };
    },
    listen: () => Promise.resolve(() => {}),
  });
  return { rows: new FoundRows((by) => moves.push(by)), asked, late, moves };
}

describe("an exchange in a list", () => {
  it("is sought until all rows are counted, of a search that is slow", async () => {
    const { rows } = slowly((upto) => upto === NEWEST);
    void rows.start("slow", NEWEST);
    expect(await rows.seek(40, false, () => true)).toBe(10);
    expect(rows.total).toBe(30);
  });

  it("is found after all rows moved for those that were being let in", async () => {
    const { rows, late, moves } = slowly(() => false, NEWEST + 4);
    await rows.start("slow", NEWEST);
    void rows.letIn(NEWEST + 4);
    const sought = rows.seek(40, false, () => true).then((at) => [at, ...moves]);
    await waitFor(() => expect(late.length).toBeGreaterThan(0));
    await new Promise((rested) => setTimeout(rested, 50));
    late[0]?.();
    expect(await sought).toEqual([12, 2]);
  });

  it("is found once the rows up to it are counted, of a search that is slow", async () => {
    const { rows } = slowly((upto) => upto === 40);
    await rows.start("slow", NEWEST);
    expect(await rows.find(40)).toBe(10);
  });

  it("is not counted for any more when it is not wanted any more", async () => {
    const { rows, asked } = slowly((upto) => upto === 40);
    await rows.start("slow", NEWEST);
    let isWanted = true;
    const sought = rows.seek(40, false, () => isWanted);
    await waitFor(() => expect(asked.get(40)).toBe(1));
    isWanted = false;
    expect(await sought).toBeNull();
    expect(asked.get(40)).toBeLessThanOrEqual(SLOW);
  });

  it("is sought where it stands after rows were let in above it", async () => {
    const { rows, asked } = slowly((upto) => upto === NEWEST);
    void rows.start("slow", NEWEST);
    const sought = rows.seek(40, false, () => true);
    await waitFor(() => expect(asked.get(NEWEST)).toBeGreaterThan(0));
    await rows.letIn(NEWEST + 4);
    expect(await sought).toBe(12);
    expect(rows.total).toBe(32);
  });

  it("is in no row of a list that ends before it", async () => {
    const { rows } = slowly(() => false);
    await rows.start("slow", NEWEST);
    expect(await rows.find(NEWEST + 4)).toBeNull();
  });
});

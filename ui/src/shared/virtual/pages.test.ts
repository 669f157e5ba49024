import { describe, expect, it, vi } from "vitest";
import { PagedRows, type Page } from "./pages.svelte";

const numbers = (from: number, count: number): Page<number> => ({
  rows: Array.from({ length: count }, (_, n) => from + n),
});
const settled = () => vi.waitFor(() => Promise.resolve());

describe("rows that come page by page", () => {
  it("asks for the pages of a window once", async () => {
    const load = vi.fn(async (from: number, count: number) => numbers(from, count));
    const rows = new PagedRows<number>(load, 200);
    rows.want(190, 230);
    rows.want(195, 260);
    await vi.waitFor(() => expect(rows.row(230)).toBe(230));
    expect(load.mock.calls).toEqual([
      [0, 200],
      [200, 200],
    ]);
  });

  it("drops the answer to a question that is no longer asked", async () => {
    const answers: ((page: Page<number>) => void)[] = [];
    const rows = new PagedRows<number>(() => new Promise((resolve) => answers.push(resolve)), 10);
    rows.want(0, 5);
    rows.reset();
    answers[0]?.({ rows: [111] });
    await settled();
    expect(rows.row(0)).toBeUndefined();
    answers[1]?.({ rows: [222] });
    await vi.waitFor(() => expect(rows.row(0)).toBe(222));
  });

  it("shows what it had until what comes after it is here", async () => {
    let generation = 1;
    const rows = new PagedRows<number>(async () => ({ rows: [generation] }), 10);
    rows.want(0, 1);
    await vi.waitFor(() => expect(rows.row(0)).toBe(1));
    generation = 2;
    rows.reset(true);
    expect([rows.row(0), ...rows.known()]).toEqual([1, 1]);
    rows.change((row) => row * 10);
    expect(rows.row(0)).toBe(10);
    await vi.waitFor(() => expect([rows.row(0), ...rows.known()]).toEqual([2, 2]));
  });

  it("says when what it had is gone, and when nothing can come after it", async () => {
    const answers: { resolve: (page: Page<number>) => void; reject: (thrown: unknown) => void }[] = [];
    const rows = new PagedRows<number>(() => new Promise((resolve, reject) => answers.push({ resolve, reject })), 10);
    rows.want(0, 1);
    answers[0]?.resolve({ rows: [1], total: 1 });
    await rows.settled();
    rows.reset(true);
    const total = rows.settled().then(() => rows.total);
    answers[1]?.resolve({ rows: [1, 2], total: 2 });
    expect(await total).toBe(2);
    rows.reset(true);
    const problem = rows.settled().then(() => rows.problem?.message);
    answers[2]?.reject({ code: "failed", message: "The file is gone.", hint: null });
    expect(await problem).toBe("The file is gone.");
  });

  it("forgets the pages that were used longest ago", async () => {
    const rows = new PagedRows<number>(async (from, count) => numbers(from, count), 10, 3);
    for (let page = 0; page < 5; page++) {
      rows.want(page * 10, page * 10 + 1);
      await vi.waitFor(() => expect(rows.row(page * 10)).toBe(page * 10));
    }
    expect(rows.row(0)).toBeUndefined();
    expect(rows.row(40)).toBe(40);
  });

  it("asks again for a page that was not complete", async () => {
    let asked = 0;
    const rows = new PagedRows<number>(async () => ({ rows: [++asked], complete: asked > 1 }), 10);
    rows.want(0, 1);
    await vi.waitFor(() => expect(rows.searching).toBe(true));
    await vi.waitFor(() => expect(rows.row(0)).toBe(2));
    expect(rows.searching).toBe(false);
  });

  it("keeps what went wrong, and asks again when wanted", async () => {
    let broken = true;
    const rows = new PagedRows<number>(async () => {
      if (broken) throw { code: "failed", message: "The disk is gone.", hint: null };
      return { rows: [1] };
    }, 10);
    rows.want(0, 1);
    await vi.waitFor(() => expect(rows.problem?.message).toBe("The disk is gone."));
    broken = false;
    rows.want(0, 1);
    await vi.waitFor(() => expect(rows.row(0)).toBe(1));
    expect(rows.problem).toBeNull();
  });
});

import { beforeEach, describe, expect, it } from "vitest";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { Unfolded } from "./unfolded.svelte";

beforeEach(() => useBackend(fakeBackend({ rows: 200 })));

describe("unfolded deliveries", () => {
  it("shift the rows below them, and each other", async () => {
    const unfolded = new Unfolded();
    await unfolded.open(80, 30);
    await unfolded.open(120, 10);
    expect(unfolded.extra).toBe(4);
    expect([9, 10, 11, 12, 13, 32, 33, 34, 35].map((index) => unfolded.folded(index))).toEqual([
      9, 10, 10, 10, 11, 30, 30, 30, 31,
    ]);
    expect([10, 11, 12, 13, 33, 34].map((index) => unfolded.row(index)?.id)).toEqual([
      undefined,
      128,
      124,
      undefined,
      88,
      84,
    ]);
    expect([9, 10, 11, 30, 31].map((folded) => unfolded.shown(folded))).toEqual([9, 10, 13, 32, 35]);
    expect([unfolded.find(124), unfolded.find(84), unfolded.find(80)]).toEqual([12, 34, null]);
  });

  it("follow their rows, and are gone with them", async () => {
    const unfolded = new Unfolded();
    await unfolded.open(120, 1);
    unfolded.shift(3);
    expect(unfolded.find(128)).toBe(5);
    unfolded.shift(-5);
    expect(unfolded.extra).toBe(0);
  });
});

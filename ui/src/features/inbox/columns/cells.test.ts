import { beforeEach, expect, it, vi } from "vitest";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { cells } from "./cells.svelte";

beforeEach(() => cells.clear());

it("forgets the values that were wanted longest ago, and asks for them again", async () => {
  const fake = fakeBackend({ rows: 10 });
  const asked: number[] = [];
  useBackend({
    ...fake,
    invoke: (command, payload) => {
      if (command === "cells") asked.push(...(payload?.["args"] as { ids: number[] }).ids);
      return fake.invoke(command, payload);
    },
  });
  const want = async (id: number) => {
    cells.want(id, ["body.a"]);
    await vi.waitFor(() => expect(cells.value(id, "body.a")).toBe(`dy.a ${id}`));
  };
  for (let id = 1; id <= 4_000; id += 1) cells.want(id, ["body.a"]);
  await want(4_000);
  // Row 1 is seen again, and stays on the screen while others come.
  await want(1);
  await want(4_001);
  await want(4_002);
  expect([1, 2, 3, 4].map((id) => cells.value(id, "body.a"))).toEqual(["dy.a 1", undefined, undefined, "dy.a 4"]);
  await want(2);
  expect(asked.filter((id) => id <= 2)).toEqual([1, 2, 2]);
});

it("asks again for values that could not be read", async () => {
  const fake = fakeBackend({ rows: 10 });
  let asked = 0;
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      if (command === "cells" && ++asked === 1) throw new Error("The disk can't be read.");
      return fake.invoke(command, payload);
    },
  });
  cells.want(3, ["body.a"]);
  await vi.waitFor(() => expect(asked).toBe(1));
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(cells.value(3, "body.a")).toBeUndefined();
  cells.want(3, ["body.a"]);
  await vi.waitFor(() => expect(cells.value(3, "body.a")).toBe("dy.a 3"));
});

import { expect, it, vi } from "vitest";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { cells } from "./cells.svelte";

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

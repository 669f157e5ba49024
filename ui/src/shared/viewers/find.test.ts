import { expect, it, vi } from "vitest";
import { useBackend } from "$ipc/backend";
import { toasts } from "$shared/toasts.svelte";
import { Find } from "./find.svelte";

it("says that a body was not searched, and why, where the engine could not", async () => {
  useBackend({
    invoke: () => Promise.reject({ code: "failed", message: "The file is gone.", hint: null }),
    listen: () => Promise.resolve(() => {}),
  });
  const find = new Find();
  find.needle = "invoice";
  find.look({ id: 1, side: "request" }, "text");
  await vi.waitFor(() => expect(find.words).toBe("not searched"));
  expect(toasts.shown.map((toast) => toast.text)).toEqual([expect.stringContaining("The file is gone.")]);
});

it("says that a search stopped before it found anything", async () => {
  useBackend({
    invoke: () => Promise.resolve({ hits: [], more: true }),
    listen: () => Promise.resolve(() => {}),
  });
  const find = new Find();
  find.needle = "invoice";
  find.look({ id: 1, side: "request" }, "text");
  await vi.waitFor(() => expect(find.words).toBe("no hit in 1 s, not all searched"));
});

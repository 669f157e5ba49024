import { expect, it, vi } from "vitest";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { deleteExchanges } from "./marks";

it("offers to take a deletion back though the list is still being counted", async () => {
  const fake = fakeBackend({ rows: 10 });
  useBackend({
    ...fake,
    invoke: (command, payload) => (command === "count" ? new Promise(() => {}) : fake.invoke(command, payload)),
  });
  void deleteExchanges({ type: "selection", ids: [3] });
  await vi.waitFor(() => expect(toasts.undoable?.text).toBe("1 exchange deleted"));
});

import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { FakeState } from "$ipc/fake/state";
import ExchangeDialog from "./ExchangeDialog.svelte";

/** What the search has found, and whether it is over. */
let found = { rows: [] as number[], complete: false };
let asked = 0;

beforeEach(() => {
  found = { rows: [], complete: false };
  asked = 0;
  const fake = fakeBackend({ rows: 40 });
  const state = new FakeState({ rows: 40 });
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      if (command !== "list") return fake.invoke(command, payload);
      asked += 1;
      return { rows: found.rows.map((id) => state.summary(id)), complete: found.complete, last: found.complete };
    },
  });
});

it("goes on until the search is over, and offers what is found meanwhile", async () => {
  const chosen: number[] = [];
  render(ExchangeDialog, { title: "Choose", onchoose: ({ id }) => chosen.push(id), onclose: () => {} });
  await screen.findByText("Searching…");
  expect(screen.queryByText("No other exchange matches.")).toBeNull();
  found = { rows: [31, 23], complete: false };
  await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(2));
  await userEvent.type(screen.getByRole("combobox"), "{ArrowDown}");
  // One comes in above what is marked.
  found = { rows: [38, 31, 23, 7], complete: true };
  await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(4));
  expect(screen.queryByText("Searching…")).toBeNull();
  await userEvent.type(screen.getByRole("combobox"), "{Enter}");
  expect(chosen).toEqual([23]);
});

it("says that nothing matches once the search is over", async () => {
  render(ExchangeDialog, { title: "Choose", onchoose: () => {}, onclose: () => {} });
  await screen.findByText("Searching…");
  found = { rows: [], complete: true };
  await screen.findByText("No other exchange matches.");
});

it("searches no longer than it is open", async () => {
  const { unmount } = render(ExchangeDialog, { title: "Choose", onchoose: () => {}, onclose: () => {} });
  await screen.findByText("Searching…");
  unmount();
  const before = asked;
  await new Promise((rested) => setTimeout(rested, 500));
  expect(asked).toBe(before);
});

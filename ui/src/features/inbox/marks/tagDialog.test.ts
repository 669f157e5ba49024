import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import TagDialog from "./TagDialog.svelte";

let isFull = false;

beforeEach(() => {
  isFull = false;
  toasts.shown = [];
  const fake = fakeBackend({ rows: 40 });
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      if (command === "tag" && isFull) throw { code: "failed", message: "The disk is full.", hint: null };
      return fake.invoke(command, payload);
    },
  });
});

// The rows of the list are not read at all here. Number 33 has tags.
const opened = (...ids: number[]) => render(TagDialog, { ids, onclose: () => {} });
const drop = (tag: string) => screen.findByRole("button", { name: `Take the tag ${tag} away` });

it("shows the tags of exchanges that are not in the list, and takes them away", async () => {
  opened(20, 33);
  await drop("to check");
  await userEvent.click(await drop("late"));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Take the tag late away" })).toBeNull());
  opened(20, 33);
  await waitFor(() => expect(screen.getAllByRole("button", { name: "Take the tag to check away" })).toHaveLength(2));
  expect(screen.queryByRole("button", { name: "Take the tag late away" })).toBeNull();
});

it("says that there are none only once it is known", async () => {
  opened(20, 21);
  expect(screen.queryByText("No tags yet.")).toBeNull();
  await screen.findByText("No tags yet.");
});

it("shows a tag again that could not be taken away", async () => {
  opened(33);
  isFull = true;
  await userEvent.click(await drop("late"));
  await waitFor(() => expect(toasts.shown.map(({ text }) => text)).toEqual(["The disk is full."]));
  await drop("late");
});

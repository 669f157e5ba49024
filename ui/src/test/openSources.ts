// The screen of the sources as a test meets it: with the sources of a fake engine, and answers of the test's own.
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect } from "vitest";
import { navigation } from "$app/navigation.svelte";
import { session } from "$app/session.svelte";
import Toasts from "$app/Toasts.svelte";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import { call } from "$ipc/call";
import { fakeBackend } from "$ipc/fake";
import SourcesScreen from "../features/sources/SourcesScreen.svelte";
import { trial } from "../features/sources/trial.svelte";

/** What is answered in place of the fake engine, by the name of the command. */
export const own: Record<string, (args: never) => unknown> = {};

/** What was put on the clipboard. */
export const copied: string[] = [];

beforeEach(async () => {
  navigation.screen = "sources";
  navigation.source = "stripe";
  toasts.shown = [];
  trial.clear();
  copied.length = 0;
  for (const command of Object.keys(own)) delete own[command];
  const fake = fakeBackend({ rows: 400 });
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      if (command === "copy_text") copied.push(payload?.["text"] as string);
      return own[command] ? own[command](payload?.["args"] as never) : fake.invoke(command, payload);
    },
  });
  await session.refresh();
});

export const kept = async () => (await call("source_rules", { source: "stripe" })).rules;
export const steps = async () => (await kept()).rules[0]?.steps.map((step) => step.status);
export const button = (name: string) => userEvent.click(screen.getByRole("button", { name }));

export async function shown() {
  render(SourcesScreen);
  render(Toasts);
  await screen.findByText("Add a rule");
}

/** A rule that answers with these, one after another. */
export async function rule(...statuses: number[]) {
  await shown();
  await userEvent.click(screen.getByText("Add a rule"));
  await screen.findByLabelText("Status");
  for (const [place, status] of statuses.entries()) {
    if (place > 0) await userEvent.click(screen.getByText("Then answer"));
    await fireEvent.input(screen.getAllByLabelText("Status")[place] as HTMLElement, { target: { value: `${status}` } });
  }
  await waitFor(async () => expect(await steps()).toEqual(statuses));
}

/** Types over what stands in a field, and goes on. */
export async function over(label: string, text: string) {
  const field = screen.getByLabelText(label);
  await userEvent.clear(field);
  await userEvent.type(field, text);
  await userEvent.tab();
}

import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { navigation, openExport, openReplay } from "$app/navigation.svelte";
import { session } from "$app/session.svelte";
import Toasts from "$app/Toasts.svelte";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import TransferDialogs from "./TransferDialogs.svelte";

let calls: { command: string; args: Record<string, unknown> }[] = [];
let own: Record<string, (args: never) => unknown> = {};

beforeEach(async () => {
  navigation.dialog = null;
  navigation.compared = [];
  toasts.shown = [];
  [calls, own] = [[], {}];
  const fake = fakeBackend({ rows: 400 });
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      const args = (payload?.["args"] ?? payload) as Record<string, unknown>;
      calls.push({ command, args });
      return own[command] ? own[command](args as never) : fake.invoke(command, payload);
    },
  });
  await session.refresh();
  if (session.settings) session.settings = { ...session.settings, replayTarget: "http://localhost:3000" };
});

const called = (command: string) => calls.filter((call) => call.command === command).map((call) => call.args);
const button = (name: string | RegExp) => screen.findByRole("button", { name });

function shown() {
  render(TransferDialogs);
  render(Toasts);
}

describe("an export", () => {
  it("says how far it is, and is cancelled by closing the dialog", async () => {
    own["export"] = () => new Promise(() => {});
    openExport({ type: "filter", filter: "" });
    shown();
    await userEvent.click(await button("Save as…"));
    await waitFor(() => expect(called("export")).toHaveLength(1));
    const ticket = called("export")[0]?.["ticket"] as string;
    session.jobs = [{ ticket, kind: "export", done: 120, total: 400 }];
    await screen.findByText("120 of 400");
    expect(screen.getByLabelText("Exported")).toHaveProperty("value", 120);
    await userEvent.click(await button("Close"));
    await waitFor(() => expect(called("cancel")).toEqual([{ ticket }]));
  });

  it("goes to the clipboard as it would into a file", async () => {
    openExport({ type: "selection", ids: [7] });
    shown();
    await userEvent.click(await screen.findByRole("radio", { name: "cURL" }));
    await userEvent.click(await button("Copy"));
    await screen.findByText("Export copied");
    expect(called("export_text").at(-1)).toMatchObject({ format: "curl", redact: true });
    expect(called("copy_text")[0]?.["text"]).toContain("curl -X POST");
    expect(navigation.dialog).toBeNull();
  });

  it("is not offered where nothing is found", async () => {
    own["count"] = () => ({ rows: 0, complete: true });
    openExport({ type: "filter", filter: "source:nobody" });
    shown();
    await screen.findByText("There is no exchange in it.");
    expect(await button("Save as…")).toHaveProperty("disabled", true);
  });

  it("is counted until all are found, and no longer than the dialog is open", async () => {
    let found = 0;
    let counts = 0;
    own["count"] = ({ filter }: { filter: string }) => {
      if (filter === "") return { rows: 400, complete: true };
      counts += 1;
      return { rows: found, complete: found === 214 };
    };
    openExport({ type: "filter", filter: "body.x:y" });
    shown();
    await screen.findByRole("radio", { name: "All that the filter finds, 0 so far" });
    // None yet is not none at all, and one yet need not be the only one.
    expect(screen.queryByText("There is no exchange in it.")).toBeNull();
    found = 1;
    await screen.findByRole("radio", { name: "All that the filter finds, 1 so far" });
    await userEvent.click(screen.getByRole("radio", { name: "Body" }));
    expect(await button("Save as…")).toHaveProperty("disabled", true);
    found = 214;
    await screen.findByRole("radio", { name: "All that the filter finds, 214" });
    screen.getByText(/^Body takes exactly one exchange/);
    found = 3;
    navigation.dialog = null;
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    openExport({ type: "filter", filter: "body.x:z" });
    await screen.findByRole("radio", { name: "All that the filter finds, 3 so far" });
    navigation.dialog = null;
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const before = counts;
    await new Promise((rested) => setTimeout(rested, 500));
    expect(counts - before).toBeLessThanOrEqual(1);
  });

  it("says why it can't be made, and what to do", async () => {
    own["preview_export"] = () => {
      throw { code: "failed", message: "The workspace can't be read.", hint: "Open another." };
    };
    openExport({ type: "filter", filter: "" });
    shown();
    expect((await screen.findByRole("alert")).textContent).toMatch(/The workspace can't be read\.\s+Open another\./);
  });
});

describe("a replay", () => {
  it("says how many got no answer, and holds an answer against what the push got at first", async () => {
    openReplay([386, 387, 388, 389]);
    shown();
    await userEvent.click(await button("Replay 4 exchanges"));
    await screen.findByText("4 replays sent, 1 without an answer.");
    const id = (row: number) => 400 - row;
    await userEvent.click(screen.getAllByRole("button", { name: "Compare" })[1] as HTMLElement);
    expect(navigation.compared).toEqual([387, id(1)]);
    expect(navigation.dialog).toBeNull();
  });

  it("names those that could not be sent, beside what was", async () => {
    const problem = {
      code: "invalid",
      message: "Exchange 387 can't be replayed: its body is kept in part.",
      hint: null,
    };
    own["replay"] = () => ({ exchanges: [], notSent: [{ id: 387, problem }] });
    openReplay([386, 387]);
    shown();
    await userEvent.click(await button("Replay 2 exchanges"));
    await screen.findByText(/1 exchange not sent:/);
    expect((await screen.findByRole("alert")).textContent).toContain("Exchange 387 can't be replayed");
  });

  it("is stopped by its button, and says why it could not be done", async () => {
    let refuse: (reason: unknown) => void = () => {};
    own["replay"] = () => new Promise((_, reject) => (refuse = reject));
    openReplay([386]);
    shown();
    await userEvent.click(await button("Replay 1 exchange"));
    await screen.findByText("Sending 1 exchange one after another");
    const dialog = within(screen.getByRole("dialog"));
    await userEvent.click(dialog.getByRole("button", { name: "Cancel" }));
    const ticket = called("replay")[0]?.["ticket"];
    await waitFor(() => expect(called("cancel")).toEqual([{ ticket }]));
    refuse({ code: "invalid", message: "This is our own listener.", hint: "Choose another target." });
    expect((await screen.findByRole("alert")).textContent).toMatch(/This is our own listener\.\s+Choose another/);
  });
});

import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { session } from "$app/session.svelte";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import { call } from "$ipc/call";
import { fakeBackend } from "$ipc/fake";
import SettingsScreen from "./SettingsScreen.svelte";
import { storage } from "./storage.svelte";
import { violations } from "../../test/openApp";

/** Answers of the test in place of the stand-in's. */
let own: Record<string, (args: { ticket: string }) => unknown> = {};

beforeEach(async () => {
  own = {};
  const fake = fakeBackend({ rows: 400 });
  useBackend({
    ...fake,
    invoke: async (command, payload) =>
      own[command] ? own[command](payload?.["args"] as never) : fake.invoke(command, payload),
  });
  await session.refresh();
  toasts.shown = [];
});

describe("retention and storage", () => {
  it("keeps limits as they are typed, and none where nothing is", async () => {
    render(SettingsScreen);
    await userEvent.type(await screen.findByLabelText("Days"), "30");
    await userEvent.type(screen.getByLabelText("Size, MB"), "0");
    await screen.findByText(/whole number of MB from 1/);
    await userEvent.clear(screen.getByLabelText("Size, MB"));
    await userEvent.type(screen.getByLabelText("Size, MB"), "500");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByDisplayValue("500");
    expect(session.settings?.retention).toEqual({ days: 30, exchanges: null, bytes: 500 * 1024 * 1024 });
  });

  it("says what takes the space, compacts, and saves a copy", async () => {
    render(SettingsScreen);
    await userEvent.click(await screen.findByRole("button", { name: "What takes the space?" }));
    await screen.findByRole("row", { name: /Search index/ });
    expect(await violations()).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Compact" }));
    await screen.findByRole("button", { name: "Measure again" });
    expect(toasts.shown.at(-1)?.text).toContain("Compacted");
    await userEvent.click(screen.getByRole("button", { name: "Save a copy…" }));
    await screen.findByRole("button", { name: "Compact" });
    expect(toasts.shown.at(-1)?.text).toContain("checked");
  });

  const FULL = { code: "failed", message: "The disk is full.", hint: "Make room." };

  /** Compacting that goes on until it is told to end, in the settings; and the tickets that it is asked for by. */
  async function compacting() {
    const asked: string[] = [];
    let end = (() => {}) as (why: unknown) => void;
    own["compact"] = ({ ticket }) => {
      asked.push(ticket);
      return new Promise((_, fail) => (end = fail));
    };
    const shown = render(SettingsScreen);
    await userEvent.click(await screen.findByRole("button", { name: "Compact" }));
    await screen.findByRole("progressbar", { name: "Compacting" });
    return { asked, leave: shown.unmount, fail: () => end(FULL) };
  }

  it("says why it could not be done", async () => {
    const { fail } = await compacting();
    fail();
    expect((await screen.findByRole("alert")).textContent).toMatch(/The disk is full\.\s+Make room\./);
    expect(screen.getByRole("button", { name: "Compact" })).toBeTruthy();
    expect(toasts.shown).toEqual([]);
  });

  it("is under way still after the settings were left, and can be cancelled", async () => {
    const { asked, leave, fail } = await compacting();
    leave();
    render(SettingsScreen);
    await screen.findByRole("progressbar", { name: "Compacting" });
    expect(screen.queryByRole("button", { name: "Compact" })).toBeNull();
    const cancelled: string[] = [];
    own["cancel"] = ({ ticket }) => void cancelled.push(ticket);
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(cancelled).toEqual(asked);
    fail();
    await screen.findByRole("button", { name: "Compact" });
  });

  it("says why it could not be done after the settings were left", async () => {
    const { leave, fail } = await compacting();
    leave();
    fail();
    await waitFor(() => expect(toasts.shown.map(({ text }) => text)).toEqual(["The disk is full. Make room."]));
  });

  it("shows nothing of a workspace that is not open any more", async () => {
    let measured = (() => {}) as (size: unknown) => void;
    const old = await call("size", {});
    const { fail } = await compacting();
    own["size"] = () => new Promise((resolve) => (measured = resolve));
    void storage.measure();
    const other = { ...session.status, workspace: "/other.pushpull" };
    own["status"] = own["open_workspace"] = () => other;
    await session.open("/other.pushpull");
    await screen.findByRole("button", { name: "Compact" });
    measured(old);
    fail();
    await waitFor(() => expect(toasts.shown.map(({ text }) => text)).toEqual(["The disk is full. Make room."]));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByRole("button", { name: "What takes the space?" })).toHaveProperty("disabled", false);
  });
});

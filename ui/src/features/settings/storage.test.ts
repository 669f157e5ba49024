import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { session } from "$app/session.svelte";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import SettingsScreen from "./SettingsScreen.svelte";
import { violations } from "../../test/openApp";

beforeEach(async () => {
  useBackend(fakeBackend({ rows: 400 }));
  await session.refresh();
});

describe("retention and storage", { timeout: 60_000 }, () => {
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
});

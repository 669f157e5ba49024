import { beforeEach, describe, expect, it, vi } from "vitest";
import { preferences } from "./preferences.svelte";

const kept = vi.hoisted(() => vi.fn<(value: { theme: string }) => Promise<void>>());
vi.mock("$ipc/preferences", () => ({ keepPreferences: kept, keptPreferences: () => null }));

beforeEach(() => {
  kept.mockReset().mockResolvedValue();
  preferences.load();
});

const themes = () => kept.mock.calls.map(([value]) => value.theme);

describe("preferences", () => {
  it("are kept one after another, so that the last one stays", async () => {
    let done = () => {};
    kept.mockReturnValueOnce(new Promise((resolve) => (done = resolve)));
    preferences.theme = "dark";
    preferences.keep();
    preferences.theme = "light";
    preferences.keep();
    await vi.waitFor(() => expect(themes()).toEqual(["dark"]));
    done();
    await vi.waitFor(() => expect(themes()).toEqual(["dark", "light"]));
  });

  it("that could not be kept are kept with the next look", async () => {
    kept.mockRejectedValueOnce(new Error("The disk is full."));
    preferences.theme = "dark";
    preferences.keep();
    await vi.waitFor(() => expect(themes()).toEqual(["dark"]));
    await vi.waitFor(() => (preferences.keep(), expect(themes()).toEqual(["dark", "dark"])));
  });
});

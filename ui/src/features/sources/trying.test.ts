import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { navigation } from "$app/navigation.svelte";
import type { SourceTried } from "$ipc/bindings/SourceTried";
import SourcesScreen from "./SourcesScreen.svelte";
import { trial } from "./trial.svelte";
import { own, shown } from "../../test/openSources";

describe("trying a source", { timeout: 120_000 }, () => {
  it("says what the sender saw, and that nothing was stored", async () => {
    own["try_source"] = () => ({
      exchange: null,
      seen: { end: "closed", status: null, bytes: 0, micros: 1_800 },
    });
    await shown();
    await userEvent.click(screen.getByText("Try it", { selector: "button" }));
    await screen.findByText(/the connection closed without an answer, 0 B in 2 ms/);
    expect(screen.getByText("It was not stored.")).toBeTruthy();
    expect(screen.queryByRole("button", { name: /^Show exchange/ })).toBeNull();
  });

  it("says that the answer is waited for, and for how long", async () => {
    let answer: (tried: SourceTried) => void = () => {};
    own["try_source"] = () => new Promise((resolve) => (answer = resolve));
    await shown();
    const tryIt = () => screen.getByText<HTMLButtonElement>("Try it", { selector: "button" });
    await userEvent.click(tryIt());
    expect((await screen.findByText("Waiting for the answer, 15 s at most")).role).toBe("status");
    expect(tryIt().disabled).toBe(true);
    navigation.source = "github";
    await screen.findByText("Waiting for the answer of stripe, 15 s at most");
    answer({ exchange: null, seen: { end: "timedOut", status: null, bytes: 0, micros: 15_000_000 } });
    await waitFor(() => expect(tryIt().disabled).toBe(false));
    // It is not what this one answered.
    expect(screen.queryByText(/no end within 15 s/)).toBeNull();
    navigation.source = "stripe";
    await screen.findByText(/no end within 15 s/);
  });

  it("keeps what came of it while another screen is shown", async () => {
    let end: (tried: SourceTried) => void = () => {};
    own["try_source"] = () => new Promise((resolve) => (end = resolve));
    const { unmount } = render(SourcesScreen);
    await userEvent.click(await screen.findByText("Try it", { selector: "button" }));
    await screen.findByText("Waiting for the answer, 15 s at most");
    unmount();
    await shown();
    await screen.findByText("Waiting for the answer, 15 s at most");
    end({ exchange: null, seen: { end: "reset", status: null, bytes: 0, micros: 1_800 } });
    await screen.findByText(/the connection reset/);
  });

  it("forgets what came of it when another workspace is opened", async () => {
    let end: (tried: SourceTried) => void = () => {};
    own["try_source"] = () => new Promise((resolve) => (end = resolve));
    await shown();
    await userEvent.click(screen.getByText("Try it", { selector: "button" }));
    await screen.findByText("Waiting for the answer, 15 s at most");
    trial.clear();
    await waitFor(() => expect(screen.queryByText(/^Waiting for the answer/)).toBeNull());
    end({ exchange: null, seen: { end: "reset", status: null, bytes: 0, micros: 1_800 } });
    await new Promise((resolve) => setTimeout(resolve));
    expect([trial.busy, trial.tried]).toEqual([false, null]);
  });

  it("says why it could not be tried", async () => {
    own["try_source"] = () => {
      throw { code: "invalid", message: "A header has a line end.", hint: "Take it out." };
    };
    await shown();
    await userEvent.click(screen.getByText("Try it", { selector: "button" }));
    expect((await screen.findByRole("alert")).textContent).toMatch(/A header has a line end\.\s+Take it out\./);
  });
});

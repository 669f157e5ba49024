import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { HistogramQuery } from "$ipc/bindings/HistogramQuery";
import { openApp } from "../../../test/openApp";

const FROM = Date.UTC(2026, 10, 22, 12) * 1000;
const MINUTE = 60_000_000;
const BARS = [
  { pushes: 3, pulls: 0, failed: 0 },
  { pushes: 1, pulls: 1, failed: 2 },
  { pushes: 0, pulls: 0, failed: 0 },
  { pushes: 0, pulls: 4, failed: 0 },
];

async function opened() {
  const { calls } = await openApp(
    { rows: 30 },
    { histogram: () => ({ from: FROM, width: MINUTE, bars: BARS, complete: true }) },
  );
  const strip = await screen.findByRole("slider", { name: /When exchanges came/ });
  await waitFor(() => expect(strip.getAttribute("aria-valuemax")).toBe("3"));
  const asked = () => calls.findLast((call) => call.command === "histogram")?.args as HistogramQuery;
  return { strip, asked };
}

afterEach(() => Reflect.deleteProperty(HTMLElement.prototype, "clientWidth"));

const chips = () => within(screen.getByRole("group", { name: "Filter" }));

/** The first bar is chosen, and drawn alone. */
async function zoomed() {
  const { strip, asked } = await opened();
  strip.focus();
  await userEvent.keyboard("{Home}{Enter}");
  await chips().findByText("since:");
  await userEvent.keyboard("z");
  await waitFor(() => expect(asked()).toMatchObject({ since: FROM, until: FROM + MINUTE }));
  return { asked };
}

describe("the strip over the list", () => {
  it("says what came in a stretch of time, and how much of it failed", async () => {
    const { strip } = await opened();
    strip.focus();
    await userEvent.keyboard("{Home}");
    const words = () => strip.getAttribute("aria-valuetext") ?? "";
    await waitFor(() => expect(words()).toContain("3 pushes, 0 pulls"));
    expect(words()).not.toContain("failed");
    await userEvent.keyboard("{ArrowRight}");
    await waitFor(() => expect(words()).toContain("1 push, 1 pull, 2 failed"));
  });

  it("filters by the time that is dragged over", async () => {
    // Nothing is laid out here: four bars of 140 px.
    Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, value: 560 });
    const { strip } = await opened();
    strip.getBoundingClientRect = () => ({ left: 0 }) as DOMRect;
    const over = (type: string, bar: number) =>
      fireEvent(strip, new MouseEvent(type, { bubbles: true, button: 0, clientX: bar * 140 + 70 }));
    await over("pointerdown", 0);
    await over("pointermove", 1);
    await over("pointerup", 1);
    await chips().findByText("2026-11-22T12:00:00Z");
    expect(chips().getByText("2026-11-22T12:02:00Z")).toBeTruthy();
  });

  it("draws only what is chosen, and all again, by z", async () => {
    const { asked } = await zoomed();
    await userEvent.keyboard("z");
    await waitFor(() => expect(asked()).toMatchObject({ since: null, until: null }));
  });

  it.each(["Escape", "the button"])("shows all times again by %s, also the drawing", async (way) => {
    const { asked } = await zoomed();
    // The filter may have lost its times by its chips: the drawing has not.
    if (way === "Escape") {
      const { inbox } = await import("../inbox.svelte");
      inbox.filter.set("");
      await userEvent.keyboard("{Escape}");
    } else await userEvent.click(screen.getByRole("button", { name: "Show all times" }));
    await waitFor(() => expect(asked()).toMatchObject({ since: null, until: null }));
    expect(screen.queryByText("since:")).toBeNull();
  });

  it("draws all of another workspace", async () => {
    const { asked } = await zoomed();
    const { session } = await import("$app/session.svelte");
    if (session.status)
      await session.takeAnswer(Promise.resolve({ ...session.status, workspace: "/elsewhere.pushpull" }));
    await waitFor(() => expect(asked()).toMatchObject({ since: null, until: null }));
  });

  it("names the day that a bar is of, also where it begins an hour beside midnight", async () => {
    vi.stubEnv("TZ", "Europe/Berlin");
    const { tickText } = await import("./time");
    const DAY = 1440 * MINUTE;
    // Bars are cut by the time at their end: here that of summer.
    expect(tickText(Date.UTC(2026, 3, 9, 22) * 1000, DAY)).toBe("10 Apr");
    expect(tickText(Date.UTC(2026, 2, 9, 22) * 1000, DAY)).toBe("10 Mar");
    expect(tickText(Date.UTC(2026, 2, 9, 22) * 1000, 7 * DAY)).toBe("10 Mar");
    vi.unstubAllEnvs();
  });

  it("takes a date without a time as its midnight here, as the engine does", async () => {
    vi.stubEnv("TZ", "Pacific/Auckland");
    const [{ strip }, { inbox }] = await Promise.all([import("./histogram.svelte"), import("../inbox.svelte")]);
    const midnight = Date.UTC(2026, 10, 21, 11) * 1000;
    strip.drawn = { from: midnight - MINUTE, width: MINUTE, bars: BARS, complete: true };
    inbox.filter.set("since:2026-11-22");
    expect(strip.brushed).toEqual([1, 3]);
    vi.unstubAllEnvs();
  });
});

import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { openApp, violations } from "../../test/openApp";

const rows = () => screen.findAllByRole("row", { selected: false }).then((all) => all.filter((row) => row.id));
const field = () => screen.findByRole("combobox", { name: "Filter the list" });
const called = (calls: { command: string; args: unknown }[], command: string) =>
  calls.filter((call) => call.command === command).map((call) => call.args as Record<string, unknown>);

describe("finding and organising", () => {
  it("saves the filter as a view, renames it, moves it, and deletes it with an undo", async () => {
    const { calls } = await openApp({ rows: 60 });
    await rows();
    await userEvent.type(await field(), "source:github{Enter}");
    await userEvent.keyboard("{Control>}s{/Control}");
    await userEvent.type(await screen.findByLabelText("Name of the new view"), "GitHub{Enter}");
    await screen.findByRole("button", { name: /^GitHub/ });
    expect(called(calls, "save_view")).toEqual([{ id: null, name: "GitHub", filter: "source:github" }]);

    const menu = async (item: string) => {
      await userEvent.click(screen.getByRole("button", { name: "More for GitHub" }));
      await userEvent.click(await screen.findByRole("menuitem", { name: item }));
    };
    await menu("Move up");
    await waitFor(() => expect(called(calls, "move_view")).toEqual([{ id: 3, before: 2 }]));
    await menu("Delete");
    await waitFor(() => expect(screen.queryByRole("button", { name: "More for GitHub" })).toBeNull());
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    await screen.findByRole("button", { name: "More for GitHub" });
    expect(called(calls, "move_view").at(-1)?.["before"]).toBe(2);
  });

  it("gives a view the filter it had, and leaves the name that it was given meanwhile", async () => {
    const { calls } = await openApp({ rows: 60 });
    await rows();
    await userEvent.type(await field(), "source:github{Enter}");
    const menu = async (view: string, item: string) => {
      await userEvent.click(await screen.findByRole("button", { name: `More for ${view}` }));
      await userEvent.click(await screen.findByRole("menuitem", { name: item }));
    };
    await menu("Pinned", "Save the current filter here");
    await screen.findByText("“Pinned” has the current filter now");
    expect(called(calls, "save_view")).toEqual([{ id: 2, name: "Pinned", filter: "source:github" }]);
    await menu("Pinned", "Rename");
    const name = await screen.findByLabelText("Name of the view");
    await userEvent.clear(name);
    await userEvent.type(name, "Kept{Enter}");
    await screen.findByRole("button", { name: "More for Kept" });
    await userEvent.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(called(calls, "save_view")).toHaveLength(3));
    expect(called(calls, "save_view").at(-1)).toEqual({ id: 2, name: "Kept", filter: "is:pinned" });
    await waitFor(() => expect(screen.getByRole("button", { name: /^Kept/ }).title).toBe("is:pinned"));
  });

  it("shows the views of the workspace that is opened", async () => {
    let names = ["Here"];
    await openApp(
      { rows: 10 },
      { views: () => ({ views: names.map((name, place) => ({ id: place + 1, name, filter: "is:failed" })) }) },
    );
    await screen.findByRole("button", { name: /^Here/ });
    names = ["There"];
    const { session } = await import("$app/session.svelte");
    if (session.status)
      await session.takeAnswer(Promise.resolve({ ...session.status, workspace: "/elsewhere.pushpull" }));
    await screen.findByRole("button", { name: /^There/ });
    expect(screen.queryByRole("button", { name: /^Here/ })).toBeNull();
  });

  it("counts views anew every minute whose times go on, also while nothing comes", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "Date"], now: Date.UTC(2026, 10, 22, 12) });
    try {
      const { calls } = await openApp({ rows: 30 });
      const counted = (filter: string) => called(calls, "count").filter((args) => args["filter"] === filter).length;
      // The library's own way of waiting stands still with the interval.
      await vi.waitFor(() => expect(counted("is:pinned")).toBeGreaterThan(0), { timeout: 10_000 });
      const before = [counted("is:failed since:today"), counted("is:pinned")] as const;
      await vi.advanceTimersByTimeAsync(60_000);
      await vi.waitFor(() => expect(counted("is:failed since:today")).toBe(before[0] + 1), { timeout: 10_000 });
      expect(counted("is:pinned")).toBe(before[1]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("reads its rows again after events of the feed that were missed", async () => {
    const { calls } = await openApp({ rows: 10 });
    await rows();
    const [{ inbox }, { session }] = await Promise.all([import("./inbox.svelte"), import("$app/session.svelte")]);
    if (!session.status) throw new Error("The engine has not answered.");
    const event = { status: session.status, changed: [], lists: false, missed: false, jobs: [] };
    inbox.feed(event);
    const before = called(calls, "list").length;
    inbox.feed({ ...event, missed: true });
    await waitFor(() => expect(called(calls, "list").length).toBe(before + 1));
  });

  it("takes the row that the button went down on, wherever it comes up", async () => {
    await openApp({ rows: 30 });
    const [first, second] = (await rows()) as [HTMLElement, HTMLElement];
    const user = userEvent.setup();
    await user.pointer({ keys: "[MouseLeft>]", target: second });
    await waitFor(() => expect(second.getAttribute("aria-selected")).toBe("true"));
    await user.pointer({ keys: "[/MouseLeft]", target: first });
    expect([first, second].map((row) => row.getAttribute("aria-selected"))).toEqual(["false", "true"]);
    await user.pointer({ keys: "[MouseRight]", target: first });
    expect(first.getAttribute("aria-selected")).toBe("false");
  });

  it("shows all keys of the filter on arrow down, and puts them away by Escape", async () => {
    await openApp({ rows: 30 });
    await rows();
    const typed = await field();
    await userEvent.click(typed);
    const offered = () => screen.queryAllByRole("option").map((one) => one.textContent?.trim());
    expect(offered()).toEqual([]);
    await userEvent.keyboard("{ArrowDown}");
    await waitFor(() => expect(offered()).toEqual(["source:", "status:"]));
    await userEvent.keyboard("{Escape}");
    expect(offered()).toEqual([]);
    expect(document.activeElement).toBe(typed);
    await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}{Enter}");
    await waitFor(() => expect((typed as HTMLInputElement).value).toBe("status:"));
  });

  it("filters by a stretch of time that is brushed by keys, and shows all again", async () => {
    await openApp({ rows: 400 });
    await rows();
    const strip = await screen.findByRole("slider", { name: /When exchanges came/ });
    await waitFor(() => expect(Number(strip.getAttribute("aria-valuemax"))).toBeGreaterThan(2));
    strip.focus();
    await userEvent.keyboard("{Home}{Shift>}{ArrowRight}{ArrowRight}{/Shift}");
    const chips = within(screen.getByRole("group", { name: "Filter" }));
    await chips.findByText("since:");
    await waitFor(() => expect(chips.getByText("before:")).toBeTruthy());
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(chips.queryByText("since:")).toBeNull());
  });

  it("adds a column for a JSON path and remembers it", async () => {
    const { calls } = await openApp({ rows: 30 });
    await rows();
    await userEvent.click(screen.getByRole("button", { name: "Choose columns…" }));
    const path = await screen.findByLabelText("JSON path or header of a new column");
    await userEvent.type(path, "data.object.id{Enter}");
    await userEvent.click(screen.getByRole("button", { name: "Done" }));
    await screen.findByRole("columnheader", { name: /object\.id/ });
    await screen.findByText("t.id 30");
    const kept = called(calls, "save_columns").at(-1)?.["columns"] as { id: string }[];
    expect(kept.some((column) => column.id === "body.data.object.id")).toBe(true);
    const asked = called(calls, "cells");
    expect(asked.every(({ ids }) => (ids as number[]).length <= 100)).toBe(true);
  });

  it("hides what is deleted at once and shows it again", async () => {
    const { calls } = await openApp({ rows: 30 });
    await rows();
    await userEvent.keyboard("j#");
    await screen.findByText("1 exchange deleted");
    await screen.findByText("29 in view");
    expect(called(calls, "delete")[0]?.["scope"]).toEqual({ type: "selection", ids: [30] });
    await userEvent.click(screen.getByRole("button", { name: "Undo" }));
    await screen.findByText("30 in view");
  });

  it("takes the newest deletion back by Ctrl Z, unless text is typed", async () => {
    await openApp({ rows: 30 });
    await rows();
    await userEvent.keyboard("j#");
    await screen.findByText("29 in view");
    await userEvent.click(await field());
    await userEvent.keyboard("{Control>}z{/Control}");
    expect(screen.getByText("29 in view")).toBeTruthy();
    (await rows())[1]?.closest<HTMLElement>("[role=grid]")?.focus();
    await userEvent.keyboard("{Control>}z{/Control}");
    await screen.findByText("30 in view");
  });

  it("pins, tags, writes notes, and marks what was opened as read", async () => {
    const { calls } = await openApp({ rows: 30 });
    await rows();
    await userEvent.keyboard("jp");
    expect(called(calls, "pin")).toEqual([{ ids: [30], on: true }]);
    await userEvent.keyboard("t");
    await userEvent.type(await screen.findByLabelText("New tag"), "urgent{Enter}");
    expect(await screen.findByRole("button", { name: "Take the tag urgent away" })).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Done" }));
    await userEvent.click(await screen.findByRole("tab", { name: /Notes/ }));
    await userEvent.type(screen.getByLabelText("Note"), "Asked them{Escape}");
    expect(document.activeElement).toBe(screen.getByRole("grid", { name: /^Exchanges/ }));
    await screen.findByText("Kept", {}, { timeout: 5_000 });
    expect(called(calls, "save_note").at(-1)).toEqual({ id: 30, text: "Asked them" });
    await userEvent.click((await rows())[1] as HTMLElement);
    await waitFor(() => expect(called(calls, "mark_read").length).toBeGreaterThan(0), { timeout: 5_000 });
    expect(await violations()).toEqual([]);
  });

  it("leaves unread what was marked so, until the cursor comes back to it", async () => {
    const { calls } = await openApp({ rows: 30 });
    await rows();
    const marked = () => called(calls, "mark_read").map(({ ids, read }) => [(ids as number[])[0], read]);
    const openedAndRead = async (count: number) =>
      waitFor(() => expect(marked().filter(([id, read]) => id === 29 && read).length).toBe(count), { timeout: 5_000 });
    const [{ runAction }, { goTo }] = await Promise.all([
      import("$app/commands.svelte"),
      import("$app/navigation.svelte"),
    ]);
    await userEvent.keyboard("jj");
    await openedAndRead(1);
    runAction("exchange.unread");
    await new Promise((rested) => setTimeout(rested, 1_000));
    expect(marked().at(-1)).toEqual([29, false]);
    // A trip to another screen opens nothing.
    goTo("settings");
    await screen.findByRole("heading", { name: "Settings" });
    goTo("inbox");
    await rows();
    await new Promise((rested) => setTimeout(rested, 1_000));
    expect(marked().at(-1)).toEqual([29, false]);
    await userEvent.keyboard("{Home}j");
    await openedAndRead(2);
  });

  it("leaves unread what is marked so before it was rested on", async () => {
    const { calls } = await openApp({ rows: 30 });
    await rows();
    await userEvent.keyboard("jj");
    const [{ runAction }, { detail }] = await Promise.all([
      import("$app/commands.svelte"),
      import("./detail/detail.svelte"),
    ]);
    await waitFor(() => expect(detail.exchange?.summary.id).toBe(29));
    runAction("exchange.unread");
    await new Promise((rested) => setTimeout(rested, 1_000));
    expect(called(calls, "mark_read")).toEqual([{ ids: [29], read: false }]);
  });

  it("says of a row what was made of it, in words too", async () => {
    const { calls } = await openApp({ rows: 30 });
    await rows();
    await userEvent.keyboard("jpt");
    await userEvent.type(await screen.findByLabelText("New tag"), "urgent{Enter}");
    await userEvent.click(screen.getByRole("button", { name: "Done" }));
    await userEvent.click(await screen.findByRole("tab", { name: /Notes/ }));
    await userEvent.type(screen.getByLabelText("Note"), "Asked");
    await screen.findByText("Kept", {}, { timeout: 5_000 });
    const row = () => within(document.getElementById("exchange-row-0") as HTMLElement);
    for (const mark of ["pinned", "has a note"]) await row().findByText(mark);
    await row().findByTitle("urgent");
    await userEvent.click(screen.getByRole("button", { name: "More" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: /Mark as unread/ }));
    await waitFor(() => expect(called(calls, "mark_read").at(-1)).toMatchObject({ read: false }));
  });

  it("copies a request with its secrets masked", async () => {
    const { calls } = await openApp({ rows: 30 });
    await rows();
    await userEvent.keyboard("j{Shift>}Y{/Shift}");
    await screen.findByText("cURL copied, secrets masked");
    expect(called(calls, "export_text")).toEqual([
      { scope: { type: "selection", ids: [30] }, format: "curl", redact: true },
    ]);
  });

  it("says that there is nothing earlier to compare with", async () => {
    const { calls } = await openApp({ rows: 30 }, { previous: () => ({ id: null }) });
    await rows();
    await userEvent.keyboard("j{Shift>}C{/Shift}");
    await screen.findByText(/^There is no earlier/);
    expect(called(calls, "compare")).toEqual([]);
  });

  it("turns the list on its head and keeps the cursor on its exchange", async () => {
    await openApp({ rows: 30 });
    await rows();
    await userEvent.keyboard("jj");
    await screen.findByText("2 of 30");
    await userEvent.keyboard("o");
    await screen.findByText("29 of 30");
    await userEvent.keyboard("{Home}");
    await screen.findByText("1 of 30");
  });
});

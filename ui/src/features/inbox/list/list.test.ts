import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { Answers } from "$ipc/fake";
import { listAnswers } from "$ipc/fake/exchanges";
import { FakeState, type FakeOptions } from "$ipc/fake/state";
import { openApp } from "../../../test/openApp";

const row = (index: number) => document.getElementById(`exchange-row-${index}`) as HTMLElement;
const selected = () =>
  [...document.querySelectorAll("[role=row][aria-selected=true]")].map((one) => one.getAttribute("aria-rowindex"));
const filters = (calls: { command: string; args: unknown }[]) =>
  calls.filter((call) => call.command === "count").map((call) => (call.args as { filter: string }).filter);

/** For waiting where the interval is not the real one: the library's own way stands still with it. */
const PATIENCE = { timeout: 10_000 };

async function opened(options: FakeOptions = {}, own: Answers = {}) {
  const app = await openApp({ rows: 60, ...options }, own);
  await waitFor(() => expect(row(0)?.textContent).toBeTruthy());
  const { call } = await import("$ipc/call");
  return { ...app, call };
}

describe("the list of exchanges", { timeout: 60_000 }, () => {
  it("selects rows by Shift and the arrows, each told as selected, and unselects them by Escape", async () => {
    await opened();
    await userEvent.keyboard("j{Shift>}{ArrowDown}{ArrowDown}{/Shift}");
    await screen.findAllByText("3 selected");
    await waitFor(() => expect(selected()).toEqual(["2", "3", "4"]));
    await userEvent.keyboard("{Shift>}{ArrowUp}{/Shift}");
    await waitFor(() => expect(selected()).toEqual(["2", "3"]));
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByText(/ selected$/)).toBeNull());
    expect(selected()).toEqual(["3"]);
  });

  it("counts what came while the view is paused, and lets it in when it goes on", async () => {
    const { call } = await opened();
    await userEvent.keyboard(" ");
    await call("send_sample", { provider: "stripe" });
    await screen.findByRole("button", { name: "1 new" });
    expect(screen.getByText("60 in view")).toBeTruthy();
    await userEvent.keyboard(" ");
    await screen.findByText("61 in view");
    await waitFor(() => expect(screen.queryByRole("button", { name: "1 new" })).toBeNull());
  });

  it("shows where the new ones came in, also with the oldest first", async () => {
    const { call } = await opened();
    const { inbox } = await import("../inbox.svelte");
    inbox.turn();
    await waitFor(() => expect(row(0)?.textContent).toBeTruthy());
    inbox.setPaused(true);
    await call("send_sample", { provider: "stripe" });
    await userEvent.click(await screen.findByRole("button", { name: "1 new" }));
    await screen.findByText("61 in view");
    await waitFor(() => expect(inbox.scroll.top).toBeGreaterThan(0));
    expect(inbox.scroll.top + inbox.scroll.viewport).toBeGreaterThanOrEqual(61 * inbox.scroll.rowHeight);
  });

  it("goes where one went while it was counted anew, though the rows there come later", async () => {
    let go = () => {};
    let held: Promise<void> | null = null;
    const state = new FakeState({ rows: 900 });
    const { count } = listAnswers(state);
    await opened({ rows: 900 }, { count: async (query) => (await held, count!(query)) });
    const { inbox } = await import("../inbox.svelte");
    await userEvent.keyboard("j");
    await waitFor(() => expect(inbox.selection.cursorId).toBe(900));
    held = new Promise((resolve) => (go = resolve));
    const refreshed = inbox.refresh();
    await userEvent.keyboard("{End}");
    expect(inbox.selection.cursor).toBe(899);
    go();
    await refreshed;
    await waitFor(() => expect(inbox.selection.cursorId).toBe(1));
    expect(inbox.selection.cursor).toBe(899);
  });

  it("deletes what is in view and no more, though more came while the view is paused", async () => {
    const { call, calls } = await opened();
    await userEvent.keyboard("/source:stripe{Enter}");
    await waitFor(() => expect(filters(calls)).toContain("source:stripe"));
    const { rows } = await call("count", { filter: "source:stripe", upto: 60 });
    await screen.findByText(`${rows} in view`);
    const { inbox } = await import("../inbox.svelte");
    inbox.setPaused(true);
    await call("send_sample", { provider: "stripe" });
    await screen.findByRole("button", { name: "1 new" });
    const { runAction } = await import("$app/commands.svelte");
    runAction("list.deleteFilter");
    await userEvent.click(await screen.findByRole("button", { name: `Delete ${rows}` }));
    await screen.findByText(`${rows} exchanges deleted`);
    expect(calls.find((call) => call.command === "delete")?.args).toMatchObject({ upto: 60 });
  });

  it("asks whether everything in view goes though it is still being counted, and lets that be", async () => {
    let counted = 0;
    const count = ({ filter }: { filter: string }) =>
      filter === "slow" ? { rows: ++counted, complete: false } : { rows: 60, complete: true };
    await opened({}, { count });
    const { navigation } = await import("$app/navigation.svelte");
    navigation.dialog = { type: "delete", filter: "slow", upto: 60 };
    const dialog = await screen.findByRole("dialog");
    await within(dialog).findByText("Counting them… 2 so far");
    expect(within(dialog).getByRole<HTMLButtonElement>("button", { name: "Delete" }).disabled).toBe(true);
    await userEvent.click(within(dialog).getByRole("button", { name: "Keep" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it.each(["newest first", "oldest first"])("lets go of what a time has left behind, %s", async (order) => {
    let left = 60;
    const { calls } = await opened({}, { count: () => ({ rows: left, complete: true }) });
    const { inbox } = await import("../inbox.svelte");
    if (order === "oldest first") inbox.turn();
    await userEvent.keyboard("/since:15m{Enter}");
    await waitFor(() => expect(filters(calls)).toContain("since:15m"));
    await waitFor(() => expect(inbox.rows.counting).toBe(false));
    inbox.selection.moveTo(30);
    await waitFor(() => expect(inbox.selection.cursorId).toBeTruthy());
    const [read, lists] = [inbox.selection.cursorId, () => calls.filter((call) => call.command === "list").length];
    left = 50;
    const before = lists();
    await inbox.age();
    await screen.findByText("50 in view");
    expect([inbox.selection.cursor, inbox.selection.cursorId]).toEqual([order === "oldest first" ? 20 : 30, read]);
    if (order === "newest first") expect(lists()).toBe(before);
    // What is read stays, also once it has left the list.
    left = 10;
    await inbox.age();
    await screen.findByText("10 in view");
    expect([inbox.selection.cursor, inbox.selection.cursorId]).toEqual([null, read]);
  });

  it("looks once a minute for what a time has left behind, and only where a time goes on", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "Date"], now: Date.UTC(2026, 10, 22, 12) });
    try {
      const { calls } = await opened();
      const asked = async (filter: string) => {
        await userEvent.keyboard(`/${filter}{Enter}`);
        const { inbox } = await import("../inbox.svelte");
        await vi.waitFor(() => expect(filters(calls)).toContain(filter), PATIENCE);
        await vi.waitFor(() => expect(inbox.rows.counting).toBe(false), PATIENCE);
        const before = filters(calls).length;
        await vi.advanceTimersByTimeAsync(180_000);
        await userEvent.keyboard("{Escape}");
        return filters(calls).slice(before);
      };
      const of = (all: string[], filter: string) => all.filter((one) => one === filter).length;
      expect(of(await asked("source:github"), "source:github")).toBe(0);
      expect(of(await asked("source:github since:15m"), "source:github since:15m")).toBe(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it("drops a filter that hides what is to be shown", async () => {
    const { calls } = await opened();
    await userEvent.keyboard("/source:github{Enter}");
    await waitFor(() => expect(filters(calls)).toContain("source:github"));
    const { openExchange } = await import("$app/navigation.svelte");
    openExchange(59);
    await waitFor(() => expect(document.activeElement?.getAttribute("data-filter")).not.toBeNull());
    await waitFor(() => expect(row(1).getAttribute("aria-selected")).toBe("true"));
    expect(screen.queryByRole("button", { name: "Drop source:github" })).toBeNull();
  });

  it("keeps the cursor on what a filter was dropped for", async () => {
    const { calls } = await opened();
    await userEvent.keyboard("/source:github{Enter}");
    await waitFor(() => expect(filters(calls)).toContain("source:github"));
    const { inbox } = await import("../inbox.svelte");
    await waitFor(() => expect(inbox.rows.counting).toBe(false));
    await inbox.show(59);
    await new Promise((rested) => setTimeout(rested, 1_000));
    expect([inbox.filter.query, inbox.selection.cursor, inbox.selection.cursorId]).toEqual(["", 1, 59]);
  });

  it("keeps its place over a trip to another screen, and lets nothing in while it is paused", async () => {
    const { call } = await opened();
    const [{ inbox }, { goTo }] = await Promise.all([import("../inbox.svelte"), import("$app/navigation.svelte")]);
    inbox.selection.moveTo(30);
    inbox.selection.pick(30);
    inbox.selection.pick(32);
    inbox.scroll.moveTo(520);
    inbox.setPaused(true);
    const place = () => [
      inbox.selection.cursor,
      inbox.selection.cursorId,
      [...inbox.selection.picked],
      inbox.scroll.top,
      inbox.rows.upto,
      inbox.paused,
    ];
    const before = place();
    expect(before).toEqual([30, 30, [30, 28], 520, 60, true]);
    goTo("settings");
    await screen.findByRole("heading", { name: "Settings" });
    await call("send_sample", { provider: "stripe" });
    await call("pin", { ids: [30], on: true });
    goTo("inbox");
    await screen.findByRole("button", { name: "1 new" });
    // What was changed meanwhile is read again.
    await waitFor(() => expect(inbox.selection.current?.pinned).toBe(true));
    await new Promise((rested) => setTimeout(rested, 500));
    expect(place()).toEqual(before);
  });

  it("keeps what is unfolded over a trip to another screen", async () => {
    await opened();
    const [{ inbox }, { goTo }, { preferences }] = await Promise.all([
      import("../inbox.svelte"),
      import("$app/navigation.svelte"),
      import("$app/preferences.svelte"),
    ]);
    preferences.folded = true;
    await waitFor(() => expect(inbox.rows.total).toBeLessThan(60));
    await waitFor(() => expect(inbox.rows.row(inbox.rows.total - 1)).toBeDefined());
    await inbox.show(40);
    await inbox.unfold(inbox.selection.cursor ?? 0);
    const shown = inbox.rows.length;
    expect(shown).toBe(inbox.rows.total + 2);
    goTo("settings");
    await screen.findByRole("heading", { name: "Settings" });
    goTo("inbox");
    await waitFor(() => expect(row(0)?.textContent).toBeTruthy());
    await new Promise((rested) => setTimeout(rested, 500));
    expect([inbox.rows.length, inbox.selection.cursorId]).toEqual([shown, 40]);
  });

  it("shows what was deleted and what came while another screen was shown", async () => {
    const { call } = await opened();
    const [{ inbox }, { goTo }] = await Promise.all([import("../inbox.svelte"), import("$app/navigation.svelte")]);
    inbox.selection.moveTo(3);
    // Nothing is laid out here: the top is followed, the cursor stands below.
    inbox.scroll.moveTo(0);
    const read = inbox.selection.cursorId;
    goTo("settings");
    await screen.findByRole("heading", { name: "Settings" });
    await call("delete", { scope: { type: "selection", ids: [59, 58] }, upto: null, ticket: "t" });
    await call("send_sample", { provider: "stripe" });
    goTo("inbox");
    await screen.findByText("59 in view");
    await waitFor(() => expect([inbox.selection.cursor, inbox.selection.cursorId]).toEqual([2, read]));
    expect(inbox.rows.upto).toBe(61);
  });

  it.each([
    ["since:15m", 50],
    ["before:1h", 70],
  ])("counts by %s as of when it is shown again", async (filter, then) => {
    let rows = 60;
    const { calls } = await opened({}, { count: () => ({ rows, complete: true }) });
    const [{ inbox }, { goTo }] = await Promise.all([import("../inbox.svelte"), import("$app/navigation.svelte")]);
    await userEvent.keyboard(`/${filter}{Enter}`);
    await waitFor(() => expect(filters(calls)).toContain(filter));
    await waitFor(() => expect(inbox.rows.counting).toBe(false));
    goTo("settings");
    await screen.findByRole("heading", { name: "Settings" });
    rows = then;
    goTo("inbox");
    await screen.findByText(`${then} in view`);
  });

  /** A folded list in which a delivery is unfolded and the cursor stands below it; `group` finds repeats. */
  async function folded() {
    const state = new FakeState({ rows: 60 });
    const { count, list } = listAnswers(state);
    const app = await opened({}, { count: count as never, list: list as never });
    const [{ inbox }, { preferences }] = await Promise.all([
      import("../inbox.svelte"),
      import("$app/preferences.svelte"),
    ]);
    preferences.folded = true;
    await waitFor(() => expect(inbox.rows.total).toBe(58));
    await waitFor(() => expect(inbox.rows.counting).toBe(false));
    await inbox.show(40);
    await inbox.unfold(inbox.selection.cursor ?? 0);
    await inbox.show(30);
    expect([inbox.rows.total, inbox.rows.length, inbox.selection.cursor]).toEqual([58, 60, 30]);
    const known = state.deliveryOf.bind(state);
    const group = (...ids: number[]) => {
      const delivery = { first: 12, pushes: 2, repeat: "retry", attempt: 2, overtakenBy: null, unread: 0 } as const;
      state.deliveryOf = (id) => (ids.includes(id) ? delivery : known(id));
    };
    return { ...app, inbox, state, group };
  }

  it("counts a folded list anew that was grouped by others meanwhile, and keeps its place", async () => {
    const { inbox, group } = await folded();
    const { goTo } = await import("$app/navigation.svelte");
    inbox.scroll.moveTo(260);
    goTo("settings");
    await screen.findByRole("heading", { name: "Settings" });
    // One above what is unfolded, one between that and the cursor, one below it.
    group(56, 36, 20);
    goTo("inbox");
    await screen.findByText("55 in view");
    await waitFor(() => expect([inbox.selection.cursor, inbox.selection.cursorId]).toEqual([28, 30]));
    expect([inbox.rows.length, inbox.scroll.top]).toEqual([57, 260]);
    expect([16, 17, 18, 19].map((index) => inbox.rows.row(index)?.id)).toEqual([41, 40, 48, 44]);
  });

  it("keeps the cursor and what is unfolded where pushes below are found to be repeats", async () => {
    const { inbox, group } = await folded();
    const { session } = await import("$app/session.svelte");
    group(20, 16);
    if (session.status)
      inbox.feed({ status: session.status, changed: [20, 16], lists: false, missed: false, jobs: [] });
    await screen.findByText("56 in view");
    await new Promise((rested) => setTimeout(rested, 500));
    expect([inbox.selection.cursor, inbox.selection.cursorId, inbox.rows.length]).toEqual([30, 30, 58]);
  });

  it("keeps them also where new ones come in at the same time", async () => {
    const { inbox, group, state, call } = await folded();
    const { session } = await import("$app/session.svelte");
    inbox.scroll.moveTo(0);
    group(20, 16);
    state.newest = 61;
    if (session.status)
      inbox.feed({ status: session.status, changed: [20, 16], lists: false, missed: false, jobs: [] });
    await call("send_sample", { provider: "stripe" });
    await screen.findByText("57 in view");
    await new Promise((rested) => setTimeout(rested, 500));
    expect([inbox.selection.cursor, inbox.selection.cursorId, inbox.rows.length]).toEqual([31, 30, 59]);
    expect([19, 20, 21].map((index) => inbox.rows.row(index)?.id)).toEqual([40, 48, 44]);
  });

  it("reads on among the unread what was read and is passed on, and lets new ones in above it", async () => {
    const { call } = await opened();
    const [{ inbox }, { session }] = await Promise.all([import("../inbox.svelte"), import("$app/session.svelte")]);
    await userEvent.keyboard("/is:unread{Enter}");
    await waitFor(() => expect(inbox.rows.query).toBe("is:unread"));
    await waitFor(() => expect(inbox.rows.counting).toBe(false));
    inbox.selection.moveTo(3);
    await waitFor(() => expect(inbox.selection.cursorId).toBeTruthy());
    inbox.scroll.moveTo(0);
    const read = inbox.selection.cursorId ?? 0;
    await call("mark_read", { ids: [read], read: true });
    if (session.status) inbox.feed({ status: session.status, changed: [read], lists: false, missed: false, jobs: [] });
    await new Promise((rested) => setTimeout(rested, 500));
    expect([inbox.selection.cursor, inbox.selection.cursorId]).toEqual([3, read]);
    await call("send_sample", { provider: "stripe" });
    await waitFor(() => expect(inbox.rows.row(0)?.id).toBe(61));
    await new Promise((rested) => setTimeout(rested, 500));
    expect([inbox.selection.cursor, inbox.selection.cursorId]).toEqual([null, read]);
    const { runAction } = await import("$app/commands.svelte");
    runAction("list.pick");
    expect([...inbox.selection.picked]).toEqual([read]);
  });

  it("says once what is wrong with a filter, also while pushes are passed on", async () => {
    const wrong = { code: "invalid", message: "50x is no status.", hint: null };
    const state = new FakeState({ rows: 60 });
    const { count } = listAnswers(state);
    const { call } = await opened(
      {},
      {
        count: (query) => {
          if (query.filter.includes("50x")) throw wrong;
          return count!(query);
        },
      },
    );
    const { inbox } = await import("../inbox.svelte");
    const { session } = await import("$app/session.svelte");
    const { toasts } = await import("$app/toasts.svelte");
    await userEvent.keyboard("j/status:50x{Enter}");
    await screen.findByText(wrong.message);
    for (const id of [5, 6])
      if (session.status) inbox.feed({ status: session.status, changed: [id], lists: false, missed: false, jobs: [] });
    await call("send_sample", { provider: "stripe" });
    await new Promise((rested) => setTimeout(rested, 500));
    expect(toasts.shown.map((toast) => toast.text).filter((text) => text.includes(wrong.message))).toEqual([]);
  });

  it("leaves out what came while it is paused when something is deleted, and says so no longer once it is let in", async () => {
    const { call } = await opened();
    const { inbox } = await import("../inbox.svelte");
    const { deleteExchanges } = await import("../marks/marks");
    await userEvent.keyboard(" ");
    await call("send_sample", { provider: "stripe" });
    await screen.findByRole("button", { name: "1 new" });
    await deleteExchanges({ type: "selection", ids: [3] });
    await screen.findByText("59 in view");
    expect(inbox.fresh).toBe(1);
    inbox.paused = false;
    await inbox.refresh();
    await screen.findByText("60 in view");
    expect(inbox.fresh).toBe(0);
  });

  it("says that nothing matches, and clears the filter from there", async () => {
    await opened();
    await userEvent.keyboard("/source:nobody{Enter}");
    const nothing = (await screen.findByText("Nothing matches this filter.")).parentElement as HTMLElement;
    await userEvent.click(within(nothing).getByRole("button", { name: /^Clear the filter/ }));
    await screen.findByText("60 in view");
  });

  it("says what is wrong with a filter in place of rows", async () => {
    const wrong = { code: "invalid" as const, message: "A status is a number or 5xx.", hint: null };
    await opened(
      {},
      {
        count: ({ filter }) => {
          if (filter === "status:red") throw wrong;
          return { rows: 60, complete: true };
        },
      },
    );
    await userEvent.keyboard("/status:red{Enter}");
    await screen.findByText(wrong.message);
    expect(row(0)).toBeNull();
  });

  it("keeps its rows while a term is typed that can't be read yet", async () => {
    const problem = { message: "A status is a number or 5xx.", from: 0, to: 8 };
    const { calls } = await opened(
      {},
      {
        read_filter: ({ text }) => ({
          problem: text === "status:5" ? problem : null,
          from: 0,
          to: text.length,
          suggestions: [],
        }),
      },
    );
    await userEvent.keyboard("/status:5");
    // The list asks whether it can be read, once typing rests.
    const asked = { command: "read_filter", args: { text: "status:5", caret: 0 } };
    await waitFor(() => expect(calls).toContainEqual(asked));
    await userEvent.keyboard("xx");
    await waitFor(() => expect(filters(calls)).toContain("status:5xx"));
    expect(filters(calls)).not.toContain("status:5");
  });

  it("drops a term by its chip", async () => {
    const { calls } = await opened();
    await userEvent.keyboard("/source:github is:failed {Enter}");
    await userEvent.click(await screen.findByRole("button", { name: "Drop source:github" }));
    await waitFor(() => expect(filters(calls).at(-1)).toBe("is:failed"));
  });

  it("takes the last term back to be changed by Backspace", async () => {
    await opened();
    await userEvent.keyboard("/source:github is:failed {Enter}");
    await screen.findByRole("button", { name: "Drop is:failed" });
    await userEvent.keyboard("{Backspace}");
    const field = screen.getByRole("combobox", { name: "Filter the list" });
    await waitFor(() => expect(field).toHaveProperty("value", "is:failed"));
    expect(screen.queryByRole("button", { name: "Drop is:failed" })).toBeNull();
    expect(screen.getByRole("button", { name: "Drop source:github" })).toBeTruthy();
  });

  it("says how many there are of each outcome, apart", async () => {
    await opened({}, { tallies: () => ({ pushes: 45, pulls: 15, failed: 7, unread: 4, complete: true }) });
    const outcome = within(screen.getByRole("radiogroup", { name: "Outcome" }));
    await waitFor(() => expect(outcome.getByRole("radio", { name: /Failed/ }).textContent).toContain("7"));
    expect(outcome.getByRole("radio", { name: /Unread/ }).textContent).toContain("4");
  });

  it("counts each outcome anew by time alone where a time goes on", async () => {
    const [{ inbox }, { tallies }] = await Promise.all([import("../inbox.svelte"), import("./tallies.svelte")]);
    const ask = vi.spyOn(tallies, "ask").mockImplementation(() => {});
    inbox.filter.set("source:github since:2026-11-22");
    tallies.age();
    expect(ask).toHaveBeenCalledTimes(0);
    inbox.filter.set("source:github before:1h");
    tallies.age();
    expect(ask).toHaveBeenCalledTimes(1);
    ask.mockRestore();
    inbox.filter.set("");
  });

  it("asks once a minute how many there are of each outcome, and only where a time goes on", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "Date"], now: Date.UTC(2026, 10, 22, 12) });
    try {
      const { calls } = await opened();
      const { inbox } = await import("../inbox.svelte");
      const asked = (filter: string) =>
        calls.filter((call) => call.command === "tallies" && (call.args as { filter: string }).filter === filter)
          .length;
      inbox.showOnly("source:github");
      await vi.waitFor(() => expect(asked("source:github")).toBe(1), PATIENCE);
      await vi.advanceTimersByTimeAsync(180_000);
      inbox.showOnly("source:github since:15m");
      await vi.waitFor(() => expect(asked("source:github since:15m")).toBe(1), PATIENCE);
      await vi.advanceTimersByTimeAsync(60_000);
      await vi.waitFor(() => expect(asked("source:github since:15m")).toBeGreaterThan(1), PATIENCE);
      expect(asked("source:github")).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it("says how many there are of each outcome among what else is asked for", async () => {
    const { calls } = await opened();
    await userEvent.keyboard("/is:failed is:pinned direction:push -is:unread{Enter}");
    const asked = () => calls.findLast((call) => call.command === "tallies")?.args as { filter: string };
    await waitFor(() => expect(asked().filter).toBe("is:pinned -is:unread"));
  });

  it("keeps its rows while a slow search counts them anew", async () => {
    let found = { rows: 60, complete: true };
    const { calls, call } = await opened({}, { count: () => found });
    found = { rows: 3, complete: false };
    const before = filters(calls).length;
    await call("pin", { ids: [5], on: true });
    const { inbox } = await import("../inbox.svelte");
    void inbox.refresh();
    await waitFor(() => expect(filters(calls).length).toBeGreaterThan(before + 1));
    expect(inbox.rows.total).toBe(60);
    found = { rows: 58, complete: true };
    await waitFor(() => expect(inbox.rows.total).toBe(58));
  });

  it("shows the size of what the other end sent: the body of a push, the answer of a pull", async () => {
    await opened();
    // Number 60 is a push of 460 bytes, number 58 a pull that was answered with 2.
    expect(within(row(0)).getByText("460 B")).toBeTruthy();
    expect(within(row(2)).getByText("2 B")).toBeTruthy();
  });

  it("puts the cursor on the next row when the last ones are deleted", async () => {
    await opened({ rows: 5 });
    await userEvent.keyboard("{End}");
    await screen.findByText("5 of 5");
    await userEvent.keyboard("#");
    await screen.findByText("4 in view");
    await screen.findByText("4 of 4");
  });

  it("counts again when an exchange leaves what the filter shows, and keeps the cursor near", async () => {
    await opened();
    await userEvent.keyboard("jpjp/is:pinned{Enter}");
    await screen.findByText("4 in view");
    await userEvent.keyboard("{Escape}{Home}p");
    await screen.findByText("3 in view");
    await screen.findByText("1 of 3");
    await userEvent.keyboard("{End}");
    await screen.findByText("3 of 3");
    await waitFor(() => expect(row(2)?.textContent).toBeTruthy());
  });

  it("counts again when a verdict comes after the count", async () => {
    let invalid = 0;
    const count = ({ filter }: { filter: string }) => ({
      rows: filter === "is:invalid" ? invalid : 60,
      complete: true,
    });
    const { call } = await opened({}, { count });
    await userEvent.keyboard("/is:invalid{Enter}");
    await screen.findByText("Nothing matches this filter.");
    invalid = 2;
    await call("pin", { ids: [1], on: true });
    await screen.findByText("2 in view");
  });

  it("pins all of a selection if only some of it is pinned", async () => {
    const { calls } = await opened();
    await userEvent.keyboard("jp");
    await userEvent.keyboard("xjx");
    await screen.findAllByText("2 selected");
    await userEvent.keyboard("p");
    await waitFor(() =>
      expect(calls.filter((call) => call.command === "pin").map((call) => call.args)).toEqual([
        { ids: [60], on: true },
        { ids: [59, 60], on: true },
      ]),
    );
  });

  it("takes a tag away from all that are selected", async () => {
    const { calls } = await opened();
    await userEvent.keyboard("jt");
    const name = await screen.findByLabelText("New tag");
    await userEvent.type(name, "urgent{Enter}");
    const tags = await screen.findByRole("dialog", { name: "Tags of 1 exchange" });
    await userEvent.click(await within(tags).findByRole("button", { name: "Take the tag urgent away" }));
    await within(tags).findByText("No tags yet.");
    await waitFor(() =>
      expect(calls.findLast((call) => call.command === "tag")?.args).toEqual({
        ids: [60],
        add: [],
        remove: ["urgent"],
      }),
    );
  });

  it("puts the filter of now into a view that was saved before", async () => {
    const { calls } = await opened();
    await userEvent.keyboard("/source:github{Enter}");
    await userEvent.click(await screen.findByRole("button", { name: "More for Pinned" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Save the current filter here" }));
    await waitFor(() =>
      expect(calls.find((call) => call.command === "save_view")?.args).toEqual({
        id: 2,
        name: "Pinned",
        filter: "source:github",
      }),
    );
  });
});

import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { listAnswers } from "$ipc/fake/exchanges";
import { FakeState } from "$ipc/fake/state";
import { filters, openInbox, row } from "../../../test/openInbox";

const selected = () =>
  [...document.querySelectorAll("[role=row][aria-selected=true]")].map((one) => one.getAttribute("aria-rowindex"));

describe("the list of exchanges", () => {
  it("selects rows by Shift and the arrows, each told as selected, and unselects them by Escape", async () => {
    await openInbox();
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
    const { call } = await openInbox();
    await userEvent.keyboard(" ");
    await call("send_sample", { provider: "stripe" });
    await screen.findByRole("button", { name: "1 new" });
    expect(screen.getByText("60 in view")).toBeTruthy();
    await userEvent.keyboard(" ");
    await screen.findByText("61 in view");
    await waitFor(() => expect(screen.queryByRole("button", { name: "1 new" })).toBeNull());
  });

  it("shows where the new ones came in, also with the oldest first", async () => {
    const { call } = await openInbox();
    const { inbox } = await import("../inbox.svelte");
    const follow = () => screen.getByRole("button", { name: /^Follow/ }).title;
    expect(follow()).toBe("New exchanges come in at the top, F");
    inbox.turn();
    await waitFor(() => expect(follow()).toBe("New exchanges come in at the bottom, F"));
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
    await openInbox({ rows: 900 }, { count: async (query) => (await held, count!(query)) });
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
    const { call, calls } = await openInbox();
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
    await openInbox({}, { count });
    const { navigation } = await import("$app/navigation.svelte");
    navigation.dialog = { type: "delete", filter: "slow", upto: 60 };
    const dialog = await screen.findByRole("dialog");
    await within(dialog).findByText("Counting them… 2 so far");
    expect(within(dialog).getByRole<HTMLButtonElement>("button", { name: "Delete" }).disabled).toBe(true);
    await userEvent.click(within(dialog).getByRole("button", { name: "Keep" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("puts the dialog of a deletion away once it is done, though the list is still being counted", async () => {
    let deleted = false;
    const state = new FakeState({ rows: 60 });
    const count = (query: { filter: string; upto: number | null }) =>
      deleted ? new Promise<never>(() => {}) : listAnswers(state).count!(query);
    await openInbox({}, { count, delete: () => ((deleted = true), { id: 1, exchanges: 15 }) });
    const { navigation } = await import("$app/navigation.svelte");
    navigation.dialog = { type: "delete", filter: "source:stripe", upto: 60 };
    await userEvent.click(await screen.findByRole("button", { name: /^Delete \d+$/ }));
    await screen.findByText("15 exchanges deleted");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("leaves the dialog that is opened after a deletion was stopped", async () => {
    let end: (done: { id: number; exchanges: number }) => void = () => {};
    await openInbox({}, { delete: () => new Promise((resolve) => (end = resolve)), cancel: () => ({}) });
    const { navigation, openReplay } = await import("$app/navigation.svelte");
    navigation.dialog = { type: "delete", filter: "source:stripe", upto: 60 };
    await userEvent.click(await screen.findByRole("button", { name: /^Delete \d+$/ }));
    await userEvent.click(await screen.findByRole("button", { name: "Stop" }));
    openReplay([60]);
    end({ id: 1, exchanges: 3 });
    await screen.findByText("3 exchanges deleted");
    expect(navigation.dialog?.type).toBe("replay");
  });

  it.each(["newest first", "oldest first"])("lets go of what a time has left behind, %s", async (order) => {
    let left = 60;
    const { calls } = await openInbox({}, { count: () => ({ rows: left, complete: true }) });
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

  it("leaves out what came while it is paused when something is deleted, and says so no longer once it is let in", async () => {
    const { call } = await openInbox();
    const { inbox } = await import("../inbox.svelte");
    const { deleteExchanges } = await import("../marks/marks");
    await userEvent.keyboard(" ");
    await call("send_sample", { provider: "stripe" });
    await screen.findByRole("button", { name: "1 new" });
    await deleteExchanges({ type: "selection", ids: [3] });
    await screen.findByText("59 in view");
    await waitFor(() => expect(inbox.fresh).toBe(1));
    inbox.paused = false;
    await inbox.refresh();
    await screen.findByText("60 in view");
    expect(inbox.fresh).toBe(0);
  });

  it("shows the size of what the other end sent: the body of a push, the answer of a pull", async () => {
    await openInbox();
    // Number 60 is a push of 460 bytes, number 58 a pull that was answered with 2.
    expect(within(row(0)).getByText("460 B")).toBeTruthy();
    expect(within(row(2)).getByText("2 B")).toBeTruthy();
  });

  it("puts the cursor on the next row when the last ones are deleted", async () => {
    await openInbox({ rows: 5 });
    await userEvent.keyboard("{End}");
    await screen.findByText("5 of 5");
    await userEvent.keyboard("#");
    await screen.findByText("4 in view");
    await screen.findByText("4 of 4");
  });

  it("counts again when an exchange leaves what the filter shows, and keeps the cursor near", async () => {
    await openInbox();
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
    const { call } = await openInbox({}, { count });
    await userEvent.keyboard("/is:invalid{Enter}");
    await screen.findByText("Nothing matches this filter.");
    invalid = 2;
    await call("pin", { ids: [1], on: true });
    await screen.findByText("2 in view");
  });

  it("pins all of a selection if only some of it is pinned", async () => {
    const { calls } = await openInbox();
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
    const { calls } = await openInbox();
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
});

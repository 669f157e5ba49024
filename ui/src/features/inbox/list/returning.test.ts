import { screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { listAnswers } from "$ipc/fake/exchanges";
import { FakeState } from "$ipc/fake/state";
import { filters, openInbox, row } from "../../../test/openInbox";
import type { inbox as theInbox } from "../inbox.svelte";

type Inbox = typeof theInbox;

describe("the list after a trip, and after what others did", () => {
  it("keeps its place over a trip to another screen, and lets nothing in while it is paused", async () => {
    const { call } = await openInbox();
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
    await openInbox();
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

  it.each([
    ["another that was asked for since", 30, (inbox: Inbox) => inbox.show(30)],
    ["the row that was gone to since", 52, (inbox: Inbox) => Promise.resolve(inbox.selection.moveTo(8))],
  ])("leaves the cursor on %s, when an exchange is found late", async (_, read, goOn) => {
    const state = new FakeState({ rows: 60 });
    const { count } = listAnswers(state);
    const late: (() => void)[] = [];
    await openInbox(
      {},
      {
        count: async (query) => {
          if (query.upto === 40) await new Promise<void>((resolve) => late.push(resolve));
          return count!(query);
        },
      },
    );
    const { inbox } = await import("../inbox.svelte");
    const found = inbox.show(40);
    await waitFor(() => expect(late).toHaveLength(1));
    await goOn(inbox);
    expect(inbox.selection.cursorId).toBe(read);
    late[0]?.();
    await found;
    await new Promise((drawn) => setTimeout(drawn, 50));
    expect([inbox.selection.cursor, inbox.selection.cursorId]).toEqual([60 - read, read]);
  });

  it("unfolds no delivery for a push that is found late, once one went elsewhere", async () => {
    const { list } = listAnswers(new FakeState({ rows: 60 }));
    let come: () => void = () => {};
    const late = new Promise<void>((resolve) => (come = resolve));
    const asked: string[] = [];
    await openInbox(
      {},
      {
        list: async (query) => {
          asked.push(query.filter);
          if (query.filter === "delivery:40") await late;
          return list!(query);
        },
      },
    );
    const { inbox } = await import("../inbox.svelte");
    await userEvent.keyboard("d");
    await waitFor(() => expect([inbox.folded, inbox.stale, inbox.rows.counting]).toEqual([true, false, false]));
    const found = inbox.show(44);
    await waitFor(() => expect(asked).toContain("delivery:40"));
    inbox.selection.moveTo(2);
    const { cursorId } = inbox.selection;
    come();
    await found;
    expect([inbox.rows.unfolded.extra, inbox.selection.cursor, inbox.selection.cursorId]).toEqual([0, 2, cursorId]);
  });

  it("shows what was deleted and what came while another screen was shown", async () => {
    const { call } = await openInbox();
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
    const { calls } = await openInbox({}, { count: () => ({ rows, complete: true }) });
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
    const app = await openInbox({}, { count: count as never, list: list as never });
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
    const { call } = await openInbox();
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
});

import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { listAnswers } from "$ipc/fake/exchanges";
import { FakeState } from "$ipc/fake/state";
import { filters, openInbox, row } from "../../../test/openInbox";

/** For waiting where the interval is not the real one: the library's own way stands still with it. */
const PATIENCE = { timeout: 10_000 };

describe("the list of what a filter finds", () => {
  it("looks once a minute for what a time has left behind, and only where a time goes on", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "Date"], now: Date.UTC(2026, 10, 22, 12) });
    try {
      const { calls } = await openInbox();
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
    const { calls } = await openInbox();
    await userEvent.keyboard("/source:github{Enter}");
    await waitFor(() => expect(filters(calls)).toContain("source:github"));
    const { openExchange } = await import("$app/navigation.svelte");
    openExchange(59);
    await waitFor(() => expect(document.activeElement?.getAttribute("data-filter")).not.toBeNull());
    await waitFor(() => expect(row(1).getAttribute("aria-selected")).toBe("true"));
    expect(screen.queryByRole("button", { name: "Drop source:github" })).toBeNull();
  });

  it("keeps the cursor on what a filter was dropped for", async () => {
    const { calls } = await openInbox();
    await userEvent.keyboard("/source:github{Enter}");
    await waitFor(() => expect(filters(calls)).toContain("source:github"));
    const { inbox } = await import("../inbox.svelte");
    await waitFor(() => expect(inbox.rows.counting).toBe(false));
    await inbox.show(59);
    await new Promise((rested) => setTimeout(rested, 1_000));
    expect([inbox.filter.query, inbox.selection.cursor, inbox.selection.cursorId]).toEqual(["", 1, 59]);
  });

  it("keeps a filter that was asked for while an exchange was sought under another", async () => {
    const state = new FakeState({ rows: 60 });
    const { count } = listAnswers(state);
    const late: (() => void)[] = [];
    const { calls } = await openInbox(
      {},
      {
        count: async (query) => {
          if (query.filter === "source:github" && query.upto === 59)
            await new Promise<void>((resolve) => late.push(resolve));
          return count!(query);
        },
      },
    );
    await userEvent.keyboard("/source:github{Enter}");
    await waitFor(() => expect(filters(calls)).toContain("source:github"));
    const { inbox } = await import("../inbox.svelte");
    await waitFor(() => expect(inbox.rows.counting).toBe(false));
    const shown = inbox.show(59);
    await waitFor(() => expect(late).toHaveLength(1));
    inbox.showOnly("source:slack");
    await waitFor(() => expect(inbox.rows.query).toBe("source:slack"));
    late[0]?.();
    await shown;
    expect(inbox.filter.query).toBe("source:slack");
  });

  it("says once what is wrong with a filter, also while pushes are passed on", async () => {
    const wrong = { code: "invalid", message: "50x is no status.", hint: null };
    const state = new FakeState({ rows: 60 });
    const { count } = listAnswers(state);
    const { call } = await openInbox(
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

  it("says that nothing matches, and clears the filter from there", async () => {
    await openInbox();
    await userEvent.keyboard("/source:nobody{Enter}");
    const nothing = (await screen.findByText("Nothing matches this filter.")).parentElement as HTMLElement;
    await userEvent.click(within(nothing).getByRole("button", { name: /^Clear the filter/ }));
    await screen.findByText("60 in view");
  });

  it("says what is wrong with a filter in place of rows", async () => {
    const wrong = { code: "invalid" as const, message: "A status is a number or 5xx.", hint: null };
    await openInbox(
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
    const { calls } = await openInbox(
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
    const { calls } = await openInbox();
    await userEvent.keyboard("/source:github is:failed {Enter}");
    await userEvent.click(await screen.findByRole("button", { name: "Drop source:github" }));
    await waitFor(() => expect(filters(calls).at(-1)).toBe("is:failed"));
  });

  it("takes the last term back to be changed by Backspace", async () => {
    await openInbox();
    await userEvent.keyboard("/source:github is:failed {Enter}");
    await screen.findByRole("button", { name: "Drop is:failed" });
    await userEvent.keyboard("{Backspace}");
    const field = screen.getByRole("combobox", { name: "Filter the list" });
    await waitFor(() => expect(field).toHaveProperty("value", "is:failed"));
    expect(screen.queryByRole("button", { name: "Drop is:failed" })).toBeNull();
    expect(screen.getByRole("button", { name: "Drop source:github" })).toBeTruthy();
  });

  it("says how many there are of each outcome, apart", async () => {
    await openInbox({}, { tallies: () => ({ pushes: 45, pulls: 15, failed: 7, unread: 4, complete: true }) });
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
      const { calls } = await openInbox();
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
    const { calls } = await openInbox();
    await userEvent.keyboard("/is:failed is:pinned direction:push -is:unread{Enter}");
    const asked = () => calls.findLast((call) => call.command === "tallies")?.args as { filter: string };
    await waitFor(() => expect(asked().filter).toBe("is:pinned -is:unread"));
  });

  it("keeps its rows while a slow search counts them anew", async () => {
    let found = { rows: 60, complete: true };
    const { calls, call } = await openInbox({}, { count: () => found });
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

  it("puts the filter of now into a view that was saved before", async () => {
    const { calls } = await openInbox();
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

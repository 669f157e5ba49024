import { beforeEach, describe, expect, it, vi } from "vitest";
import { session } from "$app/session.svelte";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import { call } from "$ipc/call";
import { fakeBackend } from "$ipc/fake";
import { detail } from "../detail/detail.svelte";
import { inbox } from "../inbox.svelte";
import { changeTags, deleteExchanges, markRead, tagsOf, togglePin } from "./marks";

it("offers to take a deletion back though the list is still being counted", async () => {
  const fake = fakeBackend({ rows: 10 });
  useBackend({
    ...fake,
    invoke: (command, payload) => (command === "count" ? new Promise(() => {}) : fake.invoke(command, payload)),
  });
  void deleteExchanges({ type: "selection", ids: [3] });
  await vi.waitFor(() => expect(toasts.undoable?.text).toBe("1 exchange deleted"));
});

it("tells the tags of exchanges wherever they stand, however many others are tagged", async () => {
  const fake = fakeBackend({ rows: 900 });
  const asked: unknown[] = [];
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      const answer = await fake.invoke(command, payload);
      if (command !== "list") return answer;
      asked.push(payload?.["args"]);
      return { ...(answer as object), complete: asked.length > 1 };
    },
  });
  const all = Array.from({ length: 900 }, (_, place) => place + 1);
  await call("tag", { ids: all, add: ["common"], remove: [] });
  await call("tag", { ids: [250], add: ["late"], remove: [] });
  await call("tag", { ids: [249], add: ["never"], remove: [] });
  await call("tag", { ids: [700], add: ["early"], remove: ["common"] });
  expect(await tagsOf([250, 700])).toEqual(["common", "early", "late"]);
  // The first answer was not complete.
  expect(asked.map((args) => (args as { upto: number }).upto)).toEqual([700, 700, 500, 300]);
  expect(await tagsOf([])).toEqual([]);
});

describe("marks", () => {
  const FULL = { code: "failed", message: "The disk is full.", hint: null };
  /** Exchanges of each call that marked some. */
  let marked: number[][] = [];
  /** What each of them was given. */
  let kept: unknown[] = [];
  /** Calls that go well before the disk is full. */
  let room = Infinity;
  const row = (id: number) => inbox.rows.of([id])[0];

  beforeEach(async () => {
    marked = [];
    kept = [];
    room = Infinity;
    const fake = fakeBackend({ rows: 40 });
    useBackend({
      ...fake,
      invoke: async (command, payload) => {
        if (!["pin", "mark_read", "tag"].includes(command)) return fake.invoke(command, payload);
        if (marked.length >= room) throw FULL;
        kept.push(payload?.["args"]);
        marked.push((payload?.["args"] as { ids: number[] }).ids);
      },
    });
    await session.refresh();
    inbox.clear();
    await inbox.restart();
    inbox.rows.want(0, 40);
    await vi.waitFor(() => expect(row(40)).toBeDefined());
  });

  it("are taken back where they could not be kept, and no others", async () => {
    room = 0;
    // 35 is pinned already, 40 is not.
    inbox.selection.picked.add(35).add(40);
    await expect(togglePin()).rejects.toMatchObject(FULL);
    expect([row(35)?.pinned, row(40)?.pinned]).toEqual([true, false]);
    const unread = row(37)?.unread;
    expect([unread, row(1)?.unread]).toEqual([true, false]);
    await expect(markRead([1, 37], true)).rejects.toMatchObject(FULL);
    expect([row(1)?.unread, row(37)?.unread]).toEqual([false, true]);
  });

  it("are judged by what is read where no row of it is in the list: it is unpinned only if it is pinned", async () => {
    inbox.rows.clear();
    const toggled = async (id: number) => {
      inbox.selection.cursorId = id;
      detail.open(id);
      await vi.waitFor(() => expect(detail.exchange?.summary.id).toBe(id));
      await togglePin();
      return kept.at(-1);
    };
    expect(await toggled(40)).toEqual({ ids: [40], on: true });
    expect(await toggled(35)).toEqual({ ids: [35], on: false });
    inbox.selection.picked.add(1).add(35);
    await togglePin();
    expect(kept.at(-1)).toEqual({ ids: [1, 35], on: true });
  });

  it("are judged by the rows that are shown while they are read again", async () => {
    inbox.selection.picked.add(35);
    inbox.rows.pages.reset(true);
    await togglePin();
    expect(kept.at(-1)).toEqual({ ids: [35], on: false });
  });

  it("are set on all that are chosen, however many, and kept as far as it went", async () => {
    const ids = Array.from({ length: 20_001 }, (_, place) => 20_001 - place);
    await markRead(ids, true);
    expect(marked.map((some) => some.length)).toEqual([10_000, 10_000, 1]);
    expect(marked.flat()).toEqual(ids);
    marked = [];
    await changeTags(ids, ["late"], []);
    expect(marked.flat()).toEqual(ids);
    marked = [];
    room = 2;
    await expect(markRead([...ids.filter((id) => id !== 40 && id !== 37), 37, 40], false)).rejects.toMatchObject(FULL);
    expect([row(3)?.unread, row(37)?.unread, row(40)?.unread]).toEqual([true, true, false]);
  });
});

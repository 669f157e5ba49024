import { beforeEach, describe, expect, it, vi } from "vitest";
import { session } from "$app/session.svelte";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import { call } from "$ipc/call";
import { fakeBackend } from "$ipc/fake";
import { inbox } from "../inbox.svelte";

const { selection } = inbox;
const picked = () => [...selection.picked].sort((a, b) => b - a);
const range = (newest: number, oldest: number) =>
  Array.from({ length: newest - oldest + 1 }, (_, place) => newest - place);

/** While it is there, rows that are asked for wait for it. */
let held: Promise<void> | null = null;
/** What happens to the list whenever rows are read. */
let onList: () => Promise<void> = async () => {};
let go: (failed?: unknown) => void = () => {};

function hold() {
  held = new Promise((resolve, reject) => (go = (failed) => (failed ? reject(failed as Error) : resolve())));
  held.catch(() => {});
}

describe("rows that are selected by Shift before they are here", () => {
  beforeEach(async () => {
    held = null;
    onList = async () => {};
    toasts.shown = [];
    const fake = fakeBackend({ rows: 6_000 });
    useBackend({
      ...fake,
      invoke: async (command, payload) => {
        if (command === "list") {
          await held;
          await onList();
        }
        return fake.invoke(command, payload);
      },
    });
    await session.refresh();
    inbox.clear();
    if (inbox.rows.oldestFirst) inbox.turn();
    await inbox.restart();
    await vi.waitFor(() => expect(inbox.rows.row(0)?.id).toBe(6_000));
    selection.moveTo(0);
    hold();
  });

  it("are selected once they are", async () => {
    const done = selection.pickTo(999);
    expect(picked()).toEqual([]);
    go();
    await done;
    expect(picked()).toEqual(range(6_000, 5_001));
  });

  it("are all that there are", async () => {
    go();
    const before = selection.cursorId;
    await selection.pickAll();
    expect(picked()).toEqual(range(6_000, 4_001));
    expect(selection.cursorId).toBe(before);
    expect(toasts.shown).toHaveLength(1);
  });

  it("are as many as can be, which is said", async () => {
    go();
    await selection.pickTo(5_000);
    expect(picked()).toEqual(range(6_000, 4_001));
    expect(toasts.shown.map(({ text }) => text)).toEqual([
      "Selected the first 2000 rows. Export by filter takes more.",
    ]);
    toasts.shown = [];
    await selection.pickTo(1_999);
    expect([picked(), toasts.shown]).toEqual([range(6_000, 4_001), []]);
  });

  it.each([
    ["Escape", () => selection.unpick()],
    ["another filter", () => inbox.restart()],
    ["the other order", () => inbox.turn()],
    ["another selection", () => selection.pickCursor()],
  ])("are not once there is %s", async (_, stop) => {
    const done = selection.pickTo(999);
    void stop();
    const then = picked();
    go();
    await done;
    expect(picked()).toEqual(then);
  });

  it("are the same ones though newer ones come in above them", async () => {
    const done = selection.pickTo(999);
    await call("send_sample", { provider: "stripe" });
    await session.refresh();
    await inbox.catchUp();
    go();
    await done;
    expect(picked()).toEqual(range(6_000, 5_001));
  });

  it("are not if rows may have left from among them, which is said", async () => {
    const done = selection.pickTo(999);
    const refreshed = inbox.refresh();
    go();
    await Promise.all([done, refreshed]);
    expect(picked()).toEqual([]);
    expect(toasts.shown.map(({ text }) => text)).toEqual(["The list changed: select the rows again."]);
  });

  it("are not if they never rest while they are read, which is said", async () => {
    const done = selection.pickTo(999);
    let reads = 0;
    onList = async () => {
      reads += 1;
      inbox.rows.revision += 1;
      await new Promise((read) => setTimeout(read));
    };
    go();
    await done;
    expect(picked()).toEqual([]);
    expect(toasts.shown.map(({ text }) => text)).toEqual(["The list changed: select the rows again."]);
    expect(reads).toBeLessThan(50);
  });

  it("are not if they can't be read: what was selected stays", async () => {
    selection.picked.add(7);
    const done = selection.pickTo(999);
    go({ code: "failed", message: "The disk can't be read.", hint: null });
    await expect(done).rejects.toMatchObject({ message: "The disk can't be read." });
    expect(picked()).toEqual([7]);
  });
});

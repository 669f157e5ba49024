import { screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { FakeState } from "$ipc/fake/state";
import { openApp, violations } from "../../../test/openApp";

const summary = (id: number) => ({
  ...new FakeState({ rows: 130 }).summary(id),
  status: 500,
  delivery: { first: id, pushes: 4, repeat: null, attempt: 4, overtakenBy: 88, unread: 0 },
});
const late = ({ id }: { id: number }) => ({
  summary: summary(id),
  note: "",
  request: { firstLine: "POST / HTTP/1.1", headers: [], trailers: [], bodySize: 0, headSize: 19, chunked: false },
  response: null,
  query: [],
  timing: null,
  failure: null,
  answered: null,
  peer: null,
  children: [],
});
const failing = ({ id }: { id: number }) => ({
  first: id,
  provider: "slack",
  number: null,
  toldByBody: true,
  attempts: [{ push: summary(id), number: 4, missing: 2, gap: null, due: null, accepted: false, passedOn: [] }],
  schedule: "Five times in a day.",
  nextAt: 1_795_349_047_000_000,
  events: [],
  moreEvents: false,
});

const rows = () => screen.findAllByRole("row").then((all) => all.filter((row) => row.id));
const asked = (calls: { command: string; args: unknown }[]) =>
  calls.filter((call) => call.command === "list").map((call) => (call.args as { filter: string }).filter);

describe("deliveries", () => {
  it("marks retries and duplicates, and folds them away with a key", async () => {
    const { calls } = await openApp({ rows: 130 });
    await rows();
    expect((await screen.findAllByText("retry 2")).length).toBeGreaterThan(0);
    expect(screen.getAllByText("duplicate").length).toBeGreaterThan(0);
    await userEvent.keyboard("d");
    await waitFor(() => expect(asked(calls)).toContain("is:first"));
    await waitFor(() => expect(screen.queryAllByText("retry 2")).toEqual([]));
    expect((await screen.findAllByText("×3")).length).toBeGreaterThan(0);
    await userEvent.keyboard("d");
    await waitFor(() => expect(screen.queryAllByText("retry 2").length).toBeGreaterThan(0));
  });

  it("shows every push of a folded delivery, and its attempts in the detail", async () => {
    const { calls } = await openApp({ rows: 130 });
    await rows();
    await userEvent.keyboard("d");
    await waitFor(() => expect(screen.queryAllByText("retry 2")).toEqual([]));
    await userEvent.click((await screen.findAllByText("×3"))[0]?.closest("[role=row]") as HTMLElement);
    await userEvent.click(await screen.findByRole("tab", { name: /Deliveries/ }));
    expect((await screen.findAllByText("attempt 2")).length).toBe(1);
    screen.getByText(/Another attempt is told by the service's number/);
    expect(screen.getByText("Ev0123").title).toBe("Ev0123");
    await userEvent.click(screen.getByRole("button", { name: "Copy the number" }));
    await screen.findByText("Number copied");
    expect(calls.find((call) => call.command === "copy_text")?.args).toEqual({ text: "Ev0123" });
    expect(screen.getByText(/1 min later, due after 1 min; duplicate/)).toBeTruthy();
    expect(await violations()).toEqual([]);
    await userEvent.click((await screen.findAllByRole("button", { name: /^signature/ }))[1] as HTMLElement);
    await screen.findByRole("tab", { name: /Signature/, selected: true });
    await userEvent.keyboard("{Shift>}D{/Shift}");
    await waitFor(() => expect(asked(calls).some((filter) => /^delivery:\d+$/.test(filter))).toBe(true));
  });

  it("says which attempts are not here, when the next is due, and that a later state came before", async () => {
    const { calls } = await openApp({ rows: 130 }, { exchange: late, delivery: failing });
    await rows();
    await userEvent.click((await screen.findAllByText("duplicate"))[0]?.closest("[role=row]") as HTMLElement);
    await userEvent.click(await screen.findByRole("tab", { name: /Deliveries/ }));
    await screen.findByText(/Attempts 2 to 3 are not here/);
    expect(calls.some((call) => call.command === "delivery")).toBe(true);
    expect(screen.getByText(/later state of the same thing came before this one: number 88/)).toBeTruthy();
    expect(screen.getByText(/^Next attempt due/)).toBeTruthy();
    expect(screen.getByText("Five times in a day.")).toBeTruthy();
    expect(screen.getByText("Another attempt is told by its body")).toBeTruthy();
  });

  it("takes all pushes of a delivery that one row stands for, and those alone that stand for themselves", async () => {
    const { calls } = await openApp({ rows: 130 });
    await rows();
    await userEvent.keyboard("d");
    await waitFor(() => expect(screen.queryAllByText("retry 2")).toEqual([]));
    const marked = (command: string) => calls.filter((call) => call.command === command).map((call) => call.args);
    await userEvent.click((await screen.findAllByText("×3"))[0]?.closest("[role=row]") as HTMLElement);
    await userEvent.keyboard("e");
    await waitFor(() => expect(screen.queryAllByText("retry 2").length).toBeGreaterThan(0));
    await userEvent.keyboard("p");
    await waitFor(() => expect(marked("pin")).toEqual([{ ids: [120], on: true }]));
    await userEvent.keyboard("e");
    await waitFor(() => expect(screen.queryAllByText("retry 2")).toEqual([]));
    await userEvent.keyboard("p");
    await waitFor(() => expect(marked("pin")).toHaveLength(2));
    expect(marked("pin")[1]).toEqual({ ids: [120, 124, 128], on: false });
    await userEvent.keyboard("#");
    await waitFor(() => expect(marked("delete")).toHaveLength(1));
    expect(marked("delete")[0]).toMatchObject({ scope: { type: "selection", ids: [120, 124, 128] } });
  });

  it("reads all pushes of a delivery that one row stands for, and is unread while any of them is", async () => {
    const { calls, call } = { ...(await openApp({ rows: 130 })), ...(await import("$ipc/call")) };
    await rows();
    await userEvent.keyboard("d");
    await waitFor(() => expect(screen.queryAllByText("retry 2")).toEqual([]));
    const row = async () => (await screen.findAllByText("×3"))[0]?.closest("[role=row]") as HTMLElement;
    const isUnread = async () => (await row()).textContent?.includes("unread");
    const marked = () => calls.filter((call) => call.command === "mark_read").map((call) => call.args);
    await call("mark_read", { ids: [120, 124, 128], read: true });
    await waitFor(async () => expect(await isUnread()).toBe(false));
    await call("mark_read", { ids: [128], read: false });
    await waitFor(async () => expect(await isUnread()).toBe(true));
    await userEvent.click(await row());
    await waitFor(() => expect(marked().at(-1)).toEqual({ ids: [120, 124, 128], read: true }));
    await waitFor(async () => expect(await isUnread()).toBe(false));
    const { runAction } = await import("$app/commands.svelte");
    expect(runAction("exchange.unread")).toBe(true);
    await waitFor(() => expect(marked().at(-1)).toEqual({ ids: [120, 124, 128], read: false }));
  });

  it("names all pushes where everything in view of a folded list is to be deleted", async () => {
    await openApp({ rows: 130 });
    await rows();
    await userEvent.keyboard("d");
    await waitFor(() => expect(screen.queryAllByText("retry 2")).toEqual([]));
    await userEvent.keyboard("/source:stripe{Enter}");
    const { call } = await import("$ipc/call");
    const shown = await call("count", { filter: "source:stripe is:first", upto: null });
    const all = await call("count", { filter: "source:stripe", upto: null });
    expect(all.rows).toBeGreaterThan(shown.rows);
    await screen.findByText(`${shown.rows} in view`);
    const { runAction } = await import("$app/commands.svelte");
    expect(runAction("list.deleteFilter")).toBe(true);
    const dialog = await screen.findByRole("dialog");
    await waitFor(() => expect(dialog.textContent).toContain(`${all.rows} exchanges`));
  });

  it("shows every push that fits while a filter may fit others of a delivery than its first, and says so", async () => {
    const { calls } = await openApp({ rows: 130 });
    await rows();
    await userEvent.keyboard("d");
    await waitFor(() => expect(asked(calls).at(-1)).toBe("is:first"));
    expect(screen.queryByText("Not folded")).toBeNull();
    for (const [filter, sent, folded] of [
      ["source:stripe", "source:stripe is:first", true],
      ["direction:push", "direction:push is:first", true],
      ["since:1h", "since:1h", false],
      ["source:stripe is:late", "source:stripe is:late", false],
      ["order", "order", false],
    ] as const) {
      const { inbox } = await import("../inbox.svelte");
      inbox.showOnly(filter);
      await waitFor(() => expect(asked(calls).at(-1)).toBe(sent));
      await waitFor(() => expect(screen.queryByText("Not folded") === null).toBe(folded));
    }
  });

  it("shows the events of a batch one by one and the place of each", async () => {
    await openApp({ rows: 60 });
    await rows();
    await userEvent.click((await screen.findAllByText("3 events"))[0] as HTMLElement);
    await userEvent.click(await screen.findByRole("tab", { name: /Events/ }));
    await userEvent.click(await screen.findByRole("button", { name: /deal.creation/ }));
    await screen.findByRole("tree");
    await waitFor(() => expect(document.querySelector('[role=treeitem][aria-selected="true"]')).toBeTruthy());
  });
});

describe("an unfolded delivery", () => {
  it("shows its pushes below its row, in the order of the list", async () => {
    await openApp({ rows: 130 });
    await rows();
    await userEvent.keyboard("d");
    await waitFor(() => expect(screen.queryAllByText("retry 2")).toEqual([]));
    const button = (await screen.findAllByRole("button", { name: "×3" }))[0] as HTMLElement;
    const parent = button.closest("[role=row]");
    await userEvent.click(button);
    await screen.findByText("retry 2");
    expect(button.getAttribute("aria-expanded")).toBe("true");
    const index = Number(parent?.getAttribute("aria-rowindex"));
    const below = (place: number) => document.querySelector(`[role=row][aria-rowindex="${index + place}"]`);
    await waitFor(() => expect(below(1)?.textContent).toContain("duplicate"));
    expect(below(2)?.textContent).toContain("retry 2");
    expect(below(3)?.className).not.toContain("below");
    expect(await violations()).toEqual([]);

    // The keyboard walks through them, and folds them from within: the cursor stands on the delivery then.
    await userEvent.click(below(1) as HTMLElement);
    await userEvent.keyboard("je");
    await waitFor(() => expect(screen.queryByText("retry 2")).toBeNull());
    expect(document.querySelector('[role=row][aria-selected="true"]')?.getAttribute("aria-rowindex")).toBe(`${index}`);
    await userEvent.keyboard("e");
    await screen.findByText("retry 2");
  });
});

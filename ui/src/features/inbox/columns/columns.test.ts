import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { ListColumn } from "$ipc/bindings/ListColumn";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { columns } from "./columns.svelte";
import { openApp } from "../../../test/openApp";

const kept = (calls: { command: string; args: unknown }[]) =>
  (calls.findLast((call) => call.command === "save_columns")?.args as { columns: ListColumn[] } | undefined)?.columns;

async function opened() {
  const { calls } = await openApp({ rows: 30 });
  await screen.findAllByRole("row", { selected: false });
  return calls;
}

async function dialog() {
  await userEvent.click(screen.getByRole("button", { name: "Choose columns…" }));
  return within(await screen.findByRole("dialog", { name: "Columns" }));
}

describe("the columns of the list", () => {
  it("are hidden, shown and moved, and as usual again", async () => {
    const calls = await opened();
    const columns = await dialog();
    await userEvent.click(columns.getByLabelText("Source"));
    await waitFor(() => expect(kept(calls)?.find(({ id }) => id === "source")?.shown).toBe(false));
    expect(screen.queryByRole("columnheader", { name: "Source" })).toBeNull();
    await userEvent.click(columns.getByRole("button", { name: "Move Status to the left" }));
    await waitFor(() =>
      expect(
        kept(calls)
          ?.map(({ id }) => id)
          .indexOf("status"),
      ).toBe(3),
    );
    await userEvent.click(columns.getByRole("button", { name: "Usual columns" }));
    await waitFor(() => expect(kept(calls)?.every(({ shown }) => shown)).toBe(true));
    expect(
      kept(calls)
        ?.map(({ id }) => id)
        .indexOf("status"),
    ).toBe(4);
    // What an exchange is can't be hidden.
    expect(columns.getByLabelText("Event or path")).toHaveProperty("disabled", true);
  });

  it("are made wider and narrower by the arrows, and of the usual width by a double click", async () => {
    const calls = await opened();
    const edge = await screen.findByRole("separator", { name: "Width of Source" });
    const usual = Number(edge.getAttribute("aria-valuenow"));
    edge.focus();
    await userEvent.keyboard("{ArrowRight}{ArrowRight}{ArrowLeft}");
    const width = () => kept(calls)?.find(({ id }) => id === "source")?.width;
    await waitFor(() => expect(width()).toBe(usual + 8));
    await userEvent.dblClick(edge);
    await waitFor(() => expect(width()).toBeNull());
  });

  it.each([
    ["..email", "body..email"],
    ["$..email", "body..email"],
    ["$.data.id", "body.data.id"],
    ["body..email", "body..email"],
    ["header.User-Agent", "header.User-Agent"],
  ])("are added for %s as for %s", async (typed, id) => {
    const calls = await opened();
    const columns = await dialog();
    const path = columns.getByLabelText("JSON path or header of a new column");
    await userEvent.type(path, typed);
    const asked = calls.findLast(({ command }) => command === "read_filter")?.args;
    expect(asked).toEqual({ text: id, caret: id.length });
    await userEvent.type(path, "{Enter}");
    await waitFor(() => expect(kept(calls)?.some((column) => column.id === id)).toBe(true));
  });
});

describe("a column that is shown from a body", () => {
  it("goes as it came: one that was hidden is hidden again where it was, with its width", async () => {
    useBackend(fakeBackend({ rows: 10 }));
    await columns.load();
    const added = await columns.show("body.a");
    expect(added?.title).toBe("a");
    expect(await columns.show("body.a")).toBeNull();
    columns.move("body.a", 1);
    columns.resize("body.a", 200, true);
    columns.toggle("body.a");
    const before = columns.all;
    const shown = await columns.show("body.a");
    expect(columns.all.find(({ id }) => id === "body.a")?.shown).toBe(true);
    shown?.undo();
    expect(columns.all).toEqual(before);
    added?.undo();
    expect(columns.all.some(({ id }) => id === "body.a")).toBe(false);
    // It is gone: there is nothing to hide.
    shown?.undo();
    expect(columns.all.some(({ id }) => id === "body.a")).toBe(false);
  });
});

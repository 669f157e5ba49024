import { cleanup, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { BodyInfo } from "$ipc/bindings/BodyInfo";
import type { Part } from "$ipc/bindings/Part";
import type { Reading } from "$ipc/bindings/Reading";
import type { TreeRow } from "$ipc/bindings/TreeRow";
import { openBody } from "../../test/openBody";
import PathBar from "./PathBar.svelte";
import TreeNode from "./TreeNode.svelte";

const PART: Part = {
  name: null,
  nameCut: false,
  fileName: null,
  fileNameCut: false,
  headers: [],
  offset: 0,
  size: 5,
  text: null,
};

const INFO: BodyInfo = {
  kind: "json",
  size: 35,
  decodedSize: 35,
  contentType: null,
  codings: [],
  charset: "UTF-8",
  bom: false,
  notice: null,
  problem: null,
  unsearched: null,
  tree: false,
  pretty: false,
  tables: [],
  preview: null,
};

const view = (name: string) =>
  userEvent.click(within(screen.getByRole("radiogroup", { name: "View" })).getByRole("radio", { name }));
const nodes = () => screen.getAllByRole("treeitem");
const selected = () => screen.getByRole("treeitem", { selected: true }).textContent ?? "";
const lineOf = (text: RegExp) => screen.findByText(text, { selector: ".line *" });
const called = (calls: { command: string; args: unknown }[], command: string) =>
  calls.filter((call) => call.command === command).map((call) => call.args as Record<string, unknown>);

describe("moving about in a tree", () => {
  it("goes up to the container and folds it by the left arrow", async () => {
    await openBody("json");
    const tree = await screen.findByRole("tree");
    tree.focus();
    await waitFor(() => expect(nodes().length).toBeGreaterThan(8));
    // The fourth value of `object`, which stands as the fifth in the document.
    await userEvent.keyboard("{ArrowDown>9/}");
    await waitFor(() => expect(selected()).toContain("invoice_pdf"));
    await userEvent.keyboard("{ArrowLeft}");
    await waitFor(() => expect(selected()).toMatch(/^\s*object/));
    await userEvent.keyboard("{ArrowLeft}");
    await waitFor(() => expect(screen.queryByText("invoice_pdf")).toBeNull());
    await userEvent.keyboard("{ArrowRight}");
    await screen.findByText("invoice_pdf");
  });

  it("selects the row whose arrow is pressed, not what comes to stand where the selected one stood", async () => {
    await openBody("json");
    await userEvent.click(await screen.findByText("invoice_pdf"));
    await waitFor(() => expect(selected()).toContain("invoice_pdf"));
    const arrow = (name: string) =>
      screen.getByText(name).closest(".node")?.querySelector(".tw")?.firstElementChild as Element;
    await userEvent.click(arrow("object"));
    await waitFor(() => expect(screen.queryByText("invoice_pdf")).toBeNull());
    expect(selected()).toMatch(/^\s*object/);
    await userEvent.click(arrow("object"));
    await screen.findByText("invoice_pdf");
    expect(selected()).toMatch(/^\s*object/);
    expect(document.querySelector(".pathbar .path")?.textContent).toContain("$['object']");
  });

  it("is folded by two clicks at a row, but not at its buttons: its arrow takes them as one and one", async () => {
    const { calls } = await openBody("json");
    await screen.findByText("invoice_pdf");
    const node = screen.getByText("object").closest(".node") as HTMLElement;
    const flips = async (on: Element) => {
      const before = called(calls, "tree_rows").length;
      await userEvent.dblClick(on);
      return called(calls, "tree_rows").length - before;
    };
    expect(await flips(node.querySelector(".tw")?.firstElementChild as Element)).toBe(2);
    await screen.findByText("invoice_pdf");
    expect(await flips(within(node).getByRole("button", { name: "Copy path" }))).toBe(0);
    expect(await flips(screen.getByText("object"))).toBe(1);
    await waitFor(() => expect(screen.queryByText("invoice_pdf")).toBeNull());
  });

  it("closes and opens all of it", async () => {
    await openBody("json");
    await screen.findByText("invoice_pdf");
    await userEvent.click(screen.getByRole("button", { name: "Close all" }));
    await waitFor(() => expect(screen.queryByText("invoice_pdf")).toBeNull());
    expect(screen.getByText("pending_webhooks")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Open all" }));
    await screen.findByText("invoice_pdf");
  });

  it("says where a row stands that was read only after it was selected", async () => {
    await openBody("json");
    await userEvent.click(await screen.findByRole("button", { name: "Open all" }));
    (await screen.findByRole("tree")).focus();
    await userEvent.keyboard("{End}");
    await waitFor(() =>
      expect(document.querySelector(".pathbar .path")?.textContent).toContain("$['pending_webhooks']"),
    );
  });

  it("opens what a hit of the find stands in", async () => {
    await openBody("json");
    await screen.findByText("invoice_pdf");
    await userEvent.click(screen.getByRole("button", { name: "Close all" }));
    await waitFor(() => expect(screen.queryByText("invoice_pdf")).toBeNull());
    await userEvent.type(screen.getByLabelText("Find in body"), "billing@example");
    await waitFor(() => expect(selected()).toContain("customer_email"));
  });

  it("opens the way to a pointer whose names have slashes and tildes in them", async () => {
    const { useBackend } = await import("$ipc/backend");
    const { Tree } = await import("./tree.svelte");
    const rows = [
      { node: 0, depth: 0, key: null, children: 1 },
      { node: 1, depth: 1, key: "a/b", children: 2 },
      { node: 2, depth: 2, key: "other", children: 0 },
      { node: 3, depth: 2, key: "~", children: 0 },
    ].map((row) => ({ ...row, open: row.children > 0, index: 0 }));
    useBackend({
      invoke: async (command, payload) => {
        if (command !== "tree_rows") return {};
        const { from, count } = payload?.["args"] as { from: number; count: number };
        return { total: rows.length, rows: rows.slice(from, from + count) };
      },
      listen: () => Promise.resolve(() => {}),
    });
    const tree = new Tree({ id: 1, side: "request" });
    await waitFor(() => expect(tree.pages.total).toBe(4));
    await tree.goTo("/a~1b/~0");
    expect(tree.selected).toBe(3);
  });
});

/** A row of a tree as the engine answers it. */
const treeRow = (over: Partial<TreeRow>): TreeRow => ({
  ...{ node: 0, depth: 0, key: null, keyCut: false, index: 0, kind: "number", text: "1", cut: false },
  ...{ children: 0, siblings: 1, chips: [], open: false },
  ...over,
});
/** Draws one row by itself. */
function draw(over: Partial<TreeRow>, indents = 20) {
  const nothing = () => undefined;
  const acts = { onselect: nothing, ontoggle: nothing, oncopy: nothing, onmenu: nothing, onopen: nothing };
  render(TreeNode, { row: treeRow(over), id: "row", on: false, indents, needle: "", current: false, ...acts });
  const row = document.getElementById("row") as HTMLElement;
  const [depth, text] = [row.style.getPropertyValue("--d"), row.textContent?.replace(/\s+/g, " ").trim()];
  cleanup();
  return { depth, text };
}

describe("a row of a tree", () => {
  it("is indented as far as the pane has room for, and says its level beyond that", () => {
    expect(draw({ depth: 20, key: "a" })).toEqual({ depth: "20", text: "a: 1" });
    expect(draw({ depth: 99_999, key: "a" })).toEqual({ depth: "20", text: "99,999 a: 1" });
  });

  it("has the same chip twice where a sender tagged a value twice", () => {
    const tag = { kind: "wire", text: "tag 1", at: null } as const;
    expect(draw({ chips: [tag, tag] }).text).toBe("1 tag 1tag 1");
  });

  it("shows the path of a deep one by its ends", () => {
    const jsonPath = `$${"[0]".repeat(100_000)}['last']`;
    const { container } = render(PathBar, {
      place: { pointer: "", jsonPath, xpath: null, pathCut: false, text: "", cut: false, above: [] },
    });
    const shown = container.querySelector("button")?.textContent ?? "";
    expect(shown.length).toBeLessThan(1_000);
    expect(shown).toMatch(/^\$\[0\].* … .*\['last'\]$/);
    cleanup();
  });
});

describe("a view that can't be drawn", () => {
  it("says so and what to do, and leaves the other views and exchanges as they are", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const broken = { total: 1, rows: [{ ...treeRow({}), chips: null as unknown as [] }] };
    let works = false;
    const fine = { total: 1, rows: [treeRow({ text: "42" })] };
    await openBody("json", { tree_rows: () => (works ? fine : broken) });
    await screen.findByText(/Pushpull failed to draw this/);
    await view("Text");
    await screen.findByRole("region", { name: "Text" });
    expect(screen.queryByText(/Pushpull failed to draw this/)).toBeNull();
    await view("Tree");
    await screen.findByText(/Pushpull failed to draw this/);
    works = true;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByRole("treeitem", { name: /42/ });
    expect(said).toHaveBeenCalled();
    said.mockRestore();
  });
});

describe("finding in a body", () => {
  it("goes round at both ends, back with Shift", async () => {
    await openBody("json");
    await screen.findByRole("tree");
    await userEvent.type(screen.getByLabelText("Find in body"), "il_11");
    await screen.findByText("1 of 11");
    await userEvent.keyboard("{Shift>}{Enter}{/Shift}");
    await screen.findByText("11 of 11");
    await userEvent.keyboard("{Shift>}{Enter}{/Shift}");
    await screen.findByText("10 of 11");
    await userEvent.keyboard("{Enter}{Enter}");
    await screen.findByText("1 of 11");
  });

  it("leaves the bytes for the text, where something can be found", async () => {
    await openBody("json");
    await screen.findByRole("tree");
    await view("Hex");
    await screen.findByRole("region", { name: "Bytes" });
    expect(screen.queryByLabelText("Find in body")).toBeNull();
    await userEvent.keyboard("{Control>}f{/Control}");
    await screen.findByRole("region", { name: "Text" });
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Find in body")));
  });
});

describe("the text of a body", () => {
  it("is laid out anew or as it came, and numbers a line once, however many rows it takes", async () => {
    const { calls } = await openBody("json");
    await screen.findByRole("tree");
    await view("Text");
    await lineOf(/pending_webhooks|"livemode"/);
    expect(called(calls, "text_rows").at(-1)).toMatchObject({ pretty: true });
    await userEvent.click(screen.getByLabelText("Pretty"));
    await waitFor(() => expect(called(calls, "text_rows").at(-1)).toMatchObject({ pretty: false }));
    await waitFor(() => {
      const numbers = [...document.querySelectorAll(".line .no")].map((number) => number.textContent);
      expect(numbers.slice(0, 2)).toEqual(["1", ""]);
    });
  });
});

describe("what stands in a body", () => {
  it("is the address that a link means, however its encoder wrote it", async () => {
    const place = { pointer: "/a", jsonPath: "$['a']", xpath: null, pathCut: false, cut: false, above: [] };
    const { calls } = await openBody("json", {
      tree_node: () => ({ ...place, text: '"https:\\/\\/pay.example.com/?a=1\\u0026b=2"' }),
    });
    await userEvent.click(await screen.findByRole("button", { name: /pay\.example\.com/ }));
    const dialog = within(await screen.findByRole("dialog", { name: /Open a link/ }));
    dialog.getByText("https://pay.example.com/?a=1&b=2");
    await userEvent.click(dialog.getByRole("button", { name: "Open in the browser" }));
    await waitFor(() => expect(called(calls, "open_url")).toEqual([{ url: "https://pay.example.com/?a=1&b=2" }]));
  });

  it("is another array of it as a table", async () => {
    const tables = [
      { node: 5, jsonPath: "$['lines']", rows: 120 },
      { node: 9, jsonPath: "$['taxes']", rows: 3 },
    ];
    const { calls } = await openBody("csv", { body_info: () => ({ ...INFO, kind: "csv", tables }) });
    const array = await screen.findByLabelText("Array");
    await userEvent.selectOptions(array, "$['taxes'] (3)");
    await waitFor(() => expect(called(calls, "table_rows").at(-1)).toMatchObject({ node: 9 }));
  });

  it("is under its own heads and from its start, whatever another array answers after it", async () => {
    const names: Record<number, string> = { 5: "amount", 9: "rate" };
    const late: (() => void)[] = [];
    await openBody("csv", {
      body_info: () => ({
        ...{ ...INFO, kind: "csv" },
        tables: [
          { node: 5, jsonPath: "$['lines']", rows: 120 },
          { node: 9, jsonPath: "$['taxes']", rows: 120 },
        ],
      }),
      table_rows: async ({ node }) => {
        if (node === 9) await new Promise<void>((resolve) => late.push(resolve));
        const rows = Array.from({ length: 120 }, (_, row) => ({ node: row, cells: [] }));
        return { total: 120, columns: [{ name: names[node] ?? "", cut: false }], more: false, rows };
      },
    });
    const array = await screen.findByLabelText("Array");
    const table = () => screen.getByRole("table", { name: "Rows" });
    const heads = () =>
      within(table())
        .getAllByRole("columnheader")
        .map(({ textContent }) => textContent);
    const top = () => table().querySelector(".virtual")?.scrollTop;
    (await screen.findByRole("table", { name: "Rows" })).focus();
    await userEvent.keyboard("{End}");
    expect(top()).toBeGreaterThan(0);
    await userEvent.selectOptions(array, "$['taxes'] (120)");
    await waitFor(() => expect(late).toHaveLength(1));
    await userEvent.selectOptions(array, "$['lines'] (120)");
    await screen.findByRole("table", { name: "Rows" });
    expect(top()).toBe(0);
    late[0]?.();
    await new Promise((answered) => setTimeout(answered));
    expect(heads()).toEqual(["#", "amount"]);
  });

  it("says what is not shown of its parts", async () => {
    const notice = "The form has more fields than the 10000 that are shown.";
    await openBody("form", {
      body_info: () => ({ ...INFO, kind: "form" }),
      parts: () => ({ parts: [], notice }),
    });
    await screen.findByText(notice);
  });

  it("says how much is drawn of long markup", async () => {
    await openBody("html", {
      body_info: () => ({ ...INFO, kind: "html", preview: { type: "markup", cut: true } }),
    });
    await view("Preview");
    await screen.findByText(/Only the first 2 MiB are shown/);
  });

  it("says that an image can't be drawn", async () => {
    URL.createObjectURL ??= () => "blob:image";
    URL.revokeObjectURL ??= () => {};
    await openBody("image");
    await view("Preview");
    (await screen.findByAltText("Preview of the body")).dispatchEvent(new Event("error"));
    await screen.findByText(/The image is damaged/);
    expect(screen.queryByAltText("Preview of the body")).toBeNull();
  });

  it("is saved under a name without the folders that a sender put into it", async () => {
    const { calls } = await openBody("multipart", {
      parts: () => ({
        parts: [
          { ...PART, name: "a", fileName: "../../.ssh/authorized_keys" },
          { ...PART, name: "b", fileName: ".bashrc" },
        ],
        notice: null,
      }),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Save a" }));
    await userEvent.click(screen.getByRole("button", { name: "Save b" }));
    const names = () => called(calls, "choose_save").map(({ suggested }) => suggested);
    await waitFor(() => expect(names()).toEqual(["_.._.ssh_authorized_keys", "bashrc"]));
  });

  it("leads back from a document inside of a document, one step at a time", async () => {
    await openBody("multipart", {
      body_info: (body: Reading) => ({ ...INFO, kind: body.through?.length === 2 ? "text" : "multipart" }),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Open photo" }));
    await userEvent.click(await screen.findByRole("button", { name: "Open note" }));
    const way = within(await screen.findByRole("navigation", { name: "Documents in the body" }));
    await way.findByText("note");
    await userEvent.click(way.getByRole("button", { name: "Back to the document around it" }));
    await waitFor(() => expect(way.queryByText("note")).toBeNull());
    expect(way.getByText("cat.png")).toBeTruthy();
  });

  it("is filtered no longer when that is stopped, and the engine is told", async () => {
    const { calls } = await openBody("json", { filter: () => new Promise(() => {}) });
    await userEvent.keyboard("{Control>}{Shift>}F{/Shift}{/Control}");
    await userEvent.type(await screen.findByLabelText("Filter the body"), "..a");
    await userEvent.click(await screen.findByRole("button", { name: "Stop" }));
    const ticket = called(calls, "filter").at(-1)?.["ticket"];
    await waitFor(() => expect(called(calls, "cancel")).toContainEqual({ ticket }));
  });

  it("is filtered no longer when the filter is emptied while it runs, and Escape leaves it then", async () => {
    const { calls } = await openBody("json", { filter: () => new Promise(() => {}) });
    await userEvent.keyboard("{Control>}{Shift>}F{/Shift}{/Control}");
    const field = await screen.findByLabelText("Filter the body");
    await userEvent.type(field, "..a");
    await screen.findByText("running");
    await userEvent.clear(field);
    await waitFor(() => expect(called(calls, "cancel")).toHaveLength(1));
    await waitFor(() => expect(screen.queryByText("running")).toBeNull());
    expect(screen.queryByRole("button", { name: "Stop" })).toBeNull();
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByLabelText("Filter the body")).toBeNull());
  });
});

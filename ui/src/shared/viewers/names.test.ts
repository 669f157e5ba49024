// Names of any length: a view shows the front, says that there is more, and leads to the whole.
import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { useBackend } from "$ipc/backend";
import type { Reading } from "$ipc/bindings/Reading";
import type { TreeRow } from "$ipc/bindings/TreeRow";
import type { Answers } from "$ipc/fake";
import { openBody } from "../../test/openBody";
import { Tree } from "./tree.svelte";

const FRONT = "n".repeat(200);
const WHOLE = "n".repeat(300);

const long: TreeRow = {
  ...{ node: 9, depth: 1, key: FRONT, keyCut: true, index: 0, kind: "number", text: "1", cut: false },
  ...{ children: 0, siblings: 1, chips: [], open: false },
};
const root: TreeRow = { ...long, node: 0, depth: 0, key: null, keyCut: false, kind: "object", children: 1, open: true };

/** A tree of one key, whose path is whole or not. */
const ofOneKey = (pathCut: boolean): Answers => ({
  tree_rows: () => ({ total: 2, rows: [root, long] }),
  tree_node: ({ node }: { node: number }) => ({
    ...{ pointer: node === 0 ? "" : `/a~1b~0${WHOLE}`, jsonPath: node === 0 ? "$" : `$['a/b~${WHOLE}']`, xpath: null },
    ...{ pathCut: pathCut && node !== 0, text: "1", cut: false, above: [0] },
  }),
});

/** The menu of the key. */
async function menuOfKey() {
  const tree = await screen.findByRole("tree");
  tree.focus();
  await userEvent.keyboard("{End}");
  await screen.findByRole("treeitem", { selected: true, name: /nnn/ });
  await userEvent.keyboard("{Shift>}{F10}{/Shift}");
  return within(await screen.findByRole("menu"));
}

describe("a name that is cut", () => {
  it("ends in an ellipsis in the tree and is copied whole", async () => {
    const { calls } = await openBody("json", ofOneKey(false));
    const menu = await menuOfKey();
    expect(document.querySelector(".node.on .k")?.textContent).toBe(`${FRONT}…`);
    await userEvent.click(menu.getByRole("menuitem", { name: /Copy key/ }));
    await screen.findByText("Key copied");
    expect(calls.find((call) => call.command === "copy_text")?.args).toEqual({ text: `a/b~${WHOLE}` });
  });

  it("is not copied where its path is too long, and the list is not asked for it", async () => {
    const { calls } = await openBody("json", ofOneKey(true));
    const menu = await menuOfKey();
    expect(menu.getByRole("menuitem", { name: /Filter the list/ }).getAttribute("aria-disabled")).toBe("true");
    await userEvent.click(menu.getByRole("menuitem", { name: /Copy JSONPath/ }));
    await screen.findByText(/Not copied: the path is longer than 1 MiB/);
    expect(calls.some((call) => call.command === "copy_text")).toBe(false);
  });

  it("leads to its place by its front", async () => {
    useBackend({
      invoke: (_, payload) => {
        const { from, count } = payload?.["args"] as { from: number; count: number };
        return Promise.resolve({ total: 2, rows: [root, long].slice(from, from + count) });
      },
      listen: () => Promise.resolve(() => {}),
    });
    const tree = new Tree({ id: 1, side: "request" });
    await waitFor(() => expect(tree.pages.total).toBe(2));
    await tree.goTo(`/${WHOLE}`);
    expect(tree.selected).toBe(1);
  });

  it("ends in an ellipsis over a column", async () => {
    await openBody("csv", {
      table_rows: () => ({ total: 0, columns: [{ name: FRONT, cut: true }], more: false, rows: [] }),
    });
    expect((await screen.findByRole("columnheader", { name: /nnn/ })).textContent).toBe(`${FRONT}…`);
  });

  it("ends in an ellipsis in a cell, which says that others stand under its key", async () => {
    const cells = [{ kind: "string" as const, text: FRONT, cut: true, values: 3 }];
    await openBody("csv", {
      table_rows: () => ({ total: 1, columns: [{ name: "a", cut: false }], more: false, rows: [{ node: 0, cells }] }),
    });
    const cell = await screen.findByRole("cell", { name: /nnn/ });
    expect(cell.textContent.trim()).toBe(`last of 3: ${FRONT}…`);
    expect(cell.title).toBe(`last of 3: ${FRONT}…`);
  });

  it("of a field or a part is opened whole", async () => {
    const part = { name: FRONT, nameCut: true, fileName: null, fileNameCut: false, headers: [], offset: 0, size: 1 };
    const { calls } = await openBody("form", {
      body_info: (body: Reading) => ({
        ...{ kind: body.through ? "text" : "form", size: 1, decodedSize: 1, contentType: null, codings: [] },
        ...{ charset: "UTF-8", bom: false, notice: null, problem: null, unsearched: null, tree: false, pretty: false },
        ...{ tables: [], preview: null },
      }),
      parts: () => ({ parts: [{ ...part, text: "a" }], notice: null }),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Open the whole name of field 1" }));
    await screen.findByText("name of field 1");
    await waitFor(() =>
      expect(calls.findLast((call) => call.command === "body_info")?.args).toMatchObject({
        through: [{ type: "partHead", index: 0 }],
      }),
    );
  });
});

import { waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { useBackend } from "$ipc/backend";
import type { NodePlace } from "$ipc/bindings/NodePlace";
import type { TreeRow } from "$ipc/bindings/TreeRow";
import { Tree } from "./tree.svelte";

const LENGTH = 1_000;

/** A value of the array that is the document; its node is its row where all is open. */
const value = (node: number): TreeRow => ({
  ...{ node, depth: node === 0 ? 0 : 1, key: null, keyCut: false, index: Math.max(0, node - 1) },
  ...{ kind: node === 0 ? "array" : "number", text: "1", cut: false, chips: [], open: node === 0 },
  ...{ children: node === 0 ? LENGTH : 0, siblings: node === 0 ? 1 : LENGTH },
});
const ROWS = Array.from({ length: LENGTH + 1 }, (_, node) => value(node));
const place = (above: number[]): NodePlace => ({
  ...{ pointer: "", jsonPath: "$", xpath: null, pathCut: false, text: "", cut: false },
  above,
});

/** The answers that a test holds back, in the order of their questions. */
type Held = (() => void)[];

/** A tree over a long array, its first rows there. Answers to a command that is `held` wait to be let go. */
async function openTree(rows = () => ROWS) {
  const held = new Map<string, Held>();
  useBackend({
    invoke: async (command, payload) => {
      const { from, count, node } = payload?.["args"] as { from: number; count: number; node: number };
      await new Promise<void>((resolve) => {
        const waiting = held.get(command);
        if (waiting) waiting.push(resolve);
        else resolve();
      });
      if (command === "tree_node") return place(node === 0 ? [] : [0]);
      return { total: rows().length, rows: rows().slice(from, from + count) };
    },
    listen: () => Promise.resolve(() => {}),
  });
  const tree = new Tree({ id: 1, side: "request" });
  await waitFor(() => expect(tree.pages.ready).toBe(true));
  const hold = (command: string): Held => {
    const waiting: Held = [];
    held.set(command, waiting);
    return waiting;
  };
  return { tree, hold, release: (command: string) => held.delete(command) };
}

describe("what is selected in a tree", () => {
  it("is the hit that was stepped to last, though what an earlier one stands in is told later", async () => {
    const { tree, hold, release } = await openTree();
    const held = hold("tree_node");
    const first = tree.reveal(40);
    release("tree_node");
    await tree.reveal(70);
    expect(tree.selected).toBe(70);
    held.forEach((letGo) => letGo());
    await first;
    expect(tree.selected).toBe(70);
  });

  it("is the row that was gone to while a hit was looked for", async () => {
    const { tree, hold } = await openTree();
    const held = hold("tree_rows");
    const revealed = tree.reveal(40);
    await waitFor(() => expect(held).toHaveLength(1));
    tree.select(3);
    // Halving asks again and again.
    const letting = setInterval(() => held.splice(0).forEach((letGo) => letGo()));
    await revealed;
    clearInterval(letting);
    expect(tree.selected).toBe(3);
  });

  it("goes up to a container whose row is pages away", async () => {
    const { tree } = await openTree();
    await tree.end();
    tree.pages.want(tree.selected, tree.selected + 1);
    await waitFor(() => expect(tree.row(LENGTH)).toBeTruthy());
    expect(tree.row(LENGTH - 500)).toBeUndefined();
    await tree.selectParent();
    expect(tree.selected).toBe(0);
    // Nothing is above the outermost.
    await tree.selectParent();
    expect(tree.selected).toBe(0);
  });

  it("is the end of all rows where the end was asked for before they were here", async () => {
    let rows = ROWS.slice(0, 5);
    const { tree, hold } = await openTree(() => rows);
    rows = ROWS;
    const held = hold("tree_rows");
    tree.openAll(true);
    const ended = tree.end();
    await waitFor(() => expect(held).toHaveLength(1));
    held[0]?.();
    await ended;
    expect(tree.selected).toBe(LENGTH);
  });

  it("is not the end if another row was gone to before the rows were here", async () => {
    let rows = ROWS.slice(0, 5);
    const { tree, hold } = await openTree(() => rows);
    rows = ROWS;
    const held = hold("tree_rows");
    tree.openAll(true);
    const ended = tree.end();
    await waitFor(() => expect(held).toHaveLength(1));
    tree.select(2);
    held[0]?.();
    await ended;
    expect(tree.selected).toBe(2);
  });
});

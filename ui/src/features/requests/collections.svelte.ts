// The collections: the nodes, which row is current, and what the user does to them.
import { SvelteSet } from "svelte/reactivity";
import { session } from "$app/session.svelte";
import { asApiError, call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { CollectionNode } from "$ipc/bindings/CollectionNode";
import { requestCounts, visibleLines, type TreeLine } from "./tree";

/** The collections of the workspace. */
export class CollectionTree {
  nodes = $state.raw<CollectionNode[]>([]);
  filter = $state("");
  /** Folded folders. */
  readonly closed = new SvelteSet<number>();
  /** The row that keys act on. */
  current = $state<number | null>(null);
  /** The row whose name is being typed. */
  renaming = $state<number | null>(null);
  problem = $state.raw<ApiError | null>(null);
  loaded = $state(false);

  readonly lines: TreeLine[] = $derived(visibleLines(this.nodes, this.closed, this.filter));

  node(id: number | null): CollectionNode | null {
    return this.nodes.find((node) => node.id === id) ?? null;
  }

  /** Lets go of the nodes: they belong to a workspace that is not open any more. */
  clear(): void {
    this.nodes = [];
    this.closed.clear();
    this.current = this.renaming = null;
    this.loaded = false;
  }

  async load(): Promise<void> {
    await this.doing(() => this.reload());
  }

  /** Makes a folder in `parent`, or a collection, and lets its name be typed. */
  async createFolder(parent: number | null): Promise<void> {
    await this.doing(async () => {
      const node = await call("create_folder", { parent, name: parent === null ? "New collection" : "New folder" });
      if (parent !== null) this.closed.delete(parent);
      await this.reload();
      this.current = node.id;
      this.renaming = node.id;
    });
  }

  /** Ends the typing of a name; a blank or unchanged one changes nothing. */
  async rename(node: CollectionNode, name: string): Promise<void> {
    this.renaming = null;
    if (name.trim() === "" || name === node.name) return;
    await this.doing(async () => {
      await call("rename_node", { id: node.id, name: name.trim() });
      await this.reload();
    });
  }

  async move(id: number, parent: number | null, before: number | null): Promise<void> {
    await this.doing(async () => {
      await call("move_node", { id, parent, before });
      if (parent !== null) this.closed.delete(parent);
      await this.reload();
    });
  }

  /** Moves a node one place up or down among its siblings. */
  async nudge(node: CollectionNode, by: 1 | -1): Promise<void> {
    const siblings = this.nodes.filter((other) => other.parent === node.parent);
    const to = siblings.indexOf(node) + by;
    if (to < 0 || to >= siblings.length) return;
    const before = by < 0 ? siblings[to] : siblings[to + 1];
    await this.move(node.id, node.parent, before?.id ?? null);
  }

  /** Deletes a node and all below it: which saved requests are gone, and what puts all of it back. */
  async remove(node: CollectionNode): Promise<{ gone: Set<number>; again: (() => Promise<void>) | null }> {
    const gone = this.requestsIn(node);
    let again: (() => Promise<void>) | null = null;
    await this.doing(async () => {
      const { id } = await call("delete_node", { id: node.id });
      again = () => this.doing(() => this.putBack(id, node.id));
      await this.reload();
    });
    return { gone, again };
  }

  /** How many requests are at or below a node. */
  count(node: CollectionNode): number {
    return requestCounts(this.nodes).get(node.id) ?? 0;
  }

  toggle(id: number): void {
    if (!this.closed.delete(id)) this.closed.add(id);
  }

  /** Moves the current row; stops at the ends. */
  step(by: number): void {
    const at = this.lines.findIndex(({ node }) => node.id === this.current);
    const to = at < 0 ? 0 : Math.min(Math.max(at + by, 0), this.lines.length - 1);
    this.current = this.lines[to]?.node.id ?? null;
  }

  /** Right: opens a folder, then goes into it. Left: folds it, else goes to the folder above. */
  fold(open: boolean): void {
    const line = this.lines.find(({ node }) => node.id === this.current);
    if (!line) return;
    if (line.node.kind !== "request" && line.open !== open) this.toggle(line.node.id);
    else if (open && line.node.kind !== "request") this.step(1);
    else if (!open) this.current = line.node.parent ?? this.current;
  }

  private async putBack(deletion: number, node: number): Promise<void> {
    await call("undo_node_deletion", { id: deletion });
    await this.reload();
    this.current = node;
  }

  private async reload(): Promise<void> {
    this.nodes = (await call("collections", {})).nodes;
    this.loaded = true;
  }

  private requestsIn(node: CollectionNode): Set<number> {
    const below = new Set([node.id]);
    // Parents come before children, so one pass finds all.
    for (const other of this.nodes) if (other.parent !== null && below.has(other.parent)) below.add(other.id);
    return new Set(this.nodes.filter((other) => other.kind === "request" && below.has(other.id)).map(({ id }) => id));
  }

  private async doing(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.problem = null;
    } catch (thrown) {
      this.problem = asApiError(thrown);
    }
  }
}

/** The collections of the open workspace. */
export const collections = new CollectionTree();
session.hold(collections);

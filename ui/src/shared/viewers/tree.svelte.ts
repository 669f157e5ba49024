// The JSON tree: which containers are open, which row is selected, where a node's row is.
import { tick } from "svelte";
import type { NodePlace } from "$ipc/bindings/NodePlace";
import type { TreeRow } from "$ipc/bindings/TreeRow";
import type { Reading } from "$ipc/bindings/Reading";
import { call } from "$ipc/call";
import { PagedRows } from "$shared/virtual/pages.svelte";
import { VirtualScroll } from "$shared/virtual/scroll.svelte";

/** Containers less deep than this are open at first. */
const OPEN_DEPTH = 3;
const EVERYTHING = 1_000_000;

/** True for a row of this key or place; of a key that was cut the front decides. */
function isNamed(row: TreeRow, name: string): boolean {
  return row.keyCut ? name.startsWith(row.key ?? "") : (row.key ?? String(row.index)) === name;
}

export class Tree {
  scroll = new VirtualScroll();
  pages: PagedRows<TreeRow>;
  selected = $state(0);
  place = $state.raw<NodePlace | null>(null);
  #depth = OPEN_DEPTH;
  #toggled = new Set<number>();
  #placeRevision = 0;
  /** Grows with each row that is gone to: what was looked for before is not gone to any more. */
  #aim = 0;

  constructor(readonly body: Reading) {
    this.pages = new PagedRows<TreeRow>((from, count) =>
      call("tree_rows", { body, depth: this.#depth, toggled: [...this.#toggled], from, count }),
    );
    this.pages.reset();
  }

  get allOpen(): boolean {
    return this.#depth === EVERYTHING;
  }

  row(index: number): TreeRow | undefined {
    return this.pages.row(index);
  }

  select(index: number) {
    this.#aim += 1;
    this.selected = Math.min(Math.max(0, index), Math.max(0, this.pages.total - 1));
    this.scroll.show(this.selected);
  }

  /** Selects the last row; where rows are just being opened or closed, the last of those to come. */
  async end() {
    await this.#arrive(++this.#aim, () => this.pages.total - 1);
  }

  /** Reads where a node stands that is selected. */
  async locate(node: number) {
    const revision = ++this.#placeRevision;
    const place = await call("tree_node", { body: this.body, node }).catch(() => null);
    if (revision === this.#placeRevision) this.place = place;
  }

  toggle(row: TreeRow) {
    if (row.children === 0) return;
    this.#aim += 1;
    this.#flip(row.node);
    this.pages.reset(true);
  }

  openAll(open: boolean) {
    this.#aim += 1;
    this.#depth = open ? EVERYTHING : 1;
    this.#toggled.clear();
    this.selected = 0;
    this.scroll.moveTo(0);
    this.pages.reset(true);
  }

  /** Opens what is above a node and selects it. */
  async reveal(node: number) {
    const aim = ++this.#aim;
    const place = await call("tree_node", { body: this.body, node });
    if (aim !== this.#aim) return;
    const closed = place.above.filter((above, depth) => depth < this.#depth === this.#toggled.has(above));
    closed.forEach((above) => this.#flip(above));
    if (closed.length > 0) this.pages.reset(true);
    const index = await this.#indexOf(node);
    if (index !== null) await this.#arrive(aim, () => index);
  }

  /** Opens the way to a JSON Pointer and selects what stands there; stays where the way ends before. */
  async goTo(pointer: string) {
    const aim = ++this.#aim;
    let index = 0;
    for (const step of pointer.split("/").slice(1)) {
      const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
      const found = await this.#child(index, name);
      if (found === null) break;
      index = found;
    }
    await this.#arrive(aim, () => index);
  }

  /** Selects a row once the rows are here that it is one of, unless another was gone to since. */
  async #arrive(aim: number, row: () => number) {
    await this.pages.settled();
    // Rows are scrolled to where there is room for them.
    await tick();
    if (aim === this.#aim) this.select(row());
  }

  /** The row of a container's child; the container is opened first. */
  async #child(index: number, name: string): Promise<number | null> {
    const above = (await this.#ask(index, 1)).rows[0];
    if (!above || above.children === 0) return null;
    if (!above.open) {
      this.#flip(above.node);
      this.pages.reset(true);
    }
    const PAGE = 500;
    for (let from = index + 1; ; from += PAGE) {
      const { rows } = await this.#ask(from, PAGE);
      for (const [place, row] of rows.entries()) {
        if (row.depth <= above.depth) return null;
        if (row.depth === above.depth + 1 && isNamed(row, name)) return from + place;
      }
      if (rows.length < PAGE) return null;
    }
  }

  /** Moves up to the row of the container above. */
  async selectParent() {
    const row = this.row(this.selected);
    if (!row) return;
    for (let index = this.selected - 1; index >= 0; index--) {
      const above = this.row(index);
      if (!above) return this.#revealParent(row.node);
      if (above.depth < row.depth) return this.select(index);
    }
  }

  /** The same where the rows between are not all here. */
  async #revealParent(node: number) {
    const aim = ++this.#aim;
    const { above } = await call("tree_node", { body: this.body, node });
    const parent = above.at(-1);
    if (parent !== undefined && aim === this.#aim) await this.reveal(parent);
  }

  /** Rows are in the order of their nodes: halving finds the one. */
  async #indexOf(node: number): Promise<number | null> {
    let low = 0;
    let high = (await this.#ask(0, 1)).total - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const row = (await this.#ask(middle, 1)).rows[0];
      if (!row) return null;
      if (row.node === node) return middle;
      if (row.node < node) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }

  #ask(from: number, count: number) {
    return call("tree_rows", { body: this.body, depth: this.#depth, toggled: [...this.#toggled], from, count });
  }

  #flip(node: number) {
    if (!this.#toggled.delete(node)) this.#toggled.add(node);
  }
}

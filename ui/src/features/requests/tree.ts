// The collections as a list of visible rows, and what may be done to a node of them. Plain functions over the nodes.
import type { CollectionNode } from "$ipc/bindings/CollectionNode";

/** A row of the tree as it is drawn. */
export interface TreeLine {
  node: CollectionNode;
  depth: number;
  /** Its place among its siblings, from 1, and how many there are: for screen readers. */
  position: number;
  siblings: number;
  /** Folders and collections: whether their children are shown. */
  open: boolean;
  /** Requests below it. */
  requests: number;
}

/** The nodes by the folder they are in, in the order they are shown. */
export function childrenOf(nodes: readonly CollectionNode[]): Map<number | null, CollectionNode[]> {
  const map = new Map<number | null, CollectionNode[]>();
  for (const node of nodes) {
    const siblings = map.get(node.parent);
    if (siblings) siblings.push(node);
    else map.set(node.parent, [node]);
  }
  return map;
}

/**
 * The visible rows. `closed` are the folders that are folded. A filter opens everything and keeps nodes whose name or
 * method holds it, with all above and, for a folder, all below.
 */
export function visibleLines(
  nodes: readonly CollectionNode[],
  closed: ReadonlySet<number>,
  filter: string,
): TreeLine[] {
  const byParent = childrenOf(nodes);
  const kept = filter.trim() === "" ? null : matching(nodes, byParent, filter.trim().toLowerCase());
  const counts = requestCounts(nodes);
  const lines: TreeLine[] = [];
  const queue: { node: CollectionNode; depth: number; position: number; siblings: number }[] = [];
  const push = (parent: number | null, depth: number): void => {
    const children = (byParent.get(parent) ?? []).filter((node) => !kept || kept.has(node.id));
    children.forEach((_, index) => {
      const at = children.length - 1 - index;
      queue.push({ node: children[at] as CollectionNode, depth, position: at + 1, siblings: children.length });
    });
  };
  push(null, 0);
  for (let next = queue.pop(); next; next = queue.pop()) {
    const open = next.node.kind !== "request" && (kept !== null || !closed.has(next.node.id));
    lines.push({ ...next, open, requests: counts.get(next.node.id) ?? 0 });
    if (open) push(next.node.id, next.depth + 1);
  }
  return lines;
}

function matching(
  nodes: readonly CollectionNode[],
  byParent: Map<number | null, CollectionNode[]>,
  needle: string,
): Set<number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const kept = new Set<number>();
  for (const node of nodes) {
    if (!`${node.method ?? ""} ${node.name}`.toLowerCase().includes(needle)) continue;
    for (let up: CollectionNode | undefined = node; up; up = up.parent === null ? undefined : byId.get(up.parent))
      kept.add(up.id);
    const below = [node];
    for (let next = below.pop(); next; next = below.pop()) {
      kept.add(next.id);
      below.push(...(byParent.get(next.id) ?? []));
    }
  }
  return kept;
}

/** How many requests are at or below each node. */
export function requestCounts(nodes: readonly CollectionNode[]): Map<number, number> {
  const counts = new Map<number, number>();
  // Parents come before children, so walking backwards has every child counted before its parent.
  for (const node of nodes.toReversed()) {
    const own = (counts.get(node.id) ?? 0) + (node.kind === "request" ? 1 : 0);
    counts.set(node.id, own);
    if (node.parent !== null) counts.set(node.parent, (counts.get(node.parent) ?? 0) + own);
  }
  return counts;
}

/** Where a node can be moved to: every folder and collection that is not itself or below it; the top for folders. */
export function places(
  nodes: readonly CollectionNode[],
  moving: CollectionNode | null,
): { id: number | null; title: string }[] {
  const inside = new Set<number>(moving ? [moving.id] : []);
  const titles = new Map<number, string>();
  const found: { id: number | null; title: string }[] = [];
  if (moving && moving.kind !== "request") found.push({ id: null, title: "Top level" });
  for (const node of nodes) {
    if (node.parent !== null && inside.has(node.parent)) inside.add(node.id);
    if (node.kind === "request") continue;
    const above = node.parent === null ? undefined : titles.get(node.parent);
    titles.set(node.id, above === undefined ? node.name : `${above} / ${node.name}`);
    if (!inside.has(node.id)) found.push({ id: node.id, title: titles.get(node.id) as string });
  }
  return found;
}

/** Where a dragged node lands when it is dropped on another: in a folder, last; on a request, before it. Null: nowhere. */
export function dropPlace(
  nodes: readonly CollectionNode[],
  moving: CollectionNode,
  on: CollectionNode,
): { parent: number | null; before: number | null } | null {
  if (moving.id === on.id) return null;
  const place = on.kind === "request" ? { parent: on.parent, before: on.id } : { parent: on.id, before: null };
  return places(nodes, moving).some(({ id }) => id === place.parent) ? place : null;
}

// The node of a tree that the keyboard is on, and what can be done with it beyond the viewers.
import type { NodePlace } from "$ipc/bindings/NodePlace";
import type { Reading } from "$ipc/bindings/Reading";
import type { TreeRow } from "$ipc/bindings/TreeRow";
import { call } from "$ipc/call";
import { copyText } from "$ipc/desktop";
import { say } from "$shared/toasts.svelte";
import type { MenuItem } from "$shared/ui/Menu.svelte";

/** A node and where it stands. */
export interface NodeAt {
  body: Reading;
  row: TreeRow;
  place: NodePlace;
  /** Why the list can't find values of the body, in a sentence; null if it can. */
  unsearched: string | null;
}

class Selected {
  /** The node of the tree that is shown last; none while no tree is. */
  node = $state.raw<NodeAt | null>(null);
  /** What the screens can do with a node, from the table of actions. Set by the app. */
  items: () => MenuItem[] = () => [];
}

export const selected = new Selected();

/** True for a node of a body itself: only there do its paths mean something to lists and comparisons. */
export const isOfBody = (node: NodeAt): boolean => (node.body.through?.length ?? 0) === 0 && node.place.xpath === null;

/** Copies what a node holds or where it stands. */
export async function copyNode(body: Reading, node: number, what: "value" | "path" | "pointer") {
  const place = await call("tree_node", { body, node });
  if (what === "value") {
    await copyText(place.text);
    return say(place.cut ? "First 1 MiB of the value copied" : "Value copied");
  }
  await copyText(what === "pointer" ? place.pointer : (place.xpath ?? place.jsonPath));
  say(what === "pointer" ? "JSON Pointer copied" : "Path copied");
}

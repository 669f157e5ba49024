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

/** True for a node of a body itself: only there do its paths, if they are whole, mean something to lists and comparisons. */
export const isOfBody = ({ body, place }: NodeAt): boolean =>
  (body.through?.length ?? 0) === 0 && place.xpath === null && !place.pathCut;

/** What of a node can be copied. */
export type Copied = "value" | "key" | "path" | "pointer";

/** Why neither a path nor a key in it can be copied. */
export const PATH_TOO_LONG = "Not copied: the path is longer than 1 MiB. Save the body to have it whole.";

/** The last step of a JSON Pointer as it reads. */
const lastStep = (pointer: string) =>
  pointer
    .slice(pointer.lastIndexOf("/") + 1)
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");

/** Copies what a node holds, its key or where it stands. */
export async function copyNode(body: Reading, node: number, what: Copied) {
  const place = await call("tree_node", { body, node });
  if (what === "value") {
    await copyText(place.text);
    return say(place.cut ? "First 1 MiB of the value copied" : "Value copied");
  }
  if (place.pathCut) return say(PATH_TOO_LONG);
  if (what === "key") {
    await copyText(lastStep(place.pointer));
    return say("Key copied");
  }
  await copyText(what === "pointer" ? place.pointer : (place.xpath ?? place.jsonPath));
  say(what === "pointer" ? "JSON Pointer copied" : "Path copied");
}

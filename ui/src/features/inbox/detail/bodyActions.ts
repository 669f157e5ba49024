// What can be done with the body that is shown and with the selected value of its tree, for the table of actions.
import { actionOf, type ActionId } from "$app/actions";
import { canRun, obstacleTo, runAction, type Doing } from "$app/commands.svelte";
import { ignoreInComparisons } from "$app/ignored";
import { say, UNDO } from "$app/toasts.svelte";
import { unescaped } from "$shared/text/escapes";
import type { MenuItem } from "$shared/ui/Menu.svelte";
import { copyNode, isOfBody, selected, type NodeAt } from "$shared/viewers/node.svelte";
import { columns } from "../columns/columns.svelte";
import { quoted } from "../filter/terms";
import { inbox } from "../inbox.svelte";
import { detail } from "./detail.svelte";

/** What the menu of a node offers beyond copying. */
const OFFERED: readonly ActionId[] = ["node.filterList", "node.addColumn", "node.ignore"];

/** What the list is asked for, or why it can't be. */
type Asked = { asked: string } | { obstacle: string };

/** Why there is neither a filter nor a column. */
const UNNAMED = "No filter or column can name this path.";

const shown = () => detail.body !== null;
const node = (): NodeAt | null => selected.node;
const ofBody = (): NodeAt | null => (selected.node && isOfBody(selected.node) ? selected.node : null);

/** Why the list can't be asked for what stands at a node; null if it can. */
function unasked(at: NodeAt): string | null {
  if (at.body.through?.length) return "The list reads bodies as they came, not what is opened or found in them.";
  return at.unsearched;
}

/** The term that finds exchanges with this value at this path, or why there is none. */
export function termOf(at: NodeAt): Asked {
  const obstacle = unasked(at);
  if (obstacle) return { obstacle };
  const { row, place } = at;
  if (place.pathCut) return { obstacle: UNNAMED };
  if (row.kind === "object" || row.kind === "array") return { obstacle: "The list is filtered by single values only." };
  const path = termPath(place.jsonPath);
  if (path === null) return { obstacle: UNNAMED };
  const value = row.kind === "string" ? unescaped(place.text) : place.text;
  if (value === "") return { obstacle: "No filter can name this value." };
  return { asked: `body.${path}:${quoted(value)}` };
}

/** `$['data']['odd name'][0]` as `data["odd name"][0]`; null if a name has characters that end it in a term. */
function termPath(jsonPath: string): string | null {
  let path = "";
  for (const [, escaped, index] of jsonPath.matchAll(/\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]/g)) {
    const name = escaped?.replaceAll("\\'", "'");
    if (name === undefined) path += `[${index}]`;
    else if (/["\\[\]]/.test(name)) return null;
    // A star alone would stand for any name, and a dollar at the beginning for the body.
    else if (name === "*" || (path === "" && name.startsWith("$")) || !/^[^\s:.]+$/.test(name)) path += `["${name}"]`;
    else path += path === "" ? name : `.${name}`;
  }
  return path === "" ? null : path;
}

function filterList() {
  const at = node();
  const term = at && termOf(at);
  if (term && "asked" in term) inbox.showOnly(term.asked);
}

function ignore() {
  const path = ofBody()?.place.jsonPath;
  const id = inbox.selection.cursorId;
  return path && id !== null ? ignoreInComparisons(id, path) : undefined;
}

/** The column that shows what stands here in each exchange, or why there is none. */
export function columnOf(at: NodeAt): Asked {
  const obstacle = unasked(at);
  if (obstacle) return { obstacle };
  if (at.place.pointer === "") return { obstacle: "A column shows a value in the body, not the whole body." };
  const path = at.place.pathCut ? null : termPath(at.place.jsonPath);
  return path === null ? { obstacle: UNNAMED } : { asked: `body.${path}` };
}

/** What keeps an action from what it asks of the selected node. */
function obstacle(of: (at: NodeAt) => Asked): string | null {
  const at = node();
  const asked = at && of(at);
  return asked && "obstacle" in asked ? asked.obstacle : null;
}

async function addColumn() {
  const at = node();
  const of = at && columnOf(at);
  if (!of || "obstacle" in of) return;
  const column = of.asked;
  const added = await columns.show(column);
  if (added === null) return say("The list has this column");
  const seen = columns.shown.some(({ id }) => id === column);
  const { title, undo } = added;
  say(seen ? `Column ${title} added` : `Column ${title} added: it shows when the list is wider`, {
    title: UNDO,
    run: undo,
  });
}

export const bodyDoings: Partial<Record<ActionId, Doing>> = {
  "body.filter": { when: shown, run: () => detail.body?.toggleFilter() },
  "body.save": { when: shown, run: () => detail.body?.save() },
  "body.view1": { when: shown, run: () => detail.body?.showView(1) },
  "body.view2": { when: shown, run: () => detail.body?.showView(2) },
  "body.view3": { when: shown, run: () => detail.body?.showView(3) },
  "body.view4": { when: shown, run: () => detail.body?.showView(4) },
  "body.view5": { when: shown, run: () => detail.body?.showView(5) },
  "node.copyPath": { when: () => node() !== null, run: () => copySelected("path") },
  "node.copyPointer": { when: () => node() !== null, run: () => copySelected("pointer") },
  "node.filterList": { when: () => node() !== null, obstacle: () => obstacle(termOf), run: filterList },
  "node.addColumn": { when: () => node() !== null, obstacle: () => obstacle(columnOf), run: addColumn },
  "node.ignore": { when: () => ofBody() !== null, run: ignore },
};

function copySelected(what: "path" | "pointer") {
  const at = node();
  return at ? copyNode(at.body, at.row.node, what) : undefined;
}

/** The actions that the menu of a node offers. */
export function nodeItems(): MenuItem[] {
  return OFFERED.map((id) => {
    const { title, icon, keys } = actionOf(id);
    const obstacle = obstacleTo(id);
    const disabled = obstacle === null && !canRun(id);
    return { title, ...(icon ? { icon } : {}), keys: keys[0] ?? "", disabled, obstacle, run: () => runAction(id) };
  });
}

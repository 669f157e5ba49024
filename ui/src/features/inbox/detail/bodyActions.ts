// What can be done with the body that is shown and with the selected value of its tree, for the table of actions.
import { actionOf, type ActionId } from "$app/actions";
import { canRun, runAction, type Doing } from "$app/commands.svelte";
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

const shown = () => detail.body !== null;
const node = (): NodeAt | null => selected.node;
const ofBody = (): NodeAt | null => (selected.node && isOfBody(selected.node) ? selected.node : null);

/** The term that finds exchanges with this value at this path; null for containers, and paths no term can name. */
export function termOf({ row, place }: NodeAt): string | null {
  if (row.kind === "object" || row.kind === "array" || place.cut) return null;
  const path = termPath(place.jsonPath);
  if (path === null) return null;
  const value = row.kind === "string" ? unescaped(place.text) : place.text;
  return value === "" || value.includes('"') ? null : `body.${path}:${quoted(value)}`;
}

/** `$['data']['lines'][0]` as `data.lines[0]`; null if a name has characters that part terms. */
function termPath(jsonPath: string): string | null {
  let path = "";
  for (const [, name, index] of jsonPath.matchAll(/\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]/g)) {
    if (index !== undefined) path += `[${index}]`;
    else if (name !== undefined && /^[^\s:".[\]\\]+$/.test(name)) path += path === "" ? name : `.${name}`;
    else return null;
  }
  return path === "" ? null : path;
}

function filterList() {
  const term = ofBody() && termOf(ofBody() as NodeAt);
  if (term) inbox.showOnly(term);
}

function ignore() {
  const path = ofBody()?.place.jsonPath;
  const id = inbox.cursorId;
  return path && id !== null ? ignoreInComparisons(id, path) : undefined;
}

/** The column that shows what stands here in each exchange; null for the whole body, and paths that no column can name. */
export function columnOf({ place }: NodeAt): string | null {
  const path = place.cut ? null : termPath(place.jsonPath);
  return path === null ? null : `body.${path}`;
}

async function addColumn() {
  const at = ofBody();
  const column = at && columnOf(at);
  if (!column) return;
  const title = await columns.show(column);
  if (title === null) return say("The list has this column");
  const seen = columns.shown.some(({ id }) => id === column);
  say(seen ? `Column ${title} added` : `Column ${title} added: it shows when the list is wider`, {
    title: UNDO,
    run: () => columns.remove(column),
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
  "node.filterList": { when: () => ofBody() !== null && termOf(ofBody() as NodeAt) !== null, run: filterList },
  "node.addColumn": { when: () => ofBody() !== null && columnOf(ofBody() as NodeAt) !== null, run: addColumn },
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
    return { title, ...(icon ? { icon } : {}), keys: keys[0] ?? "", disabled: !canRun(id), run: () => runAction(id) };
  });
}

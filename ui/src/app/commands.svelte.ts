// Who does what: the parts of the window that are there now provide the actions they can run.
import { ACTIONS, existsOn, type Action, type ActionId } from "./actions";
import { navigation } from "./navigation.svelte";
import { say, sayError } from "./toasts.svelte";

export interface Doing {
  /** False while it can't be done; always true if left out. */
  when?: () => boolean;
  /** Why it can't be done with what is shown, in a sentence; null if it can. Told where it is offered, and to its key. */
  obstacle?: () => string | null;
  run: () => unknown;
}

let provided = $state.raw<ReadonlyMap<string, Doing>>(new Map());

/**
 * Provides what actions do; the answer takes it back. In a component: `$effect(() => provideActions({ … }))`.
 * The newest provider of an action wins.
 */
export function provideActions(doings: Partial<Record<ActionId, Doing | (() => unknown)>>): () => void {
  const own = Object.entries(doings).map(
    ([id, doing]) => [id, typeof doing === "function" ? { run: doing } : doing] as const,
  );
  change((map) => own.forEach(([id, doing]) => map.set(id, doing)));
  return () => change((map) => own.forEach(([id, doing]) => map.get(id) === doing && map.delete(id)));
}

let current = new Map<string, Doing>();

/** Effects that provide must not come to depend on what is provided: so it is kept twice, and only read here untracked. */
function change(edit: (map: Map<string, Doing>) => void) {
  current = new Map(current);
  edit(current);
  provided = current;
}

const isThere = (doing: Doing | undefined): doing is Doing => doing !== undefined && (doing.when?.() ?? true);

export function canRun(id: string): boolean {
  const doing = provided.get(id);
  return isThere(doing) && obstacleTo(id) === null;
}

/** Why an action can't be done with what is shown; null if it can, or if there is nothing to do it with. */
export function obstacleTo(id: string): string | null {
  const doing = provided.get(id);
  return isThere(doing) ? (doing.obstacle?.() ?? null) : null;
}

/** Runs an action if it can be done now, or says what hinders it. False if there is nothing to do it with. */
export function runAction(id: ActionId | (string & {})): boolean {
  const doing = current.get(id);
  if (!isThere(doing)) return false;
  const obstacle = doing.obstacle?.() ?? null;
  if (obstacle !== null) {
    say(obstacle);
    return true;
  }
  try {
    const done = doing.run();
    if (done instanceof Promise) done.catch(sayError);
  } catch (thrown) {
    sayError(thrown);
  }
  return true;
}

/** What can be run on this screen now, in the order of the table. */
export function runnable(): Action[] {
  return ACTIONS.filter((action: Action) => existsOn(action, navigation.screen) && canRun(action.id));
}

// What the actions of the table do on the requests screen.
import type { ActionId } from "$app/actions";
import type { Doing } from "$app/commands.svelte";
import { openCompare } from "$app/navigation.svelte";
import { collections } from "./collections.svelte";
import type { DraftTab } from "./draft.svelte";
import { drafts } from "./drafts.svelte";
import type { History } from "./history.svelte";

interface Screen {
  save: () => unknown;
  close: (tab: DraftTab) => unknown;
  /** Puts the caret into the URL. */
  url: () => void;
  /** The answers of the tab that is shown. */
  history: () => History | undefined;
}

/** The actions, for `provideActions`. */
export function requestActions(screen: Screen): Partial<Record<ActionId, Doing | (() => unknown)>> {
  const active = () => drafts.active;
  const previous = () => screen.history()?.before(active()?.shown ?? null) ?? null;
  const several = () => drafts.tabs.length > 1;
  return {
    "request.new": () => drafts.create(),
    "request.send": { when: () => active() !== null && active()?.run === null, run: () => active()?.send() },
    "request.cancel": { when: () => Boolean(active()?.run), run: () => active()?.cancel() },
    "request.save": { when: () => active() !== null, run: screen.save },
    "request.url": { when: () => active() !== null, run: screen.url },
    "request.close": { when: () => active() !== null, run: () => active() && screen.close(active() as DraftTab) },
    "request.nextTab": { when: several, run: () => drafts.step(1) },
    "request.previousTab": { when: several, run: () => drafts.step(-1) },
    "request.newCollection": () => collections.createFolder(null),
    "request.compare": {
      when: () => previous() !== null,
      run: () => openCompare([previous()?.id, active()?.shown].filter((id) => typeof id === "number")),
    },
    ...tabKeys(),
  };
}

function tabKeys(): Partial<Record<ActionId, () => unknown>> {
  const places = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
  return Object.fromEntries(places.map((place) => [`request.tab${place}`, () => drafts.activate(place)]));
}

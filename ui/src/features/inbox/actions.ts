// What can be done in the inbox, for the table of actions.
import { tick } from "svelte";
import type { ActionId } from "$app/actions";
import type { Doing } from "$app/commands.svelte";
import { navigation, openCompare, openExport, openReplay, openRequest } from "$app/navigation.svelte";
import { focusPane } from "$app/panes";
import { preferences } from "$app/preferences.svelte";
import { say } from "$app/toasts.svelte";
import { call } from "$ipc/call";
import { copyText } from "$ipc/desktop";
import { counted } from "$shared/format";
import { columns } from "./columns/columns.svelte";
import { bodyDoings } from "./detail/bodyActions";
import { copyBody } from "./detail/copyBody";
import { detail } from "./detail/detail.svelte";
import { inbox } from "./inbox.svelte";
import { deleteExchanges, markAllRead, markRead, togglePin } from "./marks/marks";
import { views } from "./views/views.svelte";

const COMPARED_AT_MOST = 8;

const { selection } = inbox;

const pane = (name: string) => document.querySelector<HTMLElement>(`[data-pane="${name}"]`);
const some = () => selection.chosen.length > 0;
const one = () => selection.cursorId !== null;

/** Holds the exchange against the newest earlier one of its kind. */
async function comparePrevious() {
  const summary = detail.exchange?.summary ?? selection.current;
  if (!summary) return;
  const { id } = await call("previous", { id: summary.id });
  if (id === null) return say(`There is no earlier ${summary.eventType ?? `${summary.method} ${summary.path}`}.`);
  openCompare([id, summary.id]);
}

function compare() {
  if (selection.chosen.length < 2) return comparePrevious();
  if (selection.chosen.length > COMPARED_AT_MOST)
    say(`Comparing the first ${COMPARED_AT_MOST} of ${counted(selection.chosen.length, "exchange")}.`);
  openCompare(selection.chosen);
}

async function copyCurl() {
  const { text } = await call("export_text", {
    scope: { type: "selection", ids: selection.chosen },
    format: "curl",
    redact: true,
  });
  await copyText(text);
  say("cURL copied, secrets masked");
}

/** Asks whether all that the filter finds goes: the further pushes of folded deliveries as well. */
function deleteFilter() {
  navigation.dialog = { type: "delete", filter: inbox.filter.query, upto: inbox.rows.upto };
}

function markUnread() {
  // Also while one still rests on it.
  if (detail.toBeRead !== null && selection.chosen.includes(detail.toBeRead)) detail.toBeRead = null;
  return markRead(selection.chosen, false);
}

/** Shows the notes with the caret in them. */
async function writeNote() {
  detail.tab = "notes";
  await tick();
  pane("detail")?.querySelector<HTMLElement>("textarea")?.focus();
}

/** Escape: out of the detail, then out of the selection, then out of the filter. */
function back() {
  if (pane("detail")?.contains(document.activeElement)) return focusList();
  if (selection.unpick()) return;
  if (!inbox.filter.isEmpty) inbox.filter.set("");
  focusList();
}

const focusList = () => pane("list")?.querySelector<HTMLElement>("[role=grid]")?.focus();
const step = (by: () => number) => ({
  run: () => {
    selection.move(by());
    focusList();
  },
});

const end = (row: () => number) => ({
  run: () => {
    selection.moveTo(row());
    focusList();
  },
});

export const inboxDoings: Partial<Record<ActionId, Doing | (() => unknown)>> = {
  "exchange.replay": { when: some, run: () => openReplay(selection.chosen) },
  "exchange.compare": { when: some, run: compare },
  "exchange.comparePrevious": { when: one, run: comparePrevious },
  "exchange.copyBody": { when: one, run: copyBody },
  "exchange.copyCurl": { when: some, run: copyCurl },
  "exchange.edit": {
    when: one,
    run: () => selection.cursorId !== null && openRequest({ type: "fromExchange", id: selection.cursorId }),
  },
  "exchange.export": { when: some, run: async () => openExport({ type: "selection", ids: await inbox.meant() }) },
  "exchange.pin": { when: some, run: togglePin },
  "exchange.tag": { when: some, run: async () => (navigation.dialog = { type: "tags", ids: await inbox.meant() }) },
  "exchange.note": { when: one, run: writeNote },
  "exchange.unread": { when: some, run: markUnread },
  "exchange.delete": {
    when: some,
    run: async () => deleteExchanges({ type: "selection", ids: await inbox.meant() }),
  },
  "exchange.find": {
    when: () => detail.body !== null,
    obstacle: () => detail.body?.findObstacle() ?? null,
    run: () => detail.body?.focusFind(),
  },
  ...bodyDoings,
  "list.filter": () => pane("list")?.querySelector<HTMLElement>("[data-filter]")?.focus(),
  "list.clearFilter": { when: () => !inbox.filter.isEmpty, run: () => inbox.filter.set("") },
  "list.next": step(() => 1),
  "list.previous": step(() => -1),
  "list.pageDown": step(() => inbox.scroll.pageRows),
  "list.pageUp": step(() => -inbox.scroll.pageRows),
  "list.first": end(() => 0),
  "list.last": end(() => inbox.rows.length - 1),
  "list.pick": {
    when: one,
    run: () => selection.pickCursor(),
  },
  "list.extendDown": { when: one, run: () => selection.pickTo((selection.cursor ?? 0) + 1) },
  "list.extendUp": { when: one, run: () => selection.pickTo((selection.cursor ?? 0) - 1) },
  "list.pickAll": {
    // In the detail it is the text's own.
    when: () => inbox.rows.length > 0 && !pane("detail")?.contains(document.activeElement),
    run: () => selection.pickAll(),
  },
  "list.open": {
    when: one,
    run: () => {
      const to = pane("detail");
      if (to) focusPane(to);
    },
  },
  "list.back": back,
  "list.follow": () => inbox.setFollow(!inbox.follow),
  "list.pause": () => inbox.setPaused(!inbox.paused),
  "list.readAll": () => markAllRead(),
  "list.saveView": { when: () => !inbox.filter.isEmpty, run: () => (views.naming = true) },
  "list.columns": () => (columns.choosing = true),
  "list.oldestFirst": () => inbox.turn(),
  "list.deleteFilter": {
    when: () => inbox.rows.total > 0 && !inbox.filter.isEmpty,
    run: deleteFilter,
  },
  "list.fold": () => (preferences.folded = !preferences.folded),
  "list.unfold": {
    when: () => selection.current?.delivery != null,
    run: () => selection.current?.delivery && inbox.showOnly(`delivery:${selection.current.delivery.first}`),
  },
  "list.unfoldHere": {
    when: () => inbox.folded && selection.current?.delivery != null,
    run: () => (selection.cursor === null ? undefined : inbox.unfold(selection.cursor)),
  },
  "list.exportFilter": {
    when: () => inbox.rows.total > 0,
    run: () => openExport({ type: "filter", filter: inbox.filter.query }),
  },
  "window.dock": () => (preferences.detailBelow = !preferences.detailBelow),
};

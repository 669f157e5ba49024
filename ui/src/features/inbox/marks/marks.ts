// What the user adds to exchanges, as the actions change it: pins, read marks, tags, deletions.
import type { ExportScope } from "$ipc/bindings/ExportScope";
import { call } from "$ipc/call";
import { say, sayError, toasts } from "$app/toasts.svelte";
import { counted } from "$shared/format";
import { inbox } from "../inbox.svelte";

/** Exchanges that one call marks. */
const AT_ONCE = 10_000;

/** Pins what is chosen, or unpins it if all of it is pinned. */
export async function togglePin() {
  const on = !inbox.rows.of(inbox.selection.chosen).every((row) => row.pinned);
  const ids = (await inbox.meant()).slice(0, AT_ONCE);
  inbox.rows.patch(ids, { pinned: on });
  await call("pin", { ids, on });
}

export async function markRead(ids: number[], read: boolean) {
  if (ids.length === 0) return;
  inbox.rows.patch(ids, { unread: !read });
  await call("mark_read", { ids: ids.slice(0, AT_ONCE), read });
}

export async function markAllRead() {
  await call("mark_read", { ids: null, read: true });
  await inbox.refresh();
}

export async function changeTags(ids: number[], add: string[], remove: string[]) {
  await call("tag", { ids: ids.slice(0, AT_ONCE), add, remove });
}

/** Deletes with an undo; the rows are hidden as soon as the engine has hidden them. */
export async function deleteExchanges(
  scope: ExportScope,
  upto: number | null = null,
  ticket: string = crypto.randomUUID(),
) {
  const { id, exchanges } = await call("delete", { scope, upto, ticket });
  if (exchanges === 0) return say("Nothing was deleted.");
  inbox.selection.picked.clear();
  // First: it can be taken back for ten seconds only, and a slow search takes longer to be counted anew.
  toasts.add(`${counted(exchanges, "exchange")} deleted`, {
    action: { title: "Undo", run: () => void undo(id).catch(sayError) },
  });
  await inbox.refresh();
}

async function undo(id: number) {
  const { exchanges } = await call("undo_deletion", { id });
  await inbox.refresh();
  say(`${counted(exchanges, "exchange")} back`);
}

/** A colour for a tag out of its name: always the same, one of eight. */
export function tagTone(name: string): number {
  let hash = 0;
  for (const char of name.toLowerCase()) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % 8;
}

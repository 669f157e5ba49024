// What the user adds to exchanges, as the actions change it: pins, read marks, tags, deletions.
import type { ExportScope } from "$ipc/bindings/ExportScope";
import { call } from "$ipc/call";
import { say, sayError, toasts } from "$app/toasts.svelte";
import { counted } from "$shared/format";
import { detail } from "../detail/detail.svelte";
import { inbox } from "../inbox.svelte";

/** Exchanges that one call marks at most. */
const AT_ONCE = 10_000;
/** Tagged exchanges that are read at once. */
const TAGGED_AT_ONCE = 200;
const ASK_AGAIN_AFTER = 150;

/** Pins what is chosen, or unpins it if all of it is known to be pinned: what is read need not be in the list. */
export async function togglePin() {
  const { chosen } = inbox.selection;
  const read = detail.exchange ? [detail.exchange.summary] : [];
  const pinned = new Map([...read, ...inbox.rows.of(chosen)].map((row) => [row.id, row.pinned]));
  const on = !chosen.every((id) => pinned.get(id));
  await mark(await inbox.meant(), "pinned", on, (ids) => call("pin", { ids, on }));
}

/** Marks exchanges as read or unread; where one row stands for a whole delivery, all pushes of it. */
export async function markRead(ids: number[], read: boolean) {
  await mark(await inbox.meant(ids), "unread", !read, (some) => call("mark_read", { ids: some, read }));
}

export async function markAllRead() {
  await call("mark_read", { ids: null, read: true });
  await inbox.refresh();
}

/** The tags that any of the exchanges has, by name. They need not be in the list; the oldest comes first. */
export async function tagsOf(ids: readonly number[]): Promise<string[]> {
  const wanted = new Set(ids);
  const [oldest = 0] = ids;
  const tags = new Set<string>();
  for (let upto = ids.at(-1) ?? 0; upto >= oldest && upto > 0;) {
    const query = { filter: "has:tag", upto, from: 0, count: TAGGED_AT_ONCE, near: null };
    const { rows, complete, last } = await call("list", query);
    if (!complete) {
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER));
      continue;
    }
    for (const row of rows) if (wanted.has(row.id)) row.tags.forEach((tag) => tags.add(tag));
    upto = last ? 0 : (rows.at(-1)?.id ?? 0) - 1;
  }
  return [...tags].sort();
}

export async function changeTags(ids: number[], add: string[], remove: string[]) {
  await inParts(ids, (some) => call("tag", { ids: some, add, remove }));
}

/** Shows a mark ahead of the engine's answer; what the engine could not keep is shown as it was. */
async function mark(
  ids: number[],
  name: "pinned" | "unread",
  on: boolean,
  keep: (ids: number[]) => Promise<unknown>,
): Promise<void> {
  const others = inbox.rows.of(ids).filter((row) => row[name] !== on);
  inbox.rows.patch(ids, { [name]: on });
  const left = new Set(ids);
  try {
    await inParts(ids, async (some) => {
      await keep(some);
      some.forEach((id) => left.delete(id));
    });
  } catch (thrown) {
    const lost = others.map((row) => row.id).filter((id) => left.has(id));
    inbox.rows.patch(lost, { [name]: !on });
    throw thrown;
  }
}

async function inParts(ids: number[], run: (ids: number[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < ids.length; at += AT_ONCE) await run(ids.slice(at, at + AT_ONCE));
}

/** Deletes with an undo; the rows are hidden as soon as the engine has hidden them. */
export async function deleteExchanges(
  scope: ExportScope,
  upto: number | null = null,
  ticket: string = crypto.randomUUID(),
) {
  const { id, exchanges } = await call("delete", { scope, upto, ticket });
  if (exchanges === 0) return say("Nothing was deleted.");
  inbox.selection.unpick();
  toasts.add(`${counted(exchanges, "exchange")} deleted`, {
    action: { title: "Undo", run: () => void undo(id).catch(sayError) },
  });
  // Done by then: it can be taken back for ten seconds only, and a slow search takes longer to be counted anew.
  void inbox.refresh().catch(sayError);
}

async function undo(id: number) {
  const { exchanges } = await call("undo_deletion", { id });
  say(`${counted(exchanges, "exchange")} back`);
  await inbox.refresh();
}

/** A colour for a tag out of its name: always the same, one of eight. */
export function tagTone(name: string): number {
  let hash = 0;
  for (const char of name.toLowerCase()) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash % 8;
}

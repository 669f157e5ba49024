// What the palette offers for what was typed: actions, sources, and looking for it in the inbox.
import type { IconName } from "$shared/ui/icons";
import { hitRanges } from "$shared/text/segments";

export interface Entry {
  key: string;
  group: string;
  title: string;
  icon?: IconName | undefined;
  keys?: string | undefined;
  run: () => unknown;
}

export interface Group {
  name: string;
  entries: Entry[];
}

/** Those whose title has every word typed, in their order, under their groups. */
export function matching(entries: readonly Entry[], typed: string): Group[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const groups: Group[] = [];
  for (const entry of entries) {
    const title = entry.title.toLowerCase();
    if (!words.every((word) => title.includes(word))) continue;
    const group = groups.find((one) => one.name === entry.group);
    if (group) group.entries.push(entry);
    else groups.push({ name: entry.group, entries: [entry] });
  }
  return groups;
}

/** The title in pieces, those that were typed marked. */
export function typedParts(title: string, typed: string): { text: string; hit: boolean }[] {
  const ranges = typed
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .flatMap((word) => hitRanges(title, word).slice(0, 1));
  const hit = (at: number) => ranges.some(([from, to]) => at >= from && at < to);
  const parts: { text: string; hit: boolean }[] = [];
  for (let at = 0; at < title.length; at++) {
    const last = parts[parts.length - 1];
    if (last && last.hit === hit(at)) last.text += title[at];
    else parts.push({ text: title[at] ?? "", hit: hit(at) });
  }
  return parts;
}

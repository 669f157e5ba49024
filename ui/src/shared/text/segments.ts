// A line of text cut into what is drawn one way: JSON tokens, search hits, marks.
import { marked } from "./marks";

export type Tone = "" | "key" | "str" | "num" | "lit" | "punct";

export interface Segment {
  text: string;
  tone: Tone;
  hit: boolean;
  mark?: string;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b|[{}[\],:]/g;

/** Cuts a line. `needle` is looked for without case, as the engine does. */
export function segments(text: string, options: { json?: boolean; needle?: string } = {}): Segment[] {
  const toned = options.json ? tones(text) : [{ text, tone: "" as Tone }];
  const hits = options.needle ? hitRanges(text, options.needle) : [];
  const result: Segment[] = [];
  let at = 0;
  for (const piece of toned) {
    for (const cut of cuts(at, at + piece.text.length, hits)) {
      for (const part of marked(text.slice(cut.from, cut.to))) {
        result.push({ ...part, tone: piece.tone, hit: cut.hit });
      }
    }
    at += piece.text.length;
  }
  return result;
}

function tones(text: string): { text: string; tone: Tone }[] {
  const pieces: { text: string; tone: Tone }[] = [];
  let from = 0;
  const push = (to: number, tone: Tone) => {
    if (to > from) pieces.push({ text: text.slice(from, to), tone });
    from = to;
  };
  for (const found of text.matchAll(TOKEN)) {
    push(found.index, "");
    const [all, string, colon] = found;
    if (string !== undefined) {
      push(found.index + string.length, colon ? "key" : "str");
      if (colon) push(found.index + all.length, "punct");
    } else {
      push(found.index + all.length, /[\d-]/.test(all[0] ?? "") ? "num" : /[a-z]/.test(all[0] ?? "") ? "lit" : "punct");
    }
  }
  push(text.length, "");
  return pieces;
}

/** Where the needle stands, `[from, to)`. Lower-casing may change lengths: then nothing is drawn as a hit. */
export function hitRanges(text: string, needle: string): [number, number][] {
  const where = text.toLowerCase();
  const what = needle.toLowerCase();
  if (what === "" || where.length !== text.length) return [];
  const ranges: [number, number][] = [];
  for (let at = where.indexOf(what); at >= 0; at = where.indexOf(what, at + what.length)) {
    ranges.push([at, at + what.length]);
  }
  return ranges;
}

/** `[from, to)` cut at the edges of the hits. */
function cuts(from: number, to: number, hits: [number, number][]): { from: number; to: number; hit: boolean }[] {
  const parts: { from: number; to: number; hit: boolean }[] = [];
  let at = from;
  for (const [start, end] of hits) {
    if (end <= at || start >= to) continue;
    if (start > at) parts.push({ from: at, to: start, hit: false });
    parts.push({ from: Math.max(start, at), to: Math.min(end, to), hit: true });
    at = Math.min(end, to);
  }
  if (at < to) parts.push({ from: at, to, hit: false });
  return parts;
}

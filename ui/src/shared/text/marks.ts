// Characters that can't be seen, or that move others about, as visible marks (security.md of any inspector: text can lie).

/** Controls but tab, soft hyphen, bidi controls, zero-width and invisible operators, separators, tags, supplementary variation selectors, byte order mark. */
export const HIDDEN =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}\u{e0100}-\u{e01ef}]/gu;

const NAMES: Record<number, string> = {
  0x00: "NUL",
  0x08: "BS",
  0x0a: "LF",
  0x0d: "CR",
  0x1b: "ESC",
  0x7f: "DEL",
  0xad: "SHY",
  0x061c: "ALM",
  0x200b: "ZWSP",
  0x200c: "ZWNJ",
  0x200d: "ZWJ",
  0x200e: "LRM",
  0x200f: "RLM",
  0x2028: "LS",
  0x2029: "PS",
  0x202a: "LRE",
  0x202b: "RLE",
  0x202c: "PDF",
  0x202d: "LRO",
  0x202e: "RLO",
  0x2060: "WJ",
  0x2066: "LRI",
  0x2067: "RLI",
  0x2068: "FSI",
  0x2069: "PDI",
  0xfeff: "BOM",
};

export interface Piece {
  text: string;
  /** The code point of a hidden character: `text` is then its short name. */
  mark?: string;
}

/** What stands in the place of a hidden character. */
export function markOf(point: number): Required<Piece> {
  const code = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  return { text: NAMES[point] ?? code.slice(2), mark: code };
}

/** The text in pieces: as it is, and marks for what can't be seen. */
export function marked(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(HIDDEN)) {
    if (found.index > from) pieces.push({ text: text.slice(from, found.index) });
    pieces.push(markOf(found[0].codePointAt(0) ?? 0));
    from = found.index + found[0].length;
  }
  if (from < text.length || pieces.length === 0) pieces.push({ text: text.slice(from) });
  return pieces;
}

/** The same as one string, for tooltips and labels: line ends are marked too. */
export const markedText = (text: string): string =>
  marked(text)
    .map((piece) => (piece.mark ? `⟨${piece.text}⟩` : piece.text))
    .join("");

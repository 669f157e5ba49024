// How rows and cells of a comparison are drawn: glyphs, washes, names for screen readers.
import type { CellState } from "$ipc/bindings/CellState";
import type { CompareCell } from "$ipc/bindings/CompareCell";
import type { DiffKind } from "$ipc/bindings/DiffKind";

/** The glyph at the right of a cell. */
export const glyphs: Record<CellState, string> = {
  same: "",
  changed: "~",
  third: "~ 2nd",
  added: "+",
  missing: "−",
  retyped: "T",
  moved: "⇅",
};

/** The glyph before the name of a row, and what a legend calls it. */
export const kinds: Record<Exclude<DiffKind, "equal" | "section">, { glyph: string; title: string }> = {
  changed: { glyph: "~", title: "value differs" },
  added: { glyph: "+", title: "not in the base" },
  removed: { glyph: "−", title: "missing on a side" },
  retyped: { glyph: "T", title: "type differs" },
  moved: { glyph: "⇅", title: "moved in its array" },
};

/** The letter of a side. */
export const letter = (index: number): string => String.fromCharCode(65 + index);

/** The wash of a cell. */
export function wash(state: CellState, base: boolean): string {
  if (base || state === "same") return "";
  if (state === "missing") return "del";
  return state === "third" ? "alt" : "add";
}

/** How a cell stands to the base, in words. */
export function cellName(cell: CompareCell, base: boolean): string {
  if (base) return "";
  const names: Record<CellState, string> = {
    same: ", as in the base",
    changed: ", changed",
    third: ", a third value",
    added: ", not in the base",
    missing: "",
    retyped: ", another type",
    moved: ", moved",
  };
  return names[cell.state];
}

/** The text of a cell cut at the edges of its marks. */
export function cut({ text, marks }: CompareCell): { text: string; marked: boolean }[] {
  const pieces: { text: string; marked: boolean }[] = [];
  let at = 0;
  for (const [from, to] of marks) {
    if (from > at) pieces.push({ text: text.slice(at, from), marked: false });
    if (to > from) pieces.push({ text: text.slice(from, to), marked: true });
    at = Math.max(at, to);
  }
  if (at < text.length || pieces.length === 0) pieces.push({ text: text.slice(at), marked: false });
  return pieces;
}

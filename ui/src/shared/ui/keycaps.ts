// Keys in words: how a key chord is written on caps and in tooltips.
const mac = typeof navigator !== "undefined" && /Mac/.test(navigator.platform);

const WORDS: Record<string, string> = {
  Ctrl: mac ? "⌘" : "Ctrl",
  Escape: "Esc",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Space: "Space",
  PageUp: "PgUp",
  PageDown: "PgDn",
};

/** The labels of the caps of `Ctrl+Shift+K` or of the sequence `g i`. */
export function keyLabels(keys: string): string[] {
  return keys
    .split(" ")
    .flatMap((chord) => chord.split(/\+(?=.)/))
    .map((key) => WORDS[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

/** The same as one text for a tooltip. */
export const keyText = (keys: string): string => keyLabels(keys).join(" ");

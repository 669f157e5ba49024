// What fields of one line hold: lists, numbers, and line feeds that are typed as escapes.

export const listed = (texts: readonly string[]): string => texts.join(", ");

/** The places that are typed, parted by a comma and a space. */
export const places = (text: string): string[] =>
  text
    .split(/,\s+|\n/)
    .map((place) => place.trim())
    .filter(Boolean);

/** What is typed; null for nothing. */
export const orNull = (text: string): string | null => text.trim() || null;

export const whole = (text: string): number | null => (/^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : null);

export const number = (text: string): number | null =>
  /^\d{1,5}(\.\d+)?$/.test(text.trim()) ? Number(text.trim()) : null;

/** A number as it is typed. */
export const typed = (number: number | null | undefined): string => String(number ?? "");

// A line feed in the signed text is typed as \n.
export const shownEscapes = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
export const readEscapes = (text: string): string =>
  text.replace(/\\(\\|n)/g, (_, kind: string) => (kind === "n" ? "\n" : "\\"));

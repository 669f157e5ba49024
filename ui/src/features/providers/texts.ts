// What fields of one line hold: lists, numbers, and line feeds that are typed as escapes.

export const listed = (texts: readonly string[]): string => texts.join(", ");

/** The places that are typed, parted by a comma and a space. */
export const places = (text: string): string[] =>
  text
    .split(/,\s+|\n/)
    .map((place) => place.trim())
    .filter(Boolean);

/** Numbers that are typed, parted by commas. */
export const parted = (text: string): string[] =>
  text
    .split(/[,\n]/)
    .map((one) => one.trim())
    .filter(Boolean);

/** What is typed; null for nothing. */
export const orNull = (text: string): string | null => text.trim() || null;

// What is no number reads as none; a form with such a field says so, and is not kept.
export const whole = (text: string): number | null => (/^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : null);

export const number = (text: string): number | null =>
  /^\d{1,5}(\.\d+)?$/.test(text.trim()) ? Number(text.trim()) : null;

/** What is wrong with the fields of a form, by the field. */
export type Problems<Draft> = Partial<Record<keyof Draft, string>>;

/** Those of the fields that something is wrong with. */
export const problemsOf = <Draft>(fields: { [Field in keyof Draft]?: string | undefined }): Problems<Draft> =>
  Object.fromEntries(Object.entries(fields).filter(([, problem]) => problem !== undefined)) as Problems<Draft>;

export const numberProblem = (text: string): string | undefined =>
  text.trim() === "" || number(text) !== null ? undefined : "Write seconds, such as 10 or 2.5, or nothing.";

export const gapsProblem = (text: string): string | undefined =>
  parted(text).every((gap) => whole(gap) !== null)
    ? undefined
    : "Write whole seconds, parted by commas, such as 60, 300, 3600, or nothing.";

export const statusProblem = (text: string): string | undefined =>
  /^\s*([2-5]\d\d)?\s*$/.test(text) ? undefined : "Write a status from 200 to 599, or nothing.";

/** A number as it is typed. */
export const typed = (number: number | null | undefined): string => String(number ?? "");

// A line feed in the signed text is typed as \n.
export const shownEscapes = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
export const readEscapes = (text: string): string =>
  text.replace(/\\(\\|n)/g, (_, kind: string) => (kind === "n" ? "\n" : "\\"));

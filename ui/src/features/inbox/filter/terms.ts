// The search language as the filter field handles it: terms parted by spaces, quotes group, `-` negates.

export interface Term {
  /** As it goes to the engine. */
  raw: string;
  negated: boolean;
  /** The key before the colon; null for free text. */
  key: string | null;
  value: string;
}

const KEY =
  /^(source|type|method|status|path|larger|smaller|since|before|is|has|tag|direction|request|delivery|header\.[^\s:"]+|body\.(?:[^\s:"[\]]|\[[^\]]*\])+):/;

/** Cuts a text into terms, each once; an unclosed quote reaches to the end. */
export function parseTerms(text: string): Term[] {
  return [...new Set(split(text))].map(asTerm);
}

/** Follows quotes through a text, as the engine does: inside of them `\"` and `\\` stand for a quote and a backslash. */
class Quotes {
  open = false;
  escaped = false;

  take(char: string) {
    if (char === '"' && !this.escaped) this.open = !this.open;
    this.escaped = this.open && char === "\\" && !this.escaped;
  }
}

function split(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  const quotes = new Quotes();
  for (const char of text) {
    quotes.take(char);
    if (/\s/.test(char) && !quotes.open) {
      if (part) parts.push(part);
      part = "";
    } else part += char;
  }
  if (part) parts.push(part);
  return parts;
}

function asTerm(raw: string): Term {
  const negated = raw.startsWith("-") && raw.length > 1;
  const positive = negated ? raw.slice(1) : raw;
  const key = KEY.exec(positive)?.[1] ?? null;
  const value = key === null ? positive : positive.slice(key.length + 1);
  return { raw, negated, key, value: unquoted(value) };
}

/** What stands in quotes, as it is meant. */
const unquoted = (value: string): string =>
  value.replace(/"((?:[^"\\]|\\.)*)"?/g, (_, inside: string) => inside.replace(/\\(["\\])/g, "$1"));

/** What reads the same with and without quotes, as the engine writes it; behind a key a colon means nothing either. */
const isPlain = (value: string): boolean => /^[\p{Alphabetic}\p{N}_\-./@#:]+$/u.test(value) && !value.includes("..");

/** A value as it must be written: in quotes if it could be read as something else, a pattern or a range. */
export const quoted = (value: string): string => (isPlain(value) ? value : `"${value.replace(/[\\"]/g, "\\$&")}"`);

/** True for a term that is not finished: a key without a value, a lone minus. */
export const isUnfinished = (term: Term): boolean => term.value === "" || term.raw === "-" || term.raw === '"';

/** What goes to the engine: finished terms only. */
export const queryOf = (terms: readonly Term[]): string =>
  terms
    .filter((term) => !isUnfinished(term))
    .map((term) => closed(term.raw))
    .join(" ");

/** A term whose last quote is closed; a backslash at its end is one, and does not take the quote for itself. */
function closed(raw: string): string {
  const quotes = new Quotes();
  for (const char of raw) quotes.take(char);
  return quotes.open ? `${raw}${quotes.escaped ? "\\" : ""}"` : raw;
}

// The search language as the filter field handles it: terms parted by spaces, quotes group, `-` negates.

export interface Term {
  /** As it goes to the engine. */
  raw: string;
  negated: boolean;
  /** The key before the colon; null for free text. */
  key: string | null;
  value: string;
}

/** What can stand before the colon. `header.` and `body.` go on with a name or a path. */
export const KEYS = [
  "source",
  "type",
  "method",
  "status",
  "path",
  "header.",
  "body.",
  "larger",
  "since",
  "is",
  "direction",
  "request",
] as const;

const KEY = /^(source|type|method|status|path|larger|since|is|direction|request|header\.[^\s:"]+|body\.[^\s:"]+):/;

/** Cuts a text into terms; an unclosed quote reaches to the end. */
export function parseTerms(text: string): Term[] {
  return split(text).map(asTerm);
}

function split(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    if (/\s/.test(char) && !quoted) {
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

const unquoted = (value: string): string => value.replaceAll('"', "");

/** A value as it must be written: in quotes if it has white space. Quotes inside can't be written and are dropped. */
export const quoted = (value: string): string => (/\s/.test(value) ? `"${unquoted(value)}"` : unquoted(value));

/** True for a term that is not finished: a key without a value, a lone minus. */
export const isUnfinished = (term: Term): boolean => term.value === "" || term.raw === "-" || term.raw === '"';

/** What goes to the engine: finished terms only. */
export const queryOf = (terms: readonly Term[]): string =>
  terms
    .filter((term) => !isUnfinished(term))
    .map((term) => (term.raw.split('"').length % 2 === 0 ? `${term.raw}"` : term.raw))
    .join(" ");

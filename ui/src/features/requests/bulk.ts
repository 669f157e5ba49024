// The rows of a key-value table as text and back: one `name: value` a line, `#` before a row that is off.
// A row that such a line cannot hold (line ends, a colon in the name, space at an end) is written with escapes, and its
// line begins with a backslash; so what people type or paste is taken as it stands.
import type { Field } from "$ipc/bindings/Field";

/** The rows as lines. Notes are not among them: `textToFields` puts them back. */
export function fieldsToText(fields: readonly Field[]): string {
  return fields.map((field) => (field.on ? "" : "# ") + line(field)).join("\n");
}

/** The lines as rows; blank lines are dropped. A row keeps the note that `before` has for its name. */
export function textToFields(text: string, before: readonly Field[] = []): Field[] {
  const notes = new Map<string, string[]>();
  for (const { name, note } of before) notes.set(name, [...(notes.get(name) ?? []), note]);
  return text
    .split("\n")
    .filter((row) => row.trim() !== "")
    .map(toField)
    .map((field) => ({ ...field, note: notes.get(field.name)?.shift() ?? "" }));
}

function line({ name, value }: Field): string {
  const plain = name === name.trim() && value === value.trim() && !/^[#\\]|[:\r\n]/.test(name) && !/[\r\n]/.test(value);
  return plain ? `${name}: ${value}` : `\\${escape(name).replaceAll(":", "\\:")}: ${escape(value)}`;
}

function toField(row: string): Omit<Field, "note"> {
  const off = /^\s*#\s?/.exec(row);
  const rest = off ? row.slice(off[0].length) : row.trimStart();
  return rest.startsWith("\\") ? { on: !off, ...escaped(rest.slice(1)) } : { on: !off, ...plain(rest) };
}

function plain(text: string): { name: string; value: string } {
  const colon = text.indexOf(":");
  return colon < 0
    ? { name: text.trim(), value: "" }
    : { name: text.slice(0, colon).trim(), value: text.slice(colon + 1).trim() };
}

function escaped(text: string): { name: string; value: string } {
  const [, name = text, value = ""] = /^((?:\\.|[^:\\])*): ?(.*)$/s.exec(text) ?? [];
  return { name: unescape(name), value: unescape(value) };
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, (_, char: string) => (char === "n" ? "\n" : char === "r" ? "\r" : char));
}

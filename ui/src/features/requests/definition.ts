// Plain helpers around a request definition: the empty one, comparing two, names and labels.
import type { Field } from "$ipc/bindings/Field";
import type { MultipartField } from "$ipc/bindings/MultipartField";
import type { RequestBody } from "$ipc/bindings/RequestBody";
import type { RequestDefinition } from "$ipc/bindings/RequestDefinition";

/** The methods offered first; any token can be typed. */
export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const;

/** What a body can be made from, with the words of the switch. */
export const BODY_TYPES: readonly { type: RequestBody["type"]; title: string }[] = [
  { type: "none", title: "None" },
  { type: "json", title: "JSON" },
  { type: "form", title: "Form" },
  { type: "multipart", title: "Multipart" },
  { type: "raw", title: "Raw" },
  { type: "file", title: "File" },
];

/** A definition with nothing in it but the defaults of the engine. */
export function emptyDefinition(): RequestDefinition {
  return {
    method: "GET",
    url: "",
    query: [],
    headers: [],
    body: { type: "none" },
    options: { timeoutMs: 30_000, followRedirects: true },
  };
}

/** A body of this type, with as much of `body` in it as fits. */
export function bodyOf(type: RequestBody["type"], body: RequestBody): RequestBody {
  const text = body.type === "json" || body.type === "raw" ? body.text : "";
  switch (type) {
    case "none":
      return { type };
    case "json":
      return { type, text };
    case "raw":
      return { type, text, contentType: body.type === "json" ? "application/json" : "text/plain" };
    case "form":
      return { type, fields: body.type === "multipart" ? body.parts.filter((part) => !part.file).map(toField) : [] };
    case "multipart":
      return { type, parts: body.type === "form" ? body.fields.map(toPart) : [] };
    case "file":
      return { type, path: "", contentType: "" };
  }
}

function toField({ on, name, value }: MultipartField): Field {
  return { on, name, value, note: "" };
}

function toPart({ on, name, value }: Field): MultipartField {
  return { on, name, value, file: false, contentType: "" };
}

/** True if both say the same. Long texts are compared as strings, without writing either out as JSON. */
export function sameDefinition(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => sameDefinition((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

/** What a tab is called while nobody has named it: host and path of the URL. */
export function nameFromUrl(url: string): string {
  const bare = url
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, "")
    .replace(/[?#].*$/s, "");
  const parts = bare.split("/").filter((part) => part !== "");
  return parts.length === 0 ? "New request" : parts.slice(-2).join("/");
}

/** True if `text` is a curl command line rather than a URL. */
export function looksLikeCurl(text: string): boolean {
  return /^\s*(?:\$\s+)?curl(?:\.exe)?\s/i.test(text);
}

/** How many rows are on and say something. */
export function countOn(fields: readonly { on: boolean; name: string; value: string }[]): number {
  return fields.filter((field) => field.on && (field.name !== "" || field.value !== "")).length;
}

/** The words of the Body tab: what the body is made from. */
export function bodyTitle(body: RequestBody): string {
  return body.type === "none" ? "" : (BODY_TYPES.find((entry) => entry.type === body.type)?.title ?? "");
}

// What can stand in braces in the signed text, and what it stands for. The engine's own list says which there are.
import type { SignedToken } from "$ipc/bindings/SignedToken";

const MEANINGS: Record<SignedToken, [behind: string, meaning: string]> = {
  body: ["", "the body as it came"],
  timestamp: ["", "the time of signing, as it was sent"],
  method: ["", "POST, or another"],
  secret: ["", "the secret; a hash of a text needs it"],
  url: ["", "the whole URL"],
  "url.path": ["", "its path and query, escaped"],
  "url.plivo": ["", "the URL, its query in order, then the fields of the form"],
  params: ["", "the fields of the form in order: names and values, nothing between"],
  crc32: ["", "the CRC-32 of the body, in decimal"],
  header: [":NAME", "a header"],
  "signed-headers": [":NAME", "the headers that this one lists: name:value;name:value"],
  json: [":/path", "a value of the JSON body"],
  beside: [":/path", "the name of the first member beside this one"],
  line: [":NAME", "a member of the JSON body: its name, its value, a line each"],
  form: [":NAME", "a field of the form"],
  query: [":NAME", "a parameter of the URL"],
  field: [":NAME", "a value that you give beside the secret"],
};

/** As they are written, in the order of a list. */
export const SIGNED_TOKENS = Object.entries(MEANINGS).map(([token, [behind, meaning]]) => ({
  written: `{${token}${behind}}`,
  meaning,
}));

// The stand-in's JSON documents, and the nodes of their trees. A node is the byte that its value starts at, as in the engine.
import type { TreeRow } from "../bindings/TreeRow";
import type { ValueChip } from "../bindings/ValueChip";

export interface FakeNode {
  row: Omit<TreeRow, "open">;
  above: number[];
  path: string;
  pointer: string;
  value: unknown;
}

export interface FakeDocument {
  nodes: Map<number, FakeNode>;
  pretty: string[];
  flat: string[];
  bytes: Uint8Array<ArrayBuffer>;
}

const encoded = (text: string) => new TextEncoder().encode(text);

function chipsOf(key: string | null): ValueChip[] {
  if (key === "created") return [{ kind: "time", text: "12:04:08.917, 22 Nov 2026 UTC", at: 1795349048917000 }];
  if (key === "customer_email") return [{ kind: "email", text: "e-mail", at: null }];
  if (key === "invoice_pdf") return [{ kind: "url", text: "pay.example.com", at: null }];
  if (key === "token") return [{ kind: "jwt", text: "JWT", at: 1795349048000000 }];
  return [];
}

function kindOf(value: unknown): TreeRow["kind"] {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : (typeof value as "object" | "string" | "number" | "boolean");
}

/** Adds a value that starts at byte `node`, and all that stands in it. */
function add(
  nodes: Map<number, FakeNode>,
  value: unknown,
  node: number,
  key: string | null,
  [index, siblings]: [number, number],
  within: Pick<FakeNode, "above" | "path" | "pointer">,
) {
  const kind = kindOf(value);
  const container = kind === "object" || kind === "array";
  const entries = container ? Object.entries(value as object) : [];
  const text = container ? "" : JSON.stringify(value);
  const depth = within.above.length;
  const row = { node, depth, key, keyCut: false, index, kind, text, cut: false, siblings, chips: chipsOf(key) };
  nodes.set(node, { row: { ...row, children: entries.length }, ...within, value });
  let at = node + 1;
  for (const [place, [name, inner]] of entries.entries()) {
    if (kind === "object") at += encoded(`${JSON.stringify(name)}:`).length;
    add(nodes, inner, at, kind === "array" ? null : name, [place, entries.length], {
      above: [...within.above, node],
      path: kind === "array" ? `${within.path}[${place}]` : `${within.path}['${name}']`,
      pointer: `${within.pointer}/${name}`,
    });
    at += encoded(`${JSON.stringify(inner)},`).length;
  }
}

function documentOf(value: unknown): FakeDocument {
  const text = JSON.stringify(value);
  const nodes = new Map<number, FakeNode>();
  add(nodes, value, 0, null, [0, 1], { above: [], path: "$", pointer: "" });
  return {
    nodes,
    pretty: JSON.stringify(value, null, 2).split("\n"),
    flat: text.match(/.{1,2000}/gs) ?? [],
    bytes: encoded(text),
  };
}

export const LINES = Array.from({ length: 120 }, (_, n) => ({
  id: `il_${n}`,
  amount: n * 100,
  description: `Line ${n}`,
  discounts: [],
}));

export const INVOICE = documentOf({
  id: "evt_1QT8rLKz4",
  type: "invoice.paid",
  created: 1795349048917,
  livemode: false,
  object: {
    id: "in_1QT8rLKz4",
    amount_paid: 4200,
    customer_email: "billing@example.com",
    invoice_pdf: "https://pay.example.com/invoice/acct_1/pdf",
    token: "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTUzNDkwNDh9.c2ln",
    note: "left\u202eright and zero\u200bwidth",
    lines: LINES,
    discount: null,
  },
  pending_webhooks: 2,
});

export const CONTACT = documentOf({
  eventId: 3181526809,
  subscriptionType: "contact.propertyChange",
  contact: { id: 512, email: "ada@example.com", tags: ["late", "to check"] },
});

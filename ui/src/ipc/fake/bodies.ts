// The stand-in's bodies: one JSON document for all, read the way the engine reads them.
import type { Answers } from "./index";
import type { BodyInfo } from "../bindings/BodyInfo";
import type { BodyKind } from "../bindings/BodyKind";
import type { FakeState } from "./state";
import type { Reading } from "../bindings/Reading";
import type { TreeRow } from "../bindings/TreeRow";
import type { ValueChip } from "../bindings/ValueChip";

const DOCUMENT = {
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
    lines: Array.from({ length: 120 }, (_, n) => ({
      id: `il_${n}`,
      amount: n * 100,
      description: `Line ${n}`,
      discounts: [],
    })),
    discount: null,
  },
  pending_webhooks: 2,
};

interface Node {
  row: Omit<TreeRow, "open">;
  above: number[];
  path: string;
  pointer: string;
  value: unknown;
}

function chipsOf(key: string | null): ValueChip[] {
  if (key === "created") return [{ kind: "time", text: "12:04:08.917, 22 Nov 2026 UTC", at: 1795349048917000 }];
  if (key === "customer_email") return [{ kind: "email", text: "e-mail", at: null }];
  if (key === "invoice_pdf") return [{ kind: "url", text: "pay.example.com", at: null }];
  if (key === "token") return [{ kind: "jwt", text: "JWT", at: 1795349048000000 }];
  return [];
}

const nodes: Node[] = [];
function add(
  value: unknown,
  depth: number,
  key: string | null,
  index: number,
  siblings: number,
  above: number[],
  path: string,
  pointer: string,
) {
  const node = nodes.length;
  const container = typeof value === "object" && value !== null;
  const kind =
    value === null
      ? "null"
      : Array.isArray(value)
        ? "array"
        : (typeof value as "object" | "string" | "number" | "boolean");
  const entries = container ? Object.entries(value) : [];
  nodes.push({
    row: {
      node,
      depth,
      key,
      keyCut: false,
      index,
      kind,
      text: container ? "" : JSON.stringify(value),
      cut: false,
      children: entries.length,
      siblings,
      chips: chipsOf(key),
    },
    above,
    path,
    pointer,
    value,
  });
  entries.forEach(([name, inner], place) => {
    const array = Array.isArray(value);
    add(
      inner,
      depth + 1,
      array ? null : name,
      place,
      entries.length,
      [...above, node],
      array ? `${path}[${place}]` : `${path}['${name}']`,
      `${pointer}/${name}`,
    );
  });
}
add(DOCUMENT, 0, null, 0, 1, [], "$", "");

const pretty = JSON.stringify(DOCUMENT, null, 2).split("\n");
const flat = [JSON.stringify(DOCUMENT)].flatMap((line) => line.match(/.{1,2000}/gs) ?? []);
const bytes = new TextEncoder().encode(JSON.stringify(DOCUMENT));

/** `?body=multipart` in the address, or the option of a test, makes every body of that kind. */
function info(body: Reading, push: boolean): BodyInfo {
  const kind = body.through?.length ? "json" : body.side === "response" && push ? "text" : (bodyKind.kind ?? "json");
  return {
    kind,
    size: bytes.length,
    decodedSize: bytes.length,
    contentType: "application/json",
    codings: kind === "xml" ? ["gzip"] : [],
    charset: kind === "xml" ? "windows-1252" : "UTF-8",
    bom: kind === "xml",
    notice: null,
    problem: kind === "xml" ? { message: "<b> is never closed.", offset: 12, line: 2, column: 3 } : null,
    unsearched: kind === "json" ? null : "The list reads values of JSON bodies only.",
    tree: ["json", "xml", "ndjson", "protobuf"].includes(kind),
    pretty: kind === "json",
    tables: ["json", "ndjson", "csv"].includes(kind) ? [{ node: 5, jsonPath: "$['object']['lines']", rows: 120 }] : [],
    preview:
      kind === "html"
        ? { type: "markup" }
        : kind === "image"
          ? { type: "image", media: "image/png", width: 64, height: 32 }
          : null,
  };
}

/** What kind every body is, for tests of the viewers. */
export const bodyKind: { kind: BodyKind | null } = { kind: null };

export function bodyAnswers(state: FakeState): Answers {
  const page = <T>(rows: T[], from: number, count: number) => ({
    total: rows.length,
    rows: rows.slice(from, from + count),
  });
  return {
    body_info: (body) => info(body, state.summary(body.id).direction === "push"),
    text_rows: ({ pretty: laidOut, from, count }) =>
      page(
        (laidOut ? pretty : flat).map((text, place) => ({
          line: laidOut ? place + 1 : 1,
          continued: !laidOut && place > 0,
          text,
        })),
        from,
        count,
      ),
    raw_rows: ({ from, count }) =>
      page(
        ["POST /in/stripe HTTP/1.1", "Host: 127.0.0.1:4400", "", ...flat].map((text, place) => ({
          line: place + 1,
          continued: false,
          text,
        })),
        from,
        count,
      ),
    tree_rows: ({ depth, toggled, from, count }) => {
      const flipped = new Set(toggled);
      const open = (node: Node) => node.row.children > 0 && node.row.depth < depth !== flipped.has(node.row.node);
      const rows = nodes
        .filter((node) => node.above.every((up) => open(nodes[up] as Node)))
        .map((node) => ({ ...node.row, open: open(node) }));
      return page(rows, from, count);
    },
    tree_node: ({ node }) => {
      const found = nodes[node] as Node;
      return {
        pointer: found.pointer,
        jsonPath: found.path,
        xpath: null,
        pathCut: false,
        text: JSON.stringify(found.value),
        cut: false,
        above: found.above,
      };
    },
    hex_rows: ({ from, count }) => ({
      total: Math.ceil(bytes.length / 16),
      rows: Array.from({ length: Math.max(0, Math.min(count, Math.ceil(bytes.length / 16) - from)) }, (_, place) => {
        const part = [...bytes.slice((from + place) * 16, (from + place + 1) * 16)];
        return {
          offset: (from + place) * 16,
          hex: part.map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
          ascii: part.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : ".")).join(""),
        };
      }),
    }),
    find: ({ needle, view }) => {
      const lower = needle.toLowerCase();
      const lines =
        view === "tree"
          ? nodes.map((node) => `${node.row.key ?? ""} ${node.row.text}`)
          : view === "pretty"
            ? pretty
            : view === "parts"
              ? ["note", "photo"]
              : flat;
      return { hits: lines.flatMap((line, place) => (line.toLowerCase().includes(lower) ? [place] : [])), more: false };
    },
    parts: () => ({
      parts: ["note", "photo"].map((name, place) => ({
        name,
        nameCut: false,
        fileName: place === 1 ? "cat.png" : null,
        fileNameCut: false,
        headers: [{ name: "Content-Type", value: place === 1 ? "image/png" : "text/plain" }],
        offset: place * 100,
        size: 50,
        text: place === 1 ? null : "a note",
      })),
      notice: null,
    }),
    body_bytes: () => bytes.slice().buffer,
    preview: () => new TextEncoder().encode("<!DOCTYPE html><p>Hello").buffer as ArrayBuffer,
    row_at: () => ({ row: 0 }),
    previous: ({ id }) => ({ id: id > 1 ? id - 1 : null }),
    save_body: () => ({ bytes: bytes.length, whole: true }),
    table_rows: ({ from, count }) => ({
      columns: ["id", "amount"].map((name) => ({ name, cut: false })),
      more: false,
      ...page(
        DOCUMENT.object.lines.map((line, node) => ({
          node,
          cells: [
            { kind: "string" as const, text: line.id },
            { kind: "number" as const, text: String(line.amount) },
          ],
        })),
        from,
        count,
      ),
    }),
    filter: ({ filter: { program } }) => ({
      results: program.includes("!") ? 0 : 120,
      took: 12,
      notice: program.startsWith("..") ? "Not exact: a key stands more than once." : null,
      problem: program.includes("!")
        ? { message: "This is not JSONPath: unexpected !.", at: program.indexOf("!") }
        : null,
    }),
  };
}

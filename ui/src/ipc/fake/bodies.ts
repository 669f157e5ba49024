// The stand-in's bodies: JSON documents, read the way the engine reads them.
import type { Answers } from "./index";
import type { BodyInfo } from "../bindings/BodyInfo";
import type { BodyKind } from "../bindings/BodyKind";
import type { FakeState } from "./state";
import type { FindView } from "../bindings/FindView";
import type { Reading } from "../bindings/Reading";
import { CONTACT, INVOICE, LINES, type FakeDocument, type FakeNode } from "./documents";

/** The exchanges whose bodies are the other document, for tests that go from one body to another. */
export const otherBodies = new Set<number>();

const documentOf = (body: Reading): FakeDocument => (otherBodies.has(body.id) ? CONTACT : INVOICE);

/** `?body=multipart` in the address, or the option of a test, makes every body of that kind. */
function info(body: Reading, push: boolean): BodyInfo {
  const kind = body.through?.length ? "json" : body.side === "response" && push ? "text" : (bodyKind.kind ?? "json");
  const { bytes } = documentOf(body);
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
        ? { type: "markup", cut: false }
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
    text_rows: ({ body, pretty: laidOut, from, count }) =>
      page(
        documentOf(body)[laidOut ? "pretty" : "flat"].map((text, place) => ({
          line: laidOut ? place + 1 : 1,
          continued: !laidOut && place > 0,
          text,
        })),
        from,
        count,
      ),
    raw_rows: ({ body, from, count }) =>
      page(
        ["POST /in/stripe HTTP/1.1", "Host: 127.0.0.1:4400", "", ...documentOf(body).flat].map((text, place) => ({
          line: place + 1,
          continued: false,
          text,
        })),
        from,
        count,
      ),
    tree_rows: ({ body, depth, toggled, from, count }) => {
      const { nodes } = documentOf(body);
      const flipped = new Set(toggled);
      const open = (node: FakeNode) => node.row.children > 0 && node.row.depth < depth !== flipped.has(node.row.node);
      const rows = [...nodes.values()]
        .filter((node) => node.above.every((up) => open(nodes.get(up) as FakeNode)))
        .map((node) => ({ ...node.row, open: open(node) }));
      return page(rows, from, count);
    },
    tree_node: ({ body, node }) => {
      const found = documentOf(body).nodes.get(node);
      if (!found) throw { code: "invalid", message: `No value starts at byte ${node}.`, hint: null };
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
    hex_rows: ({ body, from, count }) => {
      const { bytes } = documentOf(body);
      const total = Math.ceil(bytes.length / 16);
      return {
        total,
        rows: Array.from({ length: Math.max(0, Math.min(count, total - from)) }, (_, place) => {
          const part = [...bytes.slice((from + place) * 16, (from + place + 1) * 16)];
          return {
            offset: (from + place) * 16,
            hex: part.map((byte) => byte.toString(16).padStart(2, "0")).join(" "),
            ascii: part.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : ".")).join(""),
          };
        }),
      };
    },
    find: ({ body, needle, view }) => {
      const { nodes, pretty, flat } = documentOf(body);
      const texts: Record<FindView, [number, string][]> = {
        tree: [...nodes].map(([node, { row }]) => [node, `${row.key ?? ""} ${row.text}`]),
        pretty: [...pretty.entries()],
        text: [...flat.entries()],
        parts: [...["note", "photo"].entries()],
      };
      const found = texts[view].filter(([, text]) => text.toLowerCase().includes(needle.toLowerCase()));
      return { hits: found.map(([place]) => place), more: false };
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
    body_bytes: ({ body }) => documentOf(body).bytes.slice().buffer,
    preview: () => new TextEncoder().encode("<!DOCTYPE html><p>Hello").buffer as ArrayBuffer,
    row_at: () => ({ row: 0 }),
    previous: ({ id }) => ({ id: id > 1 ? id - 1 : null }),
    save_body: ({ body }) => ({ bytes: documentOf(body).bytes.length, whole: true }),
    table_rows: ({ from, count }) => ({
      columns: ["id", "amount"].map((name) => ({ name, cut: false })),
      more: false,
      ...page(
        LINES.map((line, node) => ({
          node,
          cells: [
            { kind: "string" as const, text: line.id, cut: false, values: 1 },
            { kind: "number" as const, text: String(line.amount), cut: false, values: 1 },
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

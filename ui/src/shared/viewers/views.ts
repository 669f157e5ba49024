// Which views a body has, and which one it opens with.
import type { BodyInfo } from "$ipc/bindings/BodyInfo";
import type { BodyKind } from "$ipc/bindings/BodyKind";

export type View = "tree" | "text" | "table" | "parts" | "preview" | "hex";

/** Bodies whose bytes are no text. */
const BYTES: readonly BodyKind[] = ["binary", "image", "protobuf", "msgpack", "cbor"];
/** Views in which a text is found. */
export const SEARCHED: readonly View[] = ["tree", "parts", "text"];
/** Bodies that are easiest read as a table. */
const ROWS: readonly BodyKind[] = ["csv", "ndjson"];

export function viewsOf(info: BodyInfo): { value: View; title: string }[] {
  const views: { value: View; title: string }[] = [];
  if (info.tree) views.push({ value: "tree", title: "Tree" });
  if (info.kind === "form") views.push({ value: "parts", title: "Fields" });
  if (info.kind === "multipart") views.push({ value: "parts", title: "Parts" });
  if (!BYTES.includes(info.kind)) views.push({ value: "text", title: "Text" });
  if (info.tables.length > 0) views.push({ value: "table", title: "Table" });
  if (info.preview) views.push({ value: "preview", title: "Preview" });
  views.push({ value: "hex", title: "Hex" });
  return views;
}

/** A preview is never what a body opens with: it is drawn when asked for. */
export function firstView(info: BodyInfo): View {
  const views = viewsOf(info).map((view) => view.value);
  if (ROWS.includes(info.kind) && views.includes("table")) return "table";
  if (info.problem && views.includes("text")) return "text";
  return views.find((view) => view !== "preview") ?? "hex";
}

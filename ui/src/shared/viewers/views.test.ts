import { describe, expect, it } from "vitest";
import type { BodyInfo } from "$ipc/bindings/BodyInfo";
import { firstView, viewsOf } from "./views";

const info = (over: Partial<BodyInfo>) =>
  ({ kind: "text", tree: false, tables: [], preview: null, problem: null, ...over }) as BodyInfo;
const views = (over: Partial<BodyInfo>) => viewsOf(info(over)).map(({ value }) => value);
const TABLE = { node: 0, jsonPath: "$", rows: 2 };
const PROBLEM = { message: "x", offset: 0, line: 1, column: 1 };

describe("the views of a body", () => {
  it("always hold its bytes, and its text if it has any", () => {
    expect(views({})).toEqual(["text", "hex"]);
    for (const kind of ["binary", "image", "protobuf", "msgpack", "cbor"] as const) {
      expect(views({ kind })).toEqual(["hex"]);
    }
  });

  it("hold what the engine can make of it", () => {
    expect(views({ kind: "json", tree: true, tables: [TABLE] })).toEqual(["tree", "text", "table", "hex"]);
    expect(views({ kind: "form" })).toEqual(["parts", "text", "hex"]);
    expect(views({ kind: "multipart" })).toEqual(["parts", "text", "hex"]);
    expect(views({ kind: "html", preview: { type: "markup", cut: false } })).toEqual(["text", "preview", "hex"]);
  });

  it("begin with the one that is easiest read", () => {
    expect(firstView(info({ kind: "json", tree: true, tables: [TABLE] }))).toBe("tree");
    expect(firstView(info({ kind: "ndjson", tree: true, tables: [TABLE] }))).toBe("table");
    expect(firstView(info({ kind: "csv", tables: [TABLE] }))).toBe("table");
    expect(firstView(info({ kind: "json", tree: true, problem: PROBLEM }))).toBe("text");
    expect(firstView(info({ kind: "binary" }))).toBe("hex");
  });

  it("never begin with a preview", () => {
    const image = { type: "image", media: "image/png", width: 1, height: 1 } as const;
    expect(firstView(info({ kind: "image", preview: image }))).toBe("hex");
    expect(firstView(info({ kind: "html", preview: { type: "markup", cut: false } }))).toBe("text");
  });
});

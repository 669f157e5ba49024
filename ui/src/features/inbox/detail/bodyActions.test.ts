import { describe, expect, it } from "vitest";
import type { NodeAt } from "$shared/viewers/node.svelte";
import { parseTerms } from "../filter/terms";
import { columnOf, termOf } from "./bodyActions";

/** A text at a path, as the tree tells it. */
const at = (jsonPath: string, text = '"x"'): NodeAt =>
  ({
    body: { id: 1, side: "request" },
    row: { kind: "string" },
    place: { jsonPath, pointer: "/somewhere", text, pathCut: false },
    unsearched: null,
  }) as unknown as NodeAt;

const UNNAMED = { obstacle: "No filter or column can name this path." };

describe("what the list is asked for from a body", () => {
  it.each([
    ["$['data']['lines'][0]", "body.data.lines[0]"],
    ["$['data']['odd name'][0]['x:y']", 'body.data["odd name"][0]["x:y"]'],
    ["$['odd name']['a.b']['c']", 'body.["odd name"]["a.b"].c'],
    ["$['it\\'s']", "body.it's"],
    ["$[0]['']", 'body.[0][""]'],
    // A star alone stands for any name, and a dollar at the beginning for the body.
    ["$['$ref']['*']", 'body.["$ref"]["*"]'],
  ])("names the path %s as the engine reads it", (jsonPath, path) => {
    expect(columnOf(at(jsonPath))).toEqual({ asked: path });
    expect(termOf(at(jsonPath))).toEqual({ asked: `${path}:x` });
    expect(parseTerms(`${path}:x`)).toMatchObject([{ key: path, value: "x" }]);
  });

  it.each(["$['say \"it\"']", "$['a\\\\b']", "$['a\\nb']", "$['a[0]']"])("names no path with %s", (jsonPath) => {
    expect([termOf(at(jsonPath)), columnOf(at(jsonPath))]).toEqual([UNNAMED, UNNAMED]);
  });

  it("is a value with quotes, too", () => {
    expect(termOf(at("$['a']", '"say \\"it\\""'))).toEqual({ asked: 'body.a:"say \\"it\\""' });
    expect(termOf(at("$['a']", '""'))).toEqual({ obstacle: "No filter can name this value." });
  });
});

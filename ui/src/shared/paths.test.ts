import { describe, expect, it } from "vitest";
import { arrayOf, pathOf, pointerOf, rulePath, steps, typedPointer } from "./paths";

describe("paths of a comparison", () => {
  it("are cut into their steps, brackets and quotes kept whole", () => {
    expect(steps('$.a["b.c]"][id=x.y][0]..d.*')).toEqual(["$", ".a", '["b.c]"]', "[id=x.y]", "[0]", "..d", ".*"]);
  });

  it("become rules for every element of the arrays above", () => {
    expect(rulePath("$.lines[id=il_1].period[0].end")).toBe("$.lines[*].period[*].end");
    expect(rulePath('$["a[0]"].b')).toBe('$["a[0]"].b');
    expect(rulePath("$['data'][0]['a b']['id']")).toBe("$.data[*]['a b'].id");
  });

  it("name the array they go through last", () => {
    expect(arrayOf("$.a[0].b[id=1].c")).toBe("$.a[*].b");
    expect(arrayOf("$.a.b")).toBeNull();
  });

  it("become pointers where no element is named by its identity", () => {
    expect(pointerOf('$.a["b/c~d"][3]')).toBe("/a/b~1c~0d/3");
    expect(pointerOf("$.a[id=1]")).toBeNull();
    expect(pointerOf("$")).toBe("");
  });

  it("are read from what is typed and written back", () => {
    for (const path of ["$", "$.data.object", "$.a[0].b", '$["b c"]'])
      expect(pathOf(typedPointer(path) ?? "?")).toBe(path);
    expect(typedPointer("data.object")).toBe("/data/object");
    expect(typedPointer("/data/object")).toBe("/data/object");
    expect(typedPointer("$.a..b")).toBeNull();
    expect(typedPointer("$.a]")).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { Filter } from "./filter.svelte";
import { parseTerms, queryOf, quoted } from "./terms";

const shapes = (text: string) => parseTerms(text).map(({ negated, key, value }) => [negated, key, value]);

describe("the filter language", () => {
  it("tells keys from free text", () => {
    expect(shapes("source:stripe failed status:5xx")).toEqual([
      [false, "source", "stripe"],
      [false, null, "failed"],
      [false, "status", "5xx"],
    ]);
  });

  it("takes header names and body paths as part of the key", () => {
    expect(shapes("header.X-Trace:a body.$.data.id:in_1")).toEqual([
      [false, "header.X-Trace", "a"],
      [false, "body.$.data.id", "in_1"],
    ]);
  });

  it("negates with a minus, but not a lone one", () => {
    expect(shapes("-source:smoke -")).toEqual([
      [true, "source", "smoke"],
      [false, null, "-"],
    ]);
  });

  it("groups by quotes", () => {
    expect(shapes('type:"two words" "free text"')).toEqual([
      [false, "type", "two words"],
      [false, null, "free text"],
    ]);
  });

  it("leaves unknown keys and URLs as free text", () => {
    expect(shapes("http://x.test:80 colour:red")).toEqual([
      [false, null, "http://x.test:80"],
      [false, null, "colour:red"],
    ]);
  });

  it("sends no unfinished terms and closes open quotes", () => {
    expect(queryOf(parseTerms('status: source:stripe "open end'))).toBe('source:stripe "open end"');
    expect(queryOf(parseTerms("-"))).toBe("");
  });

  it("reads escapes in quotes and colons in the brackets of a path", () => {
    expect(shapes('"a \\" b" body.a["x:y"].b:1')).toEqual([
      [false, null, 'a " b'],
      [false, 'body.a["x:y"].b', "1"],
    ]);
    expect(shapes(`tag:${quoted('a "b" c')}`)).toEqual([[false, "tag", 'a "b" c']]);
    expect(queryOf(parseTerms('"open \\" end'))).toBe('"open \\" end"');
  });

  it.each([
    String.raw`C:\"Program Files"`,
    String.raw`\"a b"`,
    String.raw`x\"a \" b"`,
    String.raw`"a\\"`,
    String.raw`"a\\\" b"`,
  ])("closes no quote that is closed, whatever stands before it: %s", (text) => {
    expect(queryOf(parseTerms(text))).toBe(text);
  });

  it.each([
    [String.raw`C:\"Program F`, String.raw`C:\"Program F"`],
    [String.raw`"a \"`, String.raw`"a \""`],
    ['"C:\\', String.raw`"C:\\"`],
  ])("closes a quote that is open, after a backslash too: %s", (text, query) => {
    expect(queryOf(parseTerms(text))).toBe(query);
  });

  it("quotes values that need it", () => {
    expect(quoted("a b")).toBe('"a b"');
    expect(quoted("plain")).toBe("plain");
  });

  it("quotes what is also syntax, and nothing that is not", () => {
    for (const value of ["", "*", "a*b", ">5", "<=1", "1..2", "a..b", "+", "{}", "C:\\x"])
      expect(quoted(value)).toMatch(/^".*"$/);
    expect(quoted('a\\"b')).toBe('"a\\\\\\"b"');
    for (const value of ["in_1Q", "-5", "19.90", "a/b@c#d", "José", "2026-11-22T12:00:00Z"])
      expect(quoted(value)).toBe(value);
  });
});

describe("the filter field", () => {
  it("makes chips of what was typed, each once", () => {
    const filter = new Filter();
    filter.set("is:failed");
    filter.typed = "is:failed source:a";
    filter.commit();
    expect(filter.query).toBe("is:failed source:a");
    const raw = () => filter.terms.map((term) => term.raw);
    filter.typed = "error  error -error error";
    filter.commit();
    expect(raw()).toEqual(["is:failed", "source:a", "error", "-error"]);
    filter.set("error error");
    expect(raw()).toEqual(["error"]);
  });

  it("has one value for a key that a segment sets", () => {
    const filter = new Filter();
    filter.setValue("direction", "push");
    filter.setValue("direction", "pull");
    expect(filter.query).toBe("direction:pull");
    filter.setValue("direction", null);
    expect(filter.isEmpty).toBe(true);
  });

  it("takes the last chip back to be changed", () => {
    const filter = new Filter();
    filter.set("source:a status:500");
    filter.reopenLast();
    expect(filter.typed).toBe("status:500");
    expect(filter.terms).toHaveLength(1);
  });

  it("replaces one state and leaves the others", () => {
    const filter = new Filter();
    filter.set("is:sample is:failed since:1h text");
    filter.choose("is", ["failed", "unread"], "unread");
    expect(filter.query).toBe("is:sample since:1h text is:unread");
    expect(filter.without(["since", "is"])).toBe("text");
  });

  it("sets a value in place of one that is typed and not yet a chip", () => {
    const filter = new Filter();
    filter.typed = "text direction:push";
    filter.setValue("direction", "pull");
    expect(filter.query).toBe("text direction:pull");
    filter.typed = "since:1h";
    filter.setValues({ since: "2026-11-22", before: "2026-11-23" });
    expect(filter.query).toBe("text direction:pull since:2026-11-22 before:2026-11-23");
    filter.typed = "is:failed";
    filter.choose("is", ["failed", "unread"], "unread");
    expect(filter.valueOf("is")).toBe("unread");
    filter.typed = "is:failed";
    filter.choose("is", ["failed", "unread"], null);
    expect([filter.valueOf("is"), filter.typed]).toEqual([null, ""]);
  });
});

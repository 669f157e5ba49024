import { describe, expect, it } from "vitest";
import { unescaped } from "./escapes";
import { marked, markedText } from "./marks";
import { segments } from "./segments";

describe("marks for what can't be seen", () => {
  it("names bidi, zero-width and control characters", () => {
    expect(marked("a\u202eb\u200bc\u0000")).toEqual([
      { text: "a" },
      { text: "RLO", mark: "U+202E" },
      { text: "b" },
      { text: "ZWSP", mark: "U+200B" },
      { text: "c" },
      { text: "NUL", mark: "U+0000" },
    ]);
  });

  it("leaves text, tabs, emoji and right-to-left letters as they are", () => {
    for (const text of ["plain", "a\tb", "naïve 日本 😀", "שלום"]) expect(marked(text)).toEqual([{ text }]);
  });

  it("marks tag characters beyond the first plane", () => {
    expect(marked("x\u{e0041}")).toEqual([{ text: "x" }, { text: "E0041", mark: "U+E0041" }]);
  });

  it("loses no character of the text around them", () => {
    const text = "one\u2066two\u2069three";
    expect(
      marked(text)
        .filter((piece) => !piece.mark)
        .map((piece) => piece.text)
        .join(""),
    ).toBe("onetwothree");
    expect(markedText("a\u200bb")).toBe("a⟨ZWSP⟩b");
  });
});

describe("a line cut into segments", () => {
  const joined = (text: string, options: Parameters<typeof segments>[1]) =>
    segments(text, options)
      .map((piece) => piece.text)
      .join("");

  it("puts together again what it cut", () => {
    for (const text of ['  "key": "va\\"lue", 12.5e3,', "[true, null]", '"an open string', "plain text"]) {
      expect(joined(text, { json: true, needle: "e" })).toBe(text);
    }
  });

  it("tells keys from strings", () => {
    const tones = segments('"a": "b"', { json: true }).map((piece) => [piece.text, piece.tone]);
    expect(tones).toEqual([
      ['"a"', "key"],
      [":", "punct"],
      [" ", ""],
      ['"b"', "str"],
    ]);
  });

  it("marks hits without case, across tokens", () => {
    const hits = segments('"aB": "ab"', { json: true, needle: "AB" }).filter((piece) => piece.hit);
    expect(hits.map((piece) => piece.text)).toEqual(["aB", "ab"]);
  });
});

describe("what stands in a JSON string", () => {
  it("is the same however its encoder wrote it", () => {
    expect(unescaped('"https://x.example/?a=1\\u0026b=2"')).toBe("https://x.example/?a=1&b=2");
    expect(unescaped('"https:\\/\\/x.example\\/"')).toBe("https://x.example/");
    expect(unescaped('"\\ud83d\\ude00 \\"a\\\\n\\" \\n"')).toBe('😀 "a\\n" \n');
  });
});

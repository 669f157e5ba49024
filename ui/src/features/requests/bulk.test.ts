import { describe, expect, it } from "vitest";
import { fieldsToText, textToFields } from "./bulk";

const field = (name: string, value: string, more = {}) => ({ on: true, name, value, note: "", ...more });

/** A small source of numbers that is the same in every run. */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
}

describe("bulk edit", () => {
  it("writes one name: value a line, # before a row that is off", () => {
    const text = fieldsToText([field("Accept", "*/*"), field("X-Old", "1", { on: false })]);
    expect(text).toBe("Accept: */*\n# X-Old: 1");
  });

  it("takes what people paste as it stands: no space, quotes, backslashes, colons in the value", () => {
    expect(textToFields('If-None-Match:"abc"\nPath: C:\\new\\table\nTime: 12:04:17\n\nAlone')).toEqual([
      field("If-None-Match", '"abc"'),
      field("Path", "C:\\new\\table"),
      field("Time", "12:04:17"),
      field("Alone", ""),
    ]);
  });

  it("keeps the notes of rows whose names stay, duplicates in their order", () => {
    const before = [field("a", "1", { note: "first" }), field("a", "2", { note: "second" }), field("b", "3")];
    const after = textToFields("b: 4\na: 5\na: 6", before);
    expect(after.map(({ note }) => note)).toEqual(["", "first", "second"]);
  });

  it("comes back as it was, whatever is in the rows", () => {
    const next = numbers(42);
    const alphabet = ["a", "B", ":", " ", "#", "\\", "\n", "\r", '"', "n", "é", "\u202e", "  ", "\t", "💥", "\u00a0"];
    const word = () => Array.from({ length: next(7) }, () => alphabet[next(alphabet.length)]).join("");
    for (let round = 0; round < 2_000; round += 1) {
      const fields = Array.from({ length: next(4) }, () => field(word(), word(), { on: next(2) === 0, note: word() }));
      expect(textToFields(fieldsToText(fields), fields)).toEqual(fields);
    }
  });
});

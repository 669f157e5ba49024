import { describe, expect, it } from "vitest";
import { formatJson, jsonProblem } from "./json";

const formatted = (text: string) => {
  const result = formatJson(text);
  return "text" in result ? result.text : result.problem;
};

describe("formatJson", () => {
  it("keeps digits, exponents, escapes, order and duplicate keys", () => {
    const text = '{"b":9007199254740993,"a":1.50E+10,"b":-0,"s":"\\u00e9\\/\\ud800"}';
    expect(formatted(text)).toBe(
      '{\n  "b": 9007199254740993,\n  "a": 1.50E+10,\n  "b": -0,\n  "s": "\\u00e9\\/\\ud800"\n}',
    );
  });

  it("leaves empty containers on their line", () => {
    expect(formatted('{"a": { }, "b":[ ],"c":[[],{}]}')).toBe(
      '{\n  "a": {},\n  "b": [],\n  "c": [\n    [],\n    {}\n  ]\n}',
    );
  });

  it("changes nothing but space: the tokens in their order are the same", () => {
    const text = '[{"k" : "a b: , {} []", "n":[1 ,2,\t3]} , null,true,false, "x"]';
    const tokens = (of: string) => of.match(/"(?:[^"\\]|\\.)*"|[^\s"]/g)?.join("");
    expect(tokens(String(formatted(text)))).toBe(tokens(text));
    expect(formatted(String(formatted(text)))).toBe(formatted(text));
  });

  it("is not stopped by depth", () => {
    const deep = "[".repeat(5_000) + "]".repeat(5_000);
    expect(jsonProblem(deep)).toBeNull();
  });
});

describe("jsonProblem", () => {
  it.each(["1", '"x"', " null ", "[1,2]", '{"a":{"b":[{}]}}', "", "  \n", "-0.5e-7"])("takes %j", (text) => {
    expect(jsonProblem(text)).toBeNull();
  });

  it.each([
    ['{"a":1,}', 7],
    ["[1,]", 3],
    ["[1 2]", 3],
    ["{a:1}", 1],
    ["{'a':1}", 1],
    ['{"a" 1}', 5],
    ["01", 0],
    ["[+1]", 1],
    ["[1.]", 1],
    ["[NaN]", 1],
    ['["a\nb"]', 1],
    ['["\\x"]', 1],
    ["[1]]", 3],
    ["[1}", 2],
    ["1 2", 2],
    ['{"a":', 5],
    ["[", 1],
    ['"open', 0],
  ])("finds what is wrong in %j at %i", (text, at) => {
    const problem = jsonProblem(text);
    expect(problem?.from).toBe(at);
    expect(problem?.message).toMatch(/\.$/);
  });
});

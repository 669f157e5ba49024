import { describe, expect, it } from "vitest";
import type { Answered } from "$ipc/bindings/Answered";
import { answeredWords } from "./answered";

const rule = (name: string, step = 1, steps = 1): Answered["by"] => ({ type: "rule", id: "r1", name, step, steps });
const words = (by: Answered["by"], over: Partial<Answered> = {}) =>
  answeredWords({ by, delayMs: 0, fault: null, atOnce: false, reasons: [], ...over });

describe("what decided an answer", () => {
  it("is a rule by its name or key, and the step of a sequence", () => {
    expect(words(rule("flaky", 2, 3))).toBe("Answered by rule “flaky”, step 2 of 3");
    expect(words(rule(""))).toBe("Answered by rule r1");
  });

  it("is what the source takes at all", () => {
    expect(words({ type: "method" })).toBe("The source does not take this method");
    expect(words({ type: "contentType" })).toBe("The source does not take this content type");
    expect(words({ type: "schema" })).toBe("The payload does not fit the schema of the source");
    expect(words({ type: "preflight" })).toBe("A browser asked whether a page may call the source");
  });

  it("says what was done on purpose", () => {
    expect(words(rule("slow"), { delayMs: 300 })).toBe("Answered by rule “slow”, held back 300 ms");
    expect(words(rule("slow"), { delayMs: 300, atOnce: true })).toBe(
      "Answered by rule “slow”, meant to be held back 300 ms, at once, since too many answers were held already",
    );
    const faults = ["hang", "reset", "halfClose", "closeAfterHeaders"] as const;
    expect(faults.map((type) => words(rule("x"), { fault: { type } }).split(", ")[1])).toEqual([
      "it was never answered",
      "the connection was reset",
      "our side of the connection was closed without an answer",
      "the connection was closed after the head",
    ]);
    expect(words(rule("x"), { fault: { type: "drip", bytesPerSecond: 1 } })).toContain("it dripped");
    expect(words(rule("x"), { fault: { type: "wrongLength", by: 1 } })).toContain("its Content-Length was wrong");
  });
});

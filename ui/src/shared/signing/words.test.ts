import { describe, expect, it } from "vitest";
import type { Certainty } from "$ipc/bindings/Certainty";
import { certaintyWords } from "./providers.svelte";
import { VERDICTS } from "./verdicts";

describe("the words of a verdict", () => {
  it("call only a valid signature valid", () => {
    expect(Object.entries(VERDICTS).map(([kind, { word }]) => [kind, word])).toEqual([
      ["valid", "Valid"],
      ["invalid", "Not valid"],
      ["unsigned", "Not signed"],
      ["no_secret", "Not checked"],
      ["unsupported", "Can't be checked"],
    ]);
  });
});

describe("how sure the rules of a provider are", () => {
  it("is confirmed only by a library or a published test", () => {
    const words = (all: Certainty[]) => all.map(certaintyWords);
    expect(words(["sdk", "test"])).toEqual(["confirmed", "confirmed"]);
    expect(words(["doc"])).toEqual(["from the documentation"]);
    expect(words(["secondary", "memory"])).toEqual(["unconfirmed", "unconfirmed"]);
    expect(words(["custom"])).toEqual(["your own"]);
  });
});

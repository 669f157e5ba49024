import { describe, expect, it } from "vitest";
import type { Attempt } from "$ipc/bindings/Attempt";
import { attemptName, attemptNote, gapText, isToComeAgain, missingWords } from "./deliveryWords";

const attempt = (over: Partial<Attempt>): Attempt => ({
  push: { delivery: null } as unknown as Attempt["push"],
  number: 1,
  missing: 0,
  gap: null,
  due: null,
  accepted: true,
  passedOn: [],
  ...over,
});

describe("the words of a delivery", () => {
  it("gives times between attempts in the unit that fits", () => {
    expect([200_000, 5_200_000, 1_860_000_000, 7_560_000_000].map(gapText)).toEqual([
      "200 ms",
      "5.2 s",
      "31 min",
      "2.1 h",
    ]);
  });

  it("holds the gap against the schedule", () => {
    expect(attemptNote(attempt({}))).toBeUndefined();
    expect(attemptNote(attempt({ gap: 5_100_000, due: 5_000_000 }))).toBe("5.1 s later, due after 5 s");
    expect(attemptNote(attempt({ gap: 61_000_000 }))).toBe("1 min later");
  });

  it.each([
    ["fault", "5 s later; broken on purpose by a rule"],
    ["left", "5 s later; its sender did not wait"],
    ["incomplete", "5 s later"],
  ])("says what became of the answer: %s", (failure, note) => {
    const push = { delivery: null, failure } as unknown as Attempt["push"];
    expect(attemptNote(attempt({ gap: 5_000_000, push }))).toBe(note);
  });

  it("tells a try of the user's from the attempts of the service", () => {
    const of = (origin: string, number = 1) =>
      attempt({ number, push: { delivery: null, origin } as unknown as Attempt["push"] });
    expect(attemptName(of("captured"), 1)).toBe("received");
    expect([attemptName(of("captured", 2), 1), attemptName(of("captured"), 2)]).toEqual(["attempt 2", "attempt 1"]);
    expect(attemptName(of("sample"), 1)).toBe("a try");
  });

  it("knows what comes again by what the service takes as success, and not by the status", () => {
    const of = (accepted: boolean, origin = "captured") =>
      isToComeAgain(attempt({ accepted, push: { status: 204, origin } as unknown as Attempt["push"] }));
    expect([of(true), of(false), of(false, "sample")]).toEqual([false, true, false]);
  });

  it("names the attempts that are not here", () => {
    expect(missingWords(attempt({ number: 3, missing: 1 }))).toContain("Attempt 2 is not here");
    expect(missingWords(attempt({ number: 5, missing: 3 }))).toContain("Attempts 2 to 4 are not here");
  });
});

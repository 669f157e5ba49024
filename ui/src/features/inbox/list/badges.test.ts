import { describe, expect, it } from "vitest";
import type { DeliveryMark } from "$ipc/bindings/DeliveryMark";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import { badgesOf } from "./badges";

const row = (over: Partial<ExchangeSummary>) =>
  ({ id: 7, origin: "captured", marks: [], delivery: null, events: 1, ...over }) as ExchangeSummary;
const texts = (over: Partial<ExchangeSummary>, unfolds = false) => badgesOf(row(over), unfolds).map(({ text }) => text);
const within = (over: Partial<DeliveryMark>): Partial<ExchangeSummary> => ({
  delivery: { first: 5, pushes: 2, repeat: null, attempt: null, overtakenBy: null, unread: 0, ...over },
});

describe("the badges of a row", () => {
  it("are none for a push of which nothing is to be said", () => {
    expect(texts({})).toEqual([]);
    expect(texts({ marks: ["viaTunnel"] })).toEqual([]);
  });

  it("say what kept it from being whole, and that it was a handshake", () => {
    expect(texts({ marks: ["truncated", "incomplete"] })).toEqual(["truncated", "incomplete"]);
    expect(texts({ marks: ["ambiguousFraming"] })).toEqual(["ambiguous"]);
    expect(texts({ marks: ["handshake"] })).toEqual(["handshake"]);
  });

  it("tell a retry, with its number where there is one, from a duplicate", () => {
    expect(texts(within({ repeat: "retry", attempt: 3 }))).toEqual(["retry 3"]);
    expect(texts(within({ repeat: "retry" }))).toEqual(["retry"]);
    expect(texts(within({ repeat: "duplicate", attempt: 2 }))).toEqual(["duplicate"]);
  });

  it("count the pushes at the first of them, unless a button does", () => {
    expect(texts(within({ first: 7, pushes: 4 }))).toEqual(["×4"]);
    expect(texts(within({ first: 7, pushes: 4 }), true)).toEqual([]);
    expect(texts(within({ first: 7, pushes: 1 }))).toEqual([]);
  });

  it("say that it came late, and how many events are in it", () => {
    expect(texts(within({ overtakenBy: 6 }))).toEqual(["late"]);
    expect(texts({ events: 3 })).toEqual(["3 events"]);
  });

  it("name where it is from, if nobody sent it on their own", () => {
    expect((["sample", "replay", "forward", "redirect", "sent"] as const).map((origin) => texts({ origin }))).toEqual([
      ["sample"],
      ["replay"],
      ["forward"],
      ["redirect"],
      [],
    ]);
  });
});

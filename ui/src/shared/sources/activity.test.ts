import { describe, expect, it } from "vitest";
import type { Source } from "$ipc/bindings/Source";
import { activityOf, tipOf } from "./activity";

const NOW = 1_764_000_000_000;
const source = (minutesAgo: number | null): Source => ({
  id: 1,
  name: "github",
  provider: null,
  pushes: 13,
  newest: minutesAgo === null ? null : (NOW - minutesAgo * 60_000) * 1000,
});

describe("the lamp of a source", () => {
  it("is lit for an hour after a push", () => {
    expect(activityOf(source(59), NOW)).toBe("active");
    expect(activityOf(source(61), NOW)).toBe("quiet");
    expect(activityOf(source(null), NOW)).toBe("waiting");
  });

  it("is said in words", () => {
    expect(tipOf(source(4), NOW)).toBe("github: 13 pushes, newest 4 min ago; received in the last hour");
    expect(tipOf(source(180), NOW)).toBe("github: 13 pushes, newest 3 h ago; nothing in the last hour");
    expect(tipOf(source(null), NOW)).toBe("github: waiting for the first push");
  });
});

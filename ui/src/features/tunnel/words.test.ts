import { describe, expect, it } from "vitest";
import type { TunnelState } from "$ipc/bindings/TunnelState";
import { tunnelWords } from "./words";

const NOW = 1_764_000_000_000;

describe("the state of the tunnel", () => {
  it.each<[TunnelState, string, string, string]>([
    [{ type: "off" }, "idle", "Tunnel off", "off"],
    [{ type: "starting" }, "idle", "Tunnel starting", "starting"],
    [{ type: "up", url: "http://bore.pub:1", since: (NOW - 240_000) * 1000 }, "", "Tunnel", "up 4 min"],
    [{ type: "lost", url: "http://bore.pub:1", message: "It ended." }, "warn", "Tunnel lost", "lost"],
    [{ type: "retrying", attempt: 3, message: "It ended." }, "warn", "Tunnel retrying", "retrying, attempt 3"],
    [{ type: "failed", message: "Not found.", hint: null }, "err", "Tunnel failed", "failed"],
  ])("is a lamp and words: %j", (state, lamp, short, long) => {
    expect(tunnelWords(state, NOW)).toEqual({ lamp, short, long });
  });
});

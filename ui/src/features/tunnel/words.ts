// The state of the tunnel in a lamp and words.
import type { TunnelState } from "$ipc/bindings/TunnelState";
import { age } from "$shared/format";

export interface TunnelWords {
  lamp: "" | "idle" | "warn" | "err";
  /** For the top bar. */
  short: string;
  /** For the panel. */
  long: string;
}

export function tunnelWords(state: TunnelState, now = Date.now()): TunnelWords {
  switch (state.type) {
    case "off":
      return { lamp: "idle", short: "Tunnel off", long: "off" };
    case "starting":
      return { lamp: "idle", short: "Tunnel starting", long: "starting" };
    case "up":
      return { lamp: "", short: "Tunnel", long: `up ${age(state.since, now)}` };
    case "lost":
      return { lamp: "warn", short: "Tunnel lost", long: "lost" };
    case "retrying":
      return { lamp: "warn", short: "Tunnel retrying", long: `retrying, attempt ${state.attempt}` };
    case "failed":
      return { lamp: "err", short: "Tunnel failed", long: "failed" };
  }
}

/** The public URL without its scheme. */
export const hostOf = (url: string): string => url.replace(/^https?:\/\//, "");

// The phases of a send in their order, with words for them.
import type { Timing } from "$ipc/bindings/Timing";

export interface Phase {
  name: string;
  meaning: string;
  micros: number;
  /** How its part of the bar is drawn. */
  tone: "t1" | "t2" | "t3" | "wait" | "t4";
}

const PHASES: { key: Exclude<keyof Timing, "protocol">; name: string; meaning: string; tone: Phase["tone"] }[] = [
  { key: "dns", name: "DNS", meaning: "looking up the name", tone: "t1" },
  { key: "connect", name: "Connect", meaning: "opening the TCP connection", tone: "t2" },
  { key: "tls", name: "TLS", meaning: "the handshake", tone: "t3" },
  { key: "send", name: "Send", meaning: "writing the request", tone: "t2" },
  { key: "wait", name: "Wait", meaning: "until the first byte of the answer", tone: "wait" },
  { key: "receive", name: "Body", meaning: "reading the answer", tone: "t4" },
];

/** Those that happened. */
export const phasesOf = (timing: Timing): Phase[] =>
  PHASES.flatMap(({ key, ...phase }) => (timing[key] === null ? [] : [{ ...phase, micros: timing[key] }]));

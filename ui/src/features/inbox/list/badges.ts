// The badges of a row: what made it happen, and what a reader must know.
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import type { Mark } from "$ipc/bindings/Mark";

export interface Badge {
  text: string;
  tone: "line" | "warn" | "err" | "";
  tip: string;
}

const ORIGINS: Partial<Record<ExchangeSummary["origin"], Badge>> = {
  sample: { text: "sample", tone: "line", tip: "A sample event, sent by Pushpull to its own listener" },
  replay: { text: "replay", tone: "line", tip: "A captured push, sent again" },
  forward: { text: "forward", tone: "line", tip: "A captured push, passed on" },
  redirect: { text: "redirect", tone: "line", tip: "A request that followed a redirect" },
};

export const MARKS: Record<Exclude<Mark, "viaTunnel">, Badge> = {
  truncated: { text: "truncated", tone: "warn", tip: "The body was over the cap: only its first 64 KiB are kept" },
  ambiguousFraming: {
    text: "ambiguous",
    tone: "err",
    tip: "Its length could be read in two ways: it was refused with 400",
  },
  handshake: {
    text: "handshake",
    tone: "line",
    tip: "The service tried the endpoint, and was answered as it wants it",
  },
  incomplete: { text: "incomplete", tone: "warn", tip: "It ended before it was whole" },
};

/** What is said of a push as one of several of the same event. */
function deliveryBadges({ id, delivery, events }: ExchangeSummary, unfolds: boolean): Badge[] {
  const badges: Badge[] = [];
  if (delivery?.repeat === "retry") {
    const text = delivery.attempt === null ? "retry" : `retry ${delivery.attempt}`;
    badges.push({ text, tone: "", tip: "Sent again: we had failed, or the service counts it as a further attempt" });
  } else if (delivery?.repeat === "duplicate")
    badges.push({ text: "duplicate", tone: "warn", tip: "The same event again, after we had accepted it" });
  else if (delivery && delivery.pushes > 1 && delivery.first === id && !unfolds)
    badges.push({
      text: `×${delivery.pushes}`,
      tone: "",
      tip: "The same event came more than once, Shift+D shows all",
    });
  if (delivery && delivery.overtakenBy !== null)
    badges.push({ text: "late", tone: "warn", tip: "A push about a later state of the same thing came before it" });
  if (events > 1) badges.push({ text: `${events} events`, tone: "line", tip: "Several events in one body" });
  return badges;
}

/** `unfolds`: how often the event came is said by a button. */
export function badgesOf(row: ExchangeSummary, unfolds = false): Badge[] {
  const marks = row.marks.flatMap((mark) => (mark === "viaTunnel" ? [] : [MARKS[mark]]));
  const origin = ORIGINS[row.origin];
  return [...marks, ...deliveryBadges(row, unfolds), ...(origin ? [origin] : [])];
}

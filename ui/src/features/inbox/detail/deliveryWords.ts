// What the timeline of a delivery says of its attempts.
import type { Attempt } from "$ipc/bindings/Attempt";
import type { FailureKind } from "$ipc/bindings/FailureKind";

const SECOND = 1_000_000;
const UNITS: [number, string][] = [
  [86_400 * SECOND, "d"],
  [3_600 * SECOND, "h"],
  [60 * SECOND, "min"],
  [SECOND, "s"],
];

/** A time between two attempts: `5.2 s`, `31 min`, `2.1 h`. */
export function gapText(micros: number): string {
  const [unit, name] = UNITS.find(([unit]) => Math.abs(micros) >= unit) ?? [1000, "ms"];
  const value = micros / unit;
  return `${Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ${name}`;
}

/** What an attempt is called. What was sent to try the source is none of its service's. */
export function attemptName({ number, push }: Attempt, among: number): string {
  if (push.origin === "sample") return "a try";
  return among > 1 || number > 1 ? `attempt ${number}` : "received";
}

/** True of an attempt that its service counts as failed, so that its schedule says when the next one comes. */
export const isToComeAgain = ({ accepted, push }: Attempt) => !accepted && push.origin !== "sample";

/** What became of our answer to a push, where the sender got none that counts. */
const UNANSWERED: Partial<Record<FailureKind, string>> = {
  fault: "broken on purpose by a rule",
  left: "its sender did not wait",
};

/** How long after the one before, what the schedule says of that, why it came and what kept our answer from it. */
export function attemptNote({ gap, due, push }: Attempt): string | undefined {
  const parts: string[] = [];
  if (gap !== null)
    parts.push(`${gapText(gap)} later${due === null ? "" : `, due after ${due === 0 ? "0 s" : gapText(due)}`}`);
  if (push.delivery?.repeat === "duplicate") parts.push("duplicate: it had been accepted");
  const unanswered = push.failure && UNANSWERED[push.failure];
  if (unanswered) parts.push(unanswered);
  return parts.length > 0 ? parts.join("; ") : undefined;
}

/** What the service counted and is not here: whether it never came or was deleted, nobody knows any more. */
export function missingWords({ missing, number }: Attempt): string {
  const first = number - missing;
  const which = missing === 1 ? `Attempt ${first} is` : `Attempts ${first} to ${number - 1} are`;
  return `${which} not here: counted by the service, and did not come or ${missing === 1 ? "was" : "were"} deleted`;
}

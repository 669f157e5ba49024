// What decided our answer to a push, in words.
import type { Answered } from "$ipc/bindings/Answered";
import type { Fault } from "$ipc/bindings/Fault";

const FAULTS: Record<Fault["type"], string> = {
  hang: "it was never answered",
  reset: "the connection was reset",
  halfClose: "our side of the connection was closed without an answer",
  closeAfterHeaders: "the connection was closed after the head",
  drip: "it dripped",
  wrongLength: "its Content-Length was wrong",
};

/** `Answered by rule “flaky”, step 2 of 3, held back 300 ms` */
export function answeredWords(answered: Answered): string {
  const { by, delayMs, fault, atOnce } = answered;
  const parts: string[] = [];
  if (by.type === "rule") {
    parts.push(`Answered by rule ${by.name ? `“${by.name}”` : by.id}`);
    if (by.steps > 1) parts.push(`step ${by.step} of ${by.steps}`);
  } else if (by.type === "method") parts.push("The source does not take this method");
  else if (by.type === "contentType") parts.push("The source does not take this content type");
  else if (by.type === "schema") parts.push("The payload does not fit the schema of the source");
  else parts.push("A browser asked whether a page may call the source");
  if (delayMs > 0) parts.push(atOnce ? `meant to be held back ${delayMs} ms` : `held back ${delayMs} ms`);
  if (fault) parts.push(FAULTS[fault.type]);
  if (atOnce) parts.push("at once, since too many answers were held already");
  return parts.join(", ");
}

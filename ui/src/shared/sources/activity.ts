// How lively a source is: what its lamp and its tooltip say, wherever it is listed.
import type { Source } from "$ipc/bindings/Source";
import { age, counted } from "$shared/format";

const HOUR = 3_600_000;

export type Activity = "active" | "quiet" | "waiting";

export const ACTIVITIES: Record<Activity, string> = {
  active: "received in the last hour",
  quiet: "nothing in the last hour",
  waiting: "waiting for the first push",
};

export function activityOf({ newest }: Source, now: number): Activity {
  if (newest === null) return "waiting";
  return now - newest / 1000 < HOUR ? "active" : "quiet";
}

/** `github (github): 13 pushes, newest 4 min ago; received in the last hour` */
export function tipOf(source: Source, now: number): string {
  const name = source.provider ? `${source.name} (${source.provider})` : source.name;
  const activity = activityOf(source, now);
  if (source.newest === null) return `${name}: ${ACTIVITIES[activity]}`;
  return `${name}: ${counted(source.pushes, "push", "pushes")}, newest ${age(source.newest, now)} ago; ${ACTIVITIES[activity]}`;
}

// Times of the strip in words.
import { timeParts } from "$shared/format";

const MINUTE = 60_000_000;
const DAY = 1440 * MINUTE;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** How much time a bar stands for: `10 s`, `5 min`, `2 h`, `7 days`. */
export function spanText(width: number): string {
  if (width < MINUTE) return `${width / 1_000_000} s`;
  if (width < 60 * MINUTE) return `${width / MINUTE} min`;
  if (width < DAY) return `${width / (60 * MINUTE)} h`;
  return width === DAY ? "1 day" : `${width / DAY} days`;
}

/** A time under the bars, as exact as they are. */
export function tickText(at: number, width: number): string {
  const { time } = timeParts(at);
  if (width < MINUTE / 2) return time;
  if (width < 60 * MINUTE) return time.slice(0, 5);
  // Where the clocks were changed in between, a bar of days begins an hour beside midnight: its first noon tells the day.
  const date = new Date((width < DAY ? at : at + DAY / 2) / 1000);
  const day = `${date.getDate()} ${MONTHS[date.getMonth()]}`;
  return width < DAY ? `${day} ${time.slice(0, 5)}` : day;
}

// Times, sizes and counts in words.

const two = (value: number) => String(value).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The time of day of µs since 1970, local, and its milliseconds with their dot. */
export function timeParts(micros: number): { time: string; milli: string } {
  const date = new Date(Math.floor(micros / 1000));
  return {
    time: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`,
    milli: `.${String(date.getMilliseconds()).padStart(3, "0")}`,
  };
}

/** `22 Nov 12:04:09.564`, with the year if it is not this one's. */
export function dateTime(micros: number, now = new Date()): string {
  const date = new Date(Math.floor(micros / 1000));
  const { time, milli } = timeParts(micros);
  const year = date.getFullYear() === now.getFullYear() ? "" : ` ${date.getFullYear()}`;
  return `${date.getDate()} ${MONTHS[date.getMonth()]}${year} ${time}${milli}`;
}

/** µs as the `ms` column shows them: `12`, `0.4`, `2.1 s`. */
export function millis(micros: number): string {
  const ms = micros / 1000;
  if (ms < 1) return ms.toFixed(1);
  if (ms < 1000) return String(Math.round(ms));
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

/** The same with its unit: `48 ms`, `2.1 s`. */
export function duration(micros: number): string {
  const text = millis(micros);
  return /[a-z]/.test(text) ? text : `${text} ms`;
}

/** `746 B`, `3.1 KB`, `12 MB`; 1 KB is 1,024 bytes. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = -1;
  do {
    value /= 1024;
    unit += 1;
  } while (value >= 1024 && unit < units.length - 1);
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `1,204,118` */
export const count = (value: number): string => value.toLocaleString("en-US");

/** `1,204`, `12.4k`, `1.2M`: where there is little room. */
export function shortCount(value: number): string {
  if (value < 10_000) return count(value);
  if (value < 1_000_000) return `${(value / 1000).toFixed(value < 100_000 ? 1 : 0)}k`;
  return `${(value / 1_000_000).toFixed(value < 100_000_000 ? 1 : 0)}M`;
}

/** `1 exchange`, `3 exchanges` */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** How long ago, in one unit: `4 s`, `12 min`, `2 h`, `3 days`. */
export function age(micros: number, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - micros / 1000) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`;
  return counted(Math.round(seconds / 86_400), "day");
}

/** How far from now, with its direction: `4 s ago`, `in 2 h`. */
export function span(micros: number, now = Date.now()): string {
  const ahead = micros / 1000 > now;
  const distance = age(ahead ? now * 1000 : micros, ahead ? micros / 1000 : now);
  return ahead ? `in ${distance}` : `${distance} ago`;
}

/** The file's name without its folders and its ending. */
export function fileStem(path: string): string {
  const name = path.split(/[\\/]/).pop() ?? path;
  return name.replace(/\.[^.]+$/, "") || name;
}

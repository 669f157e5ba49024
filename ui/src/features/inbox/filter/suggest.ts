// What the filter field suggests for the word under the caret.
import { KEYS, quoted } from "./terms";

const VALUES: Record<string, string[]> = {
  is: ["failed", "valid", "invalid", "unsigned", "handshake"],
  direction: ["push", "pull"],
  method: ["GET", "POST", "PUT", "PATCH", "DELETE"],
  status: ["2xx", "3xx", "4xx", "5xx"],
  since: ["15m", "1h", "24h", "7d"],
  larger: ["10k", "1M"],
};
const AT_MOST = 8;

/** Words that may take the place of `word`. */
export function suggestions(word: string, sources: readonly string[]): string[] {
  const minus = word.startsWith("-") ? "-" : "";
  const rest = word.slice(minus.length);
  const colon = rest.indexOf(":");
  if (colon < 0) {
    if (rest === "" && minus === "") return [];
    const keys = KEYS.map((key) => (key.endsWith(".") ? key : `${key}:`));
    return keys.filter((key) => key.startsWith(rest.toLowerCase()) && key !== rest).map((key) => minus + key);
  }
  const key = rest.slice(0, colon);
  const typed = rest.slice(colon + 1).toLowerCase();
  const values = key === "source" ? sources : (VALUES[key] ?? []);
  return values
    .filter((value) => value.toLowerCase().startsWith(typed) && value.toLowerCase() !== typed)
    .slice(0, AT_MOST)
    .map((value) => `${minus}${key}:${quoted(value)}`);
}

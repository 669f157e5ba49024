// Window preferences that may be lost: they live in `preferences.json` of the app, not in the workspace.
import { insideApp } from "./backend";

const FILE = "preferences.json";
const KEY = "window";

/** What was kept, whatever it is: the reader checks it. The shell puts it on the page before any script runs. */
export function keptPreferences(): unknown {
  if (insideApp) return (window as { pushpullPreferences?: unknown }).pushpullPreferences ?? null;
  return JSON.parse(localStorage.getItem(KEY) ?? "null") as unknown;
}

/** Keeps the preferences. */
export async function keepPreferences(value: unknown): Promise<void> {
  if (!insideApp) return localStorage.setItem(KEY, JSON.stringify(value));
  const { load } = await import("@tauri-apps/plugin-store");
  await (await load(FILE, { autoSave: 300, defaults: {} })).set(KEY, value);
}

// Window preferences that may be lost: they live in `preferences.json` of the app, not in the workspace.
import { load, type Store } from "@tauri-apps/plugin-store";
import { insideApp } from "./backend";

let opened: Promise<Store> | undefined;
const store = () => (opened ??= load("preferences.json", { autoSave: 300, defaults: {} }));

const KEY = "window";

/** What was kept, whatever it is: the reader checks it. Null if there is nothing or it can't be read. */
export async function loadPreferences(): Promise<unknown> {
  if (!insideApp) return JSON.parse(localStorage.getItem(KEY) ?? "null") as unknown;
  return (await (await store()).get(KEY)) ?? null;
}

/** Keeps the preferences. */
export async function keepPreferences(value: unknown): Promise<void> {
  if (!insideApp) return localStorage.setItem(KEY, JSON.stringify(value));
  await (await store()).set(KEY, value);
}

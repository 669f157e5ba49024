// What the shell itself can do: go places, look different, listen, send samples.
import type { SampleProvider } from "$ipc/bindings/SampleProvider";
import { call } from "$ipc/call";
import { chooseFile, copyText } from "$ipc/desktop";
import type { ActionId } from "./actions";
import type { Doing } from "./commands.svelte";
import {
  goTo,
  navigation,
  openExchange,
  openExport,
  openNewProvider,
  openProviders,
  openRequest,
} from "./navigation.svelte";
import { movePane } from "./panes";
import { preferences } from "./preferences.svelte";
import { session } from "./session.svelte";
import { say, sayError, toasts } from "./toasts.svelte";

/** The address that a service is to be given: the public one while there is one. */
export const inboundUrl = (source = "default"): string | null => {
  const base = session.publicUrl ?? session.localUrl;
  return base ? `${base}/in/${source}` : null;
};

export async function copyInboundUrl(source?: string) {
  const url = inboundUrl(source);
  if (!url) return;
  await copyText(url);
  say(session.publicUrl ? "Public URL copied" : "URL copied");
}

/** Sends a sample over HTTP to our own listener, and shows what came of it. */
export async function sendSample(provider: SampleProvider) {
  const row = await call("send_sample", { provider });
  openExchange(row.id);
}

export async function listen(port?: number) {
  const settings = session.settings;
  const bind = settings?.bind ?? "127.0.0.1";
  await session.takeAnswer(call("start_listening", { port: port ?? settings?.port ?? 4400, bind, fallback: true }));
  session.listensOn = bind;
}

export async function stopListening() {
  await session.takeAnswer(call("stop_listening", {}));
}

export async function openWorkspace() {
  const path = await chooseFile("Open a workspace", [{ name: "Pushpull workspace", extensions: ["pushpull"] }]);
  if (path) await session.open(path);
}

/** Says that the app was started again for another workspace, and opens it if that is wanted: there is one window. */
export function offerWorkspace(path: string) {
  const run = () => void session.open(path).catch(sayError);
  say(`Pushpull was started again for ${path}, which is not open here.`, { title: "Open it here", run });
}

const listening = () => session.localUrl !== null;
const sample = (provider: SampleProvider): Doing => ({ when: listening, run: () => sendSample(provider) });

export const globalDoings: Partial<Record<ActionId, Doing | (() => unknown)>> = {
  "go.inbox": () => goTo("inbox"),
  "go.requests": () => goTo("requests"),
  "go.compare": () => goTo("compare"),
  "go.sources": () => goTo("sources"),
  "go.settings": () => goTo("settings"),
  "go.tunnel": () => (navigation.tunnelOpen = true),
  "request.new": () => openRequest({ type: "new" }),
  "capture.copyUrl": { when: listening, run: () => copyInboundUrl() },
  "capture.listen": () => (listening() ? stopListening() : listen()),
  "capture.sampleStripe": sample("stripe"),
  "capture.sampleGithub": sample("github"),
  "capture.sampleHubspot": sample("hubspot"),
  "capture.sampleShopify": sample("shopify"),
  "capture.exportAll": {
    when: () => (session.status?.stored.exchanges ?? 0) > 0,
    run: () => openExport({ type: "filter", filter: "" }),
  },
  "capture.openWorkspace": openWorkspace,
  "capture.providers": openProviders,
  "capture.newProvider": () => openNewProvider(),
  "window.palette": () => (navigation.paletteOpen = true),
  "window.undo": { when: () => toasts.undoable !== undefined, run: () => toasts.undo() },
  "window.shortcuts": () => (navigation.shortcutsOpen = true),
  "window.nextPane": () => movePane(1),
  "window.previousPane": () => movePane(-1),
  "window.themeLight": () => (preferences.theme = "light"),
  "window.themeDark": () => (preferences.theme = "dark"),
  "window.themeSystem": () => (preferences.theme = "system"),
  "window.density": () => (preferences.density = preferences.density === "compact" ? "cosy" : "compact"),
};

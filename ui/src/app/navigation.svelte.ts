// Where the window stands, and the ways from one screen to another. Screens call these; the shell shows what they say.
import type { ExportScope } from "$ipc/bindings/ExportScope";

export type Screen = "inbox" | "requests" | "compare" | "sources" | "settings";

/** What the requests screen is asked to open. */
export type RequestToOpen =
  | { type: "new" }
  | { type: "saved"; id: number }
  | { type: "fromExchange"; id: number }
  | { type: "fromUrl"; url: string };

/** The dialog that lies over the screen. */
export type Dialog =
  | { type: "replay"; ids: number[] }
  | { type: "export"; scope: ExportScope }
  | { type: "tags"; ids: number[] }
  /** All that a filter finds up to the newest exchange of the view. */
  | { type: "delete"; filter: string; upto: number }
  /** The providers; with an exchange, a new one is tried on it. */
  | { type: "providers" }
  | { type: "newProvider"; base: string | null; exchange: number | null };

class Navigation {
  screen = $state<Screen>("inbox");
  /** The exchanges on the compare screen, the base first. */
  compared = $state.raw<number[]>([]);
  /** Taken (set to null) by the requests screen once it has opened it. */
  requestToOpen = $state.raw<RequestToOpen | null>(null);
  /** Taken (set to null) by the inbox once it has selected it. */
  exchangeToShow = $state.raw<number | null>(null);
  /** The source on the sources screen; null for the first one. */
  source = $state<string | null>(null);
  /** Taken (set to null) by the shell once the inbox shows it. */
  sourceToShow = $state.raw<string | null>(null);
  dialog = $state.raw<Dialog | null>(null);
  paletteOpen = $state(false);
  shortcutsOpen = $state(false);
  tunnelOpen = $state(false);

  /** Another workspace was opened: what was to be shown is of the one before. The screen stays. */
  clear() {
    this.compared = [];
    this.requestToOpen = this.exchangeToShow = this.source = this.sourceToShow = this.dialog = null;
  }
}

export const navigation = new Navigation();

export function goTo(screen: Screen) {
  navigation.screen = screen;
}

/** Holds two to eight exchanges against each other, the first being the base. */
export function openCompare(ids: number[]) {
  navigation.compared = ids.slice(0, 8);
  navigation.screen = "compare";
}

/** Asks where to, then sends captured pushes again. */
export function openReplay(ids: number[]) {
  navigation.dialog = { type: "replay", ids };
}

/** Asks how, then exports. */
export function openExport(scope: ExportScope) {
  navigation.dialog = { type: "export", scope };
}

/** Shows the providers, or a new one to be written: from a known one, tried on an exchange. */
export function openProviders() {
  navigation.dialog = { type: "providers" };
}

export function openNewProvider(base: string | null = null, exchange: number | null = null) {
  navigation.dialog = { type: "newProvider", base, exchange };
}

export function closeDialog() {
  navigation.dialog = null;
}

/** Opens a request in a tab of its own. */
export function openRequest(request: RequestToOpen) {
  navigation.requestToOpen = request;
  navigation.screen = "requests";
}

/** Opens a source on the sources screen. */
export function openSource(name: string) {
  navigation.source = name;
  navigation.screen = "sources";
}

/** Shows the pushes of a source in the inbox. */
export function showSourceInInbox(name: string) {
  navigation.sourceToShow = name;
  navigation.screen = "inbox";
}

/** Shows an exchange in the inbox. */
export function openExchange(id: number) {
  navigation.exchangeToShow = id;
  navigation.screen = "inbox";
}

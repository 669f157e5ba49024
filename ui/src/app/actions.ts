// THE table of actions: palette, keys, menus, tooltips and the shortcut sheet come from it.
// What an action does is provided by the part that can do it: see `provideActions` in commands.svelte.ts.
import type { IconName } from "$shared/ui/icons";
import type { Screen } from "./navigation.svelte";

export interface Action {
  id: string;
  /** Sentence case, a verb first; `…` if it asks for more. */
  title: string;
  /** Its heading in the palette and on the shortcut sheet. */
  group: "This exchange" | "List" | "Request" | "Comparison" | "Source" | "Go to" | "Capture" | "Window";
  /** Any of these: `Ctrl+K` (⌘ on macOS), `Shift+C`, or a sequence `g i`. The first one is shown. */
  keys: readonly string[];
  /** The screens it exists on. */
  on: readonly Screen[] | "everywhere";
  icon?: IconName;
  /** True for what would only be noise in the palette: moving in a list. */
  keysOnly?: boolean;
}

const inbox = ["inbox"] as const;
const requests = ["requests"] as const;
const compare = ["compare"] as const;
const sources = ["sources"] as const;

export const ACTIONS = [
  { id: "exchange.replay", title: "Replay…", group: "This exchange", keys: ["r"], on: inbox, icon: "replay" },
  {
    id: "exchange.compare",
    title: "Compare the selection",
    group: "This exchange",
    keys: ["c"],
    on: inbox,
    icon: "compare",
  },
  {
    id: "exchange.comparePrevious",
    title: "Compare with the previous one of its type",
    group: "This exchange",
    keys: ["Shift+C"],
    on: inbox,
    icon: "compare",
  },
  { id: "exchange.copyBody", title: "Copy body", group: "This exchange", keys: ["y"], on: inbox, icon: "copy" },
  {
    id: "exchange.copyCurl",
    title: "Copy as cURL, secrets masked",
    group: "This exchange",
    keys: ["Shift+Y"],
    on: inbox,
    icon: "terminal",
  },
  {
    id: "exchange.edit",
    title: "Open as a new request",
    group: "This exchange",
    keys: ["Shift+N"],
    on: inbox,
    icon: "edit",
  },
  {
    id: "exchange.export",
    title: "Export the selection…",
    group: "This exchange",
    keys: ["Shift+E"],
    on: inbox,
    icon: "download",
  },
  { id: "exchange.pin", title: "Pin or unpin", group: "This exchange", keys: ["p"], on: inbox, icon: "pin" },
  { id: "exchange.tag", title: "Tag…", group: "This exchange", keys: ["t"], on: inbox, icon: "tag" },
  { id: "exchange.note", title: "Write a note", group: "This exchange", keys: ["Shift+T"], on: inbox, icon: "edit" },
  { id: "exchange.unread", title: "Mark as unread", group: "This exchange", keys: [], on: inbox, icon: "target" },
  { id: "exchange.delete", title: "Delete", group: "This exchange", keys: ["#", "Delete"], on: inbox, icon: "trash" },
  {
    id: "exchange.find",
    title: "Find in body",
    group: "This exchange",
    keys: ["Ctrl+F"],
    on: ["inbox", "requests"],
    icon: "search",
  },

  {
    id: "body.filter",
    title: "Filter the body by JSONPath or jq",
    group: "This exchange",
    keys: ["Ctrl+Shift+F"],
    on: ["inbox", "requests"],
    icon: "filter",
  },
  {
    id: "body.save",
    title: "Save the body as a file…",
    group: "This exchange",
    keys: [],
    on: inbox,
    icon: "download",
  },
  {
    id: "body.view1",
    title: "View the body the first way",
    group: "This exchange",
    keys: ["1"],
    on: inbox,
    keysOnly: true,
  },
  { id: "body.view2", title: "View the second way", group: "This exchange", keys: ["2"], on: inbox, keysOnly: true },
  { id: "body.view3", title: "View the third way", group: "This exchange", keys: ["3"], on: inbox, keysOnly: true },
  { id: "body.view4", title: "View the fourth way", group: "This exchange", keys: ["4"], on: inbox, keysOnly: true },
  { id: "body.view5", title: "View the fifth way", group: "This exchange", keys: ["5"], on: inbox, keysOnly: true },
  {
    id: "node.copyPath",
    title: "Copy the path of the selected value",
    group: "This exchange",
    keys: ["Ctrl+Shift+C"],
    on: ["inbox", "requests"],
    icon: "link",
  },
  {
    id: "node.copyPointer",
    title: "Copy its JSON Pointer",
    group: "This exchange",
    keys: ["Ctrl+Alt+C"],
    on: ["inbox", "requests"],
    icon: "link",
  },
  {
    id: "node.filterList",
    title: "Filter the list by this value",
    group: "This exchange",
    keys: ["Shift+F"],
    on: inbox,
    icon: "filter",
  },
  {
    id: "node.ignore",
    title: "Ignore this path in comparisons",
    group: "This exchange",
    keys: ["Shift+I"],
    on: inbox,
    icon: "eyeoff",
  },

  { id: "list.filter", title: "Filter the list", group: "List", keys: ["/"], on: inbox, icon: "filter" },
  { id: "list.clearFilter", title: "Clear the filter", group: "List", keys: [], on: inbox, icon: "x" },
  { id: "list.next", title: "Next row", group: "List", keys: ["j", "ArrowDown"], on: inbox, keysOnly: true },
  { id: "list.previous", title: "Previous row", group: "List", keys: ["k", "ArrowUp"], on: inbox, keysOnly: true },
  { id: "list.pageDown", title: "Page down", group: "List", keys: ["PageDown"], on: inbox, keysOnly: true },
  { id: "list.pageUp", title: "Page up", group: "List", keys: ["PageUp"], on: inbox, keysOnly: true },
  { id: "list.first", title: "Newest row", group: "List", keys: ["Home"], on: inbox, keysOnly: true },
  { id: "list.last", title: "Oldest row", group: "List", keys: ["End"], on: inbox, keysOnly: true },
  { id: "list.pick", title: "Select or unselect the row", group: "List", keys: ["x"], on: inbox, keysOnly: true },
  {
    id: "list.extendDown",
    title: "Extend the selection down",
    group: "List",
    keys: ["Shift+ArrowDown"],
    on: inbox,
    keysOnly: true,
  },
  {
    id: "list.extendUp",
    title: "Extend the selection up",
    group: "List",
    keys: ["Shift+ArrowUp"],
    on: inbox,
    keysOnly: true,
  },
  { id: "list.open", title: "Go into the detail", group: "List", keys: ["Enter"], on: inbox, keysOnly: true },
  { id: "list.back", title: "Back up one level", group: "List", keys: ["Escape"], on: inbox, keysOnly: true },
  { id: "list.follow", title: "Follow new exchanges", group: "List", keys: ["f"], on: inbox, icon: "down" },
  { id: "list.pause", title: "Pause or resume the view", group: "List", keys: ["Space"], on: inbox, icon: "pause" },
  { id: "list.readAll", title: "Mark everything as read", group: "List", keys: [], on: inbox, icon: "check" },
  {
    id: "list.saveView",
    title: "Save the filter as a view…",
    group: "List",
    keys: ["Ctrl+S"],
    on: inbox,
    icon: "save",
  },
  { id: "list.columns", title: "Choose columns…", group: "List", keys: [], on: inbox, icon: "columns" },
  { id: "list.oldestFirst", title: "Oldest or newest first", group: "List", keys: ["o"], on: inbox, icon: "swap" },
  { id: "list.deleteFilter", title: "Delete everything in view…", group: "List", keys: [], on: inbox, icon: "trash" },
  { id: "list.fold", title: "One row a delivery", group: "List", keys: ["d"], on: inbox, icon: "fold" },
  {
    id: "list.unfoldHere",
    title: "Unfold the delivery below its row, or fold it",
    group: "List",
    keys: ["e"],
    on: inbox,
    icon: "fold",
  },
  {
    id: "list.unfold",
    title: "Show every push of the delivery alone",
    group: "List",
    keys: ["Shift+D"],
    on: inbox,
    icon: "filter",
  },
  {
    id: "list.exportFilter",
    title: "Export everything in view…",
    group: "List",
    keys: [],
    on: inbox,
    icon: "download",
  },

  { id: "request.new", title: "New request", group: "Request", keys: ["Ctrl+N"], on: "everywhere", icon: "plus" },
  { id: "request.send", title: "Send the request", group: "Request", keys: ["Ctrl+Enter"], on: requests, icon: "send" },
  { id: "request.cancel", title: "Cancel sending", group: "Request", keys: ["Ctrl+."], on: requests, icon: "x" },
  { id: "request.save", title: "Save the request", group: "Request", keys: ["Ctrl+S"], on: requests, icon: "save" },
  { id: "request.url", title: "Go to the URL", group: "Request", keys: ["Ctrl+L"], on: requests, icon: "globe" },
  { id: "request.close", title: "Close the tab", group: "Request", keys: ["Ctrl+W"], on: requests, icon: "x" },
  { id: "request.nextTab", title: "Next tab", group: "Request", keys: ["Ctrl+PageDown"], on: requests },
  { id: "request.previousTab", title: "Previous tab", group: "Request", keys: ["Ctrl+PageUp"], on: requests },
  {
    id: "request.compare",
    title: "Compare with the previous answer",
    group: "Request",
    keys: ["c"],
    on: requests,
    icon: "compare",
  },
  { id: "request.newCollection", title: "New collection", group: "Request", keys: [], on: requests, icon: "folder" },
  { id: "request.tab1", title: "Tab 1", group: "Request", keys: ["Ctrl+1"], on: requests, keysOnly: true },
  { id: "request.tab2", title: "Tab 2", group: "Request", keys: ["Ctrl+2"], on: requests, keysOnly: true },
  { id: "request.tab3", title: "Tab 3", group: "Request", keys: ["Ctrl+3"], on: requests, keysOnly: true },
  { id: "request.tab4", title: "Tab 4", group: "Request", keys: ["Ctrl+4"], on: requests, keysOnly: true },
  { id: "request.tab5", title: "Tab 5", group: "Request", keys: ["Ctrl+5"], on: requests, keysOnly: true },
  { id: "request.tab6", title: "Tab 6", group: "Request", keys: ["Ctrl+6"], on: requests, keysOnly: true },
  { id: "request.tab7", title: "Tab 7", group: "Request", keys: ["Ctrl+7"], on: requests, keysOnly: true },
  { id: "request.tab8", title: "Tab 8", group: "Request", keys: ["Ctrl+8"], on: requests, keysOnly: true },
  { id: "request.tab9", title: "Last tab", group: "Request", keys: ["Ctrl+9"], on: requests, keysOnly: true },

  { id: "compare.next", title: "Next difference", group: "Comparison", keys: ["j"], on: compare, keysOnly: true },
  {
    id: "compare.previous",
    title: "Previous difference",
    group: "Comparison",
    keys: ["k"],
    on: compare,
    keysOnly: true,
  },
  { id: "compare.ignore", title: "Ignore this path", group: "Comparison", keys: ["i"], on: compare, icon: "eyeoff" },
  {
    id: "compare.noise",
    title: "Show or hide ignored differences",
    group: "Comparison",
    keys: ["n"],
    on: compare,
    icon: "eyeoff",
  },
  { id: "compare.equal", title: "Show or hide equal values", group: "Comparison", keys: ["e"], on: compare },
  { id: "compare.swap", title: "Swap the sides", group: "Comparison", keys: ["s"], on: compare, icon: "swap" },
  { id: "compare.view1", title: "View the first way", group: "Comparison", keys: ["1"], on: compare, keysOnly: true },
  { id: "compare.view2", title: "View the second way", group: "Comparison", keys: ["2"], on: compare, keysOnly: true },
  { id: "compare.view3", title: "View the third way", group: "Comparison", keys: ["3"], on: compare, keysOnly: true },
  { id: "compare.view4", title: "View the fourth way", group: "Comparison", keys: ["4"], on: compare, keysOnly: true },
  { id: "compare.addSide", title: "Add a side", group: "Comparison", keys: ["a"], on: compare, icon: "plus" },
  {
    id: "compare.copy",
    title: "Copy the values of the row",
    group: "Comparison",
    keys: ["y"],
    on: compare,
    icon: "copy",
  },
  { id: "compare.close", title: "Close the comparison", group: "Comparison", keys: ["Ctrl+W"], on: compare, icon: "x" },

  { id: "source.new", title: "New source", group: "Source", keys: ["n"], on: sources, icon: "plus" },
  { id: "source.addRule", title: "Add a rule", group: "Source", keys: ["a"], on: sources, icon: "plus" },
  { id: "source.reset", title: "Start the sequences again", group: "Source", keys: [], on: sources, icon: "replay" },
  { id: "source.next", title: "Next source", group: "Source", keys: ["j"], on: sources, keysOnly: true },
  { id: "source.previous", title: "Previous source", group: "Source", keys: ["k"], on: sources, keysOnly: true },

  { id: "go.inbox", title: "Go to the inbox", group: "Go to", keys: ["g i"], on: "everywhere", icon: "inbox" },
  { id: "go.requests", title: "Go to the requests", group: "Go to", keys: ["g r"], on: "everywhere", icon: "request" },
  { id: "go.compare", title: "Go to the comparison", group: "Go to", keys: ["g c"], on: "everywhere", icon: "compare" },
  { id: "go.sources", title: "Go to the sources", group: "Go to", keys: ["g o"], on: "everywhere", icon: "target" },
  {
    id: "go.settings",
    title: "Go to the settings",
    group: "Go to",
    keys: ["Ctrl+,", "g s"],
    on: "everywhere",
    icon: "gear",
  },
  { id: "go.tunnel", title: "Show the tunnel", group: "Go to", keys: ["g t"], on: "everywhere", icon: "tunnel" },

  {
    id: "capture.copyUrl",
    title: "Copy the inbound URL",
    group: "Capture",
    keys: ["u"],
    on: "everywhere",
    icon: "copy",
  },
  {
    id: "capture.listen",
    title: "Start or stop listening",
    group: "Capture",
    keys: [],
    on: "everywhere",
    icon: "play",
  },
  {
    id: "capture.sampleStripe",
    title: "Send a sample event: Stripe",
    group: "Capture",
    keys: [],
    on: "everywhere",
    icon: "arrowdown",
  },
  {
    id: "capture.sampleGithub",
    title: "Send a sample event: GitHub",
    group: "Capture",
    keys: [],
    on: "everywhere",
    icon: "arrowdown",
  },
  {
    id: "capture.sampleHubspot",
    title: "Send a sample event: HubSpot",
    group: "Capture",
    keys: [],
    on: "everywhere",
    icon: "arrowdown",
  },
  {
    id: "capture.sampleShopify",
    title: "Send a sample event: Shopify",
    group: "Capture",
    keys: [],
    on: "everywhere",
    icon: "arrowdown",
  },
  {
    id: "capture.exportAll",
    title: "Export everything stored…",
    group: "Capture",
    keys: [],
    on: "everywhere",
    icon: "download",
  },
  {
    id: "capture.providers",
    title: "Show the providers…",
    group: "Capture",
    keys: ["g p"],
    on: "everywhere",
    icon: "shield",
  },
  {
    id: "capture.newProvider",
    title: "Add a provider of your own…",
    group: "Capture",
    keys: [],
    on: "everywhere",
    icon: "plus",
  },
  {
    id: "capture.openWorkspace",
    title: "Open another workspace…",
    group: "Capture",
    keys: ["Ctrl+O"],
    on: "everywhere",
    icon: "folder",
  },

  {
    id: "window.palette",
    title: "Search or run a command",
    group: "Window",
    keys: ["Ctrl+K", "Ctrl+Shift+P"],
    on: "everywhere",
    icon: "search",
  },
  { id: "window.shortcuts", title: "Show all keys", group: "Window", keys: ["?"], on: "everywhere", icon: "key" },
  {
    id: "window.sidebar",
    title: "Show or fold the sidebar",
    group: "Window",
    keys: ["Ctrl+B"],
    on: "everywhere",
    icon: "panel",
  },
  {
    id: "window.dock",
    title: "Put the detail right or below",
    group: "Window",
    keys: ["Ctrl+\\"],
    on: inbox,
    icon: "bottom",
  },
  { id: "window.nextPane", title: "Next pane", group: "Window", keys: ["F6"], on: "everywhere", keysOnly: true },
  {
    id: "window.previousPane",
    title: "Previous pane",
    group: "Window",
    keys: ["Shift+F6"],
    on: "everywhere",
    keysOnly: true,
  },
  { id: "window.themeLight", title: "Theme: light", group: "Window", keys: [], on: "everywhere" },
  { id: "window.themeDark", title: "Theme: dark", group: "Window", keys: [], on: "everywhere" },
  { id: "window.themeSystem", title: "Theme: as the system", group: "Window", keys: [], on: "everywhere" },
  { id: "window.density", title: "Density: compact or cosy", group: "Window", keys: [], on: "everywhere" },
] as const satisfies readonly Action[];

export type ActionId = (typeof ACTIONS)[number]["id"];

const byId = new Map<string, Action>(ACTIONS.map((action) => [action.id, action]));

export function actionOf(id: ActionId): Action {
  return byId.get(id) as Action;
}

export function existsOn(action: Action, screen: Screen): boolean {
  return action.on === "everywhere" || action.on.includes(screen);
}

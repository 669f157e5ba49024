import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Answers } from "$ipc/fake";
import { FakeState, type FakeOptions } from "$ipc/fake/state";
import { openApp } from "../test/openApp";
import { ACTIONS, type Action } from "./actions";

const all: readonly Action[] = ACTIONS;
const keysOf = (id: string) => all.find((action) => action.id === id)?.keys;

async function opened(
  options: FakeOptions = {},
  own: Answers = {},
  told?: (answer: unknown, command: string) => unknown,
) {
  const app = await openApp({ rows: 30, ...options }, own, told);
  await screen.findAllByRole("row", { selected: false });
  return app;
}

const filters = (calls: { command: string; args: unknown }[]) =>
  calls.filter((call) => call.command === "list").map((call) => (call.args as { filter: string }).filter);

describe("the keys that are written about", () => {
  it.each([
    ["exchange.replay", "r"],
    ["exchange.compare", "c"],
    ["exchange.copyBody", "y"],
    ["exchange.copyCurl", "Shift+Y"],
    ["exchange.pin", "p"],
    ["exchange.tag", "t"],
    ["exchange.find", "Ctrl+F"],
    ["list.filter", "/"],
    ["list.next", "j"],
    ["list.previous", "k"],
    ["list.pick", "x"],
    ["list.open", "Enter"],
    ["list.back", "Escape"],
    ["list.follow", "f"],
    ["list.pause", "Space"],
    ["request.send", "Ctrl+Enter"],
    ["request.cancel", "Ctrl+."],
    ["request.save", "Ctrl+S"],
    ["request.new", "Ctrl+N"],
    ["compare.next", "j"],
    ["compare.previous", "k"],
    ["compare.ignore", "i"],
    ["capture.copyUrl", "u"],
    ["capture.openWorkspace", "Ctrl+O"],
    ["window.palette", "Ctrl+K"],
    ["window.shortcuts", "?"],
    ["window.undo", "Ctrl+Z"],
    ["window.sidebar", "Ctrl+B"],
    ["window.nextPane", "F6"],
    ["go.settings", "Ctrl+,"],
  ])("stand in the table: %s is %s", (id, key) => {
    expect(keysOf(id)).toContain(key);
  });
});

describe("the keys of the window", () => {
  it("ask where to replay, and are then the dialog's alone", async () => {
    const { calls } = await opened();
    await userEvent.keyboard("jr");
    const dialog = await screen.findByRole("dialog", { name: "Replay 1 exchange" });
    within(dialog).getByRole("button", { name: "Cancel" }).focus();
    await userEvent.keyboard("p#{Control>}n{/Control}");
    expect(screen.getByRole("dialog", { name: "Replay 1 exchange" })).toBeTruthy();
    expect(calls.filter((call) => ["pin", "delete"].includes(call.command))).toEqual([]);
  });

  it("are a dialog's also before it is drawn", async () => {
    const { calls } = await opened();
    await userEvent.keyboard("j");
    const grid = screen.getByRole("grid");
    for (const key of ["r", "p"]) grid.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    await screen.findByRole("dialog");
    expect(calls.filter(({ command }) => command === "pin")).toEqual([]);
  });

  it("leave Enter and Space to the button that has the focus", async () => {
    await opened();
    await userEvent.keyboard("j");
    const follow = screen.getByRole("button", { name: /^Follow/ });
    follow.focus();
    await userEvent.keyboard(" ");
    await waitFor(() => expect(follow.getAttribute("aria-pressed")).toBe("false"));
    expect(screen.queryByText("Paused")).toBeNull();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(follow.getAttribute("aria-pressed")).toBe("true"));
    expect(document.activeElement).toBe(follow);
  });

  it("select every row, where they are not the text's own", async () => {
    await opened();
    const selected = () => screen.queryAllByText(/^\d.* selected$/).length > 0;
    await userEvent.keyboard("j");
    screen.getByRole("combobox", { name: /filter/i }).focus();
    await userEvent.keyboard("{Control>}a{/Control}");
    expect(selected()).toBe(false);
    screen.getByRole("grid").focus();
    await userEvent.keyboard("{Control>}a{/Control}");
    await waitFor(() => expect(selected()).toBe(true));
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(selected()).toBe(false));
  });

  it("fold the sidebar and open it", async () => {
    window.matchMedia = wide;
    await opened();
    const sidebar = screen.getByRole("navigation", { name: "Screens and sources" });
    const folded = () => within(sidebar).queryByRole("button", { name: "Show the sidebar" }) !== null;
    const before = folded();
    await userEvent.keyboard("{Control>}b{/Control}");
    await waitFor(() => expect(folded()).toBe(!before));
    await userEvent.keyboard("{Control>}b{/Control}");
    await waitFor(() => expect(folded()).toBe(before));
  });

  it("are listed for the screen that is shown, and for no other", async () => {
    await opened();
    await userEvent.keyboard("?");
    const sheet = within(await screen.findByRole("dialog", { name: "All keys" }));
    expect(sheet.getByText("Copy body")).toBeTruthy();
    expect(sheet.getByText("Show all keys")).toBeTruthy();
    expect(sheet.queryByText("Send the request")).toBeNull();
    expect(sheet.queryByText("Next difference")).toBeNull();
  });
});

const wide = ((query: string) => ({
  matches: query.startsWith("min-width") || query === "(min-width: 1100px)",
  media: query,
  addEventListener() {},
  removeEventListener() {},
})) as unknown as typeof window.matchMedia;

describe("the palette", () => {
  const open = async () => {
    await userEvent.keyboard("{Control>}k{/Control}");
    return await screen.findByRole("combobox", { name: "Command" });
  };
  const current = () => screen.getByRole("option", { selected: true }).textContent?.trim();

  it("is walked by the arrows, round its ends", async () => {
    await opened();
    await userEvent.type(await open(), "theme");
    await screen.findByText("4 commands");
    const seen = [current()];
    for (const key of ["{ArrowDown}", "{ArrowDown}", "{ArrowUp}", "{ArrowUp}", "{ArrowUp}"]) {
      await userEvent.keyboard(key);
      seen.push(current());
    }
    expect(seen).toEqual([
      "Theme: light",
      "Theme: dark",
      "Theme: as the system",
      "Theme: dark",
      "Theme: light",
      "Find “theme” in the inbox",
    ]);
  });

  it("runs what is chosen", async () => {
    await opened();
    await userEvent.type(await open(), "theme dark{Enter}");
    await waitFor(() => expect(document.documentElement.dataset["theme"]).toBe("dark"));
    expect(screen.queryByRole("combobox", { name: "Command" })).toBeNull();
    await userEvent.type(await open(), "theme light{Enter}");
    await waitFor(() => expect(document.documentElement.dataset["theme"]).toBe("light"));
  });

  it("finds what was typed in the inbox, and shows a source and a view", async () => {
    const { calls } = await opened();
    await userEvent.type(await open(), "in_1QT8{Enter}");
    await waitFor(() => expect(filters(calls)).toContain("in_1QT8"));
    await userEvent.type(await open(), "show source github{Enter}");
    await waitFor(() => expect(filters(calls)).toContain("source:github"));
    await userEvent.type(await open(), "show view pinned{Enter}");
    await waitFor(() => expect(filters(calls)).toContain("is:pinned"));
  });
});

describe("what the window says of capturing", () => {
  const statusBar = () => within(screen.getByRole("contentinfo"));

  it("is that another port was taken, and how many requests found no source", async () => {
    await opened({ listener: "moved" });
    await screen.findByText("4400 was in use");
    expect(statusBar().getByText("3 requests to unknown paths")).toBeTruthy();
    expect(statusBar().getByText("Capturing")).toBeTruthy();
  });

  it("is nothing of unknown paths while there were none", async () => {
    const status = { ...new FakeState({ rows: 30 }).status(), unknownPaths: 0 };
    await opened({}, { status: () => status });
    expect(statusBar().queryByText(/unknown paths/)).toBeNull();
  });

  it("is that nothing is stored while the disk is full, whatever listens", async () => {
    const notice = "The disk that holds the workspace is full.";
    await opened({}, { status: () => ({ ...new FakeState({ rows: 30 }).status(), notice }) });
    expect((await screen.findByRole("alert")).textContent).toContain(notice);
    expect(statusBar().getByText("Not capturing")).toBeTruthy();
  });

  it("is that another Pushpull listens", async () => {
    const status = { ...new FakeState({ rows: 30 }).status(), listener: { type: "elsewhere" as const } };
    await opened({}, { status: () => status });
    await screen.findByText("Another Pushpull listens");
    expect(statusBar().getByText("Captured by another Pushpull")).toBeTruthy();
  });

  it("is that another Pushpull listens, also where nothing has come yet", async () => {
    const status = { ...new FakeState({ rows: 0 }).status(), listener: { type: "elsewhere" as const } };
    await openApp({ rows: 0 }, { status: () => status });
    await screen.findByText("the other Pushpull says its address");
    screen.getByText("another listens");
    expect(screen.queryByText(/not listening|nothing listens/)).toBeNull();
  });
});

describe("the sidebar", () => {
  it("shows the pushes of a source", async () => {
    window.matchMedia = wide;
    const { calls } = await opened();
    const sidebar = within(screen.getByRole("navigation", { name: "Screens and sources" }));
    await userEvent.click(await sidebar.findByRole("button", { name: /^hubspot/ }));
    await waitFor(() => expect(filters(calls)).toContain("source:hubspot"));
  });
});

describe("a new source", () => {
  it("says what keeps it from its name, and lets it be mended", async () => {
    window.matchMedia = wide;
    const { calls } = await opened();
    await userEvent.click(await screen.findByRole("button", { name: "Add a source" }));
    const name = await screen.findByLabelText("Name of the new source");
    await userEvent.type(name, "two words{Enter}");
    await screen.findByText("A name has 1 to 64 of A-Z a-z 0-9 . _ -");
    expect(name.getAttribute("aria-invalid")).toBe("true");
    await userEvent.clear(name);
    await userEvent.type(name, "words{Enter}");
    await waitFor(() => expect(screen.queryByLabelText("Name of the new source")).toBeNull());
    expect(calls.findLast((call) => call.command === "create_source")?.args).toEqual({ name: "words" });
    await userEvent.click(screen.getByRole("button", { name: "Add a source" }));
    await screen.findByLabelText("Name of the new source");
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByLabelText("Name of the new source")).toBeNull());
  });
});

describe("the first thing after a start", () => {
  it("can be to try a source, while a large workspace is still being counted and listed", async () => {
    const never = () => new Promise<never>(() => {});
    let started = false;
    const { calls } = await openApp(
      { rows: 30 },
      {
        list: never,
        count: never,
        histogram: never,
        // What follows the first answer does not come either.
        status: () => {
          if (started) return never() as never;
          started = true;
          return new FakeState({ rows: 30 }).status();
        },
      },
    );
    const { goTo } = await import("./navigation.svelte");
    goTo("sources");
    const tryIt = await screen.findByText<HTMLButtonElement>("Try it", { selector: "button" });
    await waitFor(() => expect(tryIt.disabled).toBe(false));
    await userEvent.click(tryIt);
    await waitFor(() => expect(document.querySelector(".got .status")?.textContent).toBe("200"));
    expect(calls.filter(({ command }) => command === "try_source")).toHaveLength(1);
  });
});

describe("an action that fails", () => {
  it("says so, with what to do", async () => {
    const gone = () => {
      throw { code: "failed", message: "The file can't be opened.", hint: "Choose another." };
    };
    await opened({}, { open_workspace: gone });
    await userEvent.keyboard("{Control>}o{/Control}");
    await screen.findByText("The file can't be opened. Choose another.");
  });
});

describe("another workspace", () => {
  it("is read anew: its rows, its columns, its views", async () => {
    let path = "/home/ada/acme-sync.pushpull";
    const { calls } = await opened(
      {},
      {
        status: () => ({ ...new FakeState({ rows: 30 }).status(), workspace: path }),
        open_workspace: () => ({
          ...new FakeState({ rows: 30 }).status(),
          workspace: (path = "/home/ada/other.pushpull"),
        }),
      },
    );
    const asked = (command: string) => calls.filter((call) => call.command === command).length;
    await waitFor(() => expect(asked("columns")).toBeGreaterThan(0));
    const before = [asked("list"), asked("columns")];
    await userEvent.keyboard("{Control>}o{/Control}");
    await waitFor(() => expect(asked("list")).toBeGreaterThan(before[0] ?? 0));
    await waitFor(() => expect(asked("columns")).toBeGreaterThan(before[1] ?? 0));
  });
});

describe("what was of the workspace before", () => {
  const other = "/home/ada/other.pushpull";

  it("is not acted on: no cursor, no selection, no dialog, nothing to undo", async () => {
    await opened();
    const [{ session }, { inbox }, { navigation, openReplay }, { say, toasts }, { compares }] = await Promise.all([
      import("./session.svelte"),
      import("../features/inbox/inbox.svelte"),
      import("./navigation.svelte"),
      import("./toasts.svelte"),
      import("../features/compare/compares.svelte"),
    ]);
    await waitFor(() => expect(inbox.rows.row(1)).toBeDefined(), { timeout: 20_000 });
    inbox.selection.moveTo(1);
    inbox.selection.pick(1);
    expect([inbox.selection.cursorId, ...inbox.selection.chosen]).not.toContain(null);
    compares.open([1, 2]);
    openReplay([1]);
    say("1 exchange deleted", { title: "Undo", run: () => {} });
    await session.takeAnswer(Promise.resolve({ ...new FakeState({ rows: 30 }).status(), workspace: other }));
    expect([
      inbox.selection.chosen,
      inbox.selection.cursorId,
      navigation.dialog,
      toasts.undoable,
      compares.tabs,
      session.settings,
    ]).toEqual([[], null, null, undefined, [], null]);
  });

  it("is kept before, and never in the next file", async () => {
    let workspace = "/home/ada/acme-sync.pushpull";
    const status = () => ({ ...new FakeState({ rows: 30 }).status(), workspace });
    let refused = false;
    const { calls } = await opened(
      {},
      {
        status,
        open_workspace: ({ path }) => {
          workspace = path;
          // It is open, but could not be remembered.
          throw { code: "failed", message: "It will not be at the next start.", hint: null };
        },
        save_rules: () => {
          refused = true;
          throw { code: "failed", message: "The disk is full.", hint: null };
        },
      },
    );
    const [{ session }, { drafts }, { RulesForm }] = await Promise.all([
      import("./session.svelte"),
      import("../features/requests/drafts.svelte"),
      import("../features/sources/rules.svelte"),
    ]);
    await drafts.load(session.workspaceRevision);
    const tab = drafts.create();
    const form = new RulesForm();
    session.hold(form);
    await form.load("stripe");
    form.add();
    await session.open(other).catch(() => undefined);
    expect(session.status?.workspace).toBe(other);
    await form.flush();
    await new Promise((resolve) => setTimeout(resolve, 400));
    const names = calls.map((call) => call.command);
    const at = names.indexOf("open_workspace");
    const kept = calls.findIndex(
      ({ command, args }) => command === "save_draft" && (args as { key: string }).key === tab.key,
    );
    expect(refused).toBe(true);
    expect(kept).toBeGreaterThanOrEqual(0);
    expect(kept).toBeLessThan(at);
    expect(names.slice(at)).not.toContain("save_draft");
    expect(names.slice(at)).not.toContain("save_rules");
    expect(drafts.tabs).toEqual([]);
    screen.getByText("The disk is full.");
  });

  it("is kept before, and never in the next file: a note", async () => {
    let workspace = "/home/ada/acme-sync.pushpull";
    const { calls } = await opened(
      {},
      {
        status: () => ({ ...new FakeState({ rows: 30 }).status(), workspace }),
        open_workspace: ({ path }) => ({ ...new FakeState({ rows: 30 }).status(), workspace: (workspace = path) }),
        save_note: () => {
          throw { code: "failed", message: "The disk is full.", hint: null };
        },
      },
    );
    const { session } = await import("./session.svelte");
    await userEvent.keyboard("j");
    await userEvent.click(await screen.findByRole("tab", { name: /Notes/ }));
    await userEvent.type(await screen.findByLabelText("Note"), "Asked");
    await screen.findByText("Not kept yet");
    await userEvent.type(screen.getByLabelText("Note"), " again");
    await session.open(other);
    await waitFor(() => expect(screen.queryByLabelText("Note")).toBeNull());
    screen.getByText("1 note could not be kept before another workspace was opened.");
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const at = calls.findIndex(({ command }) => command === "open_workspace");
    const saved = (of: typeof calls) => of.filter(({ command }) => command === "save_note").map(({ args }) => args);
    expect(saved(calls.slice(0, at)).at(-1)).toEqual({ id: 30, text: "Asked again" });
    expect(saved(calls.slice(at))).toEqual([]);
  });

  it("does not stand in its settings, though these can't be read at once", async () => {
    let workspace = "/home/ada/acme-sync.pushpull";
    const { calls } = await opened(
      {},
      { status: () => ({ ...new FakeState({ rows: 30 }).status(), workspace }) },
      (answer, command) => {
        if (command === "settings" && workspace === other) throw { code: "failed", message: "Busy.", hint: null };
        return answer;
      },
    );
    const [{ session }, { goTo }] = await Promise.all([import("./session.svelte"), import("./navigation.svelte")]);
    goTo("settings");
    const target = await screen.findByLabelText("Target");
    await userEvent.type(target, "http://old");
    workspace = other;
    await session.refreshStatus();
    await waitFor(() => expect(target.isConnected).toBe(false));
    expect((await screen.findByLabelText<HTMLInputElement>("Target")).value).toBe("");
    expect((await screen.findByRole<HTMLButtonElement>("button", { name: "Save" })).disabled).toBe(true);
    expect(calls.map((call) => call.command)).not.toContain("save_settings");
  });
});

describe("a workspace that can't be opened", () => {
  it("is told with what to do, and tried again", async () => {
    const newer = {
      code: "invalid" as const,
      message: "acme-sync.pushpull was written by a newer Pushpull (schema 9000; this one knows 8).",
      hint: "Update Pushpull, or open another workspace.",
    };
    const workspace = "/home/ada/acme-sync.pushpull";
    const listener = { type: "failed" as const, message: newer.message, hint: newer.hint };
    let refused = true;
    let open = false;
    const state = new FakeState({ rows: 30 });
    // What is wrong is told by the status; the rest needs a workspace, and nothing but opening one gets it.
    const { calls } = await openApp(
      { rows: 30 },
      {
        status: () => (open ? state.status() : { ...state.status(), workspace, listener, notice: newer.message }),
        open_workspace: () => {
          if (refused) throw newer;
          open = true;
          return state.status();
        },
      },
      (answer, command) => {
        if (!open && !["status", "open_workspace"].includes(command)) throw newer;
        return answer;
      },
    );
    await screen.findByRole("heading", { name: "The workspace could not be opened" });
    expect(within(screen.getByRole("main")).getByText(`${newer.message} ${newer.hint}`)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Open another workspace" })).toBeTruthy();
    const tries = () => calls.filter((call) => call.command === "open_workspace").map((call) => call.args);
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(tries()).toEqual([{ path: workspace }]));
    expect(await screen.findByRole("heading", { name: "The workspace could not be opened" })).toBeTruthy();
    refused = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("30 in view");
  });
});

describe("how the window looked", () => {
  it("comes back: density, text, panes; nonsense does not", async () => {
    const { preferences } = await import("./preferences.svelte");
    const kept = { theme: "dark", density: "cosy", fontSize: 99, panes: { "inbox.list": 412 }, screen: "nowhere" };
    localStorage.setItem("window", JSON.stringify(kept));
    preferences.load();
    expect(preferences.snapshot()).toMatchObject({
      theme: "dark",
      density: "cosy",
      fontSize: 16,
      panes: { "inbox.list": 412 },
      screen: "inbox",
    });
    localStorage.clear();
  });
});

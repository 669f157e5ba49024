import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { runAction } from "$app/commands.svelte";
import { navigation, openRequest } from "$app/navigation.svelte";
import { session } from "$app/session.svelte";
import Toasts from "$app/Toasts.svelte";
import { toasts } from "$app/toasts.svelte";
import type { Backend } from "$ipc/backend";
import { useBackend } from "$ipc/backend";
import type { Exchange } from "$ipc/bindings/Exchange";
import { fakeBackend } from "$ipc/fake";
import { FakeState } from "$ipc/fake/state";
import { collections } from "./collections.svelte";
import type { DraftTab } from "./draft.svelte";
import { drafts } from "./drafts.svelte";
import RequestsScreen from "./RequestsScreen.svelte";

let calls: { command: string; args: Record<string, unknown> }[] = [];
let own: Record<string, (args: never) => unknown> = {};

beforeEach(() => {
  session.workspaceRevision += 1;
  navigation.screen = "requests";
  toasts.shown = [];
  [calls, own] = [[], {}];
  const fake: Backend = fakeBackend({ rows: 400 });
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      const args = payload?.["args"] ?? payload;
      calls.push({ command, args: args as Record<string, unknown> });
      return own[command] ? own[command](args as never) : fake.invoke(command, payload);
    },
  });
});

/** By its id: finding by role reads the whole page each time, which takes seconds in jsdom. */
const part = (name: string) => userEvent.click(document.getElementById(`request-part-tab-${name}`) as HTMLElement);
const active = () => drafts.active as DraftTab;
const called = (command: string) => calls.filter((call) => call.command === command).map((call) => call.args);

async function shown() {
  render(RequestsScreen, { withCollections: true });
  render(Toasts);
  await waitFor(() => expect(drafts.active).not.toBeNull());
  await screen.findByText(/Host/);
}

/** A new tab, empty. */
async function fresh() {
  await shown();
  runAction("request.new");
  await waitFor(() => expect(drafts.active?.requestId).toBeNull());
}

describe("a request that is saved for the first time", { timeout: 120_000 }, () => {
  const name = () => screen.findByLabelText<HTMLInputElement>("Name");

  it("is saved once, however often Enter is pressed, and the dialog goes before what follows is read", async () => {
    await fresh();
    await userEvent.type(screen.getByLabelText("URL"), "https://api.example.com/things");
    let goOn = () => {};
    const fake = fakeBackend({ rows: 400 });
    own["save_request"] = async (args: never) => {
      await new Promise<void>((done) => (goOn = done));
      return fake.invoke("save_request", { args });
    };
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    runAction("request.save");
    await userEvent.type(await name(), "{Enter}{Enter}");
    for (const command of ["save_draft", "collections"])
      own[command] = (args) => held.then(() => fake.invoke(command, { args }));
    goOn();
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(called("save_request")).toHaveLength(1);
    release();
    await waitFor(() => expect(collections.current).toBe(active().requestId));
  });
});

describe("what is typed into a request", { timeout: 120_000 }, () => {
  it("is a method in capitals, and a URL whose trouble is told below it", async () => {
    await fresh();
    const url = screen.getByLabelText("URL");
    expect(screen.queryByRole("alert")).toBeNull();
    await userEvent.type(url, "api.example.com/things");
    expect((await screen.findByRole("alert")).textContent).toContain("The URL needs http:// or https:// and a host.");
    expect(url.getAttribute("aria-invalid")).toBe("true");
    const method = screen.getByLabelText("Method");
    await userEvent.clear(method);
    await userEvent.type(method, "purge");
    expect(active().definition.method).toBe("PURGE");
  });

  it("has no trouble that was that of the empty URL, while its own is not known", async () => {
    await fresh();
    await waitFor(() => expect(called("preview_head").at(-1)).toMatchObject({ url: "" }));
    await userEvent.type(screen.getByLabelText("URL"), "h");
    expect(screen.queryByRole("alert")).toBeNull();
    expect((await screen.findByRole("alert")).textContent).toContain("The URL needs http:// or https:// and a host.");
  });

  it("is a file that is still to be chosen, without being blamed for it", async () => {
    await fresh();
    await userEvent.type(screen.getByLabelText("URL"), "https://api.example.com/files");
    await part("body");
    await userEvent.click(await screen.findByRole("radio", { name: "File" }));
    own["preview_head"] = () => ({
      line: "",
      headers: [],
      problem: { field: "body.path", message: "No file is chosen." },
    });
    const before = called("preview_head").length;
    await waitFor(() => expect(called("preview_head").length).toBeGreaterThan(before));
    await new Promise((done) => setTimeout(done));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("is switched off without being lost, and stands in the head no longer", async () => {
    await shown();
    await part("headers");
    await userEvent.click(screen.getByLabelText("Send header 2"));
    expect(active().definition.headers[1]).toMatchObject({ name: "X-Request-Id", on: false });
    await waitFor(() =>
      expect((called("preview_head").at(-1) as { headers: unknown[] }).headers[1]).toMatchObject({ on: false }),
    );
    await userEvent.click(screen.getByLabelText("Send header 2"));
    expect(active().definition.headers[1]?.on).toBe(true);
  });

  it("is several rows if several lines are pasted", async () => {
    await fresh();
    await part("headers");
    await userEvent.click(screen.getByLabelText("Name of header 1"));
    await userEvent.paste("Accept: */*\n# X-Old: 1\nX-Id: 7");
    expect(active().definition.headers.map(({ on, name, value }) => [on, name, value])).toEqual([
      [true, "Accept", "*/*"],
      [false, "X-Old", "1"],
      [true, "X-Id", "7"],
    ]);
  });

  it("is text as well as a table", async () => {
    await fresh();
    await part("headers");
    await userEvent.click(screen.getByRole("button", { name: "Bulk edit" }));
    await userEvent.type(screen.getByLabelText(/^All headers as text/), "X-Id: 7");
    expect(active().definition.headers).toMatchObject([{ on: true, name: "X-Id", value: "7" }]);
    await userEvent.click(screen.getByRole("button", { name: "Table" }));
    expect(screen.getByLabelText("Value of header 1")).toHaveProperty("value", "7");
  });

  it("comes back when the kind of body is chosen again, and goes along where it fits", async () => {
    await fresh();
    await part("body");
    const kind = (name: string) => userEvent.click(screen.getByRole("radio", { name }));
    await kind("JSON");
    active().definition.body = { type: "json", text: '{"a":1}' };
    await kind("Raw");
    expect(active().definition.body).toEqual({ type: "raw", text: '{"a":1}', contentType: "application/json" });
    await kind("Form");
    await userEvent.type(screen.getByLabelText("Name of field 1"), "a");
    await kind("JSON");
    expect(active().definition.body).toEqual({ type: "json", text: '{"a":1}' });
    await kind("Form");
    expect(active().definition.body).toMatchObject({ type: "form", fields: [{ name: "a" }] });
  });

  it("is laid out anew only if it is JSON", async () => {
    await fresh();
    await part("body");
    active().definition.body = { type: "json", text: '{"a":9007199254740993}' };
    await userEvent.click(await screen.findByRole("button", { name: "Format the JSON" }));
    expect(active().definition.body).toMatchObject({ text: '{\n  "a": 9007199254740993\n}' });
    active().definition.body = { type: "json", text: "{a:1}" };
    await userEvent.click(screen.getByRole("button", { name: "Format the JSON" }));
    await screen.findByText(/^This is not JSON yet\./);
    expect(active().definition.body).toMatchObject({ text: "{a:1}" });
  });

  it("makes a part a file and a text again, and deletes it", async () => {
    await fresh();
    await part("body");
    await userEvent.click(screen.getByRole("radio", { name: "Multipart" }));
    await userEvent.type(screen.getByLabelText("Name of part 1"), "logo");
    await userEvent.click(screen.getByRole("button", { name: "Choose a file for part 1" }));
    const parts = () => (active().definition.body as { parts: unknown[] }).parts;
    await waitFor(() => expect(parts()).toMatchObject([{ name: "logo", file: true, value: "/home/ada/file.json" }]));
    await userEvent.click(screen.getByRole("button", { name: "Make part 1 a text" }));
    expect(parts()).toMatchObject([{ name: "logo", file: false, value: "" }]);
    await userEvent.type(screen.getByLabelText("Text of part 1"), "none");
    await userEvent.click(screen.getByRole("button", { name: "Delete part 1" }));
    expect(parts()).toEqual([]);
  });

  it("has the focus near a part or a field that is deleted, or where another is added", async () => {
    await fresh();
    await part("body");
    await userEvent.click(screen.getByRole("radio", { name: "Multipart" }));
    await userEvent.type(screen.getByLabelText("Name of part 1"), "a");
    await userEvent.type(screen.getByLabelText("Name of part 2"), "b");
    await userEvent.click(screen.getByRole("button", { name: "Delete part 2" }));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("button", { name: "Delete part 1" })));
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Name of part 1")));
    await part("headers");
    await userEvent.type(screen.getByLabelText("Name of header 1"), "X-Trace");
    await userEvent.click(screen.getByRole("button", { name: "Delete header 1" }));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Name of header 1")));
  });

  it("is how long it may take, in seconds, and whether redirects are followed", async () => {
    await fresh();
    await part("options");
    const limit = screen.getByLabelText("Give up after");
    expect(limit).toHaveProperty("value", "30");
    await userEvent.clear(limit);
    await userEvent.type(limit, "2.5");
    expect(active().definition.options.timeoutMs).toBe(2_500);
    for (const nonsense of ["-1", "soon"]) {
      await fireEvent.input(limit, { target: { value: nonsense } });
      expect(active().definition.options.timeoutMs).toBe(2_500);
    }
    await userEvent.click(screen.getByLabelText("Follow redirects"));
    expect(active().definition.options.followRedirects).toBe(false);
  });

  it("is copied as the head that goes out", async () => {
    await shown();
    await userEvent.click(screen.getByRole("button", { name: "Copy the head" }));
    await screen.findByText("Head copied");
    const { text } = called("copy_text")[0] as { text: string };
    expect(text.split("\n")[0]).toMatch(/^GET \/v3\/.* HTTP\/1\.1$/);
    expect(text).toContain("\nAccept: application/json\n");
  });
});

describe("the tabs of requests", { timeout: 120_000 }, () => {
  it("say what is not saved, and can be had back when closed so", async () => {
    await shown();
    const name = active().name;
    expect(screen.getByRole("tab", { name: new RegExp(`${name}.*, not saved`) })).toBeTruthy();
    runAction("request.close");
    await screen.findByText(`${name} closed, not saved`);
    await waitFor(() => expect(screen.queryByRole("tab", { name: new RegExp(name) })).toBeNull());
    await userEvent.click(screen.getByRole("button", { name: "Reopen" }));
    await waitFor(() => expect(active().name).toBe(name));
  });

  it("are walked by keys, round the ends, and closed by Delete", async () => {
    await shown();
    const [first, , last] = drafts.tabs as DraftTab[];
    expect(drafts.tabs).toHaveLength(3);
    runAction("request.previousTab");
    expect(active()).toBe(last);
    runAction("request.nextTab");
    expect(active()).toBe(first);
    runAction("request.tab9");
    expect(active()).toBe(last);
    const tab = () => document.getElementById(`draft-${last?.key}`);
    await waitFor(() => expect(tab()?.getAttribute("aria-selected")).toBe("true"));
    tab()?.focus();
    await userEvent.keyboard("{ArrowLeft}");
    await waitFor(() => expect(active()).toBe(drafts.tabs[1]));
    await userEvent.keyboard("{Delete}");
    await waitFor(() => expect(drafts.tabs).toEqual([first, last]));
  });

  it("show a saved request once", async () => {
    await shown();
    const { requestId } = drafts.tabs[1] as DraftTab;
    const all = drafts.tabs.length;
    await userEvent.click(document.getElementById(`collection-${requestId}`) as HTMLElement);
    await waitFor(() => expect(active().requestId).toBe(requestId));
    expect(drafts.tabs).toHaveLength(all);
  });

  it("are kept when the window is about to go", async () => {
    await shown();
    active().definition.url = "https://late.example/";
    await waitFor(() => expect(screen.getByLabelText("URL")).toHaveProperty("value", "https://late.example/"));
    window.dispatchEvent(new Event("pagehide"));
    // At once: not after the moment for which changes are gathered.
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    expect(called("save_draft").map((draft) => (draft["definition"] as { url: string }).url)).toContain(
      "https://late.example/",
    );
  });

  it("say what of an exchange could not be taken over", async () => {
    own["definition_of"] = () => ({
      definition: { ...active().definition, url: "http://localhost:3000/" },
      notes: ["Content-Length is left out: it is set when the request is sent."],
    });
    await shown();
    openRequest({ type: "fromExchange", id: 7 });
    await screen.findByText("Made from an exchange");
    expect(screen.getByText(/^Content-Length is left out/)).toBeTruthy();
    expect(active().definition.url).toBe("http://localhost:3000/");
  });

  it("take no blank name when they are saved", async () => {
    await fresh();
    runAction("request.save");
    const name = await screen.findByLabelText("Name");
    await userEvent.clear(name);
    await userEvent.type(name, "{Enter}");
    expect((await screen.findByText("Give the request a name.")).getAttribute("role")).toBe("alert");
    expect(called("save_request")).toEqual([]);
  });
});

describe("the collections", { timeout: 120_000 }, () => {
  const tree = () => screen.getByRole("tree", { name: "Saved requests" });
  const names = () => collections.lines.map((line) => line.node.name);

  it("move a request among its neighbours by Alt and the arrows", async () => {
    await shown();
    collections.current = collections.nodes.find((node) => node.name === "Search contacts")?.id ?? null;
    tree().focus();
    await userEvent.keyboard("{Alt>}{ArrowUp}{/Alt}");
    await waitFor(() => expect(names().slice(0, 3)).toEqual(["HubSpot", "Search contacts", "Get contact"]));
    await userEvent.keyboard("{Alt>}{ArrowDown}{/Alt}");
    await waitFor(() => expect(names().slice(0, 3)).toEqual(["HubSpot", "Get contact", "Search contacts"]));
  });

  it("are found by name, and all there again by Escape", async () => {
    await shown();
    const all = names().length;
    const find = screen.getByLabelText("Filter requests");
    await userEvent.type(find, "refund");
    await waitFor(() => expect(names()).toEqual(["Stripe", "Create refund"]));
    await userEvent.type(find, "zz");
    await screen.findByText("No request has “refundzz” in its name.");
    await userEvent.keyboard("{Escape}");
    await waitFor(() => expect(names()).toHaveLength(all));
  });

  it("take a request into another folder by a dialog", async () => {
    await shown();
    const moved = collections.nodes.find((node) => node.name === "Get contact");
    const stripe = collections.nodes.find((node) => node.name === "Stripe");
    collections.current = moved?.id ?? null;
    tree().focus();
    await userEvent.keyboard("m");
    const dialog = within(await screen.findByRole("dialog", { name: "Move “Get contact”" }));
    expect(dialog.getByRole("button", { name: "Move" })).toHaveProperty("disabled", true);
    await userEvent.click(dialog.getByRole("radio", { name: "Stripe" }));
    await userEvent.click(dialog.getByRole("button", { name: "Move" }));
    await waitFor(() => expect(collections.node(moved?.id ?? null)?.parent).toBe(stripe?.id));
    expect(called("move_node")).toEqual([{ id: moved?.id, parent: stripe?.id, before: null }]);
  });

  it("are begun with a name that is typed at once", async () => {
    await shown();
    runAction("request.newCollection");
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Name"));
    await userEvent.keyboard("Acme{Enter}");
    await waitFor(() => expect(names()).toContain("Acme"));
  });

  it("let a name be typed by F2, and leave it as it was by Escape", async () => {
    await shown();
    collections.current = collections.nodes[1]?.id ?? null;
    tree().focus();
    await userEvent.keyboard("{F2}");
    const field = await within(tree()).findByLabelText("Name");
    await waitFor(() => expect(document.activeElement).toBe(field));
    await userEvent.keyboard("Other{Escape}");
    await waitFor(() => expect(collections.renaming).toBeNull());
    expect(called("rename_node")).toEqual([]);
    tree().focus();
    await userEvent.keyboard("{F2}");
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Name"));
    await userEvent.keyboard("Other{Enter}");
    await within(tree()).findByText("Other");
  });
});

describe("what comes back", { timeout: 120_000 }, () => {
  const failed = (id: number): Exchange => ({
    summary: { ...new FakeState({ rows: 400 }).summary(id), status: null, failure: "refused" },
    note: "",
    request: { firstLine: "GET / HTTP/1.1", headers: [], trailers: [], bodySize: 0, headSize: 18, chunked: false },
    response: null,
    query: [],
    timing: null,
    failure: { kind: "refused", message: "Nothing listens at [::1]:3000.", hint: "Start the server." },
    answered: null,
    peer: null,
    children: [],
  });

  it("is told with what to do if nothing did", async () => {
    own["exchange"] = ({ id }: { id: number }) => failed(id);
    await shown();
    const response = within(screen.getByRole("region", { name: "Response" }));
    expect((await response.findByRole("alert")).textContent).toContain("Nothing listens at [::1]:3000.");
    expect(response.getByText("Start the server.")).toBeTruthy();
    expect(response.getByRole("heading", { name: "No answer" })).toBeTruthy();
    expect(response.queryByRole("tab", { name: "Body" })).toBeNull();
  });

  it("says why a request could not even be sent, and is asked for once at a time", async () => {
    await shown();
    let refuse: (reason: unknown) => void = () => {};
    own["send"] = () => new Promise((_, reject) => (refuse = reject));
    runAction("request.send");
    await waitFor(() => expect(called("send")).toHaveLength(1));
    expect(runAction("request.send")).toBe(false);
    await active().send();
    expect(called("send")).toHaveLength(1);
    refuse({ code: "invalid", message: "The file of the body is gone.", hint: "Choose another." });
    await screen.findByText("The file of the body is gone.");
    expect(screen.getByText("Choose another.")).toBeTruthy();
  });

  it("shows the trailers of an answer below its fields", async () => {
    const answer = failed(1);
    own["exchange"] = ({ id }: { id: number }) => ({
      ...failed(id),
      failure: null,
      response: { ...answer.request, firstLine: "HTTP/1.1 200 OK", trailers: [{ name: "X-Digest", value: "abc" }] },
    });
    await shown();
    const tab = () => document.getElementById("response-part-tab-headers");
    await waitFor(() => expect(tab()).not.toBeNull());
    await userEvent.click(tab() as HTMLElement);
    await screen.findByText("Trailers, sent after the body");
    expect(screen.getByRole("rowheader", { name: "X-Digest" })).toBeTruthy();
  });

  it("is held against an answer that is chosen, and shown in the inbox", async () => {
    await shown();
    await userEvent.click(await screen.findByRole("button", { name: "Compare with another answer" }));
    const [first] = await screen.findAllByRole("menuitem");
    await userEvent.click(first as HTMLElement);
    expect(navigation.compared[1]).toBe(active().shown);
    expect(navigation.compared[0]).not.toBe(active().shown);
    navigation.screen = "requests";
    const response = within(screen.getByRole("region", { name: "Response" }));
    await userEvent.click(response.getAllByRole("button", { name: "More" })[0] as HTMLElement);
    await userEvent.click(await screen.findByRole("menuitem", { name: "Show in the inbox" }));
    expect([navigation.screen, navigation.exchangeToShow]).toEqual(["inbox", active().shown]);
  });

  it("is offered for a comparison beside one of the same second and status", async () => {
    const rows = [3, 2, 1].map((id) => ({ ...new FakeState({ rows: 400 }).summary(id), startedAt: 1e15, status: 200 }));
    own["list"] = () => ({ rows, complete: true, last: true });
    own["count"] = () => ({ rows: rows.length, complete: true });
    await shown();
    await userEvent.click(await screen.findByRole("button", { name: "Compare with another answer" }));
    const names = (await screen.findAllByRole("menuitem")).map((item) => item.textContent);
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names).size).toBe(1);
  });

  it("is walked through by the arrows, and held against the one before it, that one first", async () => {
    await shown();
    const list = await screen.findByRole("listbox", { name: "Responses, newest first" });
    list.focus();
    await userEvent.keyboard("{Home}");
    const newest = active().shown as number;
    await userEvent.keyboard("{ArrowDown}");
    await waitFor(() => expect(active().shown).toBeLessThan(newest));
    const before = active().shown as number;
    await userEvent.keyboard("{ArrowUp}");
    await waitFor(() => expect(active().shown).toBe(newest));
    runAction("request.compare");
    expect(navigation.compared).toEqual([before, newest]);
  });
});

describe("the head that is shown", () => {
  it("is that of the newest request, though an older one is answered later", async () => {
    const { HeadReader } = await import("./head.svelte");
    const waiting: ((head: unknown) => void)[] = [];
    own["preview_head"] = () => new Promise((answer) => waiting.push(answer));
    const reader = new HeadReader();
    const definition = { ...(await import("./definition")).emptyDefinition(), url: "https://a" };
    reader.want(definition);
    await waitFor(() => expect(waiting).toHaveLength(1));
    reader.want({ ...definition, url: "https://b" });
    await waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]?.({ line: "GET /b HTTP/1.1", headers: [], problem: null });
    await waitFor(() => expect(reader.head?.line).toBe("GET /b HTTP/1.1"));
    waiting[0]?.({ line: "GET /a HTTP/1.1", headers: [], problem: null });
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    expect(reader.head?.line).toBe("GET /b HTTP/1.1");
  });
});

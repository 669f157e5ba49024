import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useBackend } from "$ipc/backend";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import type { Draft } from "$ipc/bindings/Draft";
import type { RequestDefinition } from "$ipc/bindings/RequestDefinition";
import { emptyDefinition } from "./definition";
import { Drafts, KEEP_AFTER, KEEP_AGAIN_AFTER } from "./drafts.svelte";

type Answer = (args: never) => unknown;

/** A backend that knows these commands and keeps what was called. */
function backend(answers: Record<string, Answer>) {
  const calls: { command: string; args: unknown }[] = [];
  useBackend({
    invoke: async (command, payload) => {
      calls.push({ command, args: payload?.args });
      return structuredClone(answers[command]?.(payload?.args as never) ?? {});
    },
    listen: () => Promise.resolve(() => {}),
  });
  return {
    kept: () => calls.filter(({ command }) => command === "save_draft").map(({ args }) => args as Draft),
    calls,
  };
}

const definition = (url: string): RequestDefinition => ({ ...emptyDefinition(), url });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("the open tabs", () => {
  it("are kept once after a burst of keys", async () => {
    const { kept } = backend({});
    const tab = new Drafts().create();
    for (const char of "https://a.b") {
      tab.definition.url += char;
      flushSync();
      await vi.advanceTimersByTimeAsync(KEEP_AFTER / 3);
    }
    expect(kept()).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(KEEP_AFTER);
    expect(kept().map((draft) => draft.definition.url)).toEqual(["https://a.b"]);
    expect(kept()[0]).toMatchObject({ unsaved: true, name: "a.b", position: 0 });
  });

  it("keep a change deep inside: a header's value, the text of a body", async () => {
    const { kept } = backend({});
    const tab = new Drafts().create({
      ...definition("https://a.b"),
      headers: [{ on: true, name: "A", value: "1", note: "" }],
    });
    flushSync();
    await vi.advanceTimersByTimeAsync(KEEP_AFTER);
    const header = tab.definition.headers[0];
    if (header) header.value = "2";
    tab.definition.body = { type: "json", text: "9007199254740993" };
    flushSync();
    await vi.advanceTimersByTimeAsync(KEEP_AFTER);
    expect(kept().at(-1)?.definition).toMatchObject({
      headers: [{ value: "2" }],
      body: { type: "json", text: "9007199254740993" },
    });
  });

  it("have a saved request once, however often it is asked for", async () => {
    const saved = { id: 7, name: "Thing", parent: null, definition: definition("https://a.b") };
    backend({ saved_request: () => saved, list: () => ({ rows: [] }) });
    const drafts = new Drafts();
    await Promise.all([drafts.openSaved(7), drafts.openSaved(7)]);
    expect(drafts.tabs.map((tab) => tab.requestId)).toEqual([7]);
  });

  it("are kept at once when the window goes, and not again after", async () => {
    const { kept } = backend({});
    const drafts = new Drafts();
    drafts.create().definition.url = "https://late";
    flushSync();
    await drafts.flush();
    expect(kept().map((draft) => draft.definition.url)).toEqual(["https://late"]);
    await vi.advanceTimersByTimeAsync(KEEP_AFTER * 4);
    expect(kept()).toHaveLength(1);
  });

  it("are kept again after a failure: by themselves and when the window goes, and the problem stays until then", async () => {
    let full = true;
    const { kept } = backend({
      save_draft: ({ definition }: Draft) => {
        if (full && definition.url === "https://a") throw new Error("The disk is full.");
      },
    });
    const drafts = new Drafts();
    drafts.create(definition("https://a"));
    await vi.advanceTimersByTimeAsync(KEEP_AFTER);
    drafts.create(definition("https://b"));
    await vi.advanceTimersByTimeAsync(KEEP_AFTER);
    expect(drafts.problem?.message).toBe("The disk is full.");
    await drafts.flush();
    const urls = () => kept().map((draft) => draft.definition.url);
    expect(urls()).toEqual(["https://a", "https://b", "https://a"]);
    full = false;
    await vi.advanceTimersByTimeAsync(KEEP_AGAIN_AFTER);
    expect(urls()).toHaveLength(4);
    expect(drafts.problem).toBeNull();
    await vi.advanceTimersByTimeAsync(KEEP_AGAIN_AFTER);
    expect(urls()).toHaveLength(4);
  });

  it("come back as they were, in their order, and only once for a workspace", async () => {
    const draft = (key: string, position: number): Draft => ({
      key,
      position,
      requestId: key === "saved" ? 7 : null,
      name: key,
      definition: definition(`https://${key}`),
      unsaved: true,
      shown: null,
      answers: key === "saved" ? [] : [9, 7],
    });
    const { calls } = backend({
      drafts: () => ({ drafts: [draft("saved", 0), draft("new", 4)], answers: [{ id: 9 }, { id: 8 }, { id: 7 }] }),
      saved_request: () => ({ id: 7, parent: 1, name: "saved", definition: definition("https://before") }),
    });
    const drafts = new Drafts();
    await drafts.load(0);
    await drafts.load(0);
    expect(drafts.tabs.map((tab) => [tab.name, tab.unsaved])).toEqual([
      ["saved", true],
      ["new", true],
    ]);
    expect(drafts.tabs.map((tab) => tab.answers.map((answer) => answer.id))).toEqual([[], [9, 7]]);
    expect(calls.filter(({ command }) => command === "drafts")).toHaveLength(1);
    expect(drafts.create().position).toBe(5);
  });

  it("say unsaved only while they differ from what is saved", async () => {
    const { calls } = backend({
      save_request: () => ({ id: 3, parent: 1, name: "A", definition: definition("https://a") }),
    });
    const drafts = new Drafts();
    const tab = drafts.create(definition("https://a"));
    expect(tab.unsaved).toBe(true);
    tab.answers = [{ id: 8 }, { id: 7 }] as ExchangeSummary[];
    await drafts.save(tab, "A", null);
    expect(calls.find(({ command }) => command === "save_request")?.args).toMatchObject({ id: null, answers: [8, 7] });
    expect(tab.unsaved).toBe(false);
    tab.definition.url = "https://b";
    expect(tab.unsaved).toBe(true);
    tab.definition.url = "https://a";
    expect(tab.unsaved).toBe(false);
  });

  it("list what was on its way when the request was first saved", async () => {
    const saved = { id: 3, parent: 1, name: "A", definition: definition("https://a") };
    let answered: (row: unknown) => void = () => {};
    const { calls } = backend({ save_request: () => saved, saved_request: () => saved });
    const { backend: current } = await import("$ipc/backend");
    const to = await current();
    useBackend({
      ...to,
      invoke: (command, payload) =>
        command === "send" ? new Promise((resolve) => (answered = resolve)) : to.invoke(command, payload),
    });
    const drafts = new Drafts();
    const tab = drafts.create(definition("https://a"));
    const sending = tab.send();
    await drafts.save(tab, "A", null);
    answered({ id: 9 });
    await sending;
    expect(tab.shown).toBe(9);
    expect(calls.findLast(({ command }) => command === "save_request")?.args).toEqual({ ...saved, answers: [9] });
  });

  it("close to the neighbour, and a closed one can be had back in its place", async () => {
    const { calls } = backend({});
    const drafts = new Drafts();
    const [first, second, third] = ["a", "b", "c"].map((url) => drafts.create(definition(url)));
    drafts.activate(2);
    const reopen = await drafts.close(second as never);
    expect(drafts.activeKey).toBe(third?.key);
    expect(calls.at(-1)).toMatchObject({ command: "close_draft", args: { key: second?.key } });
    reopen();
    expect(drafts.tabs.map((tab) => tab.definition.url)).toEqual(["a", "b", "c"]);
    expect(drafts.tabs[0]).toBe(first);
  });

  it("show what a send came to, and stop sending when it fails", async () => {
    let refuse = false;
    backend({
      send: () => {
        if (refuse) throw { code: "failed", message: "The workspace is read-only.", hint: null };
        return { id: 12 };
      },
    });
    const tab = new Drafts().create(definition("https://a"));
    await tab.send();
    expect([tab.shown, tab.run, tab.toDraft().answers]).toEqual([12, null, [12]]);
    refuse = true;
    await tab.send();
    expect([tab.shown, tab.run, tab.problem?.message]).toEqual([12, null, "The workspace is read-only."]);
  });
});

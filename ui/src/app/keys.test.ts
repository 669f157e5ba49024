import { describe, expect, it } from "vitest";
import { ACTIONS, existsOn, type Action } from "./actions";
import { chordOf, KeyReader } from "./keys";
import type { Screen } from "./navigation.svelte";

const SCREENS: Screen[] = ["inbox", "requests", "compare", "sources", "settings"];
const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});
const all: readonly Action[] = ACTIONS;

describe("the table of actions", () => {
  it("names each action once", () => {
    expect(new Set(all.map((action) => action.id)).size).toBe(all.length);
  });

  it.each(SCREENS)("gives each key to one action on the %s screen", (screen) => {
    const keys = all.filter((action) => existsOn(action, screen)).flatMap((action) => action.keys);
    expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([]);
  });

  it.each(SCREENS)("has no key on the %s screen that begins a sequence as well", (screen) => {
    const keys = all.filter((action) => existsOn(action, screen)).flatMap((action) => action.keys);
    const firsts = keys.filter((key) => key.includes(" ")).map((key) => key.split(" ")[0]);
    expect(keys.filter((key) => firsts.includes(key))).toEqual([]);
  });

  it("writes every key the way key events are read", () => {
    for (const chord of all.flatMap((action) => action.keys).flatMap((keys) => keys.split(" "))) {
      const parts = chord.split(/\+(?=.)/);
      const key = parts.pop() as string;
      const read = chordOf(
        press(key === "Space" ? " " : key, {
          ctrlKey: parts.includes("Ctrl"),
          shiftKey: parts.includes("Shift"),
          altKey: parts.includes("Alt"),
        }),
      );
      expect(read).toBe(chord);
    }
  });
});

describe("reading keys", () => {
  const text = document.createElement("input");
  const read = (...presses: [ReturnType<typeof press>, number][]) => {
    const reader = new KeyReader();
    return presses.map(([event, at]) => reader.read(event, document.body, "inbox", at)?.id ?? null);
  };

  it("reads a sequence only if it is typed in one go", () => {
    expect(read([press("g"), 0], [press("i"), 300])).toEqual([null, "go.inbox"]);
    expect(read([press("g"), 0], [press("c"), 5_000])).toEqual([null, "exchange.compare"]);
  });

  it("reads shifted letters and symbols", () => {
    expect(read([press("C", { shiftKey: true }), 0])).toEqual(["exchange.comparePrevious"]);
    expect(read([press("?", { shiftKey: true }), 0])).toEqual(["window.shortcuts"]);
    expect(read([press("P", { shiftKey: true, ctrlKey: true }), 0])).toEqual(["window.palette"]);
  });

  it("leaves plain keys to text fields, and takes Ctrl chords from them", () => {
    const reader = new KeyReader();
    expect(reader.read(press("r"), text, "inbox", 0)).toBeNull();
    expect(reader.read(press("k", { ctrlKey: true }), text, "inbox", 0)?.id).toBe("window.palette");
  });

  it("gives a key to the screen it is pressed on", () => {
    const reader = new KeyReader();
    expect(reader.read(press("j"), document.body, "compare", 0)?.id).toBe("compare.next");
    expect(reader.read(press("j"), document.body, "settings", 0)).toBeNull();
  });
});

import { beforeEach, expect, it } from "vitest";
import { say, toasts, UNDO } from "./toasts.svelte";

beforeEach(() => {
  toasts.shown = [];
});

it("says the same once, and keeps everything that can be taken back", () => {
  const undo = { title: UNDO, run: () => {} };
  say("URL copied");
  say("1 exchange deleted", undo);
  say("URL copied");
  say("1 exchange deleted", undo);
  expect(toasts.shown.map((toast) => toast.text)).toEqual(["1 exchange deleted", "URL copied", "1 exchange deleted"]);
});

it("keeps what can be taken back beyond the four that are drawn, the newest first", () => {
  const back: number[] = [];
  for (const one of [1, 2, 3, 4, 5]) say(`${one} deleted`, { title: UNDO, run: () => back.push(one) });
  say("URL copied");
  say("Body copied");
  expect(toasts.drawn.map((toast) => toast.text)).toEqual(["3 deleted", "4 deleted", "5 deleted", "Body copied"]);
  for (let times = 0; times < 6; times++) toasts.undo();
  expect(back).toEqual([5, 4, 3, 2, 1]);
});

it("lets the oldest of what can't be taken back go", () => {
  for (const one of [1, 2, 3, 4, 5]) say(`${one} copied`);
  expect(toasts.shown.map((toast) => toast.text)).toEqual(["2 copied", "3 copied", "4 copied", "5 copied"]);
});

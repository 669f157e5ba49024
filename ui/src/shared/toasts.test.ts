import { expect, it } from "vitest";
import { say, toasts, UNDO } from "./toasts.svelte";

it("says the same once, and keeps everything that can be taken back", () => {
  const undo = { title: UNDO, run: () => {} };
  say("URL copied");
  say("1 exchange deleted", undo);
  say("URL copied");
  say("1 exchange deleted", undo);
  expect(toasts.shown.map((toast) => toast.text)).toEqual(["1 exchange deleted", "URL copied", "1 exchange deleted"]);
});

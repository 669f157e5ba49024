import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it } from "vitest";
import { useBackend } from "$ipc/backend";
import type { TextChanges } from "$ipc/bindings/TextChanges";
import { fakeBackend } from "$ipc/fake";
import { runAction } from "$app/commands.svelte";
import { openCompare } from "$app/navigation.svelte";
import { compares } from "./compares.svelte";
import CompareScreen from "./CompareScreen.svelte";

beforeEach(() => compares.clear());
afterEach(cleanup);

/** Shows two texts beside each other, or with `view` 3 one in the other. */
async function shown(changes: TextChanges, texts: [string, string], view: 2 | 3 = 2) {
  const fake = fakeBackend({ rows: 400 });
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      if (command === "compare_changes") return changes;
      if (command !== "compare_text") return fake.invoke(command, payload);
      const { side } = payload?.["args"] as { side: { id: number } };
      return new TextEncoder().encode(texts[side.id === 390 ? 0 : 1]).buffer;
    },
  });
  openCompare([390, 389]);
  render(CompareScreen);
  await screen.findByText("12 differences");
  runAction(`compare.view${view}`);
}

it("says of two texts that they are equal only if they were compared to their ends", async () => {
  await shown({ changes: [], notice: null }, ["a", "a"]);
  await screen.findByText("The two texts are equal.");
  cleanup();
  compares.clear();
  const notice = "Only the first 8 MiB of each side were compared.";
  await shown({ changes: [], notice }, ["a", "a"]);
  await screen.findByText(notice);
  await screen.findByText("What was compared of the two texts is equal.");
  expect(screen.queryByText("The two texts are equal.")).toBeNull();
});

const marks = () => [...document.querySelectorAll(".cm-specialChar")].map((mark) => mark.textContent);

it("marks what can't be seen in both texts, one beside the other", async () => {
  await shown({ changes: [[1, 2, 1, 1]], notice: null }, ["a\u200cb\u202ac", "ab\u202ac\u{e0041}"]);
  await screen.findByLabelText("Side B", { selector: ".cm-content" });
  expect(marks()).toEqual(["ZWNJ", "LRE", "LRE", "E0041"]);
});

it("marks what can't be seen in what is gone, one in the other", async () => {
  await shown({ changes: [[5, 6, 5, 5]], notice: null }, ["a\u2060b\nc\u200cd\n", "a\u2060b\ncd\n"], 3);
  await screen.findByLabelText("Side A and Side B");
  expect(document.querySelector(".cm-deletedChunk")?.textContent).toBe("c⟨ZWNJ⟩d");
  expect(document.querySelector(".cm-deletedText")?.textContent).toBe("⟨ZWNJ⟩");
  expect(marks()).toEqual(["WJ"]);
});

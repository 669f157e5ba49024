import { cleanup, render } from "@testing-library/svelte";
import { createRawSnippet } from "svelte";
import { afterEach, expect, it } from "vitest";
import { VirtualScroll } from "./scroll.svelte";
import VirtualRows from "./VirtualRows.svelte";

afterEach(cleanup);

const row = createRawSnippet<[number]>((index) => ({ render: () => `<p>${index()}</p>` }));

it("shows its end when it became shorter than where it was scrolled to", async () => {
  const scroll = new VirtualScroll();
  scroll.viewport = 100;
  const wanted: [number, number][] = [];
  const props = { scroll, rowHeight: 20, row, onwant: (first: number, end: number) => wanted.push([first, end]) };
  const { rerender } = render(VirtualRows, { ...props, total: 1_000 });
  scroll.viewport = 100;
  scroll.show(999);
  await rerender({ ...props, total: 1_000 });
  expect(scroll.top).toBe(19_900);
  expect(wanted.at(-1)).toEqual([975, 1_000]);
  expect(document.querySelectorAll(".slot").length).toBeLessThan(60);
  await rerender({ ...props, total: 30 });
  expect(scroll.top).toBe(500);
  expect(wanted.at(-1)).toEqual([5, 30]);
});

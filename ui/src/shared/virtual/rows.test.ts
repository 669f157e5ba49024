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

/** What a turn of the wheel moves a list of so many rows by; null if it is left to the browser. */
function turned(total: number, wheel: WheelEventInit): number | null {
  const scroll = new VirtualScroll();
  const element = document.createElement("div");
  const detach = scroll.attach(element);
  scroll.viewport = 640;
  scroll.total = total;
  scroll.moveTo(1_000);
  const event = new WheelEvent("wheel", { cancelable: true, ...wheel });
  element.dispatchEvent(event);
  detach();
  return event.defaultPrevented ? scroll.top - 1_000 : null;
}

it("moves rows by the step of the wheel itself where the scroll bar stands for more than it can", () => {
  expect(turned(10_000_000, { deltaY: 120 })).toBe(120);
  expect(turned(10_000_000, { deltaY: -3, deltaMode: WheelEvent.DOM_DELTA_LINE })).toBe(-48);
  expect(turned(10_000_000, { deltaY: 1, deltaMode: WheelEvent.DOM_DELTA_PAGE })).toBe(640);
  expect(turned(10_000_000, { deltaY: -5_000 })).toBe(-1_000);
});

it("leaves the wheel to the browser in a short list, for the zoom, and sideways", () => {
  expect(turned(1_000, { deltaY: 120 })).toBeNull();
  expect(turned(10_000_000, { deltaY: 120, ctrlKey: true })).toBeNull();
  expect(turned(10_000_000, { deltaY: 120, shiftKey: true })).toBeNull();
  expect(turned(10_000_000, { deltaX: 120 })).toBeNull();
});

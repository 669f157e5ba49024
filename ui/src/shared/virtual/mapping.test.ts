import { describe, expect, it } from "vitest";
import { furthestTop, rowsSeen, scrollOf, spacerHeight, TALLEST, topOf, topToShow, type Extent } from "./mapping";

const million: Extent = { total: 1_000_000, rowHeight: 26, viewport: 640 };
const hundred: Extent = { total: 100, rowHeight: 26, viewport: 640 };

describe("the scroll bar of a virtual list", () => {
  it("never makes an element taller than a web view lays out", () => {
    expect(spacerHeight(million)).toBe(TALLEST);
    expect(spacerHeight(hundred)).toBe(2_600);
  });

  it("stands for the list's own pixels one to one while the list is short", () => {
    for (const top of [0, 1, 777, furthestTop(hundred)]) expect(scrollOf(top, hundred)).toBeCloseTo(top, 9);
  });

  it("reaches both ends of a million rows", () => {
    expect(topOf(0, million)).toBe(0);
    expect(topOf(TALLEST - million.viewport, million)).toBe(furthestTop(million));
    expect(rowsSeen(furthestTop(million), million, 0)).toEqual([999_975, 1_000_000]);
  });

  it("goes there and back to the same row", () => {
    for (let row = 0; row < million.total; row += 9_973) {
      const top = Math.min(row * million.rowHeight, furthestTop(million));
      const back = topOf(scrollOf(top, million), million);
      expect(Math.abs(back - top)).toBeLessThan(0.001);
    }
  });

  it("shows a row with the least movement", () => {
    expect(topToShow(10, 0, million)).toBe(0);
    expect(topToShow(30, 0, million)).toBe(31 * 26 - 640);
    expect(topToShow(5, 2_600, million)).toBe(130);
    expect(topToShow(999_999, 0, million)).toBe(furthestTop(million));
  });

  it("asks for no rows outside the list", () => {
    expect(rowsSeen(0, { ...million, total: 0 }, 20)).toEqual([0, 0]);
    expect(rowsSeen(0, million, 20)).toEqual([0, 45]);
  });
});

// How a scroll bar stands for a list that is taller than the tallest element a web view lays out.

/** WebKit lays out at most 33,554,428 px; half of it leaves room for zoom. */
export const TALLEST = 16_000_000;

export interface Extent {
  /** Rows in all. */
  total: number;
  /** Height of a row, px. */
  rowHeight: number;
  /** Height of what is seen, px. */
  viewport: number;
}

/** Height of the spacer that the scroll bar measures, px. */
export const spacerHeight = (extent: Extent): number => Math.min(extent.total * extent.rowHeight, TALLEST);

/** The furthest that the list's own pixels can be scrolled. */
export const furthestTop = (extent: Extent): number => Math.max(0, extent.total * extent.rowHeight - extent.viewport);

/** The scroll position of the element that shows the list from `top`. */
export function scrollOf(top: number, extent: Extent): number {
  const furthest = furthestTop(extent);
  if (furthest === 0) return 0;
  return (top / furthest) * Math.max(0, spacerHeight(extent) - extent.viewport);
}

/** The list's own pixel at the upper edge when the element is scrolled to `scroll`. */
export function topOf(scroll: number, extent: Extent): number {
  const reach = Math.max(0, spacerHeight(extent) - extent.viewport);
  if (reach === 0) return 0;
  return clampTop((scroll / reach) * furthestTop(extent), extent);
}

export const clampTop = (top: number, extent: Extent): number => Math.min(Math.max(0, top), furthestTop(extent));

/** The rows that are seen from `top`, with `overscan` more at each end: `[first, end)`. */
export function rowsSeen(top: number, extent: Extent, overscan: number): [number, number] {
  const first = Math.floor(top / extent.rowHeight) - overscan;
  const end = Math.ceil((top + extent.viewport) / extent.rowHeight) + overscan;
  return [Math.max(0, first), Math.min(extent.total, Math.max(0, end))];
}

/** The nearest place from which row `row` is wholly seen. */
export function topToShow(row: number, top: number, extent: Extent): number {
  const from = row * extent.rowHeight;
  if (from < top) return clampTop(from, extent);
  if (from + extent.rowHeight > top + extent.viewport) {
    return clampTop(from + extent.rowHeight - extent.viewport, extent);
  }
  return top;
}

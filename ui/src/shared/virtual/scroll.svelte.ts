// The scrolling of a virtual list: which rows are seen, and where they lie.
import { clampTop, rowsSeen, scrollOf, spacerHeight, topOf, topToShow, type Extent } from "./mapping";

const OVERSCAN = 20;
const LINE = 16;

export class VirtualScroll {
  total = $state(0);
  rowHeight = $state(26);
  viewport = $state(0);
  /** The list's own pixel at the upper edge. */
  top = $state(0);
  /** How far it is scrolled sideways: heads that stand above it follow. */
  left = $state(0);
  #element: HTMLElement | null = null;
  #written = 0;

  readonly extent: Extent = $derived({ total: this.total, rowHeight: this.rowHeight, viewport: this.viewport });
  readonly height = $derived(spacerHeight(this.extent));
  readonly seen = $derived(rowsSeen(this.top, this.extent, OVERSCAN));
  /** Rows that fit whole. */
  readonly pageRows = $derived(Math.max(1, Math.floor(this.viewport / this.rowHeight)));
  /** What a row's own pixel is moved by to lie in the spacer. */
  readonly shift = $derived(scrollOf(this.top, this.extent) - this.top);

  attach(element: HTMLElement): () => void {
    this.#element = element;
    this.viewport = element.clientHeight || this.viewport;
    const sizes = new ResizeObserver(() => {
      this.viewport = element.clientHeight;
      this.moveTo(this.top);
    });
    sizes.observe(element);
    const wheel = (event: WheelEvent) => this.#wheel(event);
    element.addEventListener("wheel", wheel, { passive: false });
    this.#write();
    return () => {
      sizes.disconnect();
      element.removeEventListener("wheel", wheel);
      this.#element = null;
    };
  }

  /** Takes what the scroll bar was dragged to. */
  scrolled = () => {
    this.left = this.#element?.scrollLeft ?? 0;
    const at = this.#element?.scrollTop ?? 0;
    if (Math.abs(at - this.#written) < 1) return;
    this.#written = at;
    this.top = topOf(at, this.extent);
  };

  /** Shows the list from this pixel of its own. */
  moveTo(top: number) {
    this.top = clampTop(top, this.extent);
    this.#write();
  }

  /** Moves as little as needed for a row to be seen whole. */
  show(row: number) {
    this.moveTo(topToShow(row, this.top, this.extent));
  }

  /** Scrolls sideways by pixels, where rows are wider than the pane. */
  moveSideways(by: number) {
    if (this.#element) this.#element.scrollLeft += by;
  }

  /** A scaled bar would make a wheel step jump many rows: rows are moved by the step itself. */
  #wheel(event: WheelEvent) {
    if (event.ctrlKey || event.deltaY === 0 || event.shiftKey) return;
    if (this.total * this.rowHeight <= this.height) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? LINE : event.deltaMode === 2 ? this.viewport : 1;
    this.moveTo(this.top + event.deltaY * unit);
  }

  #write() {
    if (!this.#element) return;
    this.#element.scrollTop = scrollOf(this.top, this.extent);
    this.#written = this.#element.scrollTop;
  }
}

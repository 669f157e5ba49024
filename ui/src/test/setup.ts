// What jsdom lacks and the page uses, and how long a busy machine is waited for.
import { configure } from "@testing-library/svelte";

configure({ asyncUtilTimeout: 10_000 });

class NoObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
globalThis.ResizeObserver ??= NoObserver as unknown as typeof ResizeObserver;
Element.prototype.scrollIntoView ??= () => {};
Range.prototype.getClientRects ??= () => [] as unknown as DOMRectList;
window.matchMedia ??= (query: string) =>
  ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;
// Nothing is laid out here, so what floats takes its anchor to be out of sight and hides.
const style = document.createElement("style");
style.textContent = "[data-bits-floating-content-wrapper] { visibility: visible !important; }";
document.head.append(style);

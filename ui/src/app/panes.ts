// F6 walks the panes: elements with `data-pane`, in the order of the page.
const FOCUSABLE = "button:not(:disabled), a[href], input:not(:disabled), select, textarea, [tabindex='0']";

export function movePane(by: 1 | -1) {
  const panes = [...document.querySelectorAll<HTMLElement>("[data-pane]")].filter((pane) => pane.offsetParent !== null);
  if (panes.length === 0) return;
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const start = at < 0 ? (by > 0 ? -1 : 0) : at;
  focusPane(panes[(start + by + panes.length) % panes.length] as HTMLElement);
}

/** Puts the focus where a pane wants it, else on its first control. */
export function focusPane(pane: HTMLElement) {
  (pane.querySelector<HTMLElement>("[data-pane-focus]") ?? pane.querySelector<HTMLElement>(FOCUSABLE) ?? pane).focus();
}

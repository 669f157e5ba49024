// The open comparisons of the window. They live as long as it does: what they compare is in the workspace.
import { session } from "$app/session.svelte";
import { CompareTab } from "./comparison.svelte";

class Compares {
  tabs = $state.raw<CompareTab[]>([]);
  activeKey = $state<string | null>(null);
  readonly active = $derived(this.tabs.find((tab) => tab.key === this.activeKey) ?? null);

  /** Opens a comparison of these exchanges, the first being the base. */
  open(ids: readonly number[]): CompareTab {
    const tab = new CompareTab(ids);
    this.tabs = [...this.tabs, tab];
    this.activeKey = tab.key;
    void tab.open();
    return tab;
  }

  close(tab: CompareTab): void {
    const at = this.tabs.indexOf(tab);
    this.tabs = this.tabs.filter((other) => other !== tab);
    if (this.activeKey === tab.key) this.activeKey = (this.tabs[at] ?? this.tabs[at - 1])?.key ?? null;
  }

  /** Another workspace was opened: its exchanges have other numbers. */
  clear(): void {
    this.tabs = [];
    this.activeKey = null;
  }
}

export const compares = new Compares();
session.hold(compares);

// How the window looks: theme, density, sizes, the screen it was on. Kept between starts; may be lost.
import { keepPreferences, keptPreferences } from "$ipc/preferences";
import type { Screen } from "./navigation.svelte";

export type Theme = "system" | "light" | "dark";
export type Density = "compact" | "cosy";

interface Kept {
  theme: Theme;
  density: Density;
  fontSize: number;
  railed: boolean;
  detailBelow: boolean;
  folded: boolean;
  panes: Record<string, number>;
  screen: Screen;
}

const DEFAULTS: Kept = {
  theme: "system",
  density: "compact",
  fontSize: 13,
  railed: false,
  detailBelow: false,
  folded: false,
  panes: {},
  screen: "inbox",
};

class Preferences implements Kept {
  theme = $state<Theme>(DEFAULTS.theme);
  density = $state<Density>(DEFAULTS.density);
  /** Size of UI text, px: 11 to 16. */
  fontSize = $state(DEFAULTS.fontSize);
  railed = $state(DEFAULTS.railed);
  detailBelow = $state(DEFAULTS.detailBelow);
  /** The list shows one row a delivery. */
  folded = $state(DEFAULTS.folded);
  /** Sizes of panes in px by the name of their splitter. */
  panes = $state<Record<string, number>>({});
  screen = $state<Screen>(DEFAULTS.screen);

  /** What was kept last, as text. */
  #kept = "";
  /** One after another: what was chosen last is what stays. */
  #keeping: Promise<unknown> = Promise.resolve();

  load() {
    this.#take(keptPreferences());
    this.#kept = JSON.stringify(this.snapshot());
  }

  #take(found: unknown) {
    if (!found || typeof found !== "object") return;
    const kept = found as Partial<Kept>;
    this.theme = oneOf(kept.theme, ["system", "light", "dark"], DEFAULTS.theme);
    this.density = oneOf(kept.density, ["compact", "cosy"], DEFAULTS.density);
    this.screen = oneOf(kept.screen, ["inbox", "requests", "compare", "sources", "settings"], DEFAULTS.screen);
    this.fontSize = clampFontSize(Number(kept.fontSize ?? DEFAULTS.fontSize));
    this.railed = kept.railed === true;
    this.detailBelow = kept.detailBelow === true;
    this.folded = kept.folded === true;
    this.panes = { ...kept.panes };
  }

  /** Everything as a plain value; reading it in an effect follows every change. */
  snapshot(): Kept {
    const { theme, density, fontSize, railed, detailBelow, folded, screen } = this;
    return { theme, density, fontSize, railed, detailBelow, folded, screen, panes: $state.snapshot(this.panes) };
  }

  /** Keeps what changed since it was read or kept last. */
  keep() {
    const now = this.snapshot();
    const text = JSON.stringify(now);
    if (text === this.#kept) return;
    this.#kept = text;
    this.#keeping = this.#keeping.then(() => keepPreferences(now)).catch(() => (this.#kept = ""));
  }
}

const oneOf = <T extends string>(value: unknown, among: readonly T[], otherwise: T): T =>
  among.includes(value as T) ? (value as T) : otherwise;

export const clampFontSize = (size: number): number =>
  Number.isFinite(size) ? Math.min(16, Math.max(11, Math.round(size))) : DEFAULTS.fontSize;

export const preferences = new Preferences();

// How the window looks: theme, density, sizes, the screen it was on. Kept between starts; may be lost.
import { keepPreferences, loadPreferences } from "$ipc/preferences";
import type { Screen } from "./navigation.svelte";

export type Theme = "system" | "light" | "dark";
export type Density = "compact" | "cosy";

interface Kept {
  theme: Theme;
  density: Density;
  fontSize: number;
  railed: boolean;
  detailBelow: boolean;
  panes: Record<string, number>;
  screen: Screen;
}

const DEFAULTS: Kept = {
  theme: "system",
  density: "compact",
  fontSize: 13,
  railed: false,
  detailBelow: false,
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
  /** Sizes of panes in px by the name of their splitter. */
  panes = $state<Record<string, number>>({});
  screen = $state<Screen>(DEFAULTS.screen);

  async load() {
    const kept = (await loadPreferences().catch(() => null)) as Partial<Kept> | null;
    if (!kept || typeof kept !== "object") return;
    this.theme = oneOf(kept.theme, ["system", "light", "dark"], DEFAULTS.theme);
    this.density = oneOf(kept.density, ["compact", "cosy"], DEFAULTS.density);
    this.screen = oneOf(kept.screen, ["inbox", "requests", "compare", "sources", "settings"], DEFAULTS.screen);
    this.fontSize = clampFontSize(Number(kept.fontSize ?? DEFAULTS.fontSize));
    this.railed = kept.railed === true;
    this.detailBelow = kept.detailBelow === true;
    this.panes = { ...kept.panes };
  }

  /** Everything as a plain value; reading it in an effect follows every change. */
  snapshot(): Kept {
    const { theme, density, fontSize, railed, detailBelow, screen } = this;
    return { theme, density, fontSize, railed, detailBelow, screen, panes: $state.snapshot(this.panes) };
  }

  keep() {
    void keepPreferences(this.snapshot()).catch(() => undefined);
  }
}

const oneOf = <T extends string>(value: unknown, among: readonly T[], otherwise: T): T =>
  among.includes(value as T) ? (value as T) : otherwise;

export const clampFontSize = (size: number): number =>
  Number.isFinite(size) ? Math.min(16, Math.max(11, Math.round(size))) : DEFAULTS.fontSize;

export const preferences = new Preferences();

// Puts the preferences on the page: theme, contrast, density and text size as attributes of the root.
import { MediaQuery } from "svelte/reactivity";
import { preferences } from "./preferences.svelte";

/** In a component's start: follows the preferences and the system's theme and contrast. */
export function applyAppearance() {
  const dark = new MediaQuery("prefers-color-scheme: dark");
  const contrast = new MediaQuery("prefers-contrast: more");

  $effect(() => {
    const root = document.documentElement;
    root.dataset.theme = preferences.theme === "system" ? (dark.current ? "dark" : "light") : preferences.theme;
    root.dataset.density = preferences.density;
    root.dataset.contrast = contrast.current ? "more" : "normal";
    root.style.fontSize = `${preferences.fontSize}px`;
  });
}

// Puts the preferences on the page: theme, density and text size as attributes of the root.
import { preferences } from "./preferences.svelte";

/** In a component's start: follows the preferences and the system's theme. */
export function applyAppearance() {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const contrast = window.matchMedia("(prefers-contrast: more)");
  let systemDark = $state(dark.matches);
  const follow = () => (systemDark = dark.matches);

  $effect(() => {
    dark.addEventListener("change", follow);
    return () => dark.removeEventListener("change", follow);
  });
  $effect(() => {
    const root = document.documentElement;
    root.dataset.theme = preferences.theme === "system" ? (systemDark ? "dark" : "light") : preferences.theme;
    root.dataset.density = preferences.density;
    root.dataset.contrast = contrast.matches ? "more" : "normal";
    root.style.fontSize = `${preferences.fontSize}px`;
  });
}

// How Svelte compiles: runes everywhere, and no innerHTML in the page (the CSP and a lint hold the same line).
import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true, fragments: "tree" },
};

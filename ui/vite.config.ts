// How the window's page is built, served while developing, and tested.
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const BASE =
  /node_modules\/(svelte|esm-env|clsx|@tauri-apps\/api)\/|src\/(ipc|app)\/[\w.]+\.ts|src\/shared\/ui\/(Icon|icons|Keycaps|keycaps)/;

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  resolve: { alias: { $ipc: at("./src/ipc"), $shared: at("./src/shared"), $app: at("./src/app") } },
  clearScreen: false,
  server: { host: "127.0.0.1", port: 1420, strictPort: true },
  // The web views that show it: WebKitGTK 2.50, WKWebView and WebView2 of the same age.
  build: {
    target: ["es2023", "safari18", "chrome120"],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    // What every part of the page needs is one file beside the first: each file costs the start a way to the shell.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "base", test: BASE }] } } },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./src/test/setup.ts"],
    include: ["src/**/*.test.ts"],
    // A test that opens the whole window makes every module anew, which takes a busy machine long.
    testTimeout: 60_000,
    // Nothing else runs meanwhile: a core that is left free does nothing.
    maxWorkers: "100%",
  },
});

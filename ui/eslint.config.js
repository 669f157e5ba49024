// What the type checker can't hold: text nodes only, one door to Tauri, no cycles, and which tier may import which.
import importX from "eslint-plugin-import-x";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const noTauri = { group: ["@tauri-apps/*"], message: "Only src/ipc talks to Tauri: call it through $ipc." };
const features = ["inbox", "requests", "compare", "transfer", "tunnel", "settings", "providers", "sources"];

/** The import rules of one folder. */
const imports = (files, patterns) => ({ files, rules: { "no-restricted-imports": ["error", { patterns }] } });

export default ts.config(
  { ignores: ["dist", "src/ipc/bindings"] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    // The parser is named for plain files too: the cycle rule reads what they import with their options.
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"] },
    },
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [createTypeScriptImportResolver({ project: "./tsconfig.json" })],
      "import-x/extensions": [".ts", ".js", ".svelte"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"], "svelte-eslint-parser": [".svelte"] },
    },
    rules: {
      "import-x/no-cycle": "error",
      "svelte/no-at-html-tags": "error",
      "svelte/prefer-svelte-reactivity": "off",
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
          property,
          message: "Payload text goes into the page as text nodes only.",
        })),
        { object: "document", property: "write", message: "Payload text goes into the page as text nodes only." },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "SvelteAttribute[key.name='style']",
          message: "The page's CSP refuses style attributes in markup: a class or a style: directive instead.",
        },
        {
          selector: "CallExpression[callee.object.name='JSON'][callee.property.name='parse']",
          message: "JSON.parse spoils numbers above 2^53: the engine reads bodies.",
        },
      ],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  { files: ["src/ipc/preferences.ts"], rules: { "no-restricted-syntax": "off" } },
  imports(["src/app/**"], [noTauri]),
  imports(
    ["src/shared/**"],
    [noTauri, { group: ["$app/*", "**/features/**"], message: "Shared parts know no screen." }],
  ),
  ...features.map((feature) =>
    imports(
      [`src/features/${feature}/**`],
      [
        noTauri,
        {
          group: features.filter((other) => other !== feature).map((other) => `**/${other}/**`),
          message: "Features don't import each other: go through $app/navigation.",
        },
      ],
    ),
  ),
);

// Starts the page: fonts and styles from the app itself, then the shell.
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/components.css";
import { mount } from "svelte";
import App from "./app/App.svelte";
import { navigation } from "./app/navigation.svelte";
import { preferences } from "./app/preferences.svelte";
import { session } from "./app/session.svelte";

/** How long the first picture waits for what it shows, ms. */
const PATIENCE = 150;
/** What it is written in; a text that no font is loaded for is drawn in another first, and then once more. */
const FONTS = ["13px 'Inter Variable'", "13px 'JetBrains Mono Variable'"];

preferences.load();
navigation.screen = preferences.screen;
// The first picture is the slow one, so it is drawn once, with what it shows; an engine that is still busy with the
// workspace is not waited for.
void session.start();
const shown = Promise.all([session.answered, ...FONTS.map((font) => document.fonts.load(font))]);
await Promise.race([shown, new Promise((late) => setTimeout(late, PATIENCE))]);
mount(App, { target: document.getElementById("app") as HTMLElement });

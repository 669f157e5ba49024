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

/** How long the first picture waits for the engine, ms. */
const PATIENCE = 150;

preferences.load();
navigation.screen = preferences.screen;
// The first picture is the slow one, so it is drawn once, with what it shows; an engine that is still busy with the
// workspace is not waited for.
void session.start();
await Promise.race([session.answered, new Promise((late) => setTimeout(late, PATIENCE))]);
mount(App, { target: document.getElementById("app") as HTMLElement });

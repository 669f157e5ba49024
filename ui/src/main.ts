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

preferences.load();
navigation.screen = preferences.screen;
// What the first picture shows is asked for before it is drawn.
void session.start();
mount(App, { target: document.getElementById("app") as HTMLElement });

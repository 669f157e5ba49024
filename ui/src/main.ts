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

await preferences.load();
navigation.screen = preferences.screen;
mount(App, { target: document.getElementById("app") as HTMLElement });

// The way to Rust: Tauri's bridge inside the app, a stand-in while the page is developed in a browser or tested.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

export interface Backend {
  invoke(command: string, payload?: Record<string, unknown>): Promise<unknown>;
  listen(event: string, receive: (payload: unknown) => void): Promise<() => void>;
}

const tauri: Backend = {
  invoke: (command, payload) => invoke(command, payload),
  listen: (event, receive) => listen(event, (message) => receive(message.payload)),
};

export const insideApp = typeof window !== "undefined" && "__TAURI_INTERNALS__" in window;

let chosen: Promise<Backend> | undefined;

export function backend(): Promise<Backend> {
  chosen ??=
    import.meta.env.DEV && !insideApp ? import("./fake").then((fake) => fake.fakeBackend()) : Promise.resolve(tauri);
  return chosen;
}

/** Puts a backend of the test's own in place. */
export function useBackend(own: Backend) {
  chosen = Promise.resolve(own);
}

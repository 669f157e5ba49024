// A stand-in for the engine while the page is developed in a browser or tested. Not part of the built app.
import type { Backend } from "./backend";

export function fakeBackend(): Backend {
  return {
    invoke: (command) => Promise.reject({ code: "failed", message: `No answer to ${command}.`, hint: null }),
    listen: () => Promise.resolve(() => {}),
  };
}

// What is said of a rule or an answer that was taken out, and how it is had back.
import { say, sayError, UNDO } from "$app/toasts.svelte";
import { markedText } from "$shared/text/marks";

/** Says that something was deleted from the rules of a source; `undo` puts it back and tells whether it is shown then. */
export function sayTaken(name: string, source: string, undo: () => Promise<boolean>) {
  const said = (isShown: boolean) => isShown || say(`${name} is back in ${markedText(source)}`);
  say(`${name} deleted`, { title: UNDO, run: () => void undo().then(said).catch(sayError) });
}

// From a key event to the action it stands for.
import { ACTIONS, existsOn, type Action } from "./actions";
import type { Screen } from "./navigation.svelte";

const mac = typeof navigator !== "undefined" && /Mac/.test(navigator.platform);
const SEQUENCE_WITHIN = 1_200;

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** The chord of an event as the table writes it: `Ctrl+Shift+P`, `?`, `Shift+C`, `j`. */
export function chordOf(event: Pressed): string {
  const key = event.key === " " ? "Space" : event.key;
  const letter = /^[a-z]$/i.test(key);
  const control = mac ? event.metaKey : event.ctrlKey;
  // Shift is part of a symbol's own making (`?`), but not of a letter's or a named key's.
  const shift = event.shiftKey && (letter || key.length > 1);
  const shown = letter ? (control || shift ? key.toUpperCase() : key.toLowerCase()) : key;
  return `${control ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${shift ? "Shift+" : ""}${shown}`;
}

/** True where typed characters are text. */
export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type);
}

/** True for chords that mean the same while text is typed. `Ctrl+A` and `Ctrl+Z` are the text's own there. */
const worksInText = (chord: string): boolean => /^(Ctrl\+(?![AZ]$)|Alt\+|(Shift\+)?F\d)/.test(chord);

/** Reads chords one after another, sequences such as `g i` among them. */
export class KeyReader {
  #first = "";
  #at = 0;

  /** The action that this event stands for on this screen, if any. */
  read(event: Pressed, target: EventTarget | null, screen: Screen, now: number): Action | null {
    const chord = chordOf(event);
    const typing = isTextField(target);
    if (typing && !worksInText(chord)) return null;
    const sequence = this.#first && now - this.#at < SEQUENCE_WITHIN ? `${this.#first} ${chord}` : chord;
    this.#first = "";
    const found = find(sequence, screen) ?? find(chord, screen);
    if (!found && startsSequence(chord)) {
      this.#first = chord;
      this.#at = now;
    }
    return found;
  }
}

const all: readonly Action[] = ACTIONS;
const find = (chord: string, screen: Screen): Action | null =>
  all.find((action) => existsOn(action, screen) && action.keys.includes(chord)) ?? null;
const startsSequence = (chord: string): boolean =>
  all.some((action) => action.keys.some((keys) => keys.startsWith(`${chord} `)));

// When the exchanges in view came: the bars of the strip, and the stretch that filters.
import type { Histogram } from "$ipc/bindings/Histogram";
import { call } from "$ipc/call";
import { session } from "$app/session.svelte";
import { inbox } from "../inbox.svelte";

const ASK_AGAIN_AFTER = 250;
/** While rows keep coming, the bars are asked for this often at most. */
const RESTS = 500;

class Strip {
  drawn = $state.raw<Histogram | null>(null);
  /** Bars that there is room for. */
  room = $state(100);
  /** The part of the time that is drawn; null for all of it. */
  zoomed = $state.raw<{ since: number; until: number } | null>(null);
  #revision = 0;
  #asked = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /** The filter without what the strip itself sets. */
  readonly filter = $derived(inbox.filter.without(["since", "before"]));

  /** Asks anew, soon. */
  ask() {
    if (this.#waiting) return;
    const wait = Math.max(0, this.#asked + RESTS - Date.now());
    this.#waiting = setTimeout(() => {
      this.#waiting = undefined;
      void this.#read();
    }, wait);
  }

  async #read() {
    const revision = ++this.#revision;
    for (;;) {
      this.#asked = Date.now();
      const query = { filter: this.filter, upto: null, bars: this.room };
      const answer = await call("histogram", {
        ...query,
        since: this.zoomed?.since ?? null,
        until: this.zoomed?.until ?? null,
      }).catch(() => null); // the list says what is wrong with the filter
      if (revision !== this.#revision || !answer) return;
      this.drawn = answer;
      if (answer.complete) return;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER));
      if (revision !== this.#revision) return;
    }
  }

  /** The bars that the filter's times reach over, the last one included; null without such times. */
  readonly brushed = $derived.by<[number, number] | null>(() => {
    const { drawn } = this;
    const since = micros(inbox.filter.valueOf("since"));
    const before = micros(inbox.filter.valueOf("before"));
    if (!drawn || drawn.bars.length === 0 || (since === null && before === null)) return null;
    const place = (at: number) => (at - drawn.from) / drawn.width;
    const last = drawn.bars.length - 1;
    const from = since === null ? 0 : Math.floor(place(since));
    const to = before === null ? last : Math.ceil(place(before)) - 1;
    if (to < 0 || from > last) return null;
    return [Math.max(0, from), Math.min(last, Math.max(from, to))];
  });

  /** Filters by the time of bars, the last one included. */
  brush(from: number, to: number) {
    const { drawn } = this;
    if (!drawn) return;
    const [first, last] = from < to ? [from, to] : [to, from];
    const at = (bar: number) => iso(drawn.from + bar * drawn.width);
    // Up to the newest bar means: and what will come.
    const open = this.zoomed === null && last >= drawn.bars.length - 1;
    inbox.filter.setValues({ since: at(first), before: open ? null : at(last + 1) });
  }

  /** Shows all times. */
  showAll() {
    this.zoomed = null;
    inbox.filter.setValues({ since: null, before: null });
  }

  /** Another workspace was opened: its exchanges came at other times. */
  clear() {
    this.#revision += 1;
    this.drawn = this.zoomed = null;
  }

  /** Draws only the stretch that is brushed, or all again. */
  zoom() {
    const { drawn, brushed } = this;
    if (this.zoomed) this.zoomed = null;
    else if (drawn && brushed)
      this.zoomed = {
        since: drawn.from + brushed[0] * drawn.width,
        until: drawn.from + (brushed[1] + 1) * drawn.width,
      };
  }
}

/** A time of the filter as µs; null for one that is not a moment. */
function micros(value: string | null): number | null {
  if (value === null) return null;
  const ago = /^(\d+)([smhdw])$/.exec(value);
  const unit = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }[ago?.[2] ?? ""];
  if (ago && unit) return (Date.now() - Number(ago[1]) * unit * 1000) * 1000;
  // A date without a time is its midnight here, as the engine reads it; without the time, the page would take UTC's.
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00` : value);
  return Number.isNaN(date.getTime()) ? null : date.getTime() * 1000;
}

/** µs as the filter takes them. Bars start at whole seconds. */
const iso = (at: number): string => new Date(at / 1000).toISOString().replace(".000Z", "Z");

export const strip = new Strip();
session.hold(strip);

// What a body view looks at: the body, or what lenses show of it, one in another; and what of it outlasts the view.
import type { BodyRef } from "$ipc/bindings/BodyRef";
import type { Lens } from "$ipc/bindings/Lens";
import type { Reading } from "$ipc/bindings/Reading";
import { BodyFilter } from "./filter.svelte";

/** A lens and what it is called. */
export interface Step {
  lens: Lens;
  title: string;
}

export class Looking {
  #steps = $state.raw<readonly Step[]>([]);
  /** The document before any filter. */
  opened: Reading;

  constructor(readonly body: BodyRef) {
    this.opened = $state.raw(readingOf(body, []));
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  set steps(steps: readonly Step[]) {
    this.#steps = steps;
    this.opened = readingOf(this.body, steps);
  }

  open(lens: Lens, title: string) {
    this.steps = [...this.steps, { lens, title }];
  }

  /** Goes back to the document of this depth; 0 is the body. */
  back(depth: number) {
    this.steps = this.steps.slice(0, depth);
  }
}

/** What the user made of a view of bodies: its filter, and what was opened in the body that it showed last. */
export class Looks {
  readonly filter = new BodyFilter();
  #last: Looking | null = null;

  at(body: BodyRef): Looking {
    if (this.#last?.body.id !== body.id || this.#last.body.side !== body.side) this.#last = new Looking(body);
    return this.#last;
  }

  /** Shows the whole body again; what was typed as its filter stays. */
  toBody() {
    this.filter.shown = false;
    this.#last = null;
  }

  /** Another workspace was opened: its exchanges have the same numbers. */
  clear() {
    this.filter.clear();
    this.#last = null;
  }
}

function readingOf(body: BodyRef, steps: readonly Step[]): Reading {
  const plain = { id: body.id, side: body.side };
  return steps.length === 0 ? plain : { ...plain, through: steps.map((step) => step.lens) };
}

/** The same document through one lens more. */
export const through = (reading: Reading, lens: Lens): Reading => ({
  ...reading,
  through: [...(reading.through ?? []), lens],
});

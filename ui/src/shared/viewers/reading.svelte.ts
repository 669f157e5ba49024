// What a body view looks at: the body, or what lenses show of it, one in another.
import type { BodyRef } from "$ipc/bindings/BodyRef";
import type { Lens } from "$ipc/bindings/Lens";
import type { Reading } from "$ipc/bindings/Reading";

/** A lens and what it is called. */
export interface Step {
  lens: Lens;
  title: string;
}

export class Looking {
  steps = $state.raw<readonly Step[]>([]);

  constructor(readonly body: BodyRef) {}

  /** The document before any filter. */
  readonly opened: Reading = $derived.by(() => readingOf(this.body, this.steps));

  open(lens: Lens, title: string) {
    this.steps = [...this.steps, { lens, title }];
  }

  /** Goes back to the document of this depth; 0 is the body. */
  back(depth: number) {
    this.steps = this.steps.slice(0, depth);
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

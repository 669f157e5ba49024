// Deliveries that are unfolded in place: their further pushes stand below the row of the first one. Rows are counted in
// two ways: as the engine lists them (folded), and as they are shown.
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import { call } from "$ipc/call";

/** Pushes of one delivery at most: `MOST` in the engine's store/deliveries.rs. */
const MOST = 200;

interface Delivery {
  /** Its first push. */
  first: number;
  /** Where its row stands in the folded list. */
  at: number;
  /** The further pushes. */
  rows: ExchangeSummary[];
}

export class Unfolded {
  /** The order of the list that they are in. */
  oldestFirst = false;
  #open = $state.raw<Delivery[]>([]);

  /** Rows that are shown beside the folded ones. */
  readonly extra = $derived(this.#open.reduce((sum, { rows }) => sum + rows.length, 0));

  has(first: number): boolean {
    return this.#open.some((delivery) => delivery.first === first);
  }

  /** The folded row that is shown at `index`, or below which it is shown. */
  folded(index: number): number {
    return this.#place(index).folded;
  }

  /** The push that is shown at `index`, if it is one below a folded row. */
  row(index: number): ExchangeSummary | undefined {
    return this.#place(index).row;
  }

  /** Where a folded row is shown. */
  shown(folded: number): number {
    return this.#open.reduce((index, { at, rows }) => (at < folded ? index + rows.length : index), folded);
  }

  /** Where a push is shown that stands below a folded row; null if none does. */
  find(id: number): number | null {
    for (const { at, rows } of this.#open) {
      const place = rows.findIndex((row) => row.id === id);
      if (place >= 0) return this.shown(at) + 1 + place;
    }
    return null;
  }

  /** Every push that is shown below a folded row. */
  *known(): Iterable<ExchangeSummary> {
    for (const { rows } of this.#open) yield* rows;
  }

  change(edit: (row: ExchangeSummary) => ExchangeSummary) {
    this.#open = this.#open.map((delivery) => ({ ...delivery, rows: delivery.rows.map(edit) }));
  }

  /** Shows the further pushes of a delivery whose first stands in this folded row. */
  async open(first: number, at: number, isWanted = () => true) {
    const rows = await this.#furtherPushes(first);
    if (this.has(first) || !isWanted()) return;
    this.#open = [...this.#open, { first, at, rows }].sort((a, b) => a.at - b.at);
  }

  close(first: number) {
    this.#open = this.#open.filter((delivery) => delivery.first !== first);
  }

  clear() {
    if (this.#open.length > 0) this.#open = [];
  }

  /** Folded rows came or went above all others. */
  shift(by: number) {
    if (by === 0 || this.#open.length === 0) return;
    this.#open = this.#open.flatMap((delivery) =>
      delivery.at + by < 0 ? [] : [{ ...delivery, at: delivery.at + by }],
    );
  }

  /** Reads again what is shown, below rows that stand where they did unless `placeOf` says where: null is nowhere. */
  async refresh(placeOf?: (first: number) => Promise<number | null>) {
    const read = await Promise.all(
      this.#open.map(async ({ first }) => ({
        first,
        rows: await this.#furtherPushes(first),
        at: await placeOf?.(first),
      })),
    );
    const found = new Map(read.map((one) => [one.first, one]));
    this.#open = this.#open.flatMap((delivery) => {
      const { rows, at = delivery.at } = found.get(delivery.first) ?? delivery;
      return at === null ? [] : [{ ...delivery, rows, at }];
    });
  }

  /** The pushes of a delivery but its first, in the order of the list. */
  async #furtherPushes(first: number): Promise<ExchangeSummary[]> {
    const filter = `delivery:${first}`;
    const { rows } = await call("list", { filter, upto: null, from: 0, count: MOST, near: null });
    const further = rows.filter((row) => row.id !== first);
    return this.oldestFirst ? further.reverse() : further;
  }

  #place(index: number): { folded: number; row?: ExchangeSummary | undefined } {
    let before = 0;
    for (const { at, rows } of this.#open) {
      const first = at + before;
      if (index <= first) break;
      if (index <= first + rows.length) return { folded: at, row: rows[index - first - 1] };
      before += rows.length;
    }
    return { folded: index - before };
  }
}

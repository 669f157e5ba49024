// Every answer that a request ever got, newest first; for a request that was never saved, those of its tab.
import { call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { ExchangeSummary } from "$ipc/bindings/ExchangeSummary";
import { PagedRows } from "$shared/virtual/pages.svelte";

/** The answers of one tab. */
export class History {
  private readonly kept: PagedRows<ExchangeSummary> | null;

  /** `requestId` is null for a request that was never saved; `own` then answers what its tab got. */
  constructor(
    readonly requestId: number | null,
    private readonly own: () => readonly ExchangeSummary[],
  ) {
    this.kept = requestId === null ? null : new PagedRows((from, count) => this.page(from, count));
  }

  get total(): number {
    return this.kept ? this.kept.total : this.own().length;
  }

  get ready(): boolean {
    return this.kept?.ready ?? true;
  }

  /** Why they could not be read. */
  get problem(): ApiError | null {
    return this.kept?.problem ?? null;
  }

  row(index: number): ExchangeSummary | undefined {
    return this.kept ? this.kept.row(index) : this.own()[index];
  }

  want(first: number, end: number): void {
    this.kept?.want(first, end);
  }

  /** Reads the rows anew: an answer came. */
  refresh(): void {
    this.kept?.reset(true);
    this.want(0, 1);
  }

  /** The place of an answer among the rows that are known; null if it is not one of them. */
  indexOf(id: number | null): number | null {
    if (this.kept) return this.kept.find((row) => row.id === id);
    const at = this.own().findIndex((row) => row.id === id);
    return at < 0 ? null : at;
  }

  /** The answer before the one with this number. */
  before(id: number | null): ExchangeSummary | null {
    const at = this.indexOf(id);
    return at === null ? null : (this.row(at + 1) ?? null);
  }

  /** The newest answers that are known, at most `count`. */
  newest(count: number): ExchangeSummary[] {
    return Array.from({ length: Math.min(count, this.total) }, (_, index) => this.row(index)).filter(
      (row) => row !== undefined,
    );
  }

  private async page(from: number, count: number) {
    const filter = `request:${this.requestId}`;
    const [page, total] = await Promise.all([
      call("list", { filter, upto: null, from, count, near: null }),
      call("count", { filter, upto: null }),
    ]);
    return { rows: page.rows, complete: page.complete, total: total.rows };
  }
}

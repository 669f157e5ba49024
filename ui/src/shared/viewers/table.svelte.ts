// An array of a body as a table: its rows and columns, and where it is scrolled to. Another array is another table.
import type { Reading } from "$ipc/bindings/Reading";
import type { TableCell } from "$ipc/bindings/TableCell";
import type { TableColumn } from "$ipc/bindings/TableColumn";
import type { TablePage } from "$ipc/bindings/TablePage";
import type { TableRow } from "$ipc/bindings/TableRow";
import { call } from "$ipc/call";
import { count } from "$shared/format";
import { PagedRows } from "$shared/virtual/pages.svelte";
import { VirtualScroll } from "$shared/virtual/scroll.svelte";

export class Table {
  scroll = new VirtualScroll();
  pages: PagedRows<TableRow>;
  columns = $state.raw<TableColumn[]>([]);
  /** True if there are more columns than are shown. */
  more = $state(false);
  /** Characters that each column shows. */
  widths = $state.raw<number[]>([]);

  constructor(body: Reading, node: number) {
    this.pages = new PagedRows<TableRow>(async (from, count) => {
      const page = await call("table_rows", { body, node, from, count });
      if (from === 0) this.#takeHead(page);
      return page;
    });
    this.pages.reset();
  }

  #takeHead({ columns, more, rows }: TablePage) {
    this.columns = columns;
    this.more = more;
    this.widths = columns.map(({ name }, place) => width(name, rows, place));
  }
}

/** What stands before the value of a cell if others stand under the same key. */
export const lead = ({ values }: TableCell) => (values > 1 ? `last of ${count(values)}: ` : "");

/** Characters that a column shows, by its first rows. */
function width(name: string, rows: TableRow[], place: number): number {
  const cells = rows.slice(0, 50).flatMap((row) => row.cells[place] ?? []);
  const longest = Math.max(name.length, ...cells.map((cell) => lead(cell).length + cell.text.length));
  return Math.min(Math.max(longest, 4), 40) + 2;
}

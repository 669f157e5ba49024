// The stand-in's pins, read marks, notes and tags.
import type { Answers } from "./index";
import type { FakeState } from "./state";

export function organiseAnswers(state: FakeState): Answers {
  return {
    pin: ({ ids, on }) => {
      ids.forEach((id) => (on ? state.pinned.add(id) : state.pinned.delete(id)));
      return state.mark();
    },
    mark_read: ({ ids, read }) => {
      if (ids === null) state.readUpto = state.newest;
      else ids.forEach((id) => (read ? state.opened.add(id) : state.opened.delete(id)));
      return state.mark();
    },
    tags: () => {
      const counts = new Map<string, number>();
      for (const name of [...state.tags.values()].flat()) counts.set(name, (counts.get(name) ?? 0) + 1);
      return { tags: [...counts].sort().map(([name, exchanges]) => ({ name, exchanges })) };
    },
    tag: ({ ids, add, remove }) => {
      for (const id of ids) {
        const kept = (state.tags.get(id) ?? []).filter((name) => !remove.includes(name) && !add.includes(name));
        state.tags.set(id, [...kept, ...add].sort());
      }
      return state.mark();
    },
    save_note: ({ id, text }) => {
      if (text.trim() === "") state.notes.delete(id);
      else state.notes.set(id, text);
      return state.mark();
    },
    ...listing(state),
  };
}

/** Views, columns, counts, suggestions and deletions. */
function listing(state: FakeState): Answers {
  const all = (filter: string) => {
    const passes = state.passes(filter);
    const rows = [];
    for (let id = state.newest; id > 0 && rows.length < 5_000; id--) {
      const row = state.summary(id);
      if (passes(row)) rows.push(row);
    }
    return rows;
  };
  return {
    tallies: ({ filter }) => {
      const rows = all(filter);
      const has = (passes: (row: (typeof rows)[number]) => boolean) => rows.filter(passes).length;
      return {
        pushes: has((row) => row.direction === "push"),
        pulls: has((row) => row.direction === "pull"),
        failed: has((row) => row.failure !== null || (row.status ?? 0) >= 400),
        unread: has((row) => row.unread),
        complete: true,
      };
    },
    histogram: ({ filter, since, until, bars: most }) => {
      const rows = all(filter);
      const last = until ?? rows[0]?.startedAt ?? 0;
      const first = since ?? rows[rows.length - 1]?.startedAt ?? 0;
      const width = Math.max(1, Math.ceil((last - first) / most / 60e6)) * 60_000_000;
      const from = Math.floor(first / width) * width;
      const bars = Array.from({ length: rows.length === 0 ? 0 : Math.floor((last - from) / width) + 1 }, () => ({
        pushes: 0,
        pulls: 0,
        failed: 0,
      }));
      for (const row of rows) {
        const bar = bars[Math.floor((row.startedAt - from) / width)];
        if (!bar) continue;
        if (row.direction === "push") bar.pushes += 1;
        else bar.pulls += 1;
        if (row.failure !== null || (row.status ?? 0) >= 400) bar.failed += 1;
      }
      return { from, width, bars, complete: true };
    },
    views: () => ({ views: state.views }),
    save_view: ({ id, name, filter }) => {
      if (/^fail/.test(name)) throw { code: "invalid", message: "The view can't have this name.", hint: null };
      const view = { id: id ?? state.views.reduce((most, one) => Math.max(most, one.id), 0) + 1, name, filter };
      state.views = id === null ? [...state.views, view] : state.views.map((one) => (one.id === id ? view : one));
      return view;
    },
    move_view: ({ id, before }) => {
      const moved = state.views.find((view) => view.id === id);
      const others = state.views.filter((view) => view.id !== id);
      const place = before === null ? others.length : others.findIndex((view) => view.id === before);
      if (moved) state.views = [...others.slice(0, place), moved, ...others.slice(place)];
      return {};
    },
    delete_view: ({ id }) => {
      state.views = state.views.filter((view) => view.id !== id);
      return {};
    },
    columns: () => ({ columns: state.columns }),
    save_columns: ({ columns }) => {
      if (columns.some(({ id }) => id === "body." || id.endsWith("[")))
        throw { code: "invalid", message: "That can't be a column.", hint: null };
      state.columns = columns;
      return {};
    },
    cells: ({ ids, columns }) => ({ rows: ids.map((id) => columns.map((column) => `${column.slice(-4)} ${id}`)) }),
    read_filter: ({ text, caret }) => {
      const typed = /\S*$/.exec(text.slice(0, caret))?.[0] ?? "";
      const known = [
        "source:",
        "status:",
        "source:stripe",
        "source:github",
        "is:failed",
        "is:unread",
        "body.",
        "tag:late",
      ];
      return {
        problem: null,
        from: caret - typed.length,
        to: caret,
        suggestions: known
          .filter((one) => one.startsWith(typed) && one.endsWith(":") === !typed.includes(":"))
          .map((text) => ({ text, detail: "" })),
      };
    },
    whole_deliveries: ({ ids }) => {
      const wanted = new Set(ids);
      const further = all("").filter((row) => row.delivery !== null && wanted.has(row.delivery.first));
      return { ids: [...ids, ...further.map((row) => row.id).filter((id) => !wanted.has(id))].sort((a, b) => a - b) };
    },
    delete: ({ scope, upto }) => {
      const found = (filter: string) => all(filter).filter((row) => row.id <= (upto ?? row.id));
      const ids = scope.type === "selection" ? scope.ids : found(scope.filter).map((row) => row.id);
      ids.forEach((id) => state.hidden.add(id));
      state.mark();
      return { id: 1, exchanges: ids.length };
    },
    undo_deletion: ({ id }) => {
      const exchanges = state.hidden.size;
      state.hidden.clear();
      state.mark();
      return { id, exchanges };
    },
  };
}

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
  };
}

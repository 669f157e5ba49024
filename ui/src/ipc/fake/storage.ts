// The stand-in's size of the workspace, compacting and copies.
import type { Answers } from "./index";
import type { FakeState } from "./state";

export function storageAnswers(state: FakeState): Answers {
  return {
    size: () => ({
      file: 310_000_000,
      log: 4_000_000,
      stored: 1_900_000_000,
      parts: [
        { name: "bodies", bytes: 160_000_000 },
        { name: "heads", bytes: 30_000_000 },
        { name: "list", bytes: 40_000_000 },
        { name: "index", bytes: 70_000_000 },
        { name: "dictionaries", bytes: 112_640 },
        { name: "free", bytes: 9_000_000 },
        { name: "others", bytes: 887_360 },
      ],
      sources: [{ source: "stripe", exchanges: state.newest, stored: 1_900_000_000, bytes: 190_000_000 }],
    }),
    compact: () => ({ before: 314_000_000, after: 240_000_000 }),
    back_up: () => ({ bytes: 240_000_000 }),
  };
}

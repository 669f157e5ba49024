import { beforeEach, describe, expect, it } from "vitest";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { views } from "./views.svelte";

let rows: (filter: string) => Promise<number>;

beforeEach(() => {
  const fake = fakeBackend({ rows: 10 });
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      if (command !== "count") return fake.invoke(command, payload);
      return { rows: await rows((payload?.["args"] as { filter: string }).filter), complete: true };
    },
  });
  views.counts.clear();
  views.all = [
    { id: 1, name: "First", filter: "first" },
    { id: 2, name: "Second", filter: "second" },
  ];
});

const counts = () => [views.counts.get(1), views.counts.get(2)];

describe("the counts of saved views", () => {
  it("are taken again when something changed meanwhile", async () => {
    let stored = 1;
    let goOn = () => {};
    const waits = new Promise<void>((resolve) => (goOn = resolve));
    rows = async (filter) => {
      const now = stored;
      if (filter === "second") await waits;
      return now;
    };
    const counting = views.count();
    stored = 2;
    await views.count();
    goOn();
    await counting;
    expect(counts()).toEqual([2, 2]);
  });

  it("come for the others where one can't be counted", async () => {
    rows = async (filter) => {
      if (filter === "first") throw new Error("It can't be counted.");
      return 7;
    };
    await views.count().catch(() => undefined);
    expect(counts()).toEqual([undefined, 7]);
  });

  it("of those that find others as time goes on are taken again by time alone", async () => {
    views.all = ["since:15m", "is:failed", "-before:2h", "before:7d", "since:2026-11-22"].map((filter, id) => ({
      id,
      name: filter,
      filter,
    }));
    const counted: string[] = [];
    rows = async (filter) => counted.push(filter);
    await views.age();
    expect(counted).toEqual(["since:15m", "-before:2h", "before:7d"]);
  });
});

import { waitFor } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import type { FeedEvent } from "$ipc/bindings/FeedEvent";
import { FakeState } from "$ipc/fake/state";
import { session } from "./session.svelte";

it("says that the lists can't be read only until they are: with the next event", async () => {
  const fake = fakeBackend({ rows: 0 });
  let busy = false;
  let hear: (event: FeedEvent) => void = () => {};
  useBackend({
    invoke: (command, payload) => {
      if (busy && command === "sources") throw { code: "failed", message: "Busy.", hint: null };
      return fake.invoke(command, payload);
    },
    listen: (_, receive) => {
      hear = receive as typeof hear;
      return Promise.resolve(() => {});
    },
  });
  const stop = await session.start();
  const status = new FakeState({ rows: 0 }).status();
  busy = true;
  hear({ status, changed: [], lists: true, missed: false, jobs: [] });
  await waitFor(() => expect(session.problem?.message).toBe("Busy."));
  busy = false;
  hear({ status, changed: [], lists: false, missed: false, jobs: [] });
  await waitFor(() => expect(session.problem).toBeNull());
  stop();
});

it("reads anew what changed before the feed was heard, and the lists whenever the feed says so", async () => {
  const fake = fakeBackend({ rows: 0 });
  let hear: (event: FeedEvent) => void = () => {};
  let heard: () => void = () => {};
  let names = ["first"];
  let asked = 0;
  useBackend({
    invoke: (command, payload) => {
      if (command !== "sources") return fake.invoke(command, payload);
      asked += 1;
      const sources = names.map((name, place) => ({ id: place + 1, name, provider: null, newest: null, pushes: 0 }));
      return Promise.resolve({ sources });
    },
    listen: (_, receive) => {
      hear = receive as typeof hear;
      return new Promise((resolve) => (heard = () => resolve(() => {})));
    },
  });
  const shown = () => session.sources.map((source) => source.name);
  const started = session.start();
  await waitFor(() => expect(shown()).toEqual(["first"]));
  names = ["first", "before the feed"];
  heard();
  const stop = await started;
  expect(shown()).toEqual(names);
  names = ["first", "of another window"];
  const event = (lists: boolean): FeedEvent => ({
    status: new FakeState({ rows: 0 }).status(),
    changed: [],
    lists,
    missed: false,
    jobs: [],
  });
  const before = asked;
  hear(event(true));
  await waitFor(() => expect(shown()).toEqual(names));
  hear(event(false));
  hear(event(true));
  await waitFor(() => expect(asked).toBe(before + 2));
  stop();
});

it("counts the pushes of the sources again when some were stored, and not for each of them", async () => {
  const fake = fakeBackend({ rows: 0 });
  let hear: (event: FeedEvent) => void = () => {};
  let asked = 0;
  let pushes = 0;
  useBackend({
    invoke: (command, payload) => {
      if (command !== "sources") return fake.invoke(command, payload);
      asked += 1;
      return Promise.resolve({ sources: [{ id: 1, name: "stripe", provider: null, newest: null, pushes }] });
    },
    listen: (_, receive) => {
      hear = receive as typeof hear;
      return Promise.resolve(() => {});
    },
  });
  const stop = await session.start();
  const status = new FakeState({ rows: 0 }).status();
  const event = (newest: number): FeedEvent => ({
    status: { ...status, stored: { ...status.stored, newest, exchanges: newest } },
    changed: [],
    lists: false,
    missed: false,
    jobs: [],
  });
  hear(event(0));
  const before = asked;
  for (pushes = 1; pushes < 100; pushes++) hear(event(pushes));
  await waitFor(() => expect(session.sources[0]?.pushes).toBe(100));
  expect(asked).toBe(before + 1);
  stop();
});

it("keeps what the feed said while a command was still to answer", async () => {
  const fake = fakeBackend({ rows: 0 });
  let hear: (event: FeedEvent) => void = () => {};
  let answer: ((status: unknown) => void) | null = null;
  let slow = false;
  useBackend({
    invoke: (command, payload) =>
      slow && command === "status" ? new Promise((resolve) => (answer = resolve)) : fake.invoke(command, payload),
    listen: (_, receive) => {
      hear = receive as typeof hear;
      return Promise.resolve(() => {});
    },
  });
  const stop = await session.start();
  const of = (tunnel: "up" | "starting") => new FakeState({ rows: 0, tunnel }).status();
  slow = true;
  const asked = session.refreshStatus();
  await waitFor(() => expect(answer).not.toBeNull());
  hear({ status: of("up"), changed: [], lists: false, missed: false, jobs: [] });
  answer!(of("starting"));
  await asked;
  expect(session.status?.tunnel.state.type).toBe("up");

  answer = null;
  const ahead = session.refreshStatus();
  await waitFor(() => expect(answer).not.toBeNull());
  answer!(of("starting"));
  await ahead;
  expect(session.status?.tunnel.state.type).toBe("starting");
  stop();
});

import { beforeEach, describe, expect, it } from "vitest";
import { useBackend } from "$ipc/backend";
import { call } from "$ipc/call";
import { fakeBackend } from "$ipc/fake";
import { newRule, RulesForm } from "./rules.svelte";

it("reads the rules again that could not be read", async () => {
  const fake = fakeBackend({ rows: 10 });
  let busy = true;
  useBackend({
    ...fake,
    invoke: (command, payload) => {
      if (busy && command === "source_rules") throw { code: "failed", message: "Busy.", hint: null };
      return fake.invoke(command, payload);
    },
  });
  const form = new RulesForm();
  await form.load("stripe");
  expect([form.failure?.message, form.set]).toEqual(["Busy.", null]);
  busy = false;
  await form.recount();
  expect(form.failure).toBeNull();
  expect(form.set).not.toBeNull();
});

it("says why the rules can't be read until they are, and of no other source", async () => {
  const fake = fakeBackend({ rows: 10 });
  let held: Promise<void> | null = null;
  let busy = true;
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      if (command === "source_rules") await held;
      if (busy && command === "source_rules") throw { code: "failed", message: "Busy.", hint: null };
      return fake.invoke(command, payload);
    },
  });
  const form = new RulesForm();
  await form.load("stripe");
  let go: () => void = () => {};
  held = new Promise((resolve) => (go = resolve));
  const again = form.recount();
  await new Promise((asked) => setTimeout(asked));
  expect(form.failure?.message).toBe("Busy.");
  go();
  await again;
  held = new Promise((resolve) => (go = resolve));
  const other = form.load("github");
  await new Promise((asked) => setTimeout(asked));
  expect([form.source, form.failure]).toEqual(["github", null]);
  busy = false;
  go();
  await other;
  expect([form.set === null, form.failure]).toEqual([false, null]);
});

describe("a rule that was deleted", () => {
  const set = async (source: string) => (await call("source_rules", { source })).rules;
  const names = async (source: string) => (await set(source)).rules.map(({ name }) => name);
  const rules = (...names: string[]) => names.map((name) => ({ ...newRule(), name }));

  /** Keeps these rules, as the command line may. */
  async function keep(source: string, ...names: string[]) {
    await call("save_rules", { source, rules: { ...(await set(source)), rules: rules(...names) } });
  }

  /** A form that is on the screen with the rules of a source. */
  async function shown(source: string) {
    const form = new RulesForm();
    const leave = form.appear();
    await form.load(source);
    return { form, leave };
  }

  beforeEach(async () => {
    useBackend(fakeBackend({ rows: 10 }));
    await keep("stripe", "a", "b", "c");
    await keep("github", "x");
  });

  it("is had back where it was after another source was chosen, with what was changed there since", async () => {
    const { form, leave } = await shown("stripe");
    const undo = form.remove(1);
    await form.load("github");
    expect(await names("stripe")).toEqual(["a", "c"]);
    await keep("stripe", "a2", "c2");
    expect(await undo()).toBe(false);
    expect(await names("stripe")).toEqual(["a2", "b", "c2"]);
    expect([form.source, form.set?.rules.length, await names("github")]).toEqual(["github", 1, ["x"]]);
    leave();
  });

  it("is had back last where fewer are left than stood before it", async () => {
    const { form, leave } = await shown("stripe");
    const undo = form.remove(2);
    await form.load("github");
    await keep("stripe", "a");
    await undo();
    expect(await names("stripe")).toEqual(["a", "c"]);
    leave();
  });

  it("comes into what is being typed after the screen was left and opened again", async () => {
    const before = await shown("stripe");
    const undo = before.form.remove(0);
    before.leave();
    const { form, leave } = await shown("stripe");
    form.set!.rules[0]!.name = "typed";
    form.typed();
    expect(await undo()).toBe(true);
    expect(form.set?.rules.map(({ name }) => name)).toEqual(["a", "typed", "c"]);
    await form.flush();
    await before.form.flush();
    expect(await names("stripe")).toEqual(["a", "typed", "c"]);
    leave();
  });

  it("is there once, if its deletion could not be kept", async () => {
    const { form, leave } = await shown("stripe");
    const undo = form.remove(0);
    const fake = fakeBackend({ rows: 10 });
    let kept = await set("stripe");
    let full = true;
    useBackend({
      ...fake,
      invoke: async (command, payload) => {
        const { source, rules } = (payload?.args ?? {}) as { source: string; rules: typeof kept };
        if (command === "save_rules" && full) throw { code: "failed", message: "The disk is full.", hint: null };
        if (command === "save_rules" && source === "stripe") kept = rules;
        if (command === "source_rules" && source === "stripe")
          return { source, rules: structuredClone(kept), inForce: true, problems: [], counts: [] };
        return fake.invoke(command, payload);
      },
    });
    await form.load("github");
    full = false;
    await undo();
    expect(kept.rules.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    leave();
  });
});

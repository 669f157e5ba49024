import { beforeEach, describe, expect, it } from "vitest";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { RulesForm } from "./rules.svelte";
import { ServiceForm } from "./service.svelte";

/** Ends the command that is held, with an answer or an error. */
let end: { well: (answer: unknown) => void; badly: (thrown: unknown) => void };
let held = "";
const FULL = { code: "failed", message: "The disk is full.", hint: null };

beforeEach(() => {
  toasts.shown = [];
  held = "";
  const fake = fakeBackend({ rows: 10 });
  useBackend({
    ...fake,
    invoke: (command, payload) =>
      command === held ? new Promise((well, badly) => (end = { well, badly })) : fake.invoke(command, payload),
  });
});

const said = () => toasts.shown.map(({ text }) => text);

describe("what goes wrong with a source", () => {
  it.each([
    ["save_source", (form: ServiceForm) => form.save()],
    ["add_secret", (form: ServiceForm) => form.addSecret("", "whsec")],
    ["remove_secret", (form: ServiceForm) => form.removeSecret(1)],
    ["verify_source", (form: ServiceForm) => form.checkAgain()],
  ])("is not shown beside another one: %s", async (command, run) => {
    const form = new ServiceForm();
    await form.load("stripe");
    held = command;
    let done = run(form);
    await new Promise((called) => setTimeout(called));
    end.badly(FULL);
    await done;
    expect([form.problem ?? form.secretProblem, said()]).toEqual([FULL, []]);
    done = run(form);
    await new Promise((called) => setTimeout(called));
    await form.load("github");
    end.badly(FULL);
    await done;
    expect([form.problem, form.secretProblem, said()]).toEqual([null, null, ["The disk is full."]]);
  });

  it("is not shown where the rules of another one are", async () => {
    const form = new RulesForm();
    held = "source_rules";
    const first = form.load("stripe");
    await new Promise((called) => setTimeout(called));
    held = "";
    await form.load("github");
    end.badly(FULL);
    await first;
    expect([form.source, form.failure]).toEqual(["github", null]);
    expect(form.set).not.toBeNull();
  });

  it("goes with the rules that it was about", async () => {
    const form = new RulesForm();
    held = "source_rules";
    const first = form.load("stripe");
    await new Promise((called) => setTimeout(called));
    end.badly(FULL);
    await first;
    expect(form.failure).toEqual(FULL);
    void form.load("github");
    await new Promise((called) => setTimeout(called));
    expect(form.failure).toBeNull();
  });
});

it("says of the source alone that its pushes are being checked", async () => {
  const form = new ServiceForm();
  await form.load("stripe");
  held = "verify_source";
  const done = form.checkAgain();
  expect(form.checking).toBe(true);
  await form.load("github");
  expect(form.checking).toBe(false);
  await form.load("stripe");
  expect(form.checking).toBe(true);
  end.well({});
  expect(await done).toBe(true);
  expect(form.checking).toBe(false);
});

it("starts the sequences of one source again, and shows them beside no other", async () => {
  const form = new RulesForm();
  await form.load("stripe");
  held = "reset_rules";
  const done = form.reset();
  await new Promise((called) => setTimeout(called));
  await form.load("github");
  end.well({ rules: form.set, problems: [{ field: "x", message: "Of stripe." }], inForce: false, counts: null });
  await done;
  expect([form.problems, form.inForce]).toEqual([[], true]);
});

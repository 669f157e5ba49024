import { render, screen } from "@testing-library/svelte";
import { beforeEach, expect, it } from "vitest";
import { session } from "$app/session.svelte";
import type { ListenerStatus } from "$ipc/bindings/ListenerStatus";
import { useBackend } from "$ipc/backend";
import { call } from "$ipc/call";
import { fakeBackend } from "$ipc/fake";
import RuleList from "./RuleList.svelte";
import { newRule, RulesForm } from "./rules.svelte";

beforeEach(async () => {
  useBackend(fakeBackend({ rows: 10 }));
  await session.refresh();
});

/** The list of one rule that has answered twice here, while the listener is as given. */
async function shown(listener?: ListenerStatus) {
  const { rules } = await call("source_rules", { source: "stripe" });
  await call("save_rules", { source: "stripe", rules: { ...rules, rules: [newRule()] } });
  if (listener && session.status) await session.takeAnswer(Promise.resolve({ ...session.status, listener }));
  const form = new RulesForm();
  await form.load("stripe");
  form.counts = { [form.set?.rules[0]?.id ?? ""]: 2 };
  render(RuleList, { form });
}

it("says how often a rule answered where this window listens", async () => {
  await shown();
  expect(screen.getByTitle("Answers since the sequence began").textContent).toBe("2");
});

it.each(["elsewhere", "off"] as const)("says no count of a rule while the listener is %s", async (type) => {
  await shown({ type });
  expect(screen.getByTitle("Counted where it listens").textContent).toBe("–");
  expect(screen.queryByTitle("Answers since the sequence began")).toBeNull();
});

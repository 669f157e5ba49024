import { expect, it } from "vitest";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { RulesForm } from "./rules.svelte";

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

import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { openApp } from "../../test/openApp";
import { blankDraft, providerOf } from "./draft";

const TAKEN = /There is a provider with this key: edit that one, or choose another key\./;

async function opened() {
  const { calls } = await openApp({ rows: 10 });
  await screen.findAllByRole("row", { selected: false });
  await userEvent.keyboard("gp");
  const saved = () => calls.filter(({ command }) => command === "save_provider").map(({ args }) => args);
  return { saved };
}

const list = async () => within(await screen.findByRole("dialog", { name: "Providers" }));
const form = async () => within(await screen.findByRole("dialog", { name: "New provider" }));

async function add(name: string) {
  await userEvent.click((await list()).getByRole("button", { name: "Add provider" }));
  await userEvent.type((await form()).getByLabelText("Name"), name);
  await userEvent.click((await form()).getByRole("button", { name: "Add provider" }));
}

async function copyStripe() {
  const row = (await list()).getByText("Stripe").closest("tr") as HTMLElement;
  await userEvent.click(within(row).getByRole("button", { name: "Copy" }));
  return form();
}

describe("the key of a new provider", () => {
  it("is that of no other, for nothing is written over", async () => {
    await opened();
    await add("Acme");
    await (await list()).findByText("Acme");
    await add("Acme");
    expect((await (await form()).findByRole("alert")).textContent).toMatch(TAKEN);
    await userEvent.type((await form()).getByLabelText("Key"), "-2");
    await userEvent.click((await form()).getByRole("button", { name: "Add provider" }));
    await waitFor(async () => expect((await list()).getAllByText("Acme")).toHaveLength(2));
  });

  it("is checked against what was added elsewhere meanwhile", async () => {
    await opened();
    await userEvent.click((await list()).getByRole("button", { name: "Add provider" }));
    const { call } = await import("$ipc/call");
    await call("save_provider", providerOf({ ...blankDraft(), name: "Acme of the command line", key: "acme" }));
    await userEvent.type((await form()).getByLabelText("Name"), "Acme");
    await userEvent.click((await form()).getByRole("button", { name: "Add provider" }));
    await (await form()).findByText(TAKEN);
    const named = (await call("providers", {})).providers.filter(({ key }) => key === "acme").map(({ name }) => name);
    expect(named).toEqual(["Acme of the command line"]);
  });

  it("is a free one where a known one is copied", async () => {
    await opened();
    for (const key of ["stripe-own", "stripe-own-2", "stripe-own-3"]) {
      const copy = await copyStripe();
      expect(copy.getByLabelText("Key")).toHaveProperty("value", key);
      await userEvent.click(copy.getByRole("button", { name: "Add provider" }));
    }
    await waitFor(async () => expect((await list()).getAllByText("Stripe, my own")).toHaveLength(3));
  });

  it("is kept where the provider of that key is edited", async () => {
    const { saved } = await opened();
    await add("Acme");
    await userEvent.click(await (await list()).findByRole("button", { name: "Edit" }));
    const edit = within(await screen.findByRole("dialog", { name: "Edit Acme" }));
    await userEvent.type(edit.getByLabelText("Name"), " 2");
    await userEvent.click(edit.getByRole("button", { name: "Save" }));
    await (await list()).findByText("Acme 2");
    expect(saved().at(-1)).toMatchObject({ key: "acme", name: "Acme 2" });
  });
});

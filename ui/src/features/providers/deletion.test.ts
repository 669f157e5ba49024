import { screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Provider } from "$ipc/bindings/Provider";
import { openApp } from "../../test/openApp";
import { blankDraft, providerOf } from "./draft";

/** An own provider that has more than its name. */
const ACME: Provider = {
  ...providerOf({ ...blankDraft(), name: "Acme", key: "acme" }),
  event: ["json:/kind"],
  notes: ["Ask Ada."],
};

/** The list of providers with Acme in it, and the commands that follow. */
async function opened(own: Parameters<typeof openApp>[1] = {}) {
  const { calls } = await openApp({ rows: 10 }, own);
  await screen.findAllByRole("row", { selected: false });
  const { call } = await import("$ipc/call");
  await call("save_provider", ACME);
  await userEvent.keyboard("gp");
  const list = within(await screen.findByRole("dialog", { name: "Providers" }));
  await userEvent.click(await list.findByRole("button", { name: "Delete Acme" }));
  await screen.findByText("Acme deleted");
  expect(list.queryByText("Acme")).toBeNull();
  calls.length = 0;
  return { calls, list, call };
}

describe("a provider that was deleted", () => {
  it("is had back as it was by the toast, which can be pressed beside the dialog", async () => {
    const { list, call } = await opened();
    // Where a press is outside of the dialog, which jsdom draws nowhere.
    const target = screen.getByRole("button", { name: /^Undo/ });
    const user = userEvent.setup();
    await user.pointer({ keys: "[MouseLeft>]", target, coords: { clientX: 900, clientY: 700 } });
    // A press beside the dialog closes it in a moment.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await user.pointer({ keys: "[/MouseLeft]", target });
    await list.findByText("Acme");
    const { providers } = await call("providers", {});
    expect(providers.find(({ key }) => key === "acme")).toEqual(ACME);
    expect(screen.queryByRole("dialog", { name: "Providers" })).not.toBeNull();
  });

  it("is had back by its key while the dialog is open, but not where the key is that of a text", async () => {
    const { calls, list } = await opened();
    const saved = () => calls.filter(({ command }) => command === "save_provider");
    list.getByLabelText("Search the providers").focus();
    await userEvent.keyboard("{Control>}z{/Control}");
    expect(saved()).toEqual([]);
    list.getByRole("button", { name: "Add provider" }).focus();
    await userEvent.keyboard("{Control>}z{/Control}");
    await list.findByText("Acme");
    expect(saved()).toHaveLength(1);
  });

  it("is not had back in place of one that has its key by now", async () => {
    const { call } = await opened();
    const other = { ...ACME, name: "Another Acme", notes: [] };
    await call("save_provider", other);
    await userEvent.click(screen.getByRole("button", { name: /^Undo/ }));
    await screen.findByText("Acme does not come back: by now, Another Acme has its key, acme.");
    const { providers } = await call("providers", {});
    expect(providers.find(({ key }) => key === "acme")).toEqual(other);
  });

  it("is said to be gone where it can't be kept again", async () => {
    let there: Provider[] = [];
    let full = false;
    const { list } = await opened({
      save_provider: (provider) => {
        if (full) throw { code: "failed", message: "The disk is full.", hint: null };
        there = [provider];
        return provider;
      },
      providers: () => ({ providers: there }),
      delete_provider: () => {
        there = [];
        full = true;
        return {};
      },
    });
    await userEvent.click(screen.getByRole("button", { name: /^Undo/ }));
    await screen.findByText("The disk is full.");
    expect(list.queryByText("Acme")).toBeNull();
  });
});

import { screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Answers } from "$ipc/fake";
import type { FakeOptions } from "$ipc/fake/state";
import { openApp, violations } from "../../test/openApp";

const secret = { source: "stripe", label: "live", value: "whsec_0123456789abcdef" };

/** A window, and the vault as that window has it. */
async function opened(
  vaultIs: FakeOptions["vault"],
  own?: Answers,
  told?: (answer: unknown, command: string) => unknown,
) {
  await openApp({ rows: 4, vault: vaultIs }, own, told);
  const [{ vault }, { call }] = await Promise.all([import("./vault.svelte"), import("$ipc/call")]);
  return { vault, addSecret: () => vault.with(() => call("add_secret", secret)) };
}

describe("the vault", () => {
  it("asks for a place for its key when something needs it, and then does it", async () => {
    const { addSecret } = await opened("noStore");
    const added = addSecret();
    await screen.findByRole("dialog", { name: "Where is the key kept?" });
    expect(await violations()).toEqual([]);
    await userEvent.type(screen.getByLabelText("Passphrase"), "correct horse");
    const make = screen.getByRole("button", { name: "Make the vault" });
    expect(make).toHaveProperty("disabled", true);
    await userEvent.type(screen.getByLabelText("Once more"), "correct horse{Enter}");
    expect((await added)?.secrets[0]?.ending).toBe("cdef");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("says that what was typed twice differs", async () => {
    const { addSecret } = await opened("noStore");
    const added = addSecret();
    await screen.findByRole("dialog", { name: "Where is the key kept?" });
    await userEvent.type(screen.getByLabelText("Passphrase"), "correct horse");
    await userEvent.type(screen.getByLabelText("Once more"), "correct house");
    await screen.findByText("The two differ.");
    expect(screen.getByRole("button", { name: "Make the vault" })).toHaveProperty("disabled", true);
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(await added).toBeNull();
  });

  it("keeps its key in a file that is chosen", async () => {
    const { vault, addSecret } = await opened("noStore");
    const added = addSecret();
    await screen.findByRole("dialog", { name: "Where is the key kept?" });
    await userEvent.click(screen.getByRole("radio", { name: "Key file" }));
    const make = screen.getByRole("button", { name: "Make the vault" });
    expect(make).toHaveProperty("disabled", true);
    await userEvent.click(screen.getByRole("button", { name: "Choose the file" }));
    await screen.findByDisplayValue("/home/ada/pushpull.key");
    await userEvent.click(make);
    expect((await added)?.secrets).toHaveLength(1);
    expect(vault.status).toMatchObject({ state: "unlocked", place: "keyFile", keyFile: "/home/ada/pushpull.key" });
  });

  it("says that a passphrase is wrong, and goes on with the right one", async () => {
    const { vault, addSecret } = await opened("noStore");
    await vault.make("passphrase", "correct horse", "");
    await vault.lock();
    const added = addSecret();
    await screen.findByRole("dialog", { name: "Unlock the vault" });
    await userEvent.type(screen.getByLabelText("Passphrase"), "wrong horse{Enter}");
    await screen.findByRole("alert");
    await userEvent.clear(screen.getByLabelText("Passphrase"));
    await userEvent.type(screen.getByLabelText("Passphrase"), "correct horse{Enter}");
    expect((await added)?.secrets).toHaveLength(1);
  });

  it("says so only once nothing of that try comes any more, so that what is typed next stays", async () => {
    let reread: (() => void) | undefined;
    const wrong = () => Promise.reject({ code: "vaultClosed", message: "The passphrase is not the one.", hint: null });
    let tries = 0;
    const { vault } = await opened("noStore", { unlock_vault: () => (tries++, wrong()) }, async (answer, command) => {
      if (command === "vault" && tries > 0) await new Promise<void>((done) => (reread = done));
      return answer;
    });
    const tried = vault.unlock("correct house", "");
    await waitFor(() => expect(reread).toBeDefined());
    expect(vault.problem).toBeNull();
    reread?.();
    expect(await tried).toBe(false);
    expect(vault.problem?.message).toBe("The passphrase is not the one.");
  });

  it("does nothing if the user changes their mind", async () => {
    const { addSecret } = await opened("noStore");
    const added = addSecret();
    await screen.findByRole("dialog", { name: "Where is the key kept?" });
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(await added).toBeNull();
  });

  it("is locked and opened in the settings", async () => {
    const { vault } = await opened("noStore");
    await vault.make("passphrase", "correct horse", "");
    await userEvent.keyboard("gs");
    await userEvent.click(await screen.findByRole("button", { name: /^Lock/ }));
    await screen.findByText(/Capturing goes on; only what needs a secret waits/);
    await userEvent.click(screen.getByRole("button", { name: /^Unlock/ }));
    await userEvent.type(await screen.findByLabelText("Passphrase"), "correct horse{Enter}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await vault.refresh();
    expect(vault.status?.state).toBe("unlocked");
    await screen.findByText(/The key comes from your passphrase/);
  });

  it("shows its state in the settings, and is given up only after a second word", async () => {
    await opened("keyMissing");
    await userEvent.keyboard("gs");
    await screen.findByText(/Key missing/);
    expect(await violations()).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Start a new vault" }));
    await userEvent.click(await screen.findByRole("button", { name: /Really lose/ }));
    await screen.findByText("None yet");
  });

  it("says in the settings why it could not be given up or locked", async () => {
    const full = () => {
      throw { code: "failed", message: "The disk is full.", hint: "Make room." };
    };
    await openApp({ rows: 4, vault: "keyMissing" }, { forget_vault: full, lock_vault: full });
    await userEvent.keyboard("gs");
    await userEvent.click(await screen.findByRole("button", { name: "Start a new vault" }));
    await userEvent.click(await screen.findByRole("button", { name: /Really lose/ }));
    expect((await screen.findByRole("alert")).textContent).toMatch(/The disk is full\.\s+Make room\./);
    await screen.findByText(/Key missing/);
    expect(await violations()).toEqual([]);
    // Said once: what is tried next begins anew.
    await userEvent.click(screen.getByRole("button", { name: /^Unlock/ }));
    await waitFor(() => expect(document.querySelector(".settings [role=alert]")).toBeNull());
  });
});

import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { navigation, openExport, openReplay } from "$app/navigation.svelte";
import { session } from "$app/session.svelte";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import TransferDialogs from "./TransferDialogs.svelte";
import { violations } from "../../test/openApp";

/** What was asked to be exported, masked or not. */
const masked: unknown[] = [];

beforeEach(async () => {
  navigation.dialog = null;
  masked.length = 0;
  const fake = fakeBackend({ rows: 400 });
  useBackend({
    ...fake,
    invoke: (command, payload) => {
      const args = payload?.["args"] as { redact?: boolean; query?: { redact: boolean } } | undefined;
      if (command === "preview_export") masked.push(args?.redact);
      if (command === "export") masked.push(args?.query?.redact);
      return fake.invoke(command, payload);
    },
  });
  await session.refresh();
  if (session.settings) session.settings = { ...session.settings, replayTarget: "http://localhost:3000" };
});

describe("the export dialog", () => {
  it("masks by default, names what is masked, and says when it does not", async () => {
    render(TransferDialogs);
    openExport({ type: "selection", ids: [1, 2] });
    await screen.findByText("Stripe-Signature");
    expect(new Set(masked)).toEqual(new Set([true]));
    screen.getByText(/Bodies go out as they are\./);
    expect(await violations()).toEqual([]);
    await userEvent.click(screen.getByRole("switch"));
    await screen.findByText(/Credentials go out as they were/);
    await screen.findByText("nothing masked");
    expect(masked.at(-1)).toBe(false);
  });

  it("says how many secrets are locked, and so not recognised", async () => {
    useBackend(fakeBackend({ rows: 400, vault: "keyMissing" }));
    render(TransferDialogs);
    openExport({ type: "selection", ids: [1, 2] });
    await screen.findByText(/2 secrets are locked and can’t be recognised in what is exported/);
    expect(await violations()).toEqual([]);
    await userEvent.click(screen.getByRole("switch"));
    await screen.findByText(/Credentials go out as they were/);
    expect(screen.queryByText(/secrets are locked/)).toBeNull();
  });

  it("does not offer one body for several exchanges", async () => {
    render(TransferDialogs);
    openExport({ type: "selection", ids: [1, 2] });
    await userEvent.click(await screen.findByRole("radio", { name: "Body" }));
    await screen.findByText(/exactly one exchange/);
    expect(screen.getByRole("button", { name: "Save as…" })).toHaveProperty("disabled", true);
  });

  it("saves where the user says and names the file", async () => {
    render(TransferDialogs);
    openExport({ type: "filter", filter: "source:stripe" });
    await screen.findByText("Stripe-Signature");
    await userEvent.click(screen.getByRole("button", { name: "Save as…" }));
    await waitFor(() => expect(navigation.dialog).toBeNull());
    expect(masked.at(-1)).toBe(true);
    expect(toasts.shown.at(-1)?.text).toContain("/home/ada/acme-sync-export.ndjson");
  });
});

describe("the replay dialog", () => {
  it("begins with the target of the settings, refuses what is no URL, and remembers another", async () => {
    render(TransferDialogs);
    openReplay([390, 389]);
    const target = await screen.findByLabelText("To");
    expect(target).toHaveProperty("value", "http://localhost:3000");
    await userEvent.clear(target);
    await userEvent.type(target, "localhost:8080");
    await screen.findByText(/begins with http/);
    await userEvent.clear(target);
    await userEvent.type(target, "http://localhost:8080{Enter}");
    await screen.findByText(/2 replays sent/);
    expect(screen.queryByRole("alert")).toBeNull();
    await waitFor(() => expect(session.settings?.replayTarget).toBe("http://localhost:8080"));
    expect(await violations()).toEqual([]);
  });

  it("says why there is no answer, and what to do next", async () => {
    render(TransferDialogs);
    openReplay([390, 389, 388, 387]);
    await userEvent.type(await screen.findByLabelText("To"), "{Enter}");
    await screen.findByText(/4 replays sent, 1 without an answer/);
    const why = await screen.findByRole("alert");
    expect(why.textContent).toMatch(/refused the connection\.\s+Start what listens there/);
  });
});

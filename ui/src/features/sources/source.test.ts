import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { runAction } from "$app/commands.svelte";
import { navigation } from "$app/navigation.svelte";
import { session } from "$app/session.svelte";
import type { SourceSettings } from "$ipc/bindings/SourceSettings";
import { call } from "$ipc/call";
import { FakeState } from "$ipc/fake/state";
import SourcesScreen from "./SourcesScreen.svelte";
import { button, copied, own, shown } from "../../test/openSources";

describe("the sources", () => {
  it("are not said to be none while nobody knows yet which there are", async () => {
    own["sources"] = () => new Promise(() => {});
    session.settings = null;
    session.sources = [];
    render(SourcesScreen);
    void session.refresh();
    await new Promise((resolve) => setTimeout(resolve));
    expect(screen.queryByText("No source yet")).toBeNull();
  });
});

describe("a source", { timeout: 120_000 }, () => {
  it("is walked to from its neighbours", async () => {
    await shown();
    navigation.source = "hubspot";
    await screen.findByRole("heading", { name: "hubspot", level: 1 });
    runAction("source.next");
    await screen.findByRole("heading", { name: "shopify", level: 1 });
    runAction("source.previous");
    runAction("source.previous");
    await screen.findByRole("heading", { name: "github", level: 1 });
  });

  it.each([
    ["itself", "stripe"],
    ["another source", "github"],
  ])("keeps the secret that is typed for it while one of %s is being added", async (_, next) => {
    let add: (settings: SourceSettings) => void = () => {};
    own["add_secret"] = () => new Promise<SourceSettings>((added) => (add = added));
    await shown();
    const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
    const stripe = await call("source_settings", { name: "stripe" });
    await userEvent.type(await screen.findByLabelText("New secret"), "whsec_first");
    await button("Add secret");
    navigation.source = next;
    await screen.findByRole("heading", { name: next, level: 1 });
    await userEvent.clear(await screen.findByLabelText("New secret"));
    await userEvent.type(field("New secret"), "second");
    await userEvent.type(field("Label of the new secret"), "live");
    add(stripe);
    await new Promise((taken) => setTimeout(taken, 50));
    expect([field("New secret").value, field("Label of the new secret").value]).toEqual(["second", "live"]);
  });

  it("gives its address as a command, and shows its pushes", async () => {
    await shown();
    await button("Copy as cURL");
    await screen.findByText("cURL command copied");
    expect(copied[0]).toMatch(/^curl .* http:\/\/127\.0\.0\.1:4400\/in\/stripe$/);
    await button("Show its pushes");
    expect([navigation.screen, navigation.sourceToShow]).toEqual(["inbox", "stripe"]);
  });

  it("tells secrets that can't be opened, and those that came with a handshake", async () => {
    const secret = { id: 1, label: "live", ending: "cdef", addedAt: 1, learnt: false, damaged: false };
    own["source_settings"] = ({ name }: { name: string }) => ({
      name,
      provider: null,
      recognised: name,
      url: null,
      tolerance: null,
      handshakes: true,
      secrets: [
        { ...secret, damaged: true },
        { ...secret, id: 2, label: "asana", learnt: true },
      ],
      asked: [],
      notice: "A handshake gave a secret that is not kept yet.",
    });
    await shown();
    await screen.findByText("A handshake gave a secret that is not kept yet.");
    const line = async (label: string) => within((await screen.findByText(label)).closest("li") as HTMLElement);
    (await line("live")).getByText("can’t be opened");
    const learnt = await line("asana");
    learnt.getByText("from a handshake");
    expect(learnt.queryByText("can’t be opened")).toBeNull();
  });

  it.each([
    ["locked", /The vault is locked/],
    ["opening", /The vault is opening/],
  ])("says that the vault is %s where the first secret waits for it, and how to open it", async (state, says) => {
    const notice = "A handshake gave a secret that is not kept yet: it is once the vault is open.";
    const set = { name: "stripe", provider: "asana", recognised: null, url: null, tolerance: null, handshakes: true };
    own["source_settings"] = () => ({ ...set, secrets: [], asked: [], notice });
    const status = { place: "keyFile", keyStore: "the Secret Service", keyFile: null, message: null, secrets: 1 };
    own["vault"] = () => ({ ...status, state });
    await shown();
    await screen.findByText(notice);
    await screen.findByText(says);
    expect(screen.queryByText(/None yet/)).toBeNull();
    expect(screen.queryAllByRole("button", { name: "Unlock…" })).toHaveLength(state === "locked" ? 1 : 0);
  });

  it("says nothing of a vault that it does not need", async () => {
    own["vault"] = () => ({
      state: "locked",
      place: "keyFile",
      keyStore: "the Secret Service",
      keyFile: null,
      message: null,
      secrets: 1,
    });
    await shown();
    await screen.findByText("None yet: signatures can’t be checked.");
    expect(screen.queryByText(/The vault is locked/)).toBeNull();
  });

  it("says who listens, where that is another Pushpull, and what to do", async () => {
    own["status"] = () => ({ ...new FakeState({ rows: 400 }).status(), listener: { type: "elsewhere" } });
    await session.refresh();
    await shown();
    screen.getByText("Another Pushpull listens on this workspace: it says the address where it was started.");
    screen.getByText("Another Pushpull listens on this workspace. Stop it and listen here to try the source.");
    expect(screen.queryByText(/Nothing listens/)).toBeNull();
    own["status"] = () => ({ ...new FakeState({ rows: 400 }).status(), listener: { type: "off" } });
    await session.refresh();
    await screen.findByText("Nothing listens, so it has no address now.");
    screen.getByText("Nothing listens, so there is nobody to send to.");
  });

  it("shows what is set while the vault is opening, and says so", async () => {
    const secret = { id: 1, label: "live", ending: null, addedAt: 1, learnt: false, damaged: false };
    const set = { name: "stripe", provider: "stripe", recognised: null, url: null, tolerance: null, handshakes: true };
    own["source_settings"] = () => ({ ...set, secrets: [secret], asked: [], notice: null });
    const status = { place: "keyStore", keyStore: "the Secret Service", keyFile: null, message: null, secrets: 1 };
    own["vault"] = () => ({ ...status, state: "opening" });
    await shown();
    await screen.findByText("live");
    await screen.findByText(/The vault is opening/);
    expect(screen.queryByText("Check its pushes again")).toBeNull();
  });
});

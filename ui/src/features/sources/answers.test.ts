import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { runAction } from "$app/commands.svelte";
import { navigation } from "$app/navigation.svelte";
import { session } from "$app/session.svelte";
import Toasts from "$app/Toasts.svelte";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import type { SourceTried } from "$ipc/bindings/SourceTried";
import { call } from "$ipc/call";
import { fakeBackend } from "$ipc/fake";
import { FakeState } from "$ipc/fake/state";
import { newRule } from "./rules.svelte";
import SourcesScreen from "./SourcesScreen.svelte";
import { trial } from "./trial.svelte";

let copied: string[] = [];
let own: Record<string, (args: never) => unknown> = {};

beforeEach(async () => {
  navigation.screen = "sources";
  navigation.source = "stripe";
  toasts.shown = [];
  trial.clear();
  [copied, own] = [[], {}];
  const fake = fakeBackend({ rows: 400 });
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      if (command === "copy_text") copied.push(payload?.["text"] as string);
      return own[command] ? own[command](payload?.["args"] as never) : fake.invoke(command, payload);
    },
  });
  await session.refresh();
});

const kept = async () => (await call("source_rules", { source: "stripe" })).rules;
const steps = async () => (await kept()).rules[0]?.steps.map((step) => step.status);
const button = (name: string) => userEvent.click(screen.getByRole("button", { name }));

async function shown() {
  render(SourcesScreen);
  render(Toasts);
  await screen.findByText("Add a rule");
}

/** A rule that answers with these, one after another. */
async function rule(...statuses: number[]) {
  await shown();
  await userEvent.click(screen.getByText("Add a rule"));
  await screen.findByLabelText("Status");
  for (const [place, status] of statuses.entries()) {
    if (place > 0) await userEvent.click(screen.getByText("Then answer"));
    await fireEvent.input(screen.getAllByLabelText("Status")[place] as HTMLElement, { target: { value: `${status}` } });
  }
  await waitFor(async () => expect(await steps()).toEqual(statuses));
}

/** Types over what stands in a field, and goes on. */
async function over(label: string, text: string) {
  const field = screen.getByLabelText(label);
  await userEvent.clear(field);
  await userEvent.type(field, text);
  await userEvent.tab();
}

describe("the answers of a rule", { timeout: 120_000 }, () => {
  it("take numbers as they are typed, below zero too", async () => {
    await rule(200);
    const step = async () => (await kept()).rules[0]?.steps[0];
    await over("Delay", "1500");
    await waitFor(async () => expect((await step())?.delayMs).toBe(1500));
    await userEvent.selectOptions(screen.getByLabelText("Fault"), "wrongLength");
    await over("Bytes more than there are", "-10");
    await waitFor(async () => expect((await step())?.fault).toEqual({ type: "wrongLength", by: -10 }));
    await userEvent.selectOptions(screen.getByLabelText("Fault"), "drip");
    await over("Bytes a second", "7");
    await waitFor(async () => expect((await step())?.fault).toEqual({ type: "drip", bytesPerSecond: 7 }));
    await userEvent.clear(screen.getByLabelText("Delay"));
    await userEvent.type(screen.getByLabelText("Delay"), "2s");
    expect(screen.getByLabelText("Delay").getAttribute("aria-invalid")).toBe("true");
    await userEvent.tab();
    expect((screen.getByLabelText("Delay") as HTMLInputElement).value).toBe("2");
    await waitFor(async () => expect((await step())?.delayMs).toBe(2));
  });

  it("hold the rules back where they are wrong and shown, not where they are off or never sent", async () => {
    const held = () => screen.queryByText("Not in force yet") !== null;
    await rule(99);
    await waitFor(() => expect(held()).toBe(true));
    await userEvent.selectOptions(screen.getByLabelText("Fault"), "reset");
    await waitFor(() => expect(held()).toBe(false));
    await userEvent.selectOptions(screen.getByLabelText("Fault"), "none");
    await waitFor(() => expect(held()).toBe(true));
    await userEvent.click(screen.getByLabelText("Rule 1 is in use"));
    await waitFor(() => expect(held()).toBe(false));
    screen.getByText("A status is 200 to 599.");
    const schema = screen.getByLabelText("Hold it against a JSON Schema");
    await userEvent.click(schema);
    const reply = within(screen.getByRole("group", { name: "Answer to what does not fit" }));
    await fireEvent.input(reply.getByLabelText("Status"), { target: { value: "99" } });
    await waitFor(() => expect(held()).toBe(true));
    await userEvent.click(schema);
    await waitFor(() => expect(held()).toBe(false));
  });

  it("say whatever holds them back", async () => {
    await rule(200);
    const fields = ["rules", "rules.0.id", "rules.0.steps", "rules.0.steps.0.headers"];
    const problems = fields.map((field) => ({ field, message: `${field} is wrong.`, blocks: true }));
    const rules = await kept();
    own["save_rules"] = () => ({ source: "stripe", rules, inForce: false, problems, counts: [] });
    await fireEvent.input(screen.getByLabelText("Status"), { target: { value: "201" } });
    for (const { message } of problems) await screen.findByText(message);
  });

  it("are moved among each other and deleted", async () => {
    await rule(500, 502, 200);
    await button("Move answer 3 up");
    await waitFor(async () => expect(await steps()).toEqual([500, 200, 502]));
    await button("Move answer 1 down");
    await waitFor(async () => expect(await steps()).toEqual([200, 500, 502]));
    await button("Delete answer 2");
    await waitFor(async () => expect(await steps()).toEqual([200, 502]));
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Delete answer 2");
    await button("Delete answer 2");
    await waitFor(async () => expect(await steps()).toEqual([200]));
    expect(document.activeElement?.textContent).toContain("Then answer");
  });

  it("are those that were set elsewhere, unless something typed here waits to be kept", async () => {
    await session.start();
    await rule(500);
    const elsewhere = async (status: number) => {
      const { rules } = structuredClone(await kept());
      rules[0]!.steps[0]!.status = status;
      await call("save_rules", { source: "stripe", rules: { ...(await kept()), rules } });
    };
    const told = () => call("try_source", { source: "stripe", request: { type: "sample", provider: "stripe" } });
    const status = () => screen.getByLabelText<HTMLInputElement>("Status");
    await elsewhere(503);
    await told();
    await waitFor(() => expect(status().value).toBe("503"));
    await button("Then answer");
    await waitFor(async () => expect(await steps()).toEqual([503, 503]));
  });

  it("are kept with the next word where keeping them failed", async () => {
    await rule(500);
    own["save_rules"] = () => {
      throw { code: "failed", message: "The disk is full.", hint: null };
    };
    await fireEvent.input(screen.getByLabelText("Status"), { target: { value: "501" } });
    await screen.findByText(/The disk is full/);
    delete own["save_rules"];
    await fireEvent.input(screen.getByLabelText("Status"), { target: { value: "501" } });
    await waitFor(async () => expect(await steps()).toEqual([501]));
  });

  it("are kept at once when the window is about to go", async () => {
    await rule(500);
    await fireEvent.input(screen.getByLabelText("Status"), { target: { value: "501" } });
    let sent = 0;
    own["save_rules"] = () => {
      sent += 1;
      throw { code: "failed", message: "Gone.", hint: null };
    };
    window.dispatchEvent(new Event("pagehide"));
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    expect(sent).toBe(1);
  });

  it.each(["another source", "another screen"])("say that they could not be kept where %s is shown", async (where) => {
    const { unmount } = render(SourcesScreen);
    await userEvent.click(await screen.findByText("Add a rule"));
    await screen.findByLabelText("Status");
    own["save_rules"] = () => {
      throw { code: "failed", message: "The disk is full.", hint: null };
    };
    await fireEvent.input(screen.getByLabelText("Status"), { target: { value: "501" } });
    if (where === "another screen") unmount();
    else navigation.source = "github";
    await waitFor(() => expect(toasts.shown.map(({ text }) => text)).toEqual(["The disk is full."]));
  });

  it("have header fields, which are deleted one by one", async () => {
    await rule(200);
    const answer = within(screen.getByRole("group", { name: "Answer 1" }));
    const click = (name: string) => userEvent.click(answer.getByRole("button", { name }));
    for (const name of ["X-A", "X-B"]) {
      await click("Header");
      await userEvent.type(answer.getByLabelText(`Name of header ${name === "X-A" ? 1 : 2}`), name);
    }
    await click("Delete header 1");
    await waitFor(async () => expect((await kept()).rules[0]?.steps[0]?.headers).toMatchObject([{ name: "X-B" }]));
  });

  it("wait for no less than nothing", async () => {
    await rule(200);
    const delay = screen.getByLabelText("Delay");
    for (const [typed, delayMs] of [
      ["250", 250],
      ["-5", 0],
      ["1e12", 4_000_000_000],
    ] as const) {
      await fireEvent.input(delay, { target: { value: typed } });
      await waitFor(async () => expect((await kept()).rules[0]?.steps[0]?.delayMs).toBe(delayMs));
    }
  });
});

describe("the rules of a source", { timeout: 120_000 }, () => {
  it("rest without being lost, are duplicated with all they answer, and are had back", async () => {
    await rule(503);
    await userEvent.type(screen.getByLabelText("Name"), "down");
    await userEvent.click(screen.getByLabelText("down is in use"));
    await waitFor(async () => expect((await kept()).rules).toMatchObject([{ name: "down", enabled: false }]));
    await button("What to do with down");
    await userEvent.click(await screen.findByRole("menuitem", { name: "Duplicate" }));
    await waitFor(async () =>
      expect((await kept()).rules).toMatchObject([{ name: "down" }, { name: "down copy", steps: [{ status: 503 }] }]),
    );
    const [first, second] = (await kept()).rules;
    expect(first?.id).not.toBe(second?.id);
    document.querySelector<HTMLElement>(".rules > li .open")?.focus();
    await userEvent.keyboard("{Delete}");
    await screen.findByText("down deleted");
    await waitFor(async () => expect((await kept()).rules).toMatchObject([{ name: "down copy" }]));
    await userEvent.click(screen.getByRole("button", { name: /^Undo/ }));
    await waitFor(async () => expect((await kept()).rules).toMatchObject([{ name: "down" }, { name: "down copy" }]));
  });
});

describe("the order of rules", { timeout: 120_000 }, () => {
  it("is what they are dragged to", async () => {
    const { rules: all, ...others } = await kept();
    expect(all).toEqual([]);
    const rules = ["a", "b", "c"].map((name) => ({ ...newRule(), name }));
    await call("save_rules", { source: "stripe", rules: { ...others, rules } });
    await shown();
    const row = (name: string) => screen.getByRole("group", { name });
    const line = (name: string) => row(name).closest("li") as HTMLElement;
    const order = async () => (await kept()).rules.map(({ name }) => name).join(" ");
    // What is dragged from elsewhere is not taken.
    expect(await fireEvent.dragOver(line("b"))).toBe(true);
    for (const [dragged, over, now] of [
      ["a", "c", "b c a"],
      ["a", "b", "a b c"],
      ["b", "b", "a b c"],
    ] as const) {
      await fireEvent.dragStart(row(dragged));
      expect(await fireEvent.dragOver(line(over))).toBe(false);
      expect(line(over).classList.contains("over")).toBe(dragged !== over);
      await fireEvent.drop(line(over));
      await fireEvent.dragEnd(row(dragged));
      await waitFor(async () => expect(await order()).toBe(now));
      expect(line(over).classList.contains("over")).toBe(false);
    }
    // Let go of outside of the list it stays.
    await fireEvent.dragStart(row("c"));
    await fireEvent.dragEnd(row("c"));
    await fireEvent.drop(line("a"));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await order()).toBe("a b c");
  });
});

describe("taking a deleted rule back", { timeout: 120_000 }, () => {
  async function deletedAndLeft() {
    await rule(503);
    await userEvent.type(screen.getByLabelText("Name"), "down");
    document.querySelector<HTMLElement>(".rules > li .open")?.focus();
    await userEvent.keyboard("{Delete}");
    await screen.findByText("down deleted");
    navigation.source = "hubspot";
    await screen.findByRole("heading", { name: "hubspot", level: 1 });
    await waitFor(async () => expect((await kept()).rules).toEqual([]));
  }
  const undo = () => userEvent.click(screen.getByRole("button", { name: /^Undo/ }));

  it("says where it is, if another source is shown", async () => {
    await deletedAndLeft();
    await undo();
    await screen.findByText("down is back in stripe");
    expect((await kept()).rules).toMatchObject([{ name: "down", steps: [{ status: 503 }] }]);
    expect(document.querySelectorAll(".rules > li")).toHaveLength(0);
  });

  it("says why it can't be done", async () => {
    await deletedAndLeft();
    own["source_rules"] = () => {
      throw { code: "notFound", message: 'There is no source "stripe".', hint: null };
    };
    await undo();
    await screen.findByText('There is no source "stripe".');
  });
});

describe("taking a deleted answer back", { timeout: 120_000 }, () => {
  async function deleted() {
    await rule(500, 502, 200);
    await fireEvent.input(screen.getByLabelText("Body of answer 2"), { target: { value: "typed" } });
    await button("Delete answer 2");
    await waitFor(async () => expect(await steps()).toEqual([500, 200]));
    await screen.findByText("Answer 2 deleted");
  }
  const undo = () => userEvent.click(screen.getByRole("button", { name: /^Undo/ }));

  it("gives it its place and its body, once", async () => {
    await deleted();
    await undo();
    await waitFor(async () => expect(await steps()).toEqual([500, 502, 200]));
    expect((await kept()).rules[0]?.steps[1]?.body).toBe("typed");
    expect(screen.getByLabelText<HTMLTextAreaElement>("Body of answer 2").value).toBe("typed");
  });

  it("finds its rule where that was moved, and says where it is if another source is shown", async () => {
    await deleted();
    const { rules } = await kept();
    navigation.source = "hubspot";
    await screen.findByRole("heading", { name: "hubspot", level: 1 });
    await call("save_rules", { source: "stripe", rules: { ...(await kept()), rules: [newRule(), ...rules] } });
    await undo();
    await screen.findByText("Answer 2 is back in stripe");
    expect((await kept()).rules[1]?.steps.map(({ status }) => status)).toEqual([500, 502, 200]);
  });

  it("says that its rule is gone", async () => {
    await deleted();
    document.querySelector<HTMLElement>(".rules > li .open")?.focus();
    await userEvent.keyboard("{Delete}");
    await screen.findByText("Rule 1 deleted");
    await userEvent.click(screen.getAllByRole("button", { name: /^Undo/ })[0] as HTMLElement);
    await screen.findByText("The rule of this answer is gone.");
  });
});

describe("trying a source", { timeout: 120_000 }, () => {
  it("says what the sender saw, and that nothing was stored", async () => {
    own["try_source"] = () => ({
      exchange: null,
      seen: { end: "closed", status: null, bytes: 0, micros: 1_800 },
    });
    await shown();
    await userEvent.click(screen.getByText("Try it", { selector: "button" }));
    await screen.findByText(/the connection closed without an answer, 0 B in 2 ms/);
    expect(screen.getByText("It was not stored.")).toBeTruthy();
    expect(screen.queryByRole("button", { name: /^Show exchange/ })).toBeNull();
  });

  it("says that the answer is waited for, and for how long", async () => {
    let answer: (tried: SourceTried) => void = () => {};
    own["try_source"] = () => new Promise((resolve) => (answer = resolve));
    await shown();
    const tryIt = () => screen.getByText<HTMLButtonElement>("Try it", { selector: "button" });
    await userEvent.click(tryIt());
    expect((await screen.findByText("Waiting for the answer, 15 s at most")).role).toBe("status");
    expect(tryIt().disabled).toBe(true);
    navigation.source = "github";
    await screen.findByText("Waiting for the answer of stripe, 15 s at most");
    answer({ exchange: null, seen: { end: "timedOut", status: null, bytes: 0, micros: 15_000_000 } });
    await waitFor(() => expect(tryIt().disabled).toBe(false));
    // It is not what this one answered.
    expect(screen.queryByText(/no end within 15 s/)).toBeNull();
    navigation.source = "stripe";
    await screen.findByText(/no end within 15 s/);
  });

  it("keeps what came of it while another screen is shown", async () => {
    let end: (tried: SourceTried) => void = () => {};
    own["try_source"] = () => new Promise((resolve) => (end = resolve));
    const { unmount } = render(SourcesScreen);
    await userEvent.click(await screen.findByText("Try it", { selector: "button" }));
    await screen.findByText("Waiting for the answer, 15 s at most");
    unmount();
    await shown();
    await screen.findByText("Waiting for the answer, 15 s at most");
    end({ exchange: null, seen: { end: "reset", status: null, bytes: 0, micros: 1_800 } });
    await screen.findByText(/the connection reset/);
  });

  it("forgets what came of it when another workspace is opened", async () => {
    let end: (tried: SourceTried) => void = () => {};
    own["try_source"] = () => new Promise((resolve) => (end = resolve));
    await shown();
    await userEvent.click(screen.getByText("Try it", { selector: "button" }));
    await screen.findByText("Waiting for the answer, 15 s at most");
    trial.clear();
    await waitFor(() => expect(screen.queryByText(/^Waiting for the answer/)).toBeNull());
    end({ exchange: null, seen: { end: "reset", status: null, bytes: 0, micros: 1_800 } });
    await new Promise((resolve) => setTimeout(resolve));
    expect([trial.busy, trial.tried]).toEqual([false, null]);
  });

  it("says why it could not be tried", async () => {
    own["try_source"] = () => {
      throw { code: "invalid", message: "A header has a line end.", hint: "Take it out." };
    };
    await shown();
    await userEvent.click(screen.getByText("Try it", { selector: "button" }));
    expect((await screen.findByRole("alert")).textContent).toMatch(/A header has a line end\.\s+Take it out\./);
  });
});

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

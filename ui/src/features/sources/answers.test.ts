import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { navigation } from "$app/navigation.svelte";
import { session } from "$app/session.svelte";
import { toasts } from "$app/toasts.svelte";
import { call } from "$ipc/call";
import { newRule } from "./rules.svelte";
import SourcesScreen from "./SourcesScreen.svelte";
import { button, kept, over, own, rule, steps } from "../../test/openSources";

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

import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Provider } from "$ipc/bindings/Provider";
import type { Scheme } from "$ipc/bindings/Scheme";
import { EMPTY_HANDSHAKE, EMPTY_PROVIDER, EMPTY_SCHEME, EMPTY_TOKEN } from "$shared/signing/blank";
import { openApp, violations } from "../../test/openApp";
import { blankDraft, draftOf, keyFor, providerOf } from "./draft";

describe("the draft of a provider", () => {
  it("comes back as it was, and keeps what the form does not show", () => {
    const blank = providerOf({ ...blankDraft(), name: "Acme", key: "acme" }, null);
    const full: Provider = {
      ...blank,
      firstAttempt: 1,
      signatures: [
        {
          ...blank.signatures[0]!,
          signed: "{method}\n{body}",
          timestamp: { at: "item:t=", unit: "milliseconds", tolerance: 30, pastOnly: true },
          needs: [{ at: "header:X-Version", is: "1", class: "version" }],
          separator: ", ",
        },
      ],
      event: ["header:X-Event + json:/action", "json:/type"],
      recognise: { headers: ["X-Acme"], body: "/event" },
      handshakes: [
        { ...EMPTY_HANDSHAKE, kind: "echo-json", at: "json:/challenge", key: "challenge", when: ["json:/a = b"] },
        { ...EMPTY_HANDSHAKE, kind: "fixed", method: "GET", body: "ok" },
      ],
      batch: { path: "/", form: null, event: ["json:/a"], id: ["json:/b", "json:/c"], attempt: ["json:/d"] },
      success: { statuses: "2xx", seconds: 1.25, certainty: "custom" },
      retries: { text: "Twice.", gaps: [30, 60], certainty: "custom" },
      notes: ["One.", "Two."],
    };
    expect(providerOf(draftOf(full), full)).toEqual(full);
  });

  it("comes back with the rules of its token, and has such rules where a token is chosen", () => {
    const token = { ...EMPTY_TOKEN, algorithms: ["RS256", "HS256"], issuer: "acme", bodyClaim: "sha", leeway: 5 };
    const scheme: Scheme = { ...EMPTY_SCHEME, method: "jwt", at: ["header:X-Token"], urlForms: "port", token };
    const full: Provider = { ...EMPTY_PROVIDER, key: "acme", name: "Acme", signatures: [scheme] };
    expect(providerOf(draftOf(full), full)).toEqual(full);
    const chosen = providerOf({ ...blankDraft(), method: "jwt" }, null);
    expect(chosen.signatures[0]?.token?.algorithms).toEqual(["HS256"]);
  });

  it("makes a key of a name", () => {
    expect(keyFor("  Acme & Söhne Billing ")).toBe("acme-s-hne-billing");
  });
});

describe("providers in the window", { timeout: 60_000 }, () => {
  it("are listed with how sure they are, and one's own is checked while it is written", async () => {
    const { calls } = await openApp({ rows: 10 });
    await screen.findAllByRole("row", { selected: false });
    await userEvent.keyboard("gp");
    const list = await screen.findByRole("dialog", { name: "Providers" });
    await within(list).findByText("Zoom");
    within(list).getByText("from the documentation");
    within(list).getByText("unconfirmed");
    expect(await violations()).toEqual([]);
    await userEvent.click(within(list).getByRole("button", { name: "Add provider" }));
    const form = await screen.findByRole("dialog", { name: "New provider" });
    await userEvent.type(within(form).getByLabelText("Name"), "Acme");
    expect(within(form).getByLabelText("Key")).toHaveProperty("value", "acme");
    await userEvent.type(within(form).getByLabelText("Secret"), "s3cret");
    await within(form).findByText("Valid");
    expect(await violations()).toEqual([]);
    await userEvent.click(within(form).getByRole("button", { name: "Add provider" }));
    await screen.findByText("your own");
    const again = within(await screen.findByRole("dialog", { name: "Providers" }));
    await userEvent.type(again.getByLabelText("Search the providers"), "acm");
    expect(again.getAllByRole("rowheader").map((one) => one.textContent)).toEqual(["Acme"]);
    await userEvent.click(again.getByRole("button", { name: "Delete Acme" }));
    await again.findByText("No provider is called like that.");
    expect(calls.filter((call) => call.command === "save_provider")).toHaveLength(1);
  });

  it("take every field of a provider's rules, and show all that an example comes to", async () => {
    const { calls } = await openApp({ rows: 10 });
    await screen.findAllByRole("row", { selected: false });
    await userEvent.keyboard("gp");
    const list = await screen.findByRole("dialog", { name: "Providers" });
    await userEvent.click(await within(list).findByRole("button", { name: "Add provider" }));
    const form = within(await screen.findByRole("dialog", { name: "New provider" }));
    const type = async (label: string, text: string) =>
      userEvent.type(await form.findByLabelText(label), text.replace(/[{[]/g, "$&$&"));
    await type("Name", "Acme");
    await type("Its body has", "/event");
    await type("Signed text", "{url}{field:hook}");
    await userEvent.selectOptions(await form.findByLabelText("URL counts"), "port");
    await type("Time stands in", "header:X-Time");
    await userEvent.click(await form.findByLabelText("A time in the future is taken"));
    await type("Attempt", "header:X-Try");
    await userEvent.selectOptions(await form.findByLabelText("The first is"), "1");
    await type("Batch", "/events");
    await type("Its attempt", "json:/try");
    await userEvent.selectOptions(form.getByLabelText("Answer"), "echo-json");
    await type("Challenge in", "json:/challenge");
    await type("Told by", "json:/type = ping");
    await type("Its key", "token");
    await type("hook", "h1");
    await type("Secret", "s3cret");
    const example = within(form.getByRole("region", { name: "Example" }));
    await example.findByText("Valid");
    const facts = () =>
      [...document.querySelectorAll(".example dt")].map((name) => [
        name.textContent,
        name.nextElementSibling?.textContent?.replace(/\s+/g, " ").trim(),
      ]);
    await waitFor(() =>
      expect(facts().slice(-3)).toEqual([
        ["Attempt", "2"],
        ["Batch", "1 event x evt_1"],
        ["Answered", "200 c4"],
      ]),
    );
    expect(await violations()).toEqual([]);
    await waitFor(() =>
      expect(calls.filter((call) => call.command === "try_provider").at(-1)?.args).toMatchObject({
        fields: { hook: "h1" },
        secret: "s3cret",
      }),
    );
    await userEvent.click(form.getByRole("button", { name: "Add provider" }));
    await screen.findByText("your own");
    expect(calls.find((call) => call.command === "save_provider")?.args).toMatchObject({
      recognise: { body: "/event" },
      signatures: [{ urlForms: "port", timestamp: { pastOnly: true } }],
      firstAttempt: 1,
      batch: { attempt: ["json:/try"] },
      handshakes: [
        { kind: "echo-json", at: "json:/challenge", when: ["json:/type = ping"], key: "token", status: 200 },
      ],
    });
  });

  it("shows the rules of a token where a token is chosen", async () => {
    await openApp({ rows: 10 });
    await screen.findAllByRole("row", { selected: false });
    await userEvent.keyboard("gp");
    const list = await screen.findByRole("dialog", { name: "Providers" });
    await userEvent.click(await within(list).findByRole("button", { name: "Add provider" }));
    const form = within(await screen.findByRole("dialog", { name: "New provider" }));
    await userEvent.selectOptions(form.getByLabelText("Method"), "jwt");
    expect(form.getByLabelText("Algorithms")).toHaveProperty("value", "HS256");
    form.getByLabelText("Issuer");
    form.getByLabelText("Body's hash");
    expect(form.queryByLabelText("Signed text")).toBeNull();
    expect(await violations()).toEqual([]);
  });
});

import { screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Provider } from "$ipc/bindings/Provider";
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
      batch: { path: "/", form: null, event: ["json:/a"], id: ["json:/b", "json:/c"], attempt: ["json:/d"] },
      success: { statuses: "2xx", seconds: 1.25 },
      retries: { text: "Twice.", gaps: [30, 60], certainty: "custom" },
      notes: ["One.", "Two."],
    };
    expect(providerOf(draftOf(full), full)).toEqual(full);
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
});

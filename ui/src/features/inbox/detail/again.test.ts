import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Exchange } from "$ipc/bindings/Exchange";
import { openApp } from "../../../test/openApp";

const BROKEN = { code: "failed", message: "The disk can't be read.", hint: null };

describe("a part of the detail that can't be read", () => {
  it.each([
    ["exchange", null, "tab"],
    ["delivery", /Deliveries/, "tab"],
    ["delivery", /Events/, "tab"],
    ["verify_exchange", /Signature/, "region"],
  ] as const)("is read again when that is asked for, and keeps the focus near: %s, %s", async (command, tab, role) => {
    let broken = true;
    const { calls } = await openApp({ rows: 9 }, {}, (answer, of) => {
      if (broken && of === command) throw BROKEN;
      if (of !== "exchange") return answer;
      const exchange = answer as Exchange;
      return { ...exchange, summary: { ...exchange.summary, direction: "push", events: 3 } };
    });
    const [newest] = await screen.findAllByRole("row", { selected: false });
    await userEvent.click(newest ?? document.body);
    const asked = () => calls.filter((call) => call.command === command).length;
    const detail = within(screen.getByRole("region", { name: "Exchange detail" }));
    if (tab) await userEvent.click(await detail.findByRole("tab", { name: tab }));
    const button = await detail.findByRole("button", { name: "Try again" });
    button.focus();
    const tries = asked();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(asked()).toBeGreaterThan(tries));
    await new Promise((answered) => setTimeout(answered, 50));
    expect(document.activeElement).toBe(button);
    broken = false;
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(detail.queryByText("The disk can't be read.")).toBeNull());
    await waitFor(() => expect(detail.getAllByRole(role)).toContain(document.activeElement));
  });
});

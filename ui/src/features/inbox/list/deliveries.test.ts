import { screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { openApp, violations } from "../../../test/openApp";

const rows = () => screen.findAllByRole("row").then((all) => all.filter((row) => row.id));
const asked = (calls: { command: string; args: unknown }[]) =>
  calls.filter((call) => call.command === "list").map((call) => (call.args as { filter: string }).filter);

describe("deliveries", { timeout: 60_000 }, () => {
  it("marks retries and duplicates, and folds them away with a key", async () => {
    const { calls } = await openApp({ rows: 130 });
    await rows();
    expect((await screen.findAllByText("retry 2")).length).toBeGreaterThan(0);
    expect(screen.getAllByText("duplicate").length).toBeGreaterThan(0);
    await userEvent.keyboard("d");
    await waitFor(() => expect(asked(calls)).toContain("is:first"));
    await waitFor(() => expect(screen.queryAllByText("retry 2")).toEqual([]));
    expect(screen.getAllByText("×3").length).toBeGreaterThan(0);
    await userEvent.keyboard("d");
    await waitFor(() => expect(screen.queryAllByText("retry 2").length).toBeGreaterThan(0));
  });

  it("shows every push of a folded delivery, and its attempts in the detail", async () => {
    const { calls } = await openApp({ rows: 130 });
    await rows();
    await userEvent.keyboard("d");
    await waitFor(() => expect(screen.queryAllByText("retry 2")).toEqual([]));
    await userEvent.click((await screen.findAllByText("×3"))[0]?.closest("[role=row]") as HTMLElement);
    await userEvent.click(await screen.findByRole("tab", { name: /Deliveries/ }));
    expect((await screen.findAllByText("attempt 2")).length).toBe(1);
    expect(screen.getByText(/1 min later, due after 1 min; duplicate/)).toBeTruthy();
    expect(await violations()).toEqual([]);
    await userEvent.click((await screen.findAllByRole("button", { name: /^signature/ }))[1] as HTMLElement);
    await screen.findByRole("tab", { name: /Signature/, selected: true });
    await userEvent.keyboard("{Shift>}D{/Shift}");
    await waitFor(() => expect(asked(calls).some((filter) => /^delivery:\d+$/.test(filter))).toBe(true));
  });

  it("shows the events of a batch one by one and the place of each", async () => {
    await openApp({ rows: 60 });
    await rows();
    await userEvent.click((await screen.findAllByText("3 events"))[0] as HTMLElement);
    await userEvent.click(await screen.findByRole("tab", { name: /Events/ }));
    await userEvent.click(await screen.findByRole("button", { name: /deal.creation/ }));
    await screen.findByRole("tree");
    await waitFor(() => expect(document.querySelector('[role=treeitem][aria-selected="true"]')).toBeTruthy());
  });
});

describe("an unfolded delivery", { timeout: 60_000 }, () => {
  it("shows its pushes below its row, in the order of the list", async () => {
    await openApp({ rows: 130 });
    await rows();
    await userEvent.keyboard("d");
    await waitFor(() => expect(screen.queryAllByText("retry 2")).toEqual([]));
    const button = (await screen.findAllByRole("button", { name: "×3" }))[0] as HTMLElement;
    const parent = button.closest("[role=row]");
    await userEvent.click(button);
    await screen.findByText("retry 2");
    expect(button.getAttribute("aria-expanded")).toBe("true");
    const index = Number(parent?.getAttribute("aria-rowindex"));
    const below = (place: number) => document.querySelector(`[role=row][aria-rowindex="${index + place}"]`);
    await waitFor(() => expect(below(1)?.textContent).toContain("duplicate"));
    expect(below(2)?.textContent).toContain("retry 2");
    expect(below(3)?.className).not.toContain("below");
    expect(await violations()).toEqual([]);

    // The keyboard walks through them, and folds them from within: the cursor stands on the delivery then.
    await userEvent.click(below(1) as HTMLElement);
    await userEvent.keyboard("je");
    await waitFor(() => expect(screen.queryByText("retry 2")).toBeNull());
    expect(document.querySelector('[role=row][aria-selected="true"]')?.getAttribute("aria-rowindex")).toBe(`${index}`);
    await userEvent.keyboard("e");
    await screen.findByText("retry 2");
  });
});

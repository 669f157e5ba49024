import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { navigation } from "$app/navigation.svelte";
import { call } from "$ipc/call";
import { newRule } from "./rules.svelte";
import { button, kept, own, rule, shown } from "../../test/openSources";

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

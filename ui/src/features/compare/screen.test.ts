import { render, screen, waitFor } from "@testing-library/svelte";
import axe from "axe-core";
import { beforeEach, describe, expect, it } from "vitest";
import { runAction } from "$app/commands.svelte";
import { navigation, openCompare } from "$app/navigation.svelte";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { compares } from "./compares.svelte";
import CompareScreen from "./CompareScreen.svelte";

beforeEach(() => {
  compares.clear();
  navigation.compared = [];
  useBackend(fakeBackend({ rows: 400 }));
});

async function problems() {
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

describe("the compare screen", () => {
  it("says how to start while nothing is compared", async () => {
    render(CompareScreen);
    expect(await screen.findByText("Nothing is compared yet")).toBeTruthy();
    expect(await problems()).toEqual([]);
  });

  it("takes what another screen asked for, and has nothing that axe finds in any view", async () => {
    openCompare([390, 389, 387]);
    render(CompareScreen);
    await screen.findByText("12 differences");
    expect(await problems()).toEqual([]);
    runAction("compare.view4");
    await screen.findByRole("rowheader", { name: /X-Request-Id/ });
    expect(await problems()).toEqual([]);
    runAction("compare.addSide");
    await screen.findByRole("listbox", { name: "Exchanges" });
    expect(await problems()).toEqual([]);
  });

  it("ignores the current path by its action and offers it back", async () => {
    openCompare([390, 389]);
    render(CompareScreen);
    await screen.findByText("12 differences");
    runAction("compare.ignore");
    await screen.findByText("11 differences");
    await waitFor(() => expect(screen.getByLabelText("Ignore $.attempt_count")).toBeTruthy());
  });
});

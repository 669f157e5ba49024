import { render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import userEvent from "@testing-library/user-event";
import { runAction } from "$app/commands.svelte";
import { ignoreInComparisons } from "$app/ignored";
import { navigation, openCompare } from "$app/navigation.svelte";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { compares } from "./compares.svelte";
import CompareScreen from "./CompareScreen.svelte";
import { violations } from "../../test/openApp";

beforeEach(() => {
  compares.clear();
  navigation.compared = [];
  useBackend(fakeBackend({ rows: 400 }));
});

describe("the compare screen", () => {
  it("says how to start while nothing is compared", async () => {
    render(CompareScreen);
    expect(await screen.findByText("Nothing is compared yet")).toBeTruthy();
    expect(await violations()).toEqual([]);
  });

  it("takes what another screen asked for, and has nothing that axe finds in any view", async () => {
    openCompare([390, 389, 387]);
    render(CompareScreen);
    await screen.findByText("12 differences");
    expect(await violations()).toEqual([]);
    runAction("compare.view4");
    await screen.findByRole("rowheader", { name: /X-Request-Id/ });
    expect(await violations()).toEqual([]);
    runAction("compare.addSide");
    await screen.findAllByRole("option");
    expect(await violations()).toEqual([]);
  });

  it("ignores the current path by its action and offers it back", async () => {
    openCompare([390, 389]);
    render(CompareScreen);
    await screen.findByText("difference 1 of 12");
    expect(runAction("compare.ignore")).toBe(true);
    await screen.findByText("11 differences");
    await waitFor(() => expect(screen.getByLabelText("Ignore $.attempt_count")).toBeTruthy());
  });

  it("ignores a path in later comparisons of the same type, and no more once its rule is deleted", async () => {
    openCompare([392, 391]);
    const { unmount } = render(CompareScreen);
    await screen.findByText("difference 1 of 12");
    runAction("compare.ignore");
    await screen.findByText("11 differences");
    screen.getByText(/Kept for later comparisons of/);
    await ignoreInComparisons(384, "$['customer']");
    unmount();
    compares.clear();
    openCompare([384, 391]);
    render(CompareScreen);
    await screen.findByText("10 differences");
    await userEvent.click(screen.getByRole("button", { name: "Delete the rule $.customer" }));
    await screen.findByText("11 differences");
    compares.clear();
    openCompare([376, 391]);
    await screen.findByText("11 differences");
  });
});

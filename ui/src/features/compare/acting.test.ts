import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { runAction } from "$app/commands.svelte";
import { openCompare } from "$app/navigation.svelte";
import Toasts from "$app/Toasts.svelte";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { compares } from "./compares.svelte";
import CompareScreen from "./CompareScreen.svelte";

let calls: { command: string; args: Record<string, unknown> }[] = [];
let own: Record<string, () => unknown> = {};

beforeEach(() => {
  compares.clear();
  toasts.shown = [];
  [calls, own] = [[], {}];
  const fake = fakeBackend({ rows: 400 });
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      calls.push({ command, args: (payload?.["args"] ?? payload) as Record<string, unknown> });
      return own[command] ? own[command]() : fake.invoke(command, payload);
    },
  });
});

async function shown() {
  openCompare([390, 389]);
  render(CompareScreen);
  render(Toasts);
  await screen.findByText("difference 1 of 12");
}

const compared = () => calls.findLast((call) => call.command === "compare")?.args as Record<string, unknown>;
const dock = () => within(screen.getByRole("region", { name: "Current row" }));

describe("a comparison on the screen", () => {
  it("says where the differences end", async () => {
    await shown();
    runAction("compare.previous");
    await screen.findByText("This is the first difference");
    for (let number = 2; number <= 12; number += 1) {
      runAction("compare.next");
      await screen.findByText(`difference ${number} of 12`);
    }
    runAction("compare.next");
    await screen.findByText("This is the last difference");
  });

  it("takes an ignored path back", async () => {
    await shown();
    runAction("compare.ignore");
    await screen.findByText("11 differences");
    await userEvent.click(await screen.findByRole("button", { name: /^Undo/ }));
    await screen.findByText("12 differences");
    expect(screen.queryByLabelText("Ignore $.attempt_count")).toBeNull();
  });

  it("takes back that path alone, whatever else is ignored or typed meanwhile", async () => {
    await shown();
    const ignored = () => compared()["ignore"];
    runAction("compare.ignore");
    await screen.findByText("11 differences");
    await screen.findByText("$.attempt_count is ignored");
    runAction("compare.next");
    await screen.findByText("difference 1 of 11");
    runAction("compare.ignore");
    await screen.findByText("10 differences");
    await waitFor(() => expect(screen.getAllByRole("button", { name: /^Undo/ })).toHaveLength(2));
    const [first, other] = ignored() as [string, string];
    await userEvent.type(screen.getByLabelText("Path to ignore"), "$..updated_at{Enter}");
    await waitFor(() => expect(ignored()).toEqual([first, other, "$..updated_at"]));
    await userEvent.click(screen.getAllByRole("button", { name: /^Undo/ })[0] as HTMLElement);
    await waitFor(() => expect(ignored()).toEqual([other, "$..updated_at"]));
    await userEvent.click(screen.getByRole("button", { name: /^Undo/ }));
    await waitFor(() => expect(ignored()).toEqual(["$..updated_at"]));
  });

  it("lets a rule rest again that had rested before its path was ignored once more", async () => {
    await shown();
    runAction("compare.ignore");
    await screen.findByText("11 differences");
    await userEvent.click(screen.getByLabelText("Ignore $.attempt_count"));
    await screen.findByText("12 differences");
    toasts.shown = [];
    await waitFor(() => expect(screen.queryByRole("button", { name: /^Undo/ })).toBeNull());
    runAction("compare.ignore");
    await screen.findByText("11 differences");
    await userEvent.click(await screen.findByRole("button", { name: /^Undo/ }));
    await screen.findByText("12 differences");
    expect(screen.getByLabelText("Ignore $.attempt_count")).toHaveProperty("checked", false);
  });

  it("shows and hides what is ignored, and lets a rule rest without losing it", async () => {
    await shown();
    runAction("compare.ignore");
    await screen.findByText("11 differences");
    const row = () => screen.queryByRole("rowheader", { name: /attempt_count\s*, ignored/ });
    await waitFor(() => expect(row()).toBeTruthy());
    runAction("compare.noise");
    await waitFor(() => expect(row()).toBeNull());
    runAction("compare.noise");
    await waitFor(() => expect(row()).toBeTruthy());
    await userEvent.click(screen.getByLabelText("Ignore $.attempt_count"));
    await screen.findByText("12 differences");
    expect(compared()["ignore"]).toEqual([]);
    expect(screen.getByLabelText("Ignore $.attempt_count")).toHaveProperty("checked", false);
  });

  it.each([
    ["customer", "$.customer"],
    [".customer", "$.customer"],
    ["$..updated_at", "$..updated_at"],
  ])("takes the path %s as it is typed", async (typed, path) => {
    await shown();
    await userEvent.type(screen.getByLabelText("Path to ignore"), `${typed}{Enter}`);
    await waitFor(() => expect(compared()["ignore"]).toEqual([path]));
  });

  it("tells the elements of an array apart by a field, until that is given back", async () => {
    await shown();
    await userEvent.click(await screen.findByRole("rowheader", { name: /proration/ }));
    const field = await screen.findByLabelText(/^Field that tells the elements of \$\.lines\.data/);
    await userEvent.type(field, "sku{Enter}");
    await waitFor(() => expect(compared()["keys"]).toEqual([{ path: "$.lines.data", field: "sku" }]));
    await userEvent.click(screen.getByRole("button", { name: "Let Pushpull choose for $.lines.data" }));
    await waitFor(() => expect(compared()["keys"]).toEqual([]));
  });

  it("copies the values of a row, and says which side has none", async () => {
    await shown();
    await userEvent.click(await screen.findByRole("rowheader", { name: /payment_intent/ }));
    await waitFor(() => expect(dock().getByTitle("$.payment_intent")).toBeTruthy());
    runAction("compare.copy");
    await screen.findByText("Values copied");
    const { text } = calls.find((call) => call.command === "copy_text")?.args as { text: string };
    expect(text).toBe('$.payment_intent\nA\t"pi_3QT8rLKz4mV"\nB\tnot present');
  });

  it("holds another message of a side, or a value in it, against the others", async () => {
    await shown();
    const side = (place: number) => (compared()["sides"] as Record<string, unknown>[])[place];
    const menu = async (item: RegExp, role = "menuitem") => {
      await userEvent.click(screen.getByRole("button", { name: "Side B" }));
      await userEvent.click(await screen.findByRole(role, { name: item }));
    };
    await menu(/Compare its response/, "menuitemradio");
    await waitFor(() => expect(side(1)).toMatchObject({ id: 389, side: "response" }));
    await menu(/Compare a value in it/);
    await userEvent.type(await screen.findByLabelText("Value at"), ".data.object{Enter}");
    await waitFor(() => expect(side(1)).toMatchObject({ root: "/data/object" }));
    await menu(/Make it the base/);
    await waitFor(() => expect(side(0)).toMatchObject({ id: 389 }));
    expect(side(1)).toMatchObject({ id: 390 });
  });

  it("hides header fields that are equal, and shows them again", async () => {
    await shown();
    runAction("compare.view4");
    await screen.findByRole("rowheader", { name: /Stripe-Signature/ });
    const equal = () => screen.queryByRole("rowheader", { name: /Content-Type/ });
    const before = equal() !== null;
    runAction("compare.equal");
    await waitFor(() => expect(equal() !== null).toBe(!before));
    runAction("compare.equal");
    await waitFor(() => expect(equal() !== null).toBe(before));
  });

  it("goes to the ends of its rows by Home and End", async () => {
    await shown();
    screen.getByRole("grid", { name: "Differences" }).focus();
    await userEvent.keyboard("{End}");
    await screen.findByText("difference 12 of 12");
    await userEvent.keyboard("{Home}");
    await screen.findByText("A head over the rows of $.");
    await userEvent.keyboard("{ArrowDown}");
    await screen.findByText("difference 1 of 12");
  });

  it("says what a budget left out", async () => {
    const fake = fakeBackend({ rows: 400 });
    const sides = [390, 389].map((id) => ({ type: "exchange", id, side: null, root: "" }));
    const query = { sides, mode: null, ignore: [], keys: [] };
    const usual = await fake.invoke("compare", { args: query });
    own["compare"] = () => ({ ...(usual as object), notice: "Stopped after 2 s: 40,000 rows are not compared." });
    openCompare([390, 389]);
    render(CompareScreen);
    await screen.findByText("Stopped after 2 s: 40,000 rows are not compared.");
  });

  it("says why nothing can be compared, and tries again", async () => {
    own["compare"] = () => {
      throw { code: "notFound", message: "There is no exchange 390.", hint: "It may have been deleted." };
    };
    openCompare([390, 389]);
    render(CompareScreen);
    expect((await screen.findByRole("alert")).textContent).toContain("There is no exchange 390.");
    expect(screen.getByText("It may have been deleted.")).toBeTruthy();
    own = {};
    await userEvent.click(screen.getByRole("button", { name: "Compare again" }));
    await screen.findByText("12 differences");
  });

  it("says that two texts are equal", async () => {
    await shown();
    own["compare_changes"] = () => ({ changes: [], notice: null });
    runAction("compare.view2");
    await screen.findByText("The two texts are equal.");
  });
});

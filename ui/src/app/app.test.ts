import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { openApp, violations } from "../test/openApp";

const rows = () => screen.findAllByRole("row", { selected: false }).then((all) => all.filter((row) => row.id));
const inTheme = (theme: string) => (document.documentElement.dataset.theme = theme);

describe("the window", () => {
  it.each(["light", "dark"])("is accessible on the first run, %s", async (theme) => {
    await openApp({ rows: 0 });
    inTheme(theme);
    await screen.findByRole("button", { name: /Send a sample event/ });
    expect(await violations()).toEqual([]);
  });

  it.each(["light", "dark"])("is accessible with exchanges and one opened, %s", async (theme) => {
    await openApp({ rows: 24, long: true });
    inTheme(theme);
    await rows();
    await userEvent.keyboard("j");
    await screen.findByRole("tree");
    expect(await violations()).toEqual([]);
  });

  it.each(["light", "dark"])("is accessible with the tunnel shown, %s", async (theme) => {
    await openApp({ rows: 10, tunnel: "up" });
    inTheme(theme);
    await rows();
    await userEvent.keyboard("gt");
    await screen.findByRole("dialog", { name: "Tunnel" });
    expect(await violations()).toEqual([]);
  });

  it("is accessible on the settings, in the palette and on the shortcut sheet", async () => {
    await openApp({ rows: 10 });
    await rows();
    await userEvent.keyboard("gs");
    await screen.findByRole("heading", { name: "Settings" });
    expect(await violations()).toEqual([]);
    await userEvent.keyboard("{Control>}k{/Control}");
    await screen.findByRole("listbox", { name: "Commands" });
    expect(await violations()).toEqual([]);
    await userEvent.keyboard("{Escape}");
    await userEvent.keyboard("?");
    await screen.findByRole("dialog", { name: "All keys" });
    expect(await violations()).toEqual([]);
  });

  it("sends a sample from the first run and opens what came of it", async () => {
    const { calls } = await openApp({ rows: 0 });
    const send = await screen.findByRole("button", { name: /Send a sample event/ });
    await waitFor(() => expect(document.activeElement).toBe(send));
    await userEvent.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { name: /./, level: 1 })).toBeTruthy();
    await screen.findByRole("tree");
    expect(calls.some((call) => call.command === "send_sample")).toBe(true);
    expect(screen.getByText("sample")).toBeTruthy();
  });

  it("shows a million rows without asking for them all", async () => {
    const { calls } = await openApp({ rows: 1_000_000 });
    expect((await screen.findByRole("grid")).getAttribute("aria-rowcount")).toBe("1");
    await waitFor(() => expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("1000001"));
    const shown = await rows();
    expect(shown.length).toBeLessThan(120);
    await userEvent.keyboard("{End}");
    await waitFor(() =>
      expect(screen.getByRole("grid").getAttribute("aria-activedescendant")).toBe("exchange-row-999999"),
    );
    await waitFor(() => expect(document.getElementById("exchange-row-999999")?.getAttribute("aria-busy")).toBeNull());
    expect(calls.filter((call) => call.command === "list").length).toBeLessThan(8);
  });

  it("compares what is picked", async () => {
    const { calls } = await openApp({ rows: 100 });
    await rows();
    await userEvent.keyboard("jxjx");
    expect((await screen.findAllByText("2 selected")).length).toBeGreaterThan(0);
    await userEvent.keyboard("c");
    await screen.findByRole("button", { name: /^Compare/, current: "page" });
    await waitFor(() => {
      const compared = calls.find((call) => call.command === "compare");
      expect(compared?.args).toMatchObject({ sides: [{ id: 99 }, { id: 100 }] });
    });
  });

  it("filters by a segment and by what is typed", async () => {
    const { calls } = await openApp({ rows: 300 });
    await rows();
    await userEvent.click(
      within(screen.getByRole("radiogroup", { name: "Direction" })).getByRole("radio", { name: "Push" }),
    );
    await waitFor(() =>
      expect(
        calls.some((call) => call.command === "count" && JSON.stringify(call.args).includes("direction:push")),
      ).toBe(true),
    );
    await userEvent.keyboard("/source:str{Tab}");
    await waitFor(() =>
      expect(calls.some((call) => JSON.stringify(call.args ?? "").includes("direction:push source:stripe"))).toBe(true),
    );
  });

  it("says why the port was taken and offers another way", async () => {
    await openApp({ rows: 0, listener: "failed" });
    expect((await screen.findAllByText(/Port 4400 is in use/)).length).toBeGreaterThan(0);
    await userEvent.click(screen.getAllByRole("button", { name: "Listen on a free port" })[0] as HTMLElement);
    expect(await screen.findByText("Ready")).toBeTruthy();
  });

  it("asks for the program of a tunnel that was not found", async () => {
    await openApp({ rows: 10 });
    await rows();
    await userEvent.keyboard("gt");
    const popover = within(await screen.findByRole("dialog", { name: "Tunnel" }));
    await userEvent.click(popover.getByRole("radio", { name: "cloudflared" }));
    await userEvent.click(popover.getByRole("button", { name: "Start" }));
    expect(await popover.findByText(/cloudflared was not found/)).toBeTruthy();
    await userEvent.click(popover.getByRole("button", { name: "Choose…" }));
    await userEvent.click(popover.getByRole("button", { name: "Start" }));
    await popover.findByRole("button", { name: "Stop" });
  });

  it("puts foreign characters on the page as marks", async () => {
    await openApp({ rows: 10 });
    await rows();
    await userEvent.keyboard("j");
    await screen.findByRole("tree");
    expect((await screen.findAllByTitle("U+202E")).length).toBeGreaterThan(0);
    expect(document.body.textContent).not.toContain("\u202e");
  });
});

import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { preferences } from "$app/preferences.svelte";
import { session } from "$app/session.svelte";
import { useBackend } from "$ipc/backend";
import type { Settings } from "$ipc/bindings/Settings";
import { call } from "$ipc/call";
import { fakeBackend } from "$ipc/fake";
import { form } from "./form.svelte";
import SettingsScreen from "./SettingsScreen.svelte";

let own: Record<string, () => unknown> = {};

beforeEach(async () => {
  own = {};
  const fake = fakeBackend({ rows: 400 });
  useBackend({
    ...fake,
    invoke: async (command, payload) => (own[command] ? own[command]() : fake.invoke(command, payload)),
  });
  await session.refresh();
  form.clear();
});

const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
const save = () => userEvent.click(screen.getByRole("button", { name: "Save" }));

const shown = () => shownWith("4400");

async function shownWith(port: string) {
  render(SettingsScreen);
  await screen.findByDisplayValue(port);
}

describe("the settings", () => {
  it.each([
    ["Port", "65536", /A port is a number from 0 to 65535/],
    ["Port", "-1", /A port is a number from 0 to 65535/],
    ["Port", "", /A port is a number from 0 to 65535/],
    ["Address", " ", /An address is needed/],
    ["Body cap, MiB", "513", /The cap is a number up to 512/],
    ["Body cap, MiB", "0", /The cap is a number up to 512/],
    ["Target", "localhost:3000", /A target begins with http/],
  ])("take no %s of %j", async (label, value, said) => {
    await shown();
    await type(label, value);
    await screen.findByText(said);
    expect(screen.getByRole("button", { name: "Save" })).toHaveProperty("disabled", true);
    expect(screen.getByText("Not saved: mend what is marked first.")).toBeTruthy();
  });

  it("are kept in the units of the engine", async () => {
    await shown();
    await type("Port", "65535");
    await type("Body cap, MiB", "1.5");
    await save();
    await screen.findByText("Nothing to save.");
    expect(session.settings).toMatchObject({ port: 65_535, bodyCap: 1_572_864 });
  });

  it("keep what is typed while another screen is shown, but not for another workspace", async () => {
    const { unmount } = render(SettingsScreen);
    await screen.findByDisplayValue("4400");
    await type("Target", "http://localhost:3000/hook");
    unmount();
    const again = render(SettingsScreen);
    expect(screen.getByLabelText("Target")).toHaveProperty("value", "http://localhost:3000/hook");
    expect(screen.getByText("Not saved yet.")).toBeTruthy();
    again.unmount();
    const other = { ...session.status, workspace: "/other.pushpull" };
    own = { status: () => other, open_workspace: () => other };
    await session.open("/other.pushpull");
    render(SettingsScreen);
    await waitFor(() => expect(screen.getByLabelText("Target")).toHaveProperty("value", ""));
  });

  it("are not saved into another workspace that is opened while they are", async () => {
    await shown();
    await type("Port", "4500");
    const before = await call("settings", {});
    let tell: (settings: Settings) => void = () => {};
    let saved = 0;
    own["settings"] = () => new Promise<Settings>((told) => (tell = told));
    own["save_settings"] = () => {
      saved += 1;
      return before;
    };
    const saving = form.save();
    await new Promise((asked) => setTimeout(asked));
    delete own["settings"];
    const other = { ...session.status, workspace: "/other.pushpull" };
    own["status"] = own["open_workspace"] = () => other;
    await session.open("/other.pushpull");
    tell(before);
    expect(await saving).toBe(false);
    expect([saved, form.busy]).toEqual([0, false]);
  });

  it("take what was set elsewhere meanwhile, but for what is being typed", async () => {
    const { unmount } = render(SettingsScreen);
    await screen.findByDisplayValue("4400");
    await type("Port", "4500");
    unmount();
    // As a replay to another target keeps it.
    if (session.settings)
      session.settings = await call("save_settings", { ...session.settings, replayTarget: "http://localhost:3000" });
    await shownWith("4500");
    expect(screen.getByLabelText("Target")).toHaveProperty("value", "http://localhost:3000");
    await screen.findByText("Not saved yet.");
    // As another window or the command line keeps it, which is not told here yet.
    await call("save_settings", { ...(await call("settings", {})), bind: "::1", port: 4600 });
    await save();
    await screen.findByText("Nothing to save.");
    expect(await call("settings", {})).toMatchObject({
      port: 4500,
      bind: "::1",
      replayTarget: "http://localhost:3000",
    });
    expect(screen.getByLabelText("Address")).toHaveProperty("value", "::1");
  });

  it("are as they were when changes are taken back", async () => {
    await shown();
    await type("Port", "4500");
    await screen.findByText("Not saved yet.");
    await userEvent.click(screen.getByRole("button", { name: "Undo changes" }));
    await screen.findByText("Nothing to save.");
    expect(screen.getByLabelText("Port")).toHaveProperty("value", "4400");
  });

  it("warn of an address that others reach", async () => {
    await shown();
    expect(screen.queryByText(/^Others on the network can post to it/)).toBeNull();
    await type("Address", "0.0.0.0");
    await screen.findByText(/^Others on the network can post to it/);
    await type("Address", "::1");
    await waitFor(() => expect(screen.queryByText(/^Others on the network can post to it/)).toBeNull());
  });

  it("say why they could not be kept", async () => {
    own["save_settings"] = () => {
      throw { code: "failed", message: "The workspace is read-only.", hint: "Open another." };
    };
    await shown();
    await type("Port", "4500");
    await save();
    expect((await screen.findByRole("alert")).textContent).toContain("The workspace is read-only. Open another.");
    expect(screen.getByLabelText("Port")).toHaveProperty("value", "4500");
  });

  it("change the size of the text at once, within bounds", async () => {
    await shown();
    const before = preferences.fontSize;
    await userEvent.click(screen.getByRole("button", { name: "Larger" }));
    expect(preferences.fontSize).toBe(before + 1);
    for (const name of ["Larger", "Smaller"]) {
      const button = screen.getByRole("button", { name }) as HTMLButtonElement;
      while (!button.disabled) await userEvent.click(button);
      expect(preferences.fontSize).toBe(name === "Larger" ? 16 : 11);
    }
    preferences.fontSize = before;
  });
});

import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { listen, stopListening } from "$app/globalActions";
import { session } from "$app/session.svelte";
import { useBackend } from "$ipc/backend";
import { call } from "$ipc/call";
import { fakeBackend } from "$ipc/fake";
import { form } from "./form.svelte";
import SettingsScreen from "./SettingsScreen.svelte";

let started: unknown[] = [];

beforeEach(async () => {
  started = [];
  const fake = fakeBackend({ rows: 10 });
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      if (command === "start_listening") started.push(payload?.["args"]);
      return fake.invoke(command, payload);
    },
  });
  await session.refresh();
  await stopListening();
  await call("save_settings", { ...(await call("settings", {})), bind: "0.0.0.0" });
  await session.refresh();
  await listen();
  started = [];
  form.clear();
});

async function save(changed: Record<string, string>) {
  for (const [label, value] of Object.entries(changed))
    await fireEvent.input(await screen.findByLabelText(label), { target: { value } });
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("Nothing to save.");
}

const note = () => screen.queryByRole("note")?.querySelector("p")?.textContent;

describe("the listener", () => {
  it("is said to be where it was until it listens anew on the address that was saved", async () => {
    render(SettingsScreen);
    await screen.findByDisplayValue("0.0.0.0");
    expect(note()).toBeUndefined();
    await save({ Address: "127.0.0.1" });
    expect(note()).toBe("It still listens on 0.0.0.0:4400, which others on the network can post to.");
    await userEvent.click(screen.getByRole("button", { name: "Listen on 127.0.0.1:4400" }));
    await waitFor(() => expect(note()).toBeUndefined());
    expect(started).toMatchObject([{ port: 4400, bind: "127.0.0.1" }]);
    await save({ Address: "0.0.0.0", Port: "4500" });
    expect(note()).toBe("It still listens on 127.0.0.1:4400.");
    await save({ Address: "127.0.0.1" });
    expect(note()).toBe("It still listens on 4400.");
    await save({ Port: "0" });
    expect(note()).toBeUndefined();
  });

  it("listens on the address that was saved once it was stopped and started", async () => {
    render(SettingsScreen);
    await screen.findByDisplayValue("0.0.0.0");
    await stopListening();
    await save({ Address: "127.0.0.1" });
    expect(note()).toBeUndefined();
    await listen();
    await waitFor(() => expect(session.localUrl).not.toBeNull());
    expect(note()).toBeUndefined();
  });

  it("takes another address with its next start, as is said beside the field", async () => {
    render(SettingsScreen);
    await save({ Address: "127.0.0.1" });
    screen.getByText(/from this computer only. Another address is taken at the next start of the listener/);
  });
});

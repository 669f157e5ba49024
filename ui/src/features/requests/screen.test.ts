import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { runAction } from "$app/commands.svelte";
import Toasts from "$app/Toasts.svelte";
import { navigation } from "$app/navigation.svelte";
import { session } from "$app/session.svelte";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { collections } from "./collections.svelte";
import { drafts } from "./drafts.svelte";
import RequestsScreen from "./RequestsScreen.svelte";
import { violations } from "../../test/openApp";

beforeEach(() => {
  session.workspaceRevision += 1;
  navigation.screen = "requests";
  useBackend(fakeBackend({ rows: 400 }));
});

/** By its id: finding by role reads the whole page each time, which takes seconds in jsdom. */
const part = (name: string) => document.getElementById(`request-part-tab-${name}`) as HTMLElement;

async function shown() {
  render(RequestsScreen, { withCollections: true });
  render(Toasts);
  await waitFor(() => expect(drafts.active).not.toBeNull());
  await screen.findByText(/Host/);
}

describe("the requests screen", { timeout: 120_000 }, () => {
  it("has nothing that axe finds, in any part of the request", async () => {
    await shown();
    for (const name of ["params", "body"]) {
      await userEvent.click(part(name));
      expect(await violations()).toEqual([]);
    }
  });

  it("adds a row by typing in the last one, and takes a blank one away by Backspace", async () => {
    await shown();
    await userEvent.click(part("headers"));
    const before = drafts.active?.definition.headers.length ?? 0;
    await userEvent.type(screen.getByLabelText(`Name of header ${before + 1}`), "X");
    expect(drafts.active?.definition.headers.at(-1)).toMatchObject({ on: true, name: "X", value: "" });
    await userEvent.keyboard("{Backspace}{Backspace}");
    expect(drafts.active?.definition.headers).toHaveLength(before);
  });

  it("fills the request from a pasted curl line, says what was left out, and takes it back", async () => {
    await shown();
    const before = drafts.active?.definition.url;
    await userEvent.click(screen.getByLabelText("URL"));
    await userEvent.paste("curl -X POST 'https://pasted.example/x' --compressed");
    await screen.findByText("Filled from a curl command");
    expect(drafts.active?.definition).toMatchObject({ method: "POST", url: "https://pasted.example/x" });
    await userEvent.click(screen.getByText("Undo"));
    expect(drafts.active?.definition.url).toBe(before);
  });

  it("deletes a folder at once and puts it back with all in it, its tabs too", async () => {
    await shown();
    const first = drafts.active?.requestId ?? null;
    const collection = collections.node(collections.node(first)?.parent ?? null);
    const all = collections.nodes.length;
    collections.current = collection?.id ?? null;
    screen.getByRole("tree", { name: "Saved requests" }).focus();
    await userEvent.keyboard("{Delete}");
    await screen.findByText(/^HubSpot and 5 requests deleted/);
    expect(collections.nodes.length).toBe(all - 6);
    expect(drafts.active?.requestId).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(collections.nodes.length).toBe(all));
    await waitFor(() => expect(drafts.active?.requestId).toBe(first));
  });

  it("shows what is wrong with a header at its row", async () => {
    await shown();
    await userEvent.click(part("headers"));
    const before = drafts.active?.definition.headers.length ?? 0;
    await userEvent.type(screen.getByLabelText(`Name of header ${before + 1}`), "a b");
    expect((await screen.findByText("A header name has no space in it.")).getAttribute("role")).toBe("alert");
    expect(screen.getByLabelText(`Name of header ${before + 1}`).getAttribute("aria-invalid")).toBe("true");
  });

  it("asks a new request for its name and keeps it in a collection", async () => {
    await shown();
    runAction("request.new");
    await waitFor(() => expect(drafts.active?.requestId).toBeNull());
    runAction("request.save");
    const name = await screen.findByLabelText("Name");
    expect(await violations()).toEqual([]);
    await userEvent.clear(name);
    await userEvent.type(name, "Ping{Enter}");
    await waitFor(() => expect(drafts.active).toMatchObject({ name: "Ping", unsaved: false }));
    await waitFor(() =>
      expect(document.querySelector(`#collection-${drafts.active?.requestId}`)?.textContent).toContain("Ping"),
    );
  });
});

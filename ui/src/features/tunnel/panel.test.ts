import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Answers } from "$ipc/fake";
import type { FakeOptions } from "$ipc/fake/state";
import { openApp } from "../../test/openApp";

async function opened(options: FakeOptions = {}, own: Answers = {}) {
  const app = await openApp({ rows: 10, ...options }, own);
  await screen.findAllByRole("row", { selected: false });
  await userEvent.keyboard("gt");
  const panel = within(await screen.findByRole("dialog", { name: "Tunnel" }));
  return { ...app, panel };
}

const called = (calls: { command: string; args: unknown }[], command: string) =>
  calls.filter((call) => call.command === command).map((call) => call.args);

describe("the tunnel's panel", () => {
  it("starts a bore tunnel at the server and port that are typed, and says that it is plain", async () => {
    const { calls, panel } = await opened();
    await panel.findByText(/A bore tunnel is plain HTTP/);
    const server = panel.getByLabelText("Server");
    await userEvent.clear(server);
    await userEvent.type(server, " bore.example ");
    await userEvent.type(panel.getByLabelText("Public port"), "9000");
    await userEvent.click(panel.getByRole("button", { name: "Start" }));
    await panel.findByText("http://bore.pub:32417");
    expect(called(calls, "start_tunnel")).toEqual([
      { provider: "bore", server: "bore.example", secret: null, port: 9000, kept: false },
    ]);
    // Also while it is up.
    expect(panel.getByText(/A bore tunnel is plain HTTP/)).toBeTruthy();
  });

  it("says whether strangers can make sources, and changes it", async () => {
    const { calls, panel } = await opened({ tunnel: "up" });
    const allow = await panel.findByRole("switch", { name: /^New names make sources/ });
    await panel.findByText(/a request to a name that is not there gets 404/);
    await userEvent.click(allow);
    await panel.findByText("Anyone with the URL can make sources.");
    await userEvent.click(allow);
    await panel.findByText(/a request to a name that is not there gets 404/);
    expect(called(calls, "save_settings").map((kept) => (kept as { autoSource: string }).autoSource)).toEqual([
      "always",
      "local",
    ]);
  });

  it("says why a test of the public URL came to nothing, and what to do", async () => {
    const { panel } = await opened(
      { tunnel: "up" },
      {
        test_tunnel: () => {
          throw { code: "failed", message: "It was answered with 502, but not by this listener.", hint: "Restart it." };
        },
      },
    );
    await userEvent.click(await panel.findByRole("button", { name: "Test" }));
    await panel.findByText("It was answered with 502, but not by this listener. Restart it.");
    expect(panel.queryByText(/seen in/)).toBeNull();
  });

  it.each([
    ["failed", "bore.pub:7835 refused the connection.", "Check the server's name, or choose another server."],
    ["lost", "bore.pub closed the connection.", null],
  ] as const)("says what became of a tunnel that is %s", async (tunnel, message, hint) => {
    const { panel } = await opened({ tunnel });
    await panel.findByText(message);
    if (hint) expect(panel.getByText(hint)).toBeTruthy();
    await waitFor(() => expect(panel.getByRole("log").textContent).toContain("connected to server"));
  });
});

import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import HexView from "./HexView.svelte";
import RowsState from "./RowsState.svelte";

const problem = (code: "failed" | "invalid") => ({ code, message: "It can't be read.", hint: null });

it("offers to try again, but not what is wrong as it is asked", async () => {
  const onagain = vi.fn();
  const { rerender } = render(RowsState, { problem: problem("failed"), onagain });
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(onagain).toHaveBeenCalledOnce();
  await rerender({ problem: problem("invalid") });
  expect(screen.queryByRole("button")).toBeNull();
});

it("reads rows of a body again that could not be read", async () => {
  const fake = fakeBackend({ rows: 10 });
  let broken = true;
  useBackend({
    ...fake,
    invoke: (command, payload) =>
      broken && command === "hex_rows" ? Promise.reject(problem("failed")) : fake.invoke(command, payload),
  });
  render(HexView, { body: { id: 1, side: "request" } });
  await screen.findByText("It can't be read.");
  broken = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findAllByText("00000000");
});

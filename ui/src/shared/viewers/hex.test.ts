import { cleanup, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, expect, it, vi } from "vitest";
import { useBackend } from "$ipc/backend";
import HexView from "./HexView.svelte";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

/** Rows of sixteen, the last one of as many bytes as are left, as the engine answers them. */
function rows(size: number) {
  const bytes = Array.from({ length: size }, (_, at) => at % 256);
  return Array.from({ length: Math.ceil(size / 16) }, (_, row) => {
    const part = bytes.slice(row * 16, row * 16 + 16);
    const hex = part.map((byte) => byte.toString(16).padStart(2, "0"));
    return {
      offset: row * 16,
      hex: [hex.slice(0, 8).join(" "), hex.slice(8).join(" ")].filter(Boolean).join("  "),
      ascii: "a".repeat(part.length),
    };
  });
}

/** The lines of a body of this size in a pane that has room for eight bytes a row. */
async function lines(size: number): Promise<string[][]> {
  const all = rows(size);
  useBackend({
    invoke: async (_, payload) => {
      const { from, count } = payload?.["args"] as { from: number; count: number };
      return { total: all.length, rows: all.slice(from, from + count) };
    },
    listen: () => Promise.resolve(() => {}),
  });
  // A character of 7 px: sixteen bytes need 565 px.
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockImplementation(function (this: HTMLElement) {
    return this.className.includes("ruler") ? 7 : 400;
  });
  render(HexView, { body: { id: 1, side: "request" } });
  await screen.findByRole("region", { name: "Bytes" });
  await waitFor(() => expect(document.querySelector(".skel")).toBeNull());
  await waitFor(() => expect(document.querySelectorAll(".line").length).toBe(all.length * 2));
  return [...document.querySelectorAll(".line")].map((line) =>
    [...line.children].map((part) => part.textContent ?? ""),
  );
}

it("shows the end of a body in half rows, and nothing where the second half of the last row would be", async () => {
  expect((await lines(37)).slice(-2)).toEqual([["00000020", "20 21 22 23 24", "aaaaa"], [""]]);
});

it("shows the second half of a last row that reaches into it", async () => {
  expect((await lines(45)).slice(-2)).toEqual([
    ["00000020", "20 21 22 23 24 25 26 27", "aaaaaaaa"],
    ["00000028", "28 29 2a 2b 2c", "aaaaa"],
  ]);
});

// The inbox as a test meets it: open, with its first row there.
import { waitFor } from "@testing-library/svelte";
import { expect } from "vitest";
import type { Answers } from "$ipc/fake";
import type { FakeOptions } from "$ipc/fake/state";
import { openApp } from "./openApp";

export const row = (index: number) => document.getElementById(`exchange-row-${index}`) as HTMLElement;

/** The filters that were counted, one after another. */
export const filters = (calls: { command: string; args: unknown }[]) =>
  calls.filter((call) => call.command === "count").map((call) => (call.args as { filter: string }).filter);

export async function openInbox(options: FakeOptions = {}, own: Answers = {}) {
  const app = await openApp({ rows: 60, ...options }, own);
  await waitFor(() => expect(row(0)?.textContent).toBeTruthy());
  const { call } = await import("$ipc/call");
  return { ...app, call };
}

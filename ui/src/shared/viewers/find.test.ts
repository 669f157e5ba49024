import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { useBackend } from "$ipc/backend";
import type { Parts } from "$ipc/bindings/Parts";
import type { Reading } from "$ipc/bindings/Reading";
import { bodyAnswers } from "$ipc/fake/bodies";
import { FakeState } from "$ipc/fake/state";
import { toasts } from "$shared/toasts.svelte";
import { openBody } from "../../test/openBody";
import { Find } from "./find.svelte";

/** What is asked of a tree: where a node stands in a body. */
interface Place {
  body: Reading;
  node: number;
}

it("says that a body was not searched, and why, where the engine could not", async () => {
  useBackend({
    invoke: () => Promise.reject({ code: "failed", message: "The file is gone.", hint: null }),
    listen: () => Promise.resolve(() => {}),
  });
  const find = new Find();
  find.needle = "invoice";
  find.look({ id: 1, side: "request" }, "text");
  await vi.waitFor(() => expect(find.words).toBe("not searched"));
  expect(toasts.shown.map((toast) => toast.text)).toEqual([expect.stringContaining("The file is gone.")]);
});

it("says that a search stopped before it found anything", async () => {
  useBackend({
    invoke: () => Promise.resolve({ hits: [], more: true }),
    listen: () => Promise.resolve(() => {}),
  });
  const find = new Find();
  find.needle = "invoice";
  find.look({ id: 1, side: "request" }, "text");
  await vi.waitFor(() => expect(find.words).toBe("no hit in 1 s, not all searched"));
});

describe("finding in a body, then in another body or view", { timeout: 60_000 }, () => {
  const next = async (key: string) => {
    document.querySelector<HTMLElement>("[data-pane=list] [role=grid]")?.focus();
    await userEvent.keyboard(key);
  };
  const look = (needle: string) => userEvent.type(screen.getByLabelText("Find in body"), needle);
  const show = (view: string) =>
    userEvent.click(within(screen.getByRole("radiogroup", { name: "View" })).getByRole("radio", { name: view }));
  const selected = () => screen.getByRole("treeitem", { selected: true }).textContent ?? "";
  const toasts = () => [...document.querySelectorAll(".toast")].map((toast) => toast.textContent);

  it("does not take a hit of the last body for a place in this one", async () => {
    const { calls } = await openBody("json");
    const { otherBodies } = await import("$ipc/fake/bodies");
    otherBodies.add(11);
    await screen.findByText("invoice_pdf");
    await look("pending_webhooks");
    await waitFor(() => expect(selected()).toContain("pending_webhooks"));
    await next("j");
    await screen.findByText("subscriptionType");
    await screen.findByText("no hit");
    const asked = calls.filter(({ command }) => command === "tree_node").map(({ args }) => args as Place);
    expect(asked.filter(({ body }) => body.id === 11).map(({ node }) => node)).toEqual([0]);
    expect(selected()).toMatch(/^\s*\{3\}/);
    expect(toasts()).toEqual([]);
  });

  it("is asked for in the next body once that is told, and says no more of the last one", async () => {
    const { body_info: bodyInfo, find } = bodyAnswers(new FakeState({ rows: 12 }));
    let tell: () => void = () => {};
    let fail: (problem: unknown) => void = () => {};
    const told = new Promise<void>((resolve) => (tell = resolve));
    const { calls } = await openBody("json", {
      body_info: (body) => (body.id === 11 ? told.then(() => bodyInfo!(body)) : bodyInfo!(body)),
      find: (query) => (query.body.id === 11 ? find!(query) : new Promise((_, reject) => (fail = reject))),
    });
    const asked = (id: number) =>
      calls.filter(({ command, args }) => command === "find" && (args as { body: Reading }).body.id === id).length;
    await screen.findByText("invoice_pdf");
    await look("subscriptionType");
    await waitFor(() => expect(asked(12)).toBeGreaterThan(0));
    await next("j");
    await waitFor(() => expect(screen.queryByLabelText("Find in body")).toBeNull());
    fail({ code: "failed", message: "The file is gone.", hint: null });
    await new Promise((rested) => setTimeout(rested, 300));
    expect([asked(11), toasts()]).toEqual([0, []]);
    tell();
    await waitFor(() => expect(asked(11)).toBe(1));
  });

  it("does not take a row of the text for a place in the tree", async () => {
    await openBody("json");
    await screen.findByRole("tree");
    await show("Text");
    await screen.findByRole("region", { name: "Text" });
    await look("pending_webhooks");
    await screen.findByText("1 of 1");
    await show("Tree");
    await screen.findByRole("tree");
    await waitFor(() => expect(selected()).toContain("pending_webhooks"));
    expect(toasts()).toEqual([]);
  });

  it("goes to a hit among parts that come after it", async () => {
    const part = { nameCut: false, fileName: null, fileNameCut: false, headers: [], offset: 0, size: 5, text: "text" };
    let come: (parts: Parts) => void = () => {};
    await openBody("multipart", {
      find: () => ({ hits: [150], more: false }),
      parts: () => new Promise<Parts>((resolve) => (come = resolve)),
    });
    await look("name-150");
    await screen.findByText("1 of 1");
    come({ parts: Array.from({ length: 200 }, (_, at) => ({ ...part, name: `name-${at}` })), notice: null });
    await waitFor(() => expect(document.querySelector(".part.on")?.textContent).toContain("name-150"));
  });

  it("shows a hit that stands in the same row as that of the last body", async () => {
    await openBody("json");
    await screen.findByRole("tree");
    await show("Text");
    await screen.findByRole("region", { name: "Text" });
    await look("pending_webhooks");
    const shown = () => document.querySelector(".line.on")?.textContent;
    await waitFor(() => expect(shown()).toContain("pending_webhooks"));
    const last = document.querySelector(".line.on");
    await next("j");
    await waitFor(() => expect(last?.isConnected).toBe(false));
    await waitFor(() => expect(shown()).toContain("pending_webhooks"));
  });
});

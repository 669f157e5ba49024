import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { HIDDEN } from "$shared/text/marks";
import { openApp } from "../test/openApp";

/** Turns what stands behind it about. */
const TURN = "\u202e";
/** Fields of answers that hold what senders and servers wrote. */
const FOREIGN = new Set(
  ["eventType", "eventId", "path", "url", "method", "firstLine", "fileName", "value", "text", "message", "hint"].concat(
    ["contentType", "title", "label", "root", "pointer", "jsonPath", "notice", "masked", "columns"],
    ["key", "reasons", "codings"],
  ),
);

/** The answer with a character that can't be seen in all that is foreign. */
function turned(answer: unknown, foreign = false): unknown {
  if (typeof answer === "string") return foreign ? answer + TURN : answer;
  if (Array.isArray(answer)) return answer.map((one) => turned(one, foreign));
  if (typeof answer !== "object" || answer === null || answer instanceof ArrayBuffer) return answer;
  const fields = Object.entries(answer);
  const header = "name" in answer && "value" in answer;
  return Object.fromEntries(
    fields.map(([name, value]) => [name, turned(value, FOREIGN.has(name) || (header && name === "name"))]),
  );
}

/** What the page itself knows by its words. */
const OURS = ["status", "settings", "sources", "source", "providers", "views", "columns", "provider", "read_filter"];

/** Texts and attributes of the page with characters that can't be seen. */
function bare(): string[] {
  const found: string[] = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  const hidden = (text: string) => text.replace(/[\t\n]/g, " ").search(HIDDEN) >= 0;
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node instanceof Text && hidden(node.data)) found.push(`${node.parentElement?.className}: ${node.data}`);
    if (!(node instanceof Element)) continue;
    for (const name of ["title", "aria-label", "alt", "placeholder"])
      if (hidden(node.getAttribute(name) ?? "")) found.push(`${node.className}, ${name}: ${node.getAttribute(name)}`);
  }
  return found;
}

const open = () => openApp({ rows: 400 }, {}, (answer, command) => (OURS.includes(command) ? answer : turned(answer)));

describe("what senders and servers wrote", { timeout: 120_000 }, () => {
  it("shows what can't be seen in it, in the list and every part of an exchange", async () => {
    await open();
    await screen.findAllByRole("row", { selected: false });
    expect(bare()).toEqual([]);
    await userEvent.keyboard("j");
    const parts = await screen.findByRole("tablist", { name: "Parts of the exchange" });
    for (const { id } of within(parts).getAllByRole("tab")) {
      await userEvent.click(document.getElementById(id) as HTMLElement);
      await new Promise((drawn) => setTimeout(drawn, 100));
      expect(bare(), id).toEqual([]);
    }
  });

  it.each(["json", "xml", "csv", "multipart", "form"] as const)(
    "shows it in every view of a body: %s",
    async (kind) => {
      await open();
      const { bodyKind } = await import("$ipc/fake/bodies");
      bodyKind.kind = kind;
      await screen.findAllByRole("row", { selected: false });
      await userEvent.keyboard("j");
      const views = await screen.findByRole("radiogroup", { name: "View" });
      for (const radio of within(views).getAllByRole("radio")) {
        await userEvent.click(radio);
        await new Promise((drawn) => setTimeout(drawn, 100));
        expect(bare(), radio.textContent ?? "").toEqual([]);
      }
      bodyKind.kind = null;
    },
  );

  it("shows it over and in a comparison, and where an exchange is chosen for it", async () => {
    await open();
    await screen.findAllByRole("row", { selected: false });
    await userEvent.keyboard("j{Shift>}C{/Shift}");
    await screen.findByText("12 differences");
    const { runAction } = await import("$app/commands.svelte");
    for (const view of [1, 2, 3, 4] as const) {
      runAction(`compare.view${view}`);
      await new Promise((drawn) => setTimeout(drawn, 100));
      expect(bare(), `view ${view}`).toEqual([]);
    }
    runAction("compare.addSide");
    await screen.findAllByRole("option");
    expect(bare()).toEqual([]);
  });

  it("shows it in what is said, in dialogs, and in requests and their answers", async () => {
    await open();
    const { toasts, say } = await import("$app/toasts.svelte");
    const { runAction } = await import("$app/commands.svelte");
    await screen.findAllByRole("row", { selected: false });
    await userEvent.keyboard("j");
    await screen.findByRole("tablist", { name: "Parts of the exchange" });
    say(`There is no earlier a${TURN}b.`);
    await waitFor(() => expect(document.querySelector(".toast")?.textContent).toContain("There is no earlier aRLOb."));
    toasts.shown = [];
    for (const dialog of ["exchange.replay", "exchange.export"] as const) {
      runAction(dialog);
      await screen.findByRole("dialog");
      await new Promise((drawn) => setTimeout(drawn, 300));
      expect(bare(), dialog).toEqual([]);
      await userEvent.keyboard("{Escape}");
      await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    }
    runAction("go.requests");
    await screen.findByText(/Host/);
    await new Promise((drawn) => setTimeout(drawn, 500));
    expect(bare()).toEqual([]);
  });
});

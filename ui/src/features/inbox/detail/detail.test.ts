import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Exchange } from "$ipc/bindings/Exchange";
import type { Answers } from "$ipc/fake";
import { bodyAnswers } from "$ipc/fake/bodies";
import { listAnswers } from "$ipc/fake/exchanges";
import { FakeState } from "$ipc/fake/state";
import { openApp } from "../../../test/openApp";

const HEADERS = [
  { name: "X-Trace", value: "9f2c" },
  { name: "Content-Type", value: "application/json" },
];
const message = (over: Partial<Exchange["request"]> = {}): Exchange["request"] => ({
  firstLine: "POST /in/stripe HTTP/1.1",
  headers: HEADERS,
  trailers: [],
  bodySize: 65_536,
  headSize: 80,
  chunked: false,
  ...over,
});

/** Whatever exchange is asked for, as this. */
const exchangeOf =
  (over: Partial<Exchange>, summary: Partial<Exchange["summary"]> = {}): Answers["exchange"] =>
  ({ id }) => ({
    summary: { ...new FakeState({ rows: 24 }).summary(id), direction: "push", marks: [], ...summary },
    note: "",
    request: message(),
    response: message({ firstLine: "HTTP/1.1 200 OK" }),
    query: [],
    timing: null,
    failure: null,
    answered: null,
    peer: null,
    children: [],
    ...over,
  });

/** A window with an exchange opened. */
async function opened(own: Answers = {}) {
  const app = await openApp({ rows: 24 }, own);
  await screen.findAllByRole("row", { selected: false });
  await userEvent.keyboard("j");
  await screen.findByRole("tablist", { name: "Parts of the exchange" });
  const detail = within(screen.getByRole("region", { name: "Exchange detail" }));
  const tab = (name: RegExp) => userEvent.click(detail.getByRole("tab", { name }));
  return { ...app, detail, tab };
}

const copied = (calls: { command: string; args: unknown }[]) =>
  calls.filter((call) => call.command === "copy_text").map((call) => (call.args as { text: string }).text);

describe("the detail of an exchange", () => {
  it("copies the value of a field, not its name", async () => {
    const { calls, detail, tab } = await opened({ exchange: exchangeOf({}) });
    await tab(/Headers/);
    await userEvent.click(await detail.findByRole("button", { name: "Copy the value of X-Trace" }));
    await screen.findByText("Value copied");
    expect(copied(calls)).toEqual(["9f2c"]);
  });

  it("shows the fields that came after the body, apart from the others", async () => {
    const request = message({ trailers: [{ name: "X-Digest", value: "abc" }] });
    const { detail, tab } = await opened({ exchange: exchangeOf({ request }) });
    await tab(/Headers/);
    await detail.findByText("Trailers, after the body");
    expect(detail.getByRole("rowheader", { name: "X-Digest" })).toBeTruthy();
  });

  it("begins with what the other end said: the answer of a call, the request of a push", async () => {
    const { detail } = await opened({ exchange: exchangeOf({}, { direction: "pull" }) });
    await waitFor(() => expect(detail.getByRole("radio", { name: "Response" }).ariaChecked).toBe("true"));
    // Only a request has a query.
    expect(detail.queryByRole("tab", { name: /Query/ })).toBeNull();
    const { detail: push } = await opened({ exchange: exchangeOf({}) });
    expect(push.getByRole("radio", { name: "Request" }).ariaChecked).toBe("true");
    expect(push.getByRole("tab", { name: /Query/ })).toBeTruthy();
  });

  it("tells why a call came to nothing, what to do, and offers no answer that never was", async () => {
    const failure = { kind: "refused" as const, message: "Nothing listens at [::1]:3000.", hint: "Start the server." };
    const { detail } = await opened({
      exchange: exchangeOf({ failure, response: null }, { direction: "pull", status: null, failure: "refused" }),
    });
    await detail.findByText("Nothing listens at [::1]:3000.");
    expect(detail.getByText("Start the server.")).toBeTruthy();
    expect(detail.getByRole("radio", { name: "Response" })).toHaveProperty("disabled", true);
  });

  it("says that an answer was for nobody, and counts it as none", async () => {
    const message = "The sender did not wait for the whole answer.";
    const failure = { kind: "left" as const, message, hint: "Answer sooner." };
    const { detail } = await opened({ exchange: exchangeOf({ failure }, { status: 200, failure: "left" }) });
    await detail.findByText(message);
    expect(detail.getByText(/^200 not waited for/).classList).toContain("err");
  });

  it.each([
    ["truncated", /The body was over the cap/, /the first 64 KB are kept/],
    ["ambiguousFraming", /Ambiguous framing/, /refused with 400/],
    ["incomplete", /It ended before it was whole/, /What came until then is kept/],
  ] as const)("says what was kept of a push that is %s", async (mark, title, text) => {
    const { detail } = await opened({ exchange: exchangeOf({}, { marks: [mark] }) });
    await detail.findByText(title);
    expect(detail.getByText(text)).toBeTruthy();
  });

  it("says what did not fit the schema of the source, and leads to its rules", async () => {
    const reasons = ["/id: a number was expected", "/lines: it is missing"];
    const answered = { by: { type: "schema" as const }, delayMs: 0, fault: null, atOnce: false, reasons };
    const { detail } = await opened({ exchange: exchangeOf({ answered }, { source: "stripe" }) });
    for (const reason of reasons) await detail.findByText(reason);
    await userEvent.click(detail.getByRole("button", { name: "Edit how stripe answers" }));
    await screen.findByRole("heading", { name: "stripe", level: 1 });
  });

  it("copies the body by a key, unpacked", async () => {
    const { calls } = await opened();
    await userEvent.keyboard("y");
    await screen.findByText("Body copied");
    expect(copied(calls)[0]).toContain('"id":"evt_1QT8rLKz4"');
    expect(calls.find((call) => call.command === "body_bytes")?.args).toMatchObject({ decoded: true });
  });

  it("leaves what was sent as it stands while it is read again, and shows that of another from its start", async () => {
    const { calls, detail, tab } = await opened();
    await tab(/Raw/);
    const raw = await detail.findByRole("region", { name: "Text" });
    raw.focus();
    await userEvent.keyboard("{End}");
    const top = () => detail.getByRole("region", { name: "Text" }).querySelector(".virtual")?.scrollTop;
    expect(top()).toBeGreaterThan(0);
    const read = () => calls.filter(({ command }) => command === "exchange").length;
    const before = read();
    await userEvent.keyboard("p");
    await waitFor(() => expect(read()).toBeGreaterThan(before));
    await detail.findByRole("button", { name: /Pin or unpin/, pressed: true });
    expect(document.activeElement).toBe(raw);
    const { inbox } = await import("../inbox.svelte");
    inbox.selection.moveTo(1);
    await waitFor(() => expect(raw.isConnected).toBe(false));
    await detail.findByRole("region", { name: "Text" });
    expect(top()).toBe(0);
  });

  it("stays with the exchange that is read, though an earlier one comes later", async () => {
    const { exchange } = listAnswers(new FakeState({ rows: 24 }));
    let come: () => void = () => {};
    const late = new Promise<void>((resolve) => (come = resolve));
    await opened({ exchange: (query) => (query.id === 23 ? late.then(() => exchange!(query)) : exchange!(query)) });
    const [{ detail: pane }, { inbox }] = await Promise.all([import("./detail.svelte"), import("../inbox.svelte")]);
    inbox.selection.moveTo(1);
    await new Promise((asked) => setTimeout(asked));
    inbox.selection.moveTo(2);
    await waitFor(() => expect(pane.exchange?.summary.id).toBe(22));
    come();
    await new Promise((taken) => setTimeout(taken, 50));
    expect(pane.exchange?.summary.id).toBe(22);
  });

  it("holds the attempts of a delivery against each other", async () => {
    const rows = new FakeState({ rows: 130 });
    const { calls, detail, tab } = await opened({
      exchange: exchangeOf(
        {},
        { delivery: { first: 40, pushes: 2, repeat: null, attempt: 1, overtakenBy: null, unread: 0 } },
      ),
      delivery: () => ({
        first: 40,
        provider: "slack",
        number: null,
        toldByBody: false,
        attempts: [40, 44].map((id, place) => ({
          push: rows.summary(id),
          number: place + 1,
          missing: 0,
          gap: null,
          due: null,
          accepted: true,
          passedOn: [],
        })),
        schedule: null,
        nextAt: null,
        events: [],
        moreEvents: false,
      }),
    });
    await tab(/Deliveries/);
    await userEvent.click(await detail.findByRole("button", { name: "Compare the attempts" }));
    await waitFor(() => expect(calls.find((call) => call.command === "ignore_rules")?.args).toEqual({ ids: [40, 44] }));
  });

  it("keeps the focus on a step of a delivery that is gone to, or has it on the tab where the step is gone", async () => {
    const rows = new FakeState({ rows: 24 });
    const { detail, tab } = await opened({
      delivery: () => ({
        ...{ first: 21, provider: null, number: null, toldByBody: false, schedule: null, nextAt: null },
        ...{ events: [], moreEvents: false },
        attempts: [21, 24].map((id, place) => ({
          ...{ push: { ...rows.summary(id), verdict: null }, number: place + 1, missing: 0, gap: null, due: null },
          ...{ accepted: true, passedOn: place === 0 ? [rows.summary(22)] : [] },
        })),
      }),
    });
    await tab(/Deliveries/);
    const step = async (place: number) => {
      const steps = await waitFor(() => {
        const found = document.querySelectorAll<HTMLButtonElement>(".step");
        expect(found).toHaveLength(3);
        return found;
      });
      steps[place]?.focus();
      await userEvent.keyboard("{Enter}");
      return steps[place] as HTMLButtonElement;
    };
    const first = await step(0);
    await waitFor(() => expect(first.getAttribute("aria-current")).toBe("true"));
    expect(first.disabled).toBe(false);
    expect(document.activeElement).toBe(first);
    const passedOn = await step(1);
    await waitFor(() => expect(passedOn.isConnected).toBe(false));
    expect(document.activeElement).toBe(detail.getByRole("tab", { selected: true }));
  });

  it("has the focus on the tab when the tag is gone whose button had it", async () => {
    const { detail, tab } = await opened();
    await tab(/Notes/);
    await userEvent.type(detail.getByLabelText("New tag"), "late{Enter}");
    (await detail.findByRole("button", { name: "Take the tag late away" })).focus();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(detail.queryByRole("button", { name: "Take the tag late away" })).toBeNull());
    expect(document.activeElement).toBe(detail.getByRole("tab", { name: /Notes/ }));
  });

  it("counts the types of a batch, the most frequent first", async () => {
    const event = (index: number, eventType: string | null) => ({
      index,
      eventType,
      eventId: null,
      attempt: null,
      pointer: "/0",
    });
    const { detail, tab } = await opened({
      exchange: exchangeOf({}, { events: 4 }),
      delivery: () => ({
        first: 24,
        provider: null,
        number: null,
        toldByBody: false,
        attempts: [],
        schedule: null,
        nextAt: null,
        events: [event(0, "deal.deletion"), event(1, "contact.creation"), event(2, null), event(3, "contact.creation")],
        moreEvents: true,
      }),
    });
    await tab(/Events/);
    await waitFor(() =>
      expect([...document.querySelectorAll(".types > span")].map((type) => type.textContent?.trim())).toEqual([
        "contact.creation 2 events",
        "deal.deletion 1 event",
        "no type 1 event",
      ]),
    );
    expect(detail.getAllByRole("button", { name: /contact\.creation/ })).toHaveLength(2);
    expect(detail.getByText("The first 4 events; the body holds more.")).toBeTruthy();
  });

  it("does not look in the next body for the place of an event whose tree was not there yet", async () => {
    const { tree_rows: treeRows } = bodyAnswers(new FakeState({ rows: 24 }));
    const { detail } = await opened({
      exchange: exchangeOf({}, { events: 2 }),
      tree_rows: (query) => (query.body.id === 24 ? new Promise(() => {}) : treeRows!(query)),
    });
    const [{ detail: pane }, { inbox }] = await Promise.all([import("./detail.svelte"), import("../inbox.svelte")]);
    pane.showPlace("/object/lines");
    inbox.selection.moveTo(1);
    const root = () => detail.getByRole("treeitem", { selected: true }).textContent;
    await detail.findByText("invoice_pdf");
    await waitFor(() => expect(document.querySelector(".pathbar .path")?.textContent).toBeTruthy());
    await new Promise((sought) => setTimeout(sought, 50));
    expect(root()).toMatch(/^\s*\{6\}/);
    expect(pane.place).toBeNull();
  });

  it("keeps a note that was not yet kept when another screen is shown", async () => {
    const { calls, tab } = await opened();
    await tab(/Notes/);
    await userEvent.type(screen.getByLabelText("Note"), "Asked");
    // By a key, so that the field is gone without having been left.
    await userEvent.keyboard("{Control>}n{/Control}");
    await waitFor(() =>
      expect(calls.find((call) => call.command === "save_note")?.args).toEqual({ id: 24, text: "Asked" }),
    );
  });

  it("says that a note could not be kept", async () => {
    const { tab } = await opened({
      save_note: () => {
        throw { code: "failed", message: "The disk is full.", hint: "Make room." };
      },
    });
    await tab(/Notes/);
    await userEvent.type(screen.getByLabelText("Note"), "Asked");
    await screen.findByText("Not kept yet", {}, { timeout: 5_000 });
    expect(screen.getByText("The disk is full. Make room.")).toBeTruthy();
  });

  it("holds a note that could not be kept while others are shown, and keeps it as soon as that goes", async () => {
    let refused = true;
    const { calls, detail, tab } = await opened({
      save_note: () => {
        if (refused) throw { code: "failed", message: "The disk is full.", hint: null };
        return {};
      },
    });
    const { inbox } = await import("../inbox.svelte");
    const kept = () => calls.filter(({ command }) => command === "save_note").length;
    const note = () => detail.getByLabelText<HTMLTextAreaElement>("Note");
    await tab(/Notes/);
    await userEvent.type(note(), "Asked");
    await detail.findByText("Not kept yet", {}, { timeout: 5_000 });
    inbox.selection.moveTo(1);
    await waitFor(() => expect(note().value).not.toBe("Asked"));
    inbox.selection.moveTo(0);
    await waitFor(() => expect(note().value).toBe("Asked"));
    detail.getByText("Not kept yet");
    refused = false;
    const tries = kept();
    // Nobody types meanwhile, or leaves the field.
    await waitFor(() => expect(kept()).toBeGreaterThan(tries), { timeout: 8_000 });
    await detail.findByText("Kept");
  });

  it("keeps a note at once when the window is about to go", async () => {
    const { calls, tab } = await opened();
    await tab(/Notes/);
    await userEvent.type(screen.getByLabelText("Note"), "Asked");
    window.dispatchEvent(new Event("pagehide"));
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    expect(calls.find(({ command }) => command === "save_note")?.args).toEqual({ id: 24, text: "Asked" });
  });

  it("takes as much of a note as the engine keeps, which counts bytes", async () => {
    const { calls, tab } = await opened();
    await tab(/Notes/);
    const note = screen.getByLabelText<HTMLTextAreaElement>("Note");
    await fireEvent.input(note, { target: { value: "記".repeat(30_000) } });
    await waitFor(() => expect(calls.some(({ command }) => command === "save_note")).toBe(true));
    const saved = calls.find(({ command }) => command === "save_note")?.args as { text: string };
    expect(saved.text).toBe("記".repeat(21_845));
    expect(note.value).toBe(saved.text);
  });
});

describe("a note that grows too long", () => {
  it.each([
    // What stood there stays: what came in is cut, wherever it came in.
    ["abcd", "abXYZcd", 6, { text: "abXYcd", end: 4 }],
    ["abcd", "abcdXYZ", 6, { text: "abcdXY", end: 6 }],
    ["abcd", "XYZabcd", 4, { text: "abcd", end: 0 }],
    // No character is cut in two.
    ["ab", "a😀😀b", 7, { text: "a😀b", end: 3 }],
    ["ab", "aéb", 4, null],
  ])("loses what came in: %j, %j", async (before, after, most, left) => {
    const { fitted } = await import("./notes.svelte");
    expect(fitted(before, after, most)).toEqual(left);
  });
});

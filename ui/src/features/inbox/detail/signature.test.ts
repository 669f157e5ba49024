import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Verdict } from "$ipc/bindings/Verdict";
import { useBackend } from "$ipc/backend";
import { call } from "$ipc/call";
import { fakeBackend, type Answers } from "$ipc/fake";
import type { FakeOptions } from "$ipc/fake/state";
import { dateTime } from "$shared/format";
import { openApp, violations } from "../../../test/openApp";
import { hexRows, Signature } from "./signature.svelte";

/** A window whose newest push of GitHub stands with its signature in the detail. */
async function opened(options: FakeOptions = {}, own: Answers = {}) {
  const { calls } = await openApp({ rows: 9, ...options }, own);
  const [{ vault }, { call }] = await Promise.all([import("../../vault/vault.svelte"), import("$ipc/call")]);
  const [newest] = await screen.findAllByRole("row", { selected: false });
  await userEvent.click(newest ?? document.body);
  await userEvent.click(await screen.findByRole("tab", { name: /Signature/ }));
  const tab = await screen.findByRole("region", { name: "Signature" });
  return { calls, call, vault, tab };
}

const SECRET = "whsec_0123456789abcdef";
const BROKEN: Verdict = {
  verdict: "invalid",
  reason: "mismatch",
  subject: null,
  explanation: "It was signed with a newline at the end, which is gone.",
  hint: "Verify the bytes as they came.",
  proven: { kind: "body_whitespace", explanation: "A newline is gone.", hint: "Verify the bytes as they came." },
  provider: "github",
  providerName: "GitHub",
  certainty: "sdk",
  scheme: "SHA-256",
  secret: "live",
  signedAt: 1_795_349_047_000,
  age: 1,
  expected: "757107ea",
  found: "0badc0de",
  signed: {
    rule: "{method}{url}{body}",
    size: 5,
    start: "\u{fffd}\u{fffd}abc",
    cut: false,
    url: "https://hooks.example.com/in/github",
  },
  item: 2,
  notes: ["The headers are not signed."],
  opens: null,
};

describe("the signature of a push", () => {
  it("is checked at once with a secret that is set where it is missed", async () => {
    const { calls, tab } = await opened();
    await within(tab).findByText("Not checked");
    within(tab).getByText("confirmed");
    expect(await violations()).toEqual([]);
    await userEvent.type(within(tab).getByLabelText("Secret of github"), `${SECRET}{Enter}`);
    await within(tab).findByText("Valid");
    expect(within(tab).queryByLabelText("Secret of github")).toBeNull();
    expect(calls.find((call) => call.command === "add_secret")?.args).toMatchObject({ source: "github", label: "" });
    expect(document.body.textContent).not.toContain(SECRET);
    expect(await violations()).toEqual([]);
  });

  it("makes the vault in place if there is none to put the secret into", async () => {
    const { tab } = await opened({ vault: "noStore" });
    await userEvent.type(await within(tab).findByLabelText("Secret of github"), `${SECRET}{Enter}`);
    const dialog = await screen.findByRole("dialog", { name: "Where is the key kept?" });
    await userEvent.type(within(dialog).getByLabelText("Passphrase"), "correct horse");
    await userEvent.type(within(dialog).getByLabelText("Once more"), "correct horse{Enter}");
    await within(tab).findByText("Valid");
  });

  it("says that the vault is locked, and checks once it is opened there", async () => {
    const { call, vault, tab } = await opened({ vault: "noStore" });
    await vault.make("passphrase", "correct horse", "");
    await call("add_secret", { source: "github", label: "", value: SECRET });
    await within(tab).findByText("Valid");
    await vault.lock();
    await within(tab).findByText("The secrets are locked");
    expect(await violations()).toEqual([]);
    await userEvent.click(within(tab).getByRole("button", { name: /Unlock and check/ }));
    await userEvent.type(await screen.findByLabelText("Passphrase"), "correct horse{Enter}");
    await within(tab).findByText("Valid");
  });

  it("is checked by another provider's rules, which can be set for the source", async () => {
    const { call, tab } = await opened();
    await within(tab).findByText("Not checked");
    const chooser = within(tab).getByLabelText("Rules of");
    await userEvent.selectOptions(chooser, "mollie");
    await within(tab).findByText("unconfirmed");
    await userEvent.click(within(tab).getByRole("button", { name: "Use for github" }));
    await waitFor(async () => expect((await call("source_settings", { name: "github" })).provider).toBe("mollie"));
    await within(tab).findByText("Mollie, as set or recognised");
  });

  it("says what was found, why, and what it was held against", async () => {
    const { tab } = await opened({}, { verify_exchange: () => BROKEN });
    const said = await within(tab).findByRole("status");
    expect([...said.children].map((line) => line.textContent)).toEqual([
      "Not valid, item 3",
      BROKEN.explanation,
      BROKEN.hint,
    ]);
    const facts = [...tab.querySelectorAll("dt")].map((name) => [
      name.textContent,
      name.nextElementSibling?.textContent?.trim(),
    ]);
    expect(facts).toEqual([
      ["Way", "SHA-256"],
      ["Secret", "live"],
      ["Signed", dateTime(1_795_349_047_000_000)],
      ["URL", "https://hooks.example.com/in/github"],
      ["Rule", "{method}{url}{body}"],
      ["Expected", "757107ea"],
      ["Found", "0badc0de"],
    ]);
    within(tab).getByText("The headers are not signed.");
  });

  it("says that only the start is shown where there is more, however many bytes a character has", async () => {
    const shown = async (signed: NonNullable<Verdict["signed"]>) => {
      const { tab } = await opened({}, { verify_exchange: () => ({ ...BROKEN, signed }) });
      await within(tab).findByRole("region", { name: "Signed bytes" });
      return within(tab).queryByText("The start is shown; Copy takes all.") !== null;
    };
    expect(await shown({ rule: "{body}", size: 7, start: "Jürgen", cut: false, url: null })).toBe(false);
    expect(await shown({ rule: "{body}", size: 7, start: "Jü", cut: true, url: null })).toBe(true);
  });

  it("asks for another secret unless the reason is proven to be something else", async () => {
    const unproven = { ...BROKEN, proven: null };
    const { tab } = await opened({}, { verify_exchange: () => unproven });
    await within(tab).findByLabelText("Secret of github");
    const { tab: proven } = await opened({}, { verify_exchange: () => BROKEN });
    await within(proven).findByText("0badc0de");
    expect(within(proven).queryByLabelText("Secret of github")).toBeNull();
    const another = { ...BROKEN, proven: { kind: "other_secret" as const, explanation: "Of shop.", hint: "Set it." } };
    const { tab: lacking } = await opened({}, { verify_exchange: () => another });
    await within(lacking).findByLabelText("Secret of github");
  });

  it("leads to the URL of the source where that is missed", async () => {
    const missing: Verdict = {
      ...BROKEN,
      verdict: "unsupported",
      reason: "missing_field",
      subject: "url",
      proven: null,
    };
    const { tab } = await opened({}, { verify_exchange: () => missing });
    await userEvent.click(await within(tab).findByRole("button", { name: "Set the URL of github" }));
    await screen.findByRole("heading", { name: "github", level: 1 });
  });

  it("opens the URL of a handshake as a request that is not sent", async () => {
    const opens = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=2336";
    const { calls, tab } = await opened({}, { verify_exchange: () => ({ ...BROKEN, opens }) });
    await userEvent.click(await within(tab).findByRole("button", { name: "Open its URL as a request" }));
    const url = await screen.findByRole("textbox", { name: "URL" });
    expect(url).toHaveProperty("value", opens);
    expect(calls.some((call) => call.command === "send")).toBe(false);
  });

  it("copies signed bytes that are no text as hex", async () => {
    const bytes = Uint8Array.of(0xff, 0x00, 0x61, 0x62, 0x63);
    const { calls, tab } = await opened({}, { verify_exchange: () => BROKEN, signed_bytes: () => bytes.buffer });
    await userEvent.click(await within(tab).findByRole("button", { name: "Copy" }));
    await screen.findByText(/^Signed bytes copied as hexadecimal/);
    expect(calls.find((call) => call.command === "copy_text")?.args).toEqual({ text: "ff00616263" });
  });

  it.each([
    ["cut in the middle of a character", [0xc3], /^First 4.0 MB of the signed bytes copied$/],
    ["no text", [0xff, 0x61], /^First 4.0 MB of the signed bytes copied as hexadecimal/],
  ])("copies the first of very many signed bytes that are %s, and says how to have all", async (_, last, said) => {
    const verdict = { ...BROKEN, signed: { ...BROKEN.signed!, size: 5 * 1024 * 1024, cut: true } };
    const counts: number[] = [];
    const first = ({ count }: { count: number }) => {
      counts.push(count);
      const all = new Uint8Array(1024).fill(0x61);
      all.set(last, all.length - last.length);
      return all.buffer;
    };
    const { tab } = await opened({}, { verify_exchange: () => verdict, signed_bytes: first });
    await within(tab).findByText(/pushpull verify \d+ --signed/);
    await userEvent.click(within(tab).getByRole("button", { name: "Copy" }));
    await screen.findByText(said);
    expect(counts).toEqual([4 * 1024 * 1024]);
  });

  it("shows the signed bytes as text and as hex", async () => {
    const { calls, tab } = await opened();
    const bytes = await within(tab).findByRole("region", { name: "Signed bytes" });
    within(bytes).getByText(/"evt_1"/);
    await userEvent.click(within(bytes).getByRole("radio", { name: "Hex" }));
    await within(bytes).findByText("7b 22 69 64 22 3a 22 65 76 74 5f 31 22 2c 22 74");
    expect(await violations()).toEqual([]);
    await userEvent.click(within(bytes).getByRole("button", { name: "Copy" }));
    await screen.findByText("Signed bytes copied");
    const copied = calls.find((call) => call.command === "copy_text")?.args;
    expect(copied).toEqual({ text: '{"id":"evt_1","type":"x"}' });
  });
});

describe("the provider that is set for a source", () => {
  it("is the one that was chosen, though another push is looked at meanwhile", async () => {
    const fake = fakeBackend({ rows: 9 });
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    useBackend({
      ...fake,
      invoke: async (command, payload) => {
        if (command === "source_settings") await held;
        return fake.invoke(command, payload);
      },
    });
    const signature = new Signature();
    await signature.check(9);
    await signature.choose("mollie");
    const adopted = signature.adopt("github");
    await signature.check(8);
    await signature.choose("stripe");
    go();
    await adopted;
    expect((await call("source_settings", { name: "github" })).provider).toBe("mollie");
    // What is chosen for the other push stays.
    expect(signature.provider).toBe("stripe");
  });
});

describe("rows of hex", () => {
  it("are of sixteen bytes, up to a limit", () => {
    const bytes = Uint8Array.from({ length: 40 }, (_, place) => place + 60);
    const rows = hexRows(bytes, 33);
    expect(rows.map(({ at }) => at)).toEqual(["00000000", "00000010", "00000020"]);
    expect(rows[0]?.ascii).toBe("<=>?@ABCDEFGHIJK");
    expect(rows[2]).toEqual({ at: "00000020", hex: "5c", ascii: "\\" });
  });
});

import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Provider } from "$ipc/bindings/Provider";
import type { Scheme } from "$ipc/bindings/Scheme";
import { EMPTY_HANDSHAKE, EMPTY_PROVIDER, EMPTY_SCHEME, EMPTY_TOKEN } from "$shared/signing/blank";
import { openApp, violations } from "../../test/openApp";
import { blankDraft, draftOf, isReadable, keyFor, providerOf, providerProblems } from "./draft";
import { handshakeDraftOf, handshakeProblems } from "./handshakeDraft";
import { hashesOf, schemeProblems } from "./schemeDraft";
import { SIGNED_TOKENS } from "./signedTokens";

describe("the draft of a provider", () => {
  it("comes back as it was, with all that a provider can have", () => {
    const blank = providerOf({ ...blankDraft(), name: "Acme", key: "acme" });
    const full: Provider = {
      ...blank,
      eventId: ["json:/id + json:/version", "header:X-Event"],
      deliveryId: ["header:X-Delivery", "json:/delivery"],
      attempt: ["header:X-Try", "json:/try"],
      firstAttempt: 1,
      signatures: [
        {
          ...blank.signatures[0]!,
          signed: "{method}\n{body}",
          timestamp: { at: "item:t=", unit: "milliseconds", tolerance: 30, pastOnly: true },
          needs: [
            { at: "header:X-Version", is: "1", class: "version" },
            { at: "header:X-Key", is: "{field:key}", class: "key" },
          ],
          separator: ", ",
          items: "/events",
          bodyHashQuery: "bodySHA256",
        },
        {
          ...EMPTY_SCHEME,
          label: "v1",
          method: "rsa",
          secret: "public-key",
          at: ["header:X-Old"],
          certificate: { at: "json:/url", host: "certs\\.acme\\.com", pathEnd: ".pem" },
          old: true,
        },
      ],
      event: ["header:X-Event + json:/action", "json:/type"],
      recognise: { headers: ["X-Acme"], body: "/event" },
      handshakes: [
        { ...EMPTY_HANDSHAKE, kind: "echo-json", at: "json:/challenge", key: "challenge", when: ["json:/a = b"] },
        {
          ...EMPTY_HANDSHAKE,
          kind: "fixed",
          method: "GET",
          body: "ok",
          otherwise: 403,
          verify: "query:token = verify_token",
          always: true,
          note: "Once.",
        },
      ],
      batch: { path: "/", form: "events", event: ["json:/a"], id: ["json:/b", "json:/c"], attempt: ["json:/d"] },
      success: { statuses: "2xx", seconds: 1.25, certainty: "custom" },
      retries: { text: "Twice.", gaps: [30, 60], certainty: "custom" },
      notes: ["One.", "Two."],
    };
    expect(providerOf(draftOf(full))).toEqual(full);
    const unsigned = { ...full, signatures: [], handshakes: [], batch: null, success: null, retries: null };
    expect(providerOf(draftOf(unsigned))).toEqual(unsigned);
  });

  it("comes back with the rules of its token, and has such rules where a token is chosen", () => {
    const token = {
      ...EMPTY_TOKEN,
      algorithms: ["RS256", "HS256"],
      issuer: "acme",
      bodyClaim: "sha",
      leeway: 5,
      urlClaim: "url",
    };
    Object.assign(token, { bodyEncoding: "base64", maxAge: 300 });
    const scheme: Scheme = { ...EMPTY_SCHEME, method: "jwt", at: ["header:X-Token"], urlForms: "port", token };
    const full: Provider = { ...EMPTY_PROVIDER, key: "acme", name: "Acme", signatures: [scheme] };
    expect(providerOf(draftOf(full))).toEqual(full);
    const draft = blankDraft();
    draft.schemes[0]!.method = "jwt";
    const chosen = providerOf(draft);
    expect(chosen.signatures[0]?.token?.algorithms).toEqual(["HS256"]);
  });

  it("says nothing that the check of its method would not heed", () => {
    const scheme = (method: Scheme["method"]) => {
      const draft = blankDraft();
      Object.assign(draft.schemes[0]!, { method, secret: "hex", stampAt: "header:X-Time", tolerance: "300" });
      return providerOf(draft).signatures[0]!;
    };
    for (const method of ["ed25519", "ecdsa", "rsa"] as const)
      expect(scheme(method)).toMatchObject({ secret: "public-key", timestamp: { tolerance: 300 } });
    expect(scheme("message-signature")).toMatchObject({ secret: "public-key", timestamp: null });
    expect(scheme("jwt")).toMatchObject({ secret: "hex", timestamp: null });
    expect(scheme("hmac")).toMatchObject({ secret: "hex", timestamp: { at: "header:X-Time" } });
    const draft = blankDraft().schemes[0]!;
    const hidden = { ...draft, stampAt: "header:X-Time", tolerance: "5 min", method: "message-signature" as const };
    expect(schemeProblems(hidden), "what is not shown is in nobody's way").toEqual({});
    expect(hashesOf("ecdsa")).toEqual(["sha256", "sha384"]);
    expect(hashesOf("rsa")).not.toContain("md5");
  });

  it("keeps a wait without statuses, and gaps without words for them, with or without a space between", () => {
    const kept = (gaps: string) => providerOf({ ...blankDraft(), seconds: "2.5", gaps });
    expect(kept("").success).toEqual({ statuses: "2xx", seconds: 2.5, certainty: "custom" });
    expect(kept("").retries).toBeNull();
    for (const gaps of ["60,300,3600", "60, 300, 3600", " 60 ,300,\n3600, "])
      expect(kept(gaps).retries).toEqual({ text: "", gaps: [60, 300, 3600], certainty: "custom" });
    const read = kept("60,300");
    expect(providerOf(draftOf(read))).toEqual(read);
    expect(providerOf(blankDraft()).success).toBeNull();
  });

  it("says of a number that can't be read what is wanted, where it counts, and takes every other", () => {
    const WHOLE = "Write whole seconds, such as 300, or nothing.";
    const STATUS = "Write a status from 200 to 599, or nothing.";
    const draft = { ...blankDraft(), seconds: "10 s", gaps: "60, 5 min, 3600" };
    const scheme = draft.schemes[0]!;
    for (const tolerance of ["300s", "5 min", "2.5", "-1"]) {
      Object.assign(scheme, { tolerance, maxAge: tolerance, leeway: tolerance });
      expect(schemeProblems(scheme), "neither a time nor a token").toEqual({});
      expect(schemeProblems({ ...scheme, stampAt: "header:X-Time" })).toEqual({ tolerance: WHOLE });
      expect(schemeProblems({ ...scheme, method: "jwt" })).toEqual({ maxAge: WHOLE, leeway: WHOLE });
    }
    expect(providerProblems(draft)).toEqual({
      seconds: "Write seconds, such as 10 or 2.5, or nothing.",
      gaps: "Write whole seconds, parted by commas, such as 60, 300, 3600, or nothing.",
    });
    const handshake = handshakeDraftOf({ ...EMPTY_HANDSHAKE, otherwise: 403 });
    expect(handshakeProblems({ ...handshake, status: "2xx", otherwise: "99" })).toEqual({
      status: STATUS,
      otherwise: STATUS,
    });
    expect(handshakeProblems(handshake)).toEqual({});
    for (const gaps of ["", "60", "0, 60,300,"]) expect(providerProblems({ ...draft, seconds: "", gaps })).toEqual({});

    const fine = { ...draft, seconds: " 2.5 ", gaps: "60,300", handshakes: [handshake] };
    expect(isReadable(fine)).toBe(true);
    expect(isReadable({ ...fine, gaps: "60 300" })).toBe(false);
    expect(isReadable({ ...fine, handshakes: [handshake, { ...handshake, status: "ok" }] })).toBe(false);
    expect(isReadable({ ...fine, schemes: [{ ...scheme, stampAt: "header:X-Time" }] })).toBe(false);
  });

  it("makes a key of a name", () => {
    expect(keyFor("  Acme & Söhne Billing ")).toBe("acme-s-hne-billing");
  });
});

describe("providers in the window", () => {
  it("are listed with how sure they are, and one's own is checked while it is written", async () => {
    const { calls } = await openApp({ rows: 10 });
    await screen.findAllByRole("row", { selected: false });
    await userEvent.keyboard("gp");
    const list = await screen.findByRole("dialog", { name: "Providers" });
    await within(list).findByText("Zoom");
    within(list).getByText("from the documentation");
    within(list).getByText("unconfirmed");
    expect(await violations()).toEqual([]);
    await userEvent.click(within(list).getByRole("button", { name: "Add provider" }));
    const form = await screen.findByRole("dialog", { name: "New provider" });
    await userEvent.type(within(form).getByLabelText("Name"), "Acme");
    expect(within(form).getByLabelText("Key")).toHaveProperty("value", "acme");
    await userEvent.type(within(form).getByLabelText("Secret"), "s3cret");
    await within(form).findByText("Valid");
    expect(await violations()).toEqual([]);
    await userEvent.click(within(form).getByRole("button", { name: "Add provider" }));
    await screen.findByText("your own");
    const again = within(await screen.findByRole("dialog", { name: "Providers" }));
    await userEvent.type(again.getByLabelText("Search the providers"), "acm");
    expect(again.getAllByRole("rowheader").map((one) => one.textContent)).toEqual(["Acme"]);
    await userEvent.click(again.getByRole("button", { name: "Delete Acme" }));
    await again.findByText("No provider is called like that.");
    expect(calls.filter((call) => call.command === "save_provider")).toHaveLength(1);
  });

  it("take every field of a provider's rules, and show all that an example comes to", async () => {
    const { calls } = await openApp({ rows: 10 });
    await screen.findAllByRole("row", { selected: false });
    await userEvent.keyboard("gp");
    const list = await screen.findByRole("dialog", { name: "Providers" });
    await userEvent.click(await within(list).findByRole("button", { name: "Add provider" }));
    const form = within(await screen.findByRole("dialog", { name: "New provider" }));
    const type = async (label: string, text: string) =>
      userEvent.type(await form.findByLabelText(label), text.replace(/[{[]/g, "$&$&"));
    await type("Name", "Acme");
    await type("Its body has", "/event");
    await type("Signed text", "{url}{field:hook}");
    await userEvent.selectOptions(await form.findByLabelText("URL counts"), "port");
    await type("Time stands in", "header:X-Time");
    await userEvent.click(await form.findByLabelText("A time in the future is taken"));
    await type("Delivery id", "header:X-Delivery");
    await type("Attempt", "header:X-Try");
    await userEvent.selectOptions(await form.findByLabelText("The first is"), "1");
    await type("Batch", "/events");
    await type("Its attempt", "json:/try");
    await userEvent.click(form.getByRole("button", { name: "Add a handshake" }));
    await userEvent.selectOptions(form.getByLabelText("Answer"), "echo-json");
    await type("Challenge in", "json:/challenge");
    await type("Told by", "json:/type = ping");
    await type("Its key", "token");
    await type("hook", "h1");
    await type("Secret", "s3cret");
    const example = within(form.getByRole("region", { name: "Example" }));
    await example.findByText("Valid");
    const facts = () =>
      [...document.querySelectorAll(".example dt")].map((name) => [
        name.textContent,
        name.nextElementSibling?.textContent?.replace(/\s+/g, " ").trim(),
      ]);
    await waitFor(() =>
      expect(facts().slice(-5)).toEqual([
        ["Event id", "evt_1"],
        ["Delivery id", "d-7"],
        ["Attempt", "2"],
        ["Batch", "1 event x evt_1"],
        ["Answered", "200 c4"],
      ]),
    );
    expect(await violations()).toEqual([]);
    await waitFor(() =>
      expect(calls.filter((call) => call.command === "try_provider").at(-1)?.args).toMatchObject({
        fields: { hook: "h1" },
        secret: "s3cret",
      }),
    );
    await userEvent.click(form.getByRole("button", { name: "Add provider" }));
    await screen.findByText("your own");
    expect(calls.find((call) => call.command === "save_provider")?.args).toMatchObject({
      recognise: { body: "/event" },
      signatures: [{ urlForms: "port", timestamp: { pastOnly: true } }],
      firstAttempt: 1,
      batch: { attempt: ["json:/try"] },
      handshakes: [
        { kind: "echo-json", at: "json:/challenge", when: ["json:/type = ping"], key: "token", status: 200 },
      ],
    });
  });

  it("shows the fields of the method that is chosen, and no others", async () => {
    await openApp({ rows: 10 });
    await screen.findAllByRole("row", { selected: false });
    await userEvent.keyboard("gp");
    const list = await screen.findByRole("dialog", { name: "Providers" });
    await userEvent.click(await within(list).findByRole("button", { name: "Add provider" }));
    const form = within(await screen.findByRole("dialog", { name: "New provider" }));
    await userEvent.selectOptions(form.getByLabelText("Method"), "jwt");
    expect(form.getByLabelText("Algorithms")).toHaveProperty("value", "HS256");
    form.getByLabelText("Issuer");
    form.getByLabelText("Body's hash");
    for (const label of ["Signed text", "Time stands in"]) expect(form.queryByLabelText(label)).toBeNull();
    form.getByLabelText("Secret is");
    expect(await violations()).toEqual([]);

    const method = form.getByLabelText("Method");
    await userEvent.selectOptions(method, "message-signature");
    for (const label of ["Prefix", "Separator", "Secret is", "Time stands in"])
      expect(form.queryByLabelText(label), label).toBeNull();
    await userEvent.selectOptions(method, "ed25519");
    for (const label of ["Hash", "Secret is"]) expect(form.queryByLabelText(label), label).toBeNull();
    form.getByLabelText("Time stands in");
    await userEvent.selectOptions(method, "hmac");
    await userEvent.selectOptions(form.getByLabelText("Hash"), "md5");
    await userEvent.selectOptions(method, "ecdsa");
    const hashes = [...form.getByLabelText("Hash").querySelectorAll("option")].map((one) => one.textContent);
    expect(hashes).toEqual(["MD5", "SHA-256", "SHA-384"]);
    expect(form.getByLabelText("Hash"), "what was chosen stays in sight").toHaveProperty("value", "md5");
    const written = [...form.getByLabelText("Written as").querySelectorAll("option")];
    expect(written.map(({ value, textContent }) => [value, textContent])).toEqual([
      ["hex", "Hexadecimal"],
      ["hex-upper", "Hexadecimal, upper case"],
      ["base64", "Base64"],
      ["base64url", "Base64, URL-safe"],
    ]);
  });

  it("say of every token of the signed text what it is, and how a hash with the secret is written", async () => {
    const { form } = await newProvider();
    await userEvent.click(form.getByRole("button", { name: "All that can be signed" }));
    const listed = [...document.querySelectorAll(".tokens dt")].map((one) => one.textContent);
    expect(listed).toEqual(SIGNED_TOKENS.map(({ written }) => written));
    for (const written of ["{secret}", "{field:NAME}", "{url.path}", "{signed-headers:NAME}", "{crc32}"])
      expect(listed).toContain(written);
    form.getByText(/with a question mark/);
    expect(await violations()).toEqual([]);
    await userEvent.selectOptions(form.getByLabelText("Method"), "digest");
    form.getByText(/^\{secret\} \{body\}/);
  });

  const newProvider = async () => {
    const { calls } = await openApp({ rows: 10 });
    await screen.findAllByRole("row", { selected: false });
    await userEvent.keyboard("gp");
    const list = await screen.findByRole("dialog", { name: "Providers" });
    await userEvent.click(await within(list).findByRole("button", { name: "Add provider" }));
    return { calls, form: within(await screen.findByRole("dialog", { name: "New provider" })) };
  };

  it("says that the secrets of a push that it is tried on are locked, and offers to unlock them", async () => {
    await openApp({ rows: 10, vault: "noStore" });
    await screen.findAllByRole("row", { selected: false });
    const [{ vault }, { call }, { openNewProvider }] = await Promise.all([
      import("../vault/vault.svelte"),
      import("$ipc/call"),
      import("$app/navigation.svelte"),
    ]);
    await vault.make("passphrase", "correct horse", "");
    const { source } = (await call("exchange", { id: 10 })).summary;
    await call("add_secret", { source: source ?? "", label: "", value: "s3cret of the push" });
    await vault.lock();
    openNewProvider(null, 10);
    const form = within(await screen.findByRole("dialog", { name: "New provider" }));
    await userEvent.type(form.getByLabelText("Name"), "Acme");
    await userEvent.click(await form.findByRole("button", { name: /Unlock and check/ }));
    await userEvent.type(await screen.findByLabelText("Passphrase"), "correct horse{Enter}");
    await waitFor(() => expect(form.queryByRole("button", { name: /Unlock and check/ })).toBeNull());
    expect(vault.status?.state).toBe("unlocked");
  });

  it("have several ways of signing and several handshakes, in the order in which they are tried", async () => {
    const { calls, form } = await newProvider();
    const click = (name: string) => userEvent.click(form.getByRole("button", { name }));
    await userEvent.type(form.getByLabelText("Name"), "Acme");
    await click("Add another way of signing");
    form.getByText(/checked by the first way whose signature it carries/);
    const second = within(form.getByRole("group", { name: "Way of signing 2" }));
    await userEvent.type(second.getByLabelText("Stands in"), "header:X-New");
    await userEvent.click(second.getByRole("button", { name: "Name, needs, batch and more" }));
    await userEvent.type(second.getByLabelText("Called"), "v2");
    await userEvent.type(second.getByLabelText("Each of"), "/events");
    await userEvent.click(second.getByRole("button", { name: "Add a need" }));
    await userEvent.type(second.getByLabelText("Where, of need 1"), "header:X-Version");
    await userEvent.type(second.getByLabelText("Value of need 1"), "2");
    await userEvent.selectOptions(second.getByLabelText("What it means if need 1 does not hold"), "version");
    expect(await violations()).toEqual([]);
    await click("Move way 2 up");
    for (const [place, method] of ["get", "head"].entries()) {
      await click(place === 0 ? "Add a handshake" : "Add another handshake");
      const one = within(form.getByRole("group", { name: `Handshake ${place + 1}` }));
      await userEvent.type(one.getByLabelText("Method"), method);
    }
    await click("Add another handshake");
    await click("Remove handshake 3");
    await click("Add provider");
    await screen.findByText("your own");
    expect(calls.find((call) => call.command === "save_provider")?.args).toMatchObject({
      signatures: [
        {
          label: "v2",
          at: ["header:X-New"],
          items: "/events",
          needs: [{ at: "header:X-Version", is: "2", class: "version" }],
        },
        { label: null, at: ["header:X-Signature"] },
      ],
      handshakes: [{ method: "GET" }, { method: "HEAD" }],
    });
    await screen.findByText("hmac sha256, header:X-New, or 1 other way");
  });

  it("are not kept while a number can't be read, and say which", async () => {
    const { calls, form } = await newProvider();
    await userEvent.type(form.getByLabelText("Name"), "Acme");
    await userEvent.type(form.getByLabelText("Secret"), "s3cret");
    await form.findByText("Valid");
    const add = form.getByRole("button", { name: "Add provider" });
    await userEvent.type(form.getByLabelText("Time stands in"), "header:X-Time");
    const tolerance = form.getByLabelText("Tolerance, s");
    await userEvent.type(tolerance, "5 min");
    form.getByText("Write whole seconds, such as 300, or nothing.");
    form.getByText("A field can't be read.");
    expect(form.queryByText("Valid"), "nothing is judged by half of what is written").toBeNull();
    expect(add).toHaveProperty("disabled", true);
    await userEvent.type(form.getByLabelText("Waits, s"), "10{Enter}");
    expect(await violations()).toEqual([]);

    // A field that was folded away comes back with what is wrong.
    await userEvent.clear(tolerance);
    await userEvent.type(tolerance, "300");
    await userEvent.click(form.getByRole("button", { name: "Add a handshake" }));
    const fold = form.getByRole("button", { name: "Proof, refusal and note" });
    await userEvent.click(fold);
    await userEvent.type(form.getByLabelText("Otherwise"), "no");
    await userEvent.click(fold);
    form.getByText("Write a status from 200 to 599, or nothing.");
    expect(add).toHaveProperty("disabled", true);
    await userEvent.clear(form.getByLabelText("Otherwise"));
    await userEvent.type(form.getByLabelText("Gaps, s"), "60,300");
    expect(calls.filter((call) => call.command === "save_provider")).toEqual([]);
    await userEvent.click(add);
    await screen.findByText("your own");
    expect(calls.find((call) => call.command === "save_provider")?.args).toMatchObject({
      signatures: [{ timestamp: { at: "header:X-Time", tolerance: 300 } }],
      success: { statuses: "2xx", seconds: 10 },
      retries: { text: "", gaps: [60, 300] },
    });
  });

  it("do not sign where the last way of signing is taken away", async () => {
    const { calls, form } = await newProvider();
    await userEvent.type(form.getByLabelText("Name"), "Acme");
    await userEvent.click(form.getByRole("button", { name: "Remove way 1" }));
    form.getByText("It does not sign.");
    await userEvent.click(form.getByRole("button", { name: "Add provider" }));
    await screen.findByText("your own");
    expect(calls.find((call) => call.command === "save_provider")?.args).toMatchObject({ signatures: [] });
  });

  it("are not lost by closing the form: it asks first, and only where something was typed", async () => {
    await newProvider();
    await userEvent.keyboard("{Escape}");
    const again = within(await screen.findByRole("dialog", { name: "Providers" }));
    await userEvent.click(again.getByRole("button", { name: "Add provider" }));
    const name = await screen.findByLabelText("Name");
    await userEvent.type(name, "Acme");
    const asked = () => screen.queryByRole("alertdialog", { name: "Discard what you changed?" });
    for (const close of [
      () => userEvent.keyboard("{Escape}"),
      () => userEvent.click(screen.getByRole("button", { name: "Close" })),
      () => userEvent.click(screen.getByRole("button", { name: "Cancel" })),
    ]) {
      await close();
      await waitFor(() => expect(asked()).not.toBeNull());
      expect(document.activeElement?.textContent).toBe("Keep writing");
      expect(await violations()).toEqual([]);
      await userEvent.keyboard("{Escape}");
      expect(asked()).toBeNull();
      expect(name).toHaveProperty("value", "Acme");
    }
    await userEvent.keyboard("{Escape}");
    await userEvent.click(await screen.findByRole("button", { name: "Discard" }));
    await screen.findByRole("dialog", { name: "Providers" });
    expect(screen.queryByRole("dialog", { name: "New provider" })).toBeNull();
  });
});

// The stand-in's providers and verdicts.
import type { Handshake } from "../bindings/Handshake";
import type { Provider } from "../bindings/Provider";
import type { SourceSettings } from "../bindings/SourceSettings";
import type { Verdict } from "../bindings/Verdict";
import type { Answers } from "./index";
import { EMPTY_HANDSHAKE, EMPTY_PROVIDER, EMPTY_SCHEME } from "../../shared/signing/blank";
import type { FakeState } from "./state";

const ASKED: Handshake = { ...EMPTY_HANDSHAKE, kind: "empty", method: "HEAD" };

const provider = (key: string, name: string, certainty: Provider["certainty"], header: string): Provider => ({
  ...EMPTY_PROVIDER,
  key,
  name,
  certainty,
  recognise: { headers: [header], body: null },
  signatures: [{ ...EMPTY_SCHEME, at: [`header:${header}`], prefix: "sha256=" }],
  event: ["json:/type"],
  eventId: ["json:/id"],
  handshakes: [{ ...ASKED, note: `${name} asks before it sends.` }],
  success: { statuses: "2xx", seconds: 10, certainty: "memory" },
  retries: { text: "At once, after 1 minute and after 5 minutes.", gaps: [0, 60, 300], certainty },
  notes: ["The headers are not signed."],
  custom: certainty === "custom",
});

const verdict = (of: Provider, secrets: number): Verdict => ({
  verdict: secrets > 0 ? "valid" : "no_secret",
  reason: secrets > 0 ? null : "no_secret",
  subject: null,
  explanation:
    secrets > 0
      ? "Signed with the secret, 1 s before it came."
      : "It carries a signature, and there is no secret to check it with.",
  hint: secrets > 0 ? null : `Set the secret that ${of.name} shows for this webhook.`,
  proven: null,
  provider: of.key,
  providerName: of.name,
  certainty: of.certainty,
  scheme: null,
  secret: secrets > 0 ? "the secret" : null,
  signedAt: 1_795_349_047_000,
  age: 1,
  expected: secrets > 0 ? "757107ea0eb2509fc211221cce984b8a" : null,
  found: "757107ea0eb2509fc211221cce984b8a",
  signed: { rule: "{body}", size: 24, start: '{"id":"evt_1","type":"x"}', cut: false, url: null },
  item: null,
  notes: of.notes,
  opens: null,
});

export function providerAnswers(state: FakeState): Answers {
  const known = [
    provider("github", "GitHub", "sdk", "X-Hub-Signature-256"),
    provider("mollie", "Mollie", "memory", "X-Mollie-Signature"),
    provider("stripe", "Stripe", "sdk", "Stripe-Signature"),
    {
      ...provider("zoom", "Zoom", "doc", "x-zm-signature"),
      handshakes: [{ ...EMPTY_HANDSHAKE, kind: "hmac-json" as const, at: "json:/payload/plainToken" }],
    },
  ];
  let own: Provider[] = [];
  const needOpen = ({ secrets }: SourceSettings) => {
    if (secrets.length > 0 && state.vault.status.state !== "unlocked")
      throw { code: "vaultClosed", message: state.vault.status.message ?? "The vault is locked.", hint: null };
  };
  const checked = (id: number, chosen: string | null): Verdict => {
    const { source } = state.summary(id);
    const { secrets, provider: set, recognised } = state.vault.source(source ?? "");
    const key = chosen ?? set ?? recognised;
    const rules = [...own, ...known].find((one) => one.key === key);
    if (!rules)
      throw {
        code: "invalid",
        message: "Nobody knows which service sent it. Choose the provider: for the source, or for this check.",
        hint: null,
      };
    needOpen(state.vault.source(source ?? ""));
    const found = verdict(rules, secrets.length);
    if (chosen === null) state.verdicts.set(id, found.verdict);
    return found;
  };
  return {
    verify_exchange: ({ id, provider: chosen }) => checked(id, chosen),
    signed_bytes: ({ count }) => new TextEncoder().encode('{"id":"evt_1","type":"x"}').slice(0, count).buffer,
    verify_source: () => ({}),
    providers: () => ({ providers: [...own, ...known] }),
    save_provider: ({ isNew, ...saved }) => {
      if (isNew && own.some((other) => other.key === saved.key)) {
        const message = "key: There is a provider with this key: edit that one, or choose another key.";
        throw { code: "invalid", message, hint: null };
      }
      if (!/^[a-z0-9-]+$/.test(saved.key)) {
        throw { code: "invalid", message: "key: The key has 1 to 64 of a-z, 0-9 and -.", hint: null };
      }
      own = [...own.filter((other) => other.key !== saved.key), saved];
      return saved;
    },
    delete_provider: ({ key }) => {
      own = own.filter((other) => other.key !== key);
      return {};
    },
    try_provider: ({ provider: tried, exchange, secret }) => {
      if (exchange !== null && secret === "") needOpen(state.vault.source(state.summary(exchange).source ?? ""));
      return {
        problem: tried.key === "" ? "key: The key has 1 to 64 of a-z, 0-9 and -." : null,
        verdict: tried.key === "" ? null : verdict(tried, secret === "" ? 0 : 1),
        eventType: "x",
        eventId: "evt_1",
        deliveryId: tried.deliveryId.length > 0 ? "d-7" : null,
        attempt: tried.attempt.length > 0 ? 2 : null,
        events: tried.batch ? [{ index: 0, eventType: "x", eventId: "evt_1", attempt: null, pointer: "/0" }] : [],
        handshake: tried.handshakes.length > 0 ? { status: 200, headers: [], body: "c4", note: null } : null,
        asked: tried.signatures.flatMap((way) =>
          [...way.signed.matchAll(/\{field:([^}]*)\}/g)].map(([, name]) => name!),
        ),
      };
    },
  };
}

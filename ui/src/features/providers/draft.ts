// A provider as it is edited: one text a field, and back to the data that the engine takes.
import type { Encoding } from "$ipc/bindings/Encoding";
import type { Handshake } from "$ipc/bindings/Handshake";
import type { HandshakeKind } from "$ipc/bindings/HandshakeKind";
import type { Hash } from "$ipc/bindings/Hash";
import type { Method } from "$ipc/bindings/Method";
import type { Provider } from "$ipc/bindings/Provider";
import type { Scheme } from "$ipc/bindings/Scheme";
import type { SecretForm } from "$ipc/bindings/SecretForm";
import type { TokenRule } from "$ipc/bindings/TokenRule";
import type { Unit } from "$ipc/bindings/Unit";
import type { UrlForms } from "$ipc/bindings/UrlForms";
import { EMPTY_HANDSHAKE, EMPTY_PROVIDER, EMPTY_SCHEME, EMPTY_TOKEN } from "$shared/signing/blank";

export interface ProviderDraft {
  name: string;
  key: string;
  recognise: string;
  recogniseBody: string;
  at: string;
  prefix: string;
  separator: string;
  signed: string;
  method: Method;
  hash: Hash;
  encoding: Encoding;
  secret: SecretForm;
  stampAt: string;
  unit: Unit;
  tolerance: string;
  pastOnly: boolean;
  urlForms: UrlForms;
  /** Of a token: the algorithms that are taken, who must have made it, and which claim holds the body's hash. */
  algorithms: string;
  issuer: string;
  bodyClaim: string;
  event: string;
  eventId: string;
  deliveryId: string;
  attempt: string;
  firstAttempt: "0" | "1";
  batch: string;
  batchEvent: string;
  batchId: string;
  batchAttempt: string;
  /** How an endpoint is tried; empty if it is not. */
  handshake: HandshakeKind | "";
  told: string;
  challenge: string;
  answerKey: string;
  answerStatus: string;
  answerBody: string;
  statuses: string;
  seconds: string;
  retries: string;
  gaps: string;
  notes: string;
}

/** What a blank form holds: the commonest way of signing. */
export const blankDraft = (): ProviderDraft =>
  draftOf({ ...EMPTY_PROVIDER, signatures: [{ ...EMPTY_SCHEME, at: ["header:X-Signature"] }] });

export function draftOf(provider: Provider): ProviderDraft {
  const scheme = provider.signatures[0] ?? EMPTY_SCHEME;
  const handshake = provider.handshakes[0];
  return {
    name: provider.name,
    key: provider.key,
    recognise: listed(provider.recognise.headers),
    recogniseBody: provider.recognise.body ?? "",
    at: listed(scheme.at),
    prefix: scheme.prefix,
    separator: scheme.separator,
    signed: shownEscapes(scheme.signed),
    method: scheme.method,
    hash: scheme.hash,
    encoding: scheme.encoding,
    secret: scheme.secret,
    stampAt: scheme.timestamp?.at ?? "",
    unit: scheme.timestamp?.unit ?? "seconds",
    tolerance: String(scheme.timestamp?.tolerance ?? ""),
    pastOnly: scheme.timestamp?.pastOnly ?? false,
    urlForms: scheme.urlForms,
    algorithms: listed(scheme.token?.algorithms ?? EMPTY_TOKEN.algorithms),
    issuer: scheme.token?.issuer ?? "",
    bodyClaim: scheme.token?.bodyClaim ?? "",
    event: listed(provider.event),
    eventId: listed(provider.eventId),
    deliveryId: listed(provider.deliveryId),
    attempt: listed(provider.attempt),
    firstAttempt: provider.firstAttempt === 1 ? "1" : "0",
    batch: provider.batch?.path ?? "",
    batchEvent: listed(provider.batch?.event ?? []),
    batchId: listed(provider.batch?.id ?? []),
    batchAttempt: listed(provider.batch?.attempt ?? []),
    handshake: handshake?.kind ?? "",
    told: listed(handshake?.when ?? []),
    challenge: handshake?.at ?? "",
    answerKey: handshake?.key ?? "",
    answerStatus: String(handshake?.status ?? 200),
    answerBody: handshake?.body ?? "",
    statuses: provider.success?.statuses ?? "",
    seconds: String(provider.success?.seconds ?? ""),
    retries: provider.retries?.text ?? "",
    gaps: (provider.retries?.gaps ?? []).join(", "),
    notes: provider.notes.join("\n"),
  };
}

/** The draft as a provider; what the form does not show stays as it is in `base`. */
export function providerOf(draft: ProviderDraft, base: Provider | null): Provider {
  const from = base ?? EMPTY_PROVIDER;
  const scheme: Scheme = {
    ...(from.signatures[0] ?? EMPTY_SCHEME),
    at: places(draft.at),
    prefix: draft.prefix,
    separator: draft.separator,
    signed: readEscapes(draft.signed),
    method: draft.method,
    hash: draft.hash,
    encoding: draft.encoding,
    secret: draft.secret,
    timestamp: draft.stampAt.trim()
      ? { at: draft.stampAt.trim(), unit: draft.unit, tolerance: whole(draft.tolerance), pastOnly: draft.pastOnly }
      : null,
    urlForms: draft.urlForms,
    token: draft.method === "jwt" ? tokenOf(draft, from.signatures[0]?.token ?? EMPTY_TOKEN) : null,
  };
  return {
    ...from,
    key: draft.key.trim(),
    name: draft.name.trim(),
    certainty: "custom",
    custom: true,
    recognise: { ...from.recognise, headers: places(draft.recognise), body: draft.recogniseBody.trim() || null },
    signatures: [scheme, ...from.signatures.slice(1)],
    event: places(draft.event),
    eventId: places(draft.eventId),
    deliveryId: places(draft.deliveryId),
    attempt: places(draft.attempt),
    firstAttempt: Number(draft.firstAttempt),
    batch: draft.batch.trim()
      ? {
          form: from.batch?.form ?? null,
          attempt: places(draft.batchAttempt),
          path: draft.batch.trim(),
          event: places(draft.batchEvent),
          id: places(draft.batchId),
        }
      : null,
    handshakes: draft.handshake
      ? [handshakeOf(draft, draft.handshake, from.handshakes[0] ?? EMPTY_HANDSHAKE), ...from.handshakes.slice(1)]
      : [],
    success: draft.statuses.trim()
      ? { statuses: draft.statuses.trim(), seconds: number(draft.seconds), certainty: "custom" }
      : null,
    retries: draft.retries.trim()
      ? {
          text: draft.retries.trim(),
          gaps: places(draft.gaps).map(Number).filter(Number.isInteger),
          certainty: "custom",
        }
      : null,
    notes: draft.notes.split("\n").filter((note) => note.trim() !== ""),
  };
}

const tokenOf = (draft: ProviderDraft, from: TokenRule): TokenRule => ({
  ...from,
  algorithms: places(draft.algorithms),
  issuer: draft.issuer.trim() || null,
  bodyClaim: draft.bodyClaim.trim() || null,
});

const handshakeOf = (draft: ProviderDraft, kind: HandshakeKind, from: Handshake): Handshake => ({
  ...from,
  kind,
  when: places(draft.told),
  at: draft.challenge.trim() || null,
  key: draft.answerKey.trim() || null,
  status: whole(draft.answerStatus) ?? 200,
  body: draft.answerBody || null,
});

/** A key that fits the name: `Acme Billing` becomes `acme-billing`. */
export const keyFor = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64);

const listed = (texts: readonly string[]) => texts.join(", ");
const places = (text: string) =>
  text
    .split(/,\s+|\n/)
    .map((place) => place.trim())
    .filter(Boolean);
const whole = (text: string) => (/^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : null);
const number = (text: string) => (/^\d{1,5}(\.\d+)?$/.test(text.trim()) ? Number(text.trim()) : null);
// A line feed in the signed text is typed as \n.
const shownEscapes = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
const readEscapes = (text: string) => text.replace(/\\(\\|n)/g, (_, kind: string) => (kind === "n" ? "\n" : "\\"));

// A provider as it is edited: one text a field, and back to the data that the engine takes.
import type { Encoding } from "$ipc/bindings/Encoding";
import type { Hash } from "$ipc/bindings/Hash";
import type { Method } from "$ipc/bindings/Method";
import type { Provider } from "$ipc/bindings/Provider";
import type { Scheme } from "$ipc/bindings/Scheme";
import type { SecretForm } from "$ipc/bindings/SecretForm";
import type { Unit } from "$ipc/bindings/Unit";
import { EMPTY_PROVIDER, EMPTY_SCHEME } from "$shared/signing/blank";

export interface ProviderDraft {
  name: string;
  key: string;
  recognise: string;
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
  event: string;
  eventId: string;
  deliveryId: string;
  attempt: string;
  batch: string;
  batchEvent: string;
  batchId: string;
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
  return {
    name: provider.name,
    key: provider.key,
    recognise: listed(provider.recognise.headers),
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
    event: listed(provider.event),
    eventId: listed(provider.eventId),
    deliveryId: listed(provider.deliveryId),
    attempt: listed(provider.attempt),
    batch: provider.batch?.path ?? "",
    batchEvent: listed(provider.batch?.event ?? []),
    batchId: listed(provider.batch?.id ?? []),
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
  };
  return {
    ...from,
    key: draft.key.trim(),
    name: draft.name.trim(),
    certainty: "custom",
    custom: true,
    recognise: { ...from.recognise, headers: places(draft.recognise) },
    signatures: [scheme, ...from.signatures.slice(1)],
    event: places(draft.event),
    eventId: places(draft.eventId),
    deliveryId: places(draft.deliveryId),
    attempt: places(draft.attempt),
    batch: draft.batch.trim()
      ? {
          form: from.batch?.form ?? null,
          attempt: from.batch?.attempt ?? [],
          path: draft.batch.trim(),
          event: places(draft.batchEvent),
          id: places(draft.batchId),
        }
      : null,
    success: draft.statuses.trim() ? { statuses: draft.statuses.trim(), seconds: number(draft.seconds) } : null,
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

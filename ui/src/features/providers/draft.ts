// A provider as it is edited: one text a field, and back to the data that the engine takes.
import type { Batch } from "$ipc/bindings/Batch";
import type { Provider } from "$ipc/bindings/Provider";
import type { Retries } from "$ipc/bindings/Retries";
import type { Success } from "$ipc/bindings/Success";
import { EMPTY_PROVIDER, EMPTY_SCHEME } from "$shared/signing/blank";
import { handshakeDraftOf, handshakeOf, handshakeProblems, type HandshakeDraft } from "./handshakeDraft";
import { schemeDraftOf, schemeOf, schemeProblems, type SchemeDraft } from "./schemeDraft";
import {
  gapsProblem,
  listed,
  number,
  numberProblem,
  orNull,
  parted,
  places,
  problemsOf,
  typed,
  whole,
  type Problems,
} from "./texts";

export interface ProviderDraft {
  name: string;
  key: string;
  recognise: string;
  recogniseBody: string;
  /** In the order in which a push is held against them. None: it does not sign. */
  schemes: SchemeDraft[];
  event: string;
  eventId: string;
  deliveryId: string;
  attempt: string;
  firstAttempt: "0" | "1";
  batch: string;
  batchForm: string;
  batchEvent: string;
  batchId: string;
  batchAttempt: string;
  /** How an endpoint is tried, in the order in which a request is held against them. */
  handshakes: HandshakeDraft[];
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
  return {
    name: provider.name,
    key: provider.key,
    recognise: listed(provider.recognise.headers),
    recogniseBody: provider.recognise.body ?? "",
    schemes: provider.signatures.map(schemeDraftOf),
    event: listed(provider.event),
    eventId: listed(provider.eventId),
    deliveryId: listed(provider.deliveryId),
    attempt: listed(provider.attempt),
    firstAttempt: provider.firstAttempt === 1 ? "1" : "0",
    batch: provider.batch?.path ?? "",
    batchForm: provider.batch?.form ?? "",
    batchEvent: listed(provider.batch?.event ?? []),
    batchId: listed(provider.batch?.id ?? []),
    batchAttempt: listed(provider.batch?.attempt ?? []),
    handshakes: provider.handshakes.map(handshakeDraftOf),
    statuses: provider.success?.statuses ?? "",
    seconds: typed(provider.success?.seconds),
    retries: provider.retries?.text ?? "",
    gaps: (provider.retries?.gaps ?? []).join(", "),
    notes: provider.notes.join("\n"),
  };
}

export const providerOf = (draft: ProviderDraft): Provider => ({
  key: draft.key.trim(),
  name: draft.name.trim(),
  certainty: "custom",
  custom: true,
  recognise: { headers: places(draft.recognise), body: orNull(draft.recogniseBody) },
  signatures: draft.schemes.map(schemeOf),
  event: places(draft.event),
  eventId: places(draft.eventId),
  deliveryId: places(draft.deliveryId),
  attempt: places(draft.attempt),
  firstAttempt: Number(draft.firstAttempt),
  batch: batchOf(draft),
  handshakes: draft.handshakes.map(handshakeOf),
  success: successOf(draft),
  retries: retriesOf(draft),
  notes: draft.notes.split("\n").filter((note) => note.trim() !== ""),
});

function batchOf(draft: ProviderDraft): Batch | null {
  const path = orNull(draft.batch);
  if (path === null) return null;
  const [event, id, attempt] = [places(draft.batchEvent), places(draft.batchId), places(draft.batchAttempt)];
  return { path, form: orNull(draft.batchForm), event, id, attempt };
}

/** What counts as success where only the wait is typed. */
const USUAL_SUCCESS = "2xx";

function successOf(draft: ProviderDraft): Success | null {
  const [statuses, seconds] = [orNull(draft.statuses), number(draft.seconds)];
  if (statuses === null && seconds === null) return null;
  return { statuses: statuses ?? USUAL_SUCCESS, seconds, certainty: "custom" };
}

function retriesOf(draft: ProviderDraft): Retries | null {
  const text = draft.retries.trim();
  const gaps = parted(draft.gaps).flatMap((gap) => whole(gap) ?? []);
  return text === "" && gaps.length === 0 ? null : { text, gaps, certainty: "custom" };
}

/** What is wrong with the fields that stand outside of the ways of signing and the handshakes. */
export const providerProblems = (draft: ProviderDraft): Problems<ProviderDraft> =>
  problemsOf<ProviderDraft>({ seconds: numberProblem(draft.seconds), gaps: gapsProblem(draft.gaps) });

/** True if nothing that is typed would be lost. */
export const isReadable = (draft: ProviderDraft): boolean =>
  [providerProblems(draft), ...draft.schemes.map(schemeProblems), ...draft.handshakes.map(handshakeProblems)].every(
    (problems) => Object.keys(problems).length === 0,
  );

/** A key that fits the name: `Acme Billing` becomes `acme-billing`. */
export const keyFor = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64);

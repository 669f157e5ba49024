// A handshake as it is edited: what tells it, and what is answered.
import type { Handshake } from "$ipc/bindings/Handshake";
import type { HandshakeKind } from "$ipc/bindings/HandshakeKind";
import { listed, orNull, places, problemsOf, statusProblem, typed, whole, type Problems } from "./texts";

export interface HandshakeDraft {
  kind: HandshakeKind;
  method: string;
  told: string;
  challenge: string;
  key: string;
  status: string;
  otherwise: string;
  body: string;
  verify: string;
  always: boolean;
  note: string;
}

export const handshakeDraftOf = (handshake: Handshake): HandshakeDraft => ({
  kind: handshake.kind,
  method: handshake.method ?? "",
  told: listed(handshake.when),
  challenge: handshake.at ?? "",
  key: handshake.key ?? "",
  status: typed(handshake.status),
  otherwise: typed(handshake.otherwise),
  body: handshake.body ?? "",
  verify: handshake.verify ?? "",
  always: handshake.always,
  note: handshake.note ?? "",
});

export const handshakeOf = (draft: HandshakeDraft): Handshake => ({
  kind: draft.kind,
  method: orNull(draft.method)?.toUpperCase() ?? null,
  at: orNull(draft.challenge),
  when: places(draft.told),
  key: orNull(draft.key),
  status: whole(draft.status) ?? 200,
  otherwise: whole(draft.otherwise),
  body: draft.body || null,
  verify: orNull(draft.verify),
  always: draft.always,
  note: orNull(draft.note),
});

export const handshakeProblems = (draft: HandshakeDraft): Problems<HandshakeDraft> =>
  problemsOf<HandshakeDraft>({ status: statusProblem(draft.status), otherwise: statusProblem(draft.otherwise) });

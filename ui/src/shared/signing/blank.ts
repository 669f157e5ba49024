// A provider as it begins: what forms and stand-ins start from.
import type { Provider } from "$ipc/bindings/Provider";
import type { Scheme } from "$ipc/bindings/Scheme";

/** Says nothing yet. */
export const EMPTY_PROVIDER: Provider = {
  key: "",
  name: "",
  certainty: "custom",
  recognise: { headers: [], body: null },
  signatures: [],
  event: [],
  eventId: [],
  deliveryId: [],
  attempt: [],
  firstAttempt: 0,
  batch: null,
  handshakes: [],
  success: null,
  retries: null,
  notes: [],
  custom: true,
};

/** The commonest way of signing, but for where the signature stands. */
export const EMPTY_SCHEME: Scheme = {
  label: null,
  method: "hmac",
  hash: "sha256",
  encoding: "hex",
  at: [],
  prefix: "",
  separator: "",
  signed: "{body}",
  secret: "text",
  timestamp: null,
  needs: [],
  items: null,
  urlForms: "exact",
  bodyHashQuery: null,
  certificate: null,
  token: null,
  old: false,
};

// A provider as it begins: what forms and stand-ins start from.
import type { Handshake } from "$ipc/bindings/Handshake";
import type { Provider } from "$ipc/bindings/Provider";
import type { Scheme } from "$ipc/bindings/Scheme";
import type { TokenRule } from "$ipc/bindings/TokenRule";

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

/** A token that is keyed with the secret. */
export const EMPTY_TOKEN: TokenRule = {
  algorithms: ["HS256"],
  issuer: null,
  bodyClaim: null,
  bodyEncoding: "hex",
  urlClaim: null,
  maxAge: null,
  leeway: 0,
};

/** The commonest way of trying an endpoint, but for where the challenge stands. */
export const EMPTY_HANDSHAKE: Handshake = {
  kind: "echo-text",
  method: null,
  at: null,
  when: [],
  key: null,
  status: 200,
  otherwise: null,
  body: null,
  verify: null,
  always: false,
  note: null,
};

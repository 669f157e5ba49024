// A way of signing as it is edited. All that the data has is here: an own provider can do what a known one can.
import type { CertificateRule } from "$ipc/bindings/CertificateRule";
import type { Encoding } from "$ipc/bindings/Encoding";
import type { Hash } from "$ipc/bindings/Hash";
import type { Method } from "$ipc/bindings/Method";
import type { Need } from "$ipc/bindings/Need";
import type { Scheme } from "$ipc/bindings/Scheme";
import type { SecretForm } from "$ipc/bindings/SecretForm";
import type { Stamp } from "$ipc/bindings/Stamp";
import type { TokenRule } from "$ipc/bindings/TokenRule";
import type { Unit } from "$ipc/bindings/Unit";
import type { UrlForms } from "$ipc/bindings/UrlForms";
import { EMPTY_TOKEN } from "$shared/signing/blank";
import { wholeSecondsProblem } from "$shared/seconds";
import { listed, orNull, places, problemsOf, readEscapes, shownEscapes, typed, whole, type Problems } from "./texts";

export interface SchemeDraft {
  label: string;
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
  needs: Need[];
  items: string;
  urlForms: UrlForms;
  bodyHashQuery: string;
  /** Of a certificate: where its URL stands, and from where it may come. */
  certificateAt: string;
  certificateHost: string;
  certificatePath: string;
  /** Of a token: the algorithms that are taken, who must have made it, how old it may be, which claims hold hashes. */
  algorithms: string;
  issuer: string;
  bodyClaim: string;
  bodyEncoding: Encoding;
  urlClaim: string;
  maxAge: string;
  leeway: string;
  old: boolean;
}

const ALL_HASHES: Hash[] = ["sha256", "sha1", "sha384", "sha512", "md5"];

/** The hashes that a method can be checked with; none where it has its own, or has none. */
export function hashesOf(method: Method): Hash[] {
  switch (method) {
    case "hmac":
    case "digest":
      return ALL_HASHES;
    case "rsa":
      return ALL_HASHES.filter((hash) => hash !== "md5");
    case "ecdsa":
      return ["sha256", "sha384"];
    default:
      return [];
  }
}

/** True if a text is put together to be signed. */
export const signsText = (method: Method): boolean => hashesOf(method).length > 0 || method === "ed25519";

/** True if the key, or the secret, is read in whatever form it has. */
export const readsAnyKey = (method: Method): boolean =>
  ["ed25519", "ecdsa", "rsa", "message-signature"].includes(method);

/** True if the signature says its time itself. */
export const saysItsTime = (method: Method): boolean => method === "jwt" || method === "message-signature";

/** What a need says before it is written. */
export const blankNeed = (): Need => ({ at: "", is: "", class: "other" });

export function schemeDraftOf(scheme: Scheme): SchemeDraft {
  const token = scheme.token ?? EMPTY_TOKEN;
  return {
    label: scheme.label ?? "",
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
    tolerance: typed(scheme.timestamp?.tolerance),
    pastOnly: scheme.timestamp?.pastOnly ?? false,
    needs: scheme.needs.map((need) => ({ ...need })),
    items: scheme.items ?? "",
    urlForms: scheme.urlForms,
    bodyHashQuery: scheme.bodyHashQuery ?? "",
    certificateAt: scheme.certificate?.at ?? "",
    certificateHost: scheme.certificate?.host ?? "",
    certificatePath: scheme.certificate?.pathEnd ?? "",
    algorithms: listed(token.algorithms),
    issuer: token.issuer ?? "",
    bodyClaim: token.bodyClaim ?? "",
    bodyEncoding: token.bodyEncoding,
    urlClaim: token.urlClaim ?? "",
    maxAge: typed(token.maxAge),
    leeway: typed(token.leeway),
    old: scheme.old,
  };
}

export const schemeOf = (draft: SchemeDraft): Scheme => ({
  label: orNull(draft.label),
  method: draft.method,
  hash: draft.hash,
  encoding: draft.encoding,
  at: places(draft.at),
  prefix: draft.prefix,
  separator: draft.separator,
  signed: readEscapes(draft.signed),
  secret: readsAnyKey(draft.method) ? "public-key" : draft.secret,
  timestamp: stampOf(draft),
  needs: draft.needs.filter(({ at }) => at.trim()).map((need) => ({ ...need, at: need.at.trim(), is: need.is.trim() })),
  items: orNull(draft.items),
  urlForms: draft.urlForms,
  bodyHashQuery: orNull(draft.bodyHashQuery),
  certificate: certificateOf(draft),
  token: draft.method === "jwt" ? tokenOf(draft) : null,
  old: draft.old,
});

/** What is wrong with the fields that count for this way. What can't be read must not pass for no limit. */
export const schemeProblems = (draft: SchemeDraft): Problems<SchemeDraft> =>
  problemsOf<SchemeDraft>({
    ...(stampOf(draft) !== null && { tolerance: wholeSecondsProblem(draft.tolerance) }),
    ...(draft.method === "jwt" && {
      maxAge: wholeSecondsProblem(draft.maxAge),
      leeway: wholeSecondsProblem(draft.leeway),
    }),
  });

function stampOf(draft: SchemeDraft): Stamp | null {
  const at = orNull(draft.stampAt);
  if (at === null || saysItsTime(draft.method)) return null;
  return { at, unit: draft.unit, tolerance: whole(draft.tolerance), pastOnly: draft.pastOnly };
}

function certificateOf(draft: SchemeDraft): CertificateRule | null {
  const at = orNull(draft.certificateAt);
  return at === null ? null : { at, host: draft.certificateHost.trim(), pathEnd: draft.certificatePath.trim() };
}

const tokenOf = (draft: SchemeDraft): TokenRule => ({
  algorithms: places(draft.algorithms),
  issuer: orNull(draft.issuer),
  bodyClaim: orNull(draft.bodyClaim),
  bodyEncoding: draft.bodyEncoding,
  urlClaim: orNull(draft.urlClaim),
  maxAge: whole(draft.maxAge),
  leeway: whole(draft.leeway) ?? 0,
});

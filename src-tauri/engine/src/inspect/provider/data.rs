//! What is known of a service, as data: the same shape in the files of `engine/providers`, on the wire, and for the
//! providers that users add.

use super::place::{Joined, Place};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A service that sends webhooks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Provider {
    /// Its name in lower case, digits and hyphens: `github`.
    pub key: String,
    /// Its name as it writes it: `GitHub`.
    pub name: String,
    /// How sure the rules of the signature are; what else is known says for itself how sure it is.
    pub certainty: Certainty,
    /// What tells its pushes.
    #[serde(default)]
    pub recognise: Recognise,
    /// How it signs, the way it prefers first: a push is judged by the first whose signature it carries and whose needs
    /// hold, and by no other. None: it does not sign, or not so that it can be checked here.
    #[serde(default)]
    pub signatures: Vec<Scheme>,
    /// Where the event is named, the first place that names it counts: one place, or several joined by ` + `, of which
    /// those behind the first may be missing.
    #[serde(default)]
    pub event: Vec<String>,
    /// Where the number of the event stands; the same for every retry and every receiver, and for no other event. The
    /// number of what an event is about is none by itself: it is joined with what tells its events apart.
    #[serde(default)]
    pub event_id: Vec<Joined>,
    /// Where the number of the delivery stands; the same for its retries, and for no other.
    #[serde(default)]
    pub delivery_id: Vec<Joined>,
    /// Where the number of the attempt stands.
    #[serde(default)]
    pub attempt: Vec<Place>,
    /// The number that the first attempt has.
    #[serde(default)]
    pub first_attempt: u32,
    /// Several events in one body.
    #[serde(default)]
    pub batch: Option<Batch>,
    /// How it tries an endpoint before it uses it.
    #[serde(default)]
    pub handshakes: Vec<Handshake>,
    /// What it takes as success.
    #[serde(default)]
    pub success: Option<Success>,
    /// When it tries again.
    #[serde(default)]
    pub retries: Option<Retries>,
    /// What a reader of a verdict should know, a sentence each.
    #[serde(default)]
    pub notes: Vec<String>,
    /// True for one that the user added.
    #[serde(default)]
    pub custom: bool,
}

/// How sure a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Checked against the service's own library.
    Sdk,
    /// Checked against a published test of it.
    Test,
    /// From its documentation.
    Doc,
    /// From somebody else's documentation or code.
    Secondary,
    /// Unconfirmed.
    Memory,
    /// Written by the user.
    Custom,
}

impl Certainty {
    /// The words for the user.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sdk | Self::Test => "confirmed",
            Self::Doc => "from the documentation",
            Self::Secondary | Self::Memory => "unconfirmed",
            Self::Custom => "your own",
        }
    }
}

/// What tells a push of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recognise {
    /// One of these must be there: `Name`, or `Name ~ text` for a field whose value holds the text; `One + Other` for both.
    #[serde(default)]
    pub headers: Vec<String>,
    /// A string that the JSON body must have, where the header alone does not tell: a JSON Pointer.
    #[serde(default)]
    pub body: Option<String>,
}

/// One way of signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scheme {
    /// Tells several ways of one service apart: `v3`, `SHA-1`.
    #[serde(default)]
    pub label: Option<String>,
    /// What kind of check it is.
    pub method: Method,
    /// The hash.
    #[serde(default)]
    pub hash: Hash,
    /// How the digest is written.
    #[serde(default)]
    pub encoding: Encoding,
    /// Where the signature stands; what stands in any of these places may match, as where each of two keys signs.
    pub at: Vec<Place>,
    /// What stands before each signature.
    #[serde(default)]
    pub prefix: String,
    /// What parts several signatures in one place; empty for one signature.
    #[serde(default)]
    pub separator: String,
    /// The text that is signed: `{body}`, `{timestamp}`, `{url}`, `{method}`, `{header:NAME}` … between literal text.
    #[serde(default = "body_only")]
    pub signed: String,
    /// What form the secret has.
    #[serde(default)]
    pub secret: SecretForm,
    /// When it was signed.
    #[serde(default)]
    pub timestamp: Option<Stamp>,
    /// What must hold for this way to be the one.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// The array whose elements are signed one by one: a JSON Pointer; places then start at the element.
    #[serde(default)]
    pub items: Option<String>,
    /// How the URL may be written for it to match.
    #[serde(default)]
    pub url_forms: UrlForms,
    /// A query parameter that holds the SHA-256 of the body in hexadecimal, instead of the body's fields.
    #[serde(default)]
    pub body_hash_query: Option<String>,
    /// Where the certificate is fetched by receivers, and which hosts may have it.
    #[serde(default)]
    pub certificate: Option<CertificateRule>,
    /// The claims of a token.
    #[serde(default)]
    pub token: Option<TokenRule>,
    /// True for a way that is kept for old receivers.
    #[serde(default)]
    pub old: bool,
}

fn body_only() -> String {
    "{body}".into()
}

/// Kinds of checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A keyed hash (RFC 2104).
    Hmac,
    /// A plain hash of a text that holds the secret.
    Digest,
    /// The secret itself.
    Token,
    /// User and password (RFC 7617).
    Basic,
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ECDSA on P-256.
    Ecdsa,
    /// RSA, PKCS #1 v1.5.
    Rsa,
    /// A JSON Web Token with claims about the request.
    Jwt,
    /// HTTP Message Signatures (RFC 9421).
    MessageSignature,
}

/// Hashes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Hash {
    /// MD5
    Md5,
    /// SHA-1
    Sha1,
    /// SHA-256
    #[default]
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

/// How digests are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Hexadecimal in lower case.
    #[default]
    Hex,
    /// Hexadecimal in upper case.
    HexUpper,
    /// Base64 with padding.
    Base64,
    /// URL-safe base64 without padding.
    Base64url,
}

/// How a secret becomes a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SecretForm {
    /// Its text as it is shown.
    #[default]
    Text,
    /// Hexadecimal, decoded.
    Hex,
    /// Base64, decoded.
    Base64,
    /// Base64 behind `whsec_`, decoded; the prefix may be missing.
    Whsec,
    /// Its text and a `&`.
    Ampersand,
    /// Its text after Unicode normalization form KD.
    Nfkd,
    /// `user:password`.
    UserPassword,
    /// A public key or a certificate: PEM, JWK, base64 or hexadecimal.
    PublicKey,
}

/// When a request was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stamp {
    /// Where the time stands.
    pub at: Place,
    /// Its unit.
    #[serde(default)]
    pub unit: Unit,
    /// Seconds that it may be away from now; None: the service names no limit.
    #[serde(default)]
    pub tolerance: Option<u32>,
    /// True if a time in the future is not refused.
    #[serde(default)]
    pub past_only: bool,
}

/// Units of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Seconds since 1970 UTC.
    #[default]
    Seconds,
    /// Milliseconds since 1970 UTC.
    Milliseconds,
    /// RFC 3339.
    Rfc3339,
}

/// What must hold for a way of signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Need {
    /// Where.
    pub at: Place,
    /// The value that must stand there; `{field:NAME}` for a value that the user gives, which is not asked for if it is
    /// not given.
    pub is: String,
    /// What is wrong otherwise.
    pub class: NeedClass,
}

/// What is wrong if a need is not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum NeedClass {
    /// A version that is not known.
    Version,
    /// An algorithm that is not known.
    Algorithm,
    /// Another key.
    Key,
    /// Nothing: another way of signing is meant.
    Other,
}

/// Forms of the URL that count as the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum UrlForms {
    /// As it is.
    #[default]
    Exact,
    /// With and without the port.
    Port,
    /// As it is, or with `%3A %2F %3F %40 %21 %24 %27 %28 %29 %2A %2C %3B` decoded.
    Decoded,
}

/// Which certificates may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertificateRule {
    /// Where its URL stands.
    pub at: Place,
    /// A regular expression that its host must match as a whole.
    pub host: String,
    /// What its path must end in.
    #[serde(default)]
    pub path_end: String,
}

/// What a token must say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenRule {
    /// The algorithms that are taken.
    pub algorithms: Vec<String>,
    /// The `iss` claim.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The claim that holds a hash of the body.
    #[serde(default)]
    pub body_claim: Option<String>,
    /// How that hash is written.
    #[serde(default)]
    pub body_encoding: Encoding,
    /// The claim that holds the SHA-256 of the URL in hexadecimal.
    #[serde(default)]
    pub url_claim: Option<String>,
    /// Seconds that `iat` may be in the past.
    #[serde(default)]
    pub max_age: Option<u32>,
    /// Seconds by which `nbf` and `exp` may be off.
    #[serde(default)]
    pub leeway: u32,
}

/// Several events in one body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Batch {
    /// The array: a JSON Pointer; `/` for the body itself.
    pub path: String,
    /// The form field that holds the JSON, if it is not the body.
    #[serde(default)]
    pub form: Option<String>,
    /// Where each element names its event; as [`Provider::event`].
    #[serde(default)]
    pub event: Vec<String>,
    /// Where each element has its number: the texts of all these places, joined by `:`. It has none where one of them is
    /// not there.
    #[serde(default)]
    pub id: Vec<Place>,
    /// Where each element has its attempt.
    #[serde(default)]
    pub attempt: Vec<Place>,
}

/// How an endpoint is tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Handshake {
    /// What is answered.
    pub kind: HandshakeKind,
    /// The method of the request, if it tells.
    #[serde(default)]
    pub method: Option<String>,
    /// Where the challenge stands, if there is one.
    #[serde(default)]
    pub at: Option<Place>,
    /// What else must be there: a place, or `place = value`.
    #[serde(default)]
    pub when: Vec<String>,
    /// The key of the JSON answer, or the header of the answer.
    #[serde(default)]
    pub key: Option<String>,
    /// The status of the answer.
    #[serde(default = "ok")]
    pub status: u16,
    /// The status if what must hold does not.
    #[serde(default)]
    pub otherwise: Option<u16>,
    /// The body of a fixed answer.
    #[serde(default)]
    pub body: Option<String>,
    /// A place that must hold the value of a field that the user gives: `query:hub.verify_token = verify_token`; or
    /// `signature`, which must fit if a secret is known.
    #[serde(default)]
    pub verify: Option<String>,
    /// True if every delivery is answered like this.
    #[serde(default)]
    pub always: bool,
    /// What the user should know: a sentence.
    #[serde(default)]
    pub note: Option<String>,
}

impl HandshakeKind {
    /// True if the answer is made of the challenge and a secret.
    pub(crate) fn is_keyed(self) -> bool {
        matches!(self, Self::HmacJson | Self::HmacQuery | Self::Sha256Json)
    }
}

impl Handshake {
    /// True if the body tells whether it is one, or what is answered.
    pub(crate) fn reads_body(&self) -> bool {
        let in_body = |place: &str| place.parse::<Place>().is_ok_and(|place| !place.in_head());
        let proof = self.verify.as_deref();
        let mut conditions = self.when.iter().map(String::as_str).chain(proof);
        // Of several secrets, the one that signed the request answers it.
        let is_signed = self.kind == HandshakeKind::StatusBySignature || self.kind.is_keyed();
        is_signed
            || proof == Some("signature")
            || self.at.as_ref().is_some_and(|place| !place.in_head())
            || conditions.any(|text| in_body(text.split_once(" = ").map_or(text, |(place, _)| place)))
    }
}

fn ok() -> u16 {
    200
}

/// Kinds of handshakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum HandshakeKind {
    /// The challenge as text.
    EchoText,
    /// The challenge in a JSON object.
    EchoJson,
    /// The challenge in a header, and in a JSON object if `key` names both as `Header, key`.
    EchoHeader,
    /// HMAC-SHA256 of the challenge beside it: Zoom.
    HmacJson,
    /// HMAC-SHA256 of the challenge in base64: X.
    HmacQuery,
    /// SHA-256 of challenge, token and endpoint: eBay.
    Sha256Json,
    /// A status that says whether the signature is good.
    StatusBySignature,
    /// A status that says whether a code is the right one.
    StatusByQuery,
    /// An empty answer.
    Empty,
    /// A fixed body.
    Fixed,
    /// The origin and the rate that may send: CloudEvents.
    AllowOrigin,
    /// A URL that must be opened: asked first.
    OpenUrl,
    /// A secret that must be kept.
    KeepSecret,
}

/// What a service takes as success.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Success {
    /// The statuses: `2xx`, `200`, `200, 204`; with a remark in brackets behind one.
    pub statuses: String,
    /// Seconds it waits.
    #[serde(default)]
    pub seconds: Option<f32>,
    /// How sure that is.
    #[serde(default = "custom")]
    pub certainty: Certainty,
}

/// What users wrote before it was asked for says nothing of it.
fn custom() -> Certainty {
    Certainty::Custom
}

/// When a service tries again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retries {
    /// In words.
    pub text: String,
    /// Seconds between one attempt and the next, where they are known.
    #[serde(default)]
    pub gaps: Vec<u32>,
    /// How sure that is.
    pub certainty: Certainty,
}

//! What a check says.

use crate::inspect::provider::Certainty;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a check says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// The verdict.
    pub verdict: VerdictKind,
    /// The class of what is wrong; None if nothing is.
    pub reason: Option<Reason>,
    /// The header or field that the reason is about.
    pub subject: Option<String>,
    /// What was found: one sentence.
    pub explanation: String,
    /// What to do next: one sentence, where there is one.
    pub hint: Option<String>,
    /// Why it does not fit, proven by computing it again.
    pub proven: Option<Cause>,
    /// The key of the provider whose rules were used.
    pub provider: String,
    /// Its name.
    pub provider_name: String,
    /// How sure these rules are.
    pub certainty: Certainty,
    /// Which of its ways of signing was used, where it has several.
    pub scheme: Option<String>,
    /// The name of the secret that fits.
    pub secret: Option<String>,
    /// When it was signed, ms since 1970 UTC, if the request says so.
    #[ts(type = "number | null")]
    pub signed_at: Option<i64>,
    /// How old that was on arrival in seconds; negative for a time in the future.
    pub age: Option<f64>,
    /// The signature that was computed with the first secret. Of a secret that is sent as it is, only the start.
    pub expected: Option<String>,
    /// The signature that came. Of a secret that is sent as it is, only the start.
    pub found: Option<String>,
    /// What was signed.
    pub signed: Option<SignedText>,
    /// Which element of a batch is meant, counted from 0.
    pub item: Option<u32>,
    /// What the signature does not cover, and the like.
    pub notes: Vec<String>,
    /// A URL that the service wants opened to finish a handshake. Whoever reads this opens it, or nobody does.
    pub opens: Option<String>,
    /// The bytes that were signed; a secret among them is masked.
    #[serde(skip)]
    #[ts(skip)]
    pub signed_bytes: Vec<u8>,
}

/// Verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// Signed, with a secret that is known, in time.
    Valid,
    /// Not good.
    Invalid,
    /// There is no signature.
    Unsigned,
    /// There is one, but no secret to check it with.
    NoSecret,
    /// The provider does not sign, or not so that it can be checked here.
    Unsupported,
}

/// Classes of what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A header that is needed is not there.
    MissingHeader,
    /// A field of the body that is needed is not there.
    MissingBodyField,
    /// A header can't be read.
    MalformedHeader,
    /// A field of the body can't be read.
    MalformedBodyField,
    /// Signed too long ago; the signature itself is good.
    StaleTimestamp,
    /// Signed in the future; the signature itself is good.
    FutureTimestamp,
    /// A version of the scheme that is not known.
    UnsupportedVersion,
    /// An algorithm that is not known or not allowed.
    UnsupportedAlgorithm,
    /// The certificate comes from where none may come from, or is out of date.
    UntrustedCertificate,
    /// It names another key than the one that is expected.
    KeyIdMismatch,
    /// The signature does not fit: another body, secret, URL or method was signed.
    Mismatch,
    /// There is no secret to check with.
    NoSecret,
    /// None of the secrets is of the form that this provider's have.
    UnusableSecret,
    /// A value that only the user knows is not given.
    MissingField,
    /// The provider does not sign.
    NotSigned,
}

/// Why a signature does not fit, proven by computing it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// What kind of cause it is.
    pub kind: CauseKind,
    /// What happened: one sentence.
    pub explanation: String,
    /// What to do about it: one sentence.
    pub hint: String,
}

/// Kinds of causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// The body was parsed and written again.
    BodyReserialized,
    /// A newline or white space at the ends was added or taken away.
    BodyWhitespace,
    /// Line ends were changed.
    BodyLineEnds,
    /// The character set was changed.
    BodyCharset,
    /// A content coding was taken off or put on.
    BodyCoding,
    /// The right secret in the wrong form.
    SecretForm,
    /// A secret that is another source's.
    OtherSecret,
    /// Another URL was signed.
    OtherUrl,
    /// Another method was signed.
    OtherMethod,
    /// Another unit of time was signed.
    TimeUnit,
    /// It is another provider's signature.
    OtherProvider,
    /// An old or another algorithm was used.
    OtherAlgorithm,
}

/// What was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignedText {
    /// The rule: `{timestamp}.{body}`.
    pub rule: String,
    /// Its bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// Its first characters.
    pub start: String,
    /// True if there is more of it than the start.
    pub cut: bool,
    /// The URL that was taken, if the URL is signed.
    pub url: Option<String>,
}

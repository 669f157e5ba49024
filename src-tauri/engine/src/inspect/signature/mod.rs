//! Signatures: is a request signed by who it says, with which secret, how old is it, and if not, why. Pure functions
//! over the bytes as they came; nothing is fetched and no clock is read.

mod body_forms;
mod digest;
mod explain;
mod found;
mod handshake;
mod judge;
mod jwt;
mod keys;
mod message;
mod others;
mod secret_forms;
mod sign;
mod template;
mod time;
mod url_forms;
mod verdict;
mod words;

pub use handshake::{Reply, handshake};
pub use sign::{SignError, Signed, Unsigned, can_sign, sign};
pub use template::SignedToken;
pub use verdict::{Cause, CauseKind, Reason, SignedText, Verdict, VerdictKind};

pub(crate) use handshake::handshake_by_head;
pub(crate) use jwt::TOKEN_ALGORITHMS;
pub(crate) use template::{check as check_template, has as signs_token};

use super::provider::Provider;
use crate::exchange::Headers;
use std::fmt;

/// A request as it came.
#[derive(Debug, Clone, Copy)]
pub struct SignedRequest<'a> {
    /// The method.
    pub method: &'a str,
    /// The absolute URLs that the receiver may have been called at; a signature over any of them is good. May be empty
    /// if nothing is known.
    pub urls: &'a [String],
    /// Other URLs of the same receiver, such as the local one beside the tunnel's: they only explain.
    pub other_urls: &'a [String],
    /// The header fields.
    pub headers: &'a Headers,
    /// The body, its content codings on.
    pub body: &'a [u8],
}

/// A secret, or a public key, with the name that the user knows it by.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its name.
    pub label: String,
    /// Its value as the service shows it.
    pub value: String,
}

impl Secret {
    /// A secret of this name.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }

    /// A public key of this name, however it is written: only asymmetric signatures are checked by it.
    pub fn public_key(label: impl Into<String>, text: &str) -> Self {
        Self::new(label, keys::marked(text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("label", &self.label).finish_non_exhaustive()
    }
}

/// What a check goes by.
#[derive(Debug, Clone, Copy, Default)]
pub struct Check<'a> {
    /// The time of arrival, seconds since 1970 UTC; None: the age is not judged.
    pub now: Option<i64>,
    /// Seconds of age that are taken, instead of the provider's.
    pub tolerance: Option<u32>,
    /// Values that the provider's rules name as `{field:NAME}`: PayPal's `webhook_id`, Meta's `verify_token`.
    pub fields: &'a [(String, String)],
    /// Secrets that are not the source's: they only explain.
    pub other_secrets: &'a [Secret],
    /// Providers beside the known ones, which are the user's own: they only explain.
    pub own_providers: &'a [&'a Provider],
}

impl Check<'_> {
    /// The value of a field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Checks the signature of a request and says why it does not fit where that can be proven.
pub fn verify(request: &SignedRequest<'_>, provider: &Provider, secrets: &[Secret], check: &Check<'_>) -> Verdict {
    let (mut verdict, scheme) = judge::judge(request, provider, secrets, check);
    if verdict.verdict != VerdictKind::Valid {
        explain::explain(&mut verdict, scheme, request, provider, secrets, check);
    }
    verdict
}

/// The verdict alone, which costs one look and no guesses.
pub(crate) fn judge(
    request: &SignedRequest<'_>,
    provider: &Provider,
    secrets: &[Secret],
    check: &Check<'_>,
) -> VerdictKind {
    judge::judge(request, provider, secrets, check).0.verdict
}

#[cfg(test)]
mod tests;

//! Which names of headers and query parameters promise a secret. Rather one too many than one too few.

use crate::inspect::provider::providers;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Names, in lower case, under which a known service sends its secret itself.
static TOKENS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    providers().flat_map(|provider| provider.token_names()).map(|name| name.to_ascii_lowercase()).collect()
});

/// What a header's value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeaderKind {
    /// Nothing secret by its name.
    Plain,
    /// A secret as a whole.
    Secret,
    /// A scheme and a secret (RFC 9110, section 11.4).
    Credentials,
    /// `name=secret; name=secret` (RFC 6265, section 4.2).
    Cookies,
    /// `name=secret; Attribute=value` (RFC 6265, section 4.1).
    SetCookie,
}

/// Words that make a name secret wherever they stand in it.
const ANYWHERE: [&str; 9] =
    ["secret", "password", "passwd", "passphrase", "signature", "credential", "hmac", "session", "apikey"];

/// Words that make a name secret at its end: `X-Api-Key`, `access_token`, `authToken`.
const AT_END: [&str; 7] = ["key", "token", "jwt", "auth", "cookie", "pwd", "authorization"];

/// Whole names that are secret.
const WHOLE: [&str; 2] = ["otp", "assertion"];

/// Whole names that are secret, also as the last of several words: `X-Sig`, `user.sid`, `user[pass]`.
const LAST: [&str; 3] = ["sig", "sid", "pass"];

/// Schemes that may be shown (IANA's registry and those in wide use). Another first word may be a secret itself.
const SCHEMES: [&str; 18] = [
    "basic",
    "bearer",
    "digest",
    "dpop",
    "gnap",
    "hoba",
    "mutual",
    "negotiate",
    "ntlm",
    "oauth",
    "privatetoken",
    "vapid",
    "token",
    "apikey",
    "hawk",
    "signature",
    "aws4-hmac-sha256",
    "key",
];

/// Attributes of Set-Cookie that say nothing secret.
const COOKIE_ATTRIBUTES: [&str; 9] =
    ["path", "domain", "expires", "max-age", "secure", "httponly", "samesite", "partitioned", "priority"];

/// What the value of the header of this name holds.
pub(super) fn header(name: &[u8]) -> HeaderKind {
    let name = name.to_ascii_lowercase();
    match &name[..] {
        b"authorization" | b"proxy-authorization" => HeaderKind::Credentials,
        b"cookie" => HeaderKind::Cookies,
        b"set-cookie" => HeaderKind::SetCookie,
        _ if is_secret(&String::from_utf8_lossy(&name)) => HeaderKind::Secret,
        _ => HeaderKind::Plain,
    }
}

/// True if the query parameter of this decoded name holds a secret.
pub(super) fn is_secret_parameter(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "code" || is_secret(&name)
}

pub(super) fn is_scheme(word: &[u8]) -> bool {
    SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme.as_bytes()))
}

pub(super) fn is_cookie_attribute(name: &[u8]) -> bool {
    COOKIE_ATTRIBUTES.iter().any(|attribute| name.eq_ignore_ascii_case(attribute.as_bytes()))
}

fn is_secret(lower: &str) -> bool {
    // PHP's and Rails' way of nesting: `user[token]`.
    let name = lower.trim_end_matches(']');
    TOKENS.contains(name)
        || WHOLE.contains(&name)
        || ANYWHERE.iter().any(|word| name.contains(word))
        || AT_END.iter().any(|word| name.ends_with(word) || name.ends_with(&format!("{word}s")))
        || name.rsplit(['-', '_', '.', '[']).next().is_some_and(|last| LAST.contains(&last))
}

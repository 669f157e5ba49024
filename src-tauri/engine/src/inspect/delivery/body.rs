//! What of a body and a query tells an event again where the service numbers nothing: all but what changes from try to
//! try.

use super::hash;
use serde_json::Value;

/// Bytes of a body that are compared; a longer one is told by these and its length.
pub(crate) const COMPARED: usize = 1024 * 1024;

/// Names of members that a sender renews with every try, in lower case and without `_` and `-`.
const RENEWED: &[&str] = &[
    "attempt",
    "attemptcount",
    "attemptnumber",
    "attempts",
    "deliveredat",
    "deliveryattempt",
    "deliveryattempts",
    "deliveryid",
    "nonce",
    "pendingwebhooks",
    "requestid",
    "retries",
    "retry",
    "retrycount",
    "retrynum",
    "sendtime",
    "sentat",
    "sig",
    "signature",
    "timestamp",
    "timestampms",
    "ts",
    "webhooktimestamp",
];

/// A hash of the body as it came.
pub(crate) fn exact_hash(body: &[u8], len: u64) -> i64 {
    hash(&[&body[..body.len().min(COMPARED)], &len.to_le_bytes()])
}

/// A hash of what a sender repeats: of JSON and forms without the members that are renewed, whatever the order of the
/// others; of multipart bodies without the boundary; of anything else as it came.
pub(crate) fn stable_hash(body: &[u8], len: u64) -> i64 {
    if body.len() as u64 != len || body.len() > COMPARED {
        return exact_hash(body, len);
    }
    // Deeper than serde_json reads, or no JSON at all: told by its bytes.
    let json = serde_json::from_slice::<Value>(body).ok().filter(|value| value.is_object() || value.is_array());
    match json {
        Some(value) => {
            let mut text = Vec::with_capacity(body.len());
            canonical(&value, &mut text);
            hash(&[b"json", &text])
        }
        None => parts(body).or_else(|| form(body)).unwrap_or_else(|| exact_hash(body, len)),
    }
}

/// The same for a query.
pub(crate) fn stable_query(query: &str) -> i64 {
    form(query.as_bytes()).unwrap_or_else(|| hash(&[query.as_bytes()]))
}

#[cfg(test)]
pub(super) fn is_sorted() -> bool {
    RENEWED.is_sorted()
}

fn is_renewed(name: &str) -> bool {
    let plain: String = name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect();
    RENEWED.binary_search(&plain.as_str()).is_ok()
}

/// Writes a value with its members in the order of their names, without the renewed ones. serde_json reads no deeper
/// than 128 levels, so this recursion ends as well.
fn canonical(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(members) => {
            let mut kept: Vec<_> = members.iter().filter(|(name, _)| !is_renewed(name)).collect();
            kept.sort_unstable_by_key(|(name, _)| name.as_str());
            out.push(b'{');
            for (name, value) in kept {
                out.extend_from_slice(Value::String(name.clone()).to_string().as_bytes());
                out.push(b':');
                canonical(value, out);
                out.push(b',');
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for item in items {
                canonical(item, out);
                out.push(b',');
            }
            out.push(b']');
        }
        scalar => out.extend_from_slice(scalar.to_string().as_bytes()),
    }
}

/// A form's fields without the renewed ones, in the order of their names; None for what is no form.
fn form(body: &[u8]) -> Option<i64> {
    let is_form = body.contains(&b'=') && body.iter().all(|byte| byte.is_ascii_graphic() && !b"<>\"{}".contains(byte));
    if !is_form {
        return None;
    }
    let name_of = |field: &&[u8]| field.split(|&byte| byte == b'=').next().unwrap_or_default().to_vec();
    let mut fields: Vec<&[u8]> = body.split(|&byte| byte == b'&').collect();
    fields.retain(|field| !is_renewed(&String::from_utf8_lossy(&name_of(field))));
    // Fields of one name keep their order: the sort is stable.
    fields.sort_by_key(name_of);
    Some(hash(&[b"form", &fields.join(&b'&')]))
}

/// What stands between the boundaries of a multipart body (RFC 2046, section 5.1.1); None for what is none.
fn parts(body: &[u8]) -> Option<i64> {
    let line = &body[..memchr::memchr(b'\r', body)?];
    let body = body.trim_ascii_end().strip_suffix(b"--")?.strip_suffix(line)?;
    if line.len() <= 2 || !line.starts_with(b"--") {
        return None;
    }
    let mut parts = vec![&b"multipart"[..]];
    let mut from = 0;
    for at in memchr::memmem::find_iter(body, line) {
        parts.push(&body[from..at]);
        from = at + line.len();
    }
    parts.push(&body[from..]);
    Some(hash(&parts))
}

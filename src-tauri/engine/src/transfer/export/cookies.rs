//! Cookies as a HAR lists them.

use crate::exchange::{Headers, shown};
use serde_json::{Map, Value, json};

/// The cookies of a request, from its Cookie fields.
pub(super) fn sent(headers: &Headers) -> Vec<Value> {
    let pairs = headers.all("cookie").flat_map(|value| value.split(|&byte| byte == b';'));
    pairs.filter_map(|pair| cookie(pair.trim_ascii())).map(Value::Object).collect()
}

/// The cookies that a response sets, with their attributes.
pub(super) fn set(headers: &Headers) -> Vec<Value> {
    headers.all("set-cookie").filter_map(set_cookie).map(Value::Object).collect()
}

fn set_cookie(value: &[u8]) -> Option<Map<String, Value>> {
    let mut parts = value.split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
    let mut cookie = cookie(parts.next()?)?;
    cookie.insert("httpOnly".into(), false.into());
    cookie.insert("secure".into(), false.into());
    for part in parts {
        let (name, value) = split(part);
        let (name, value) = (shown(name).to_ascii_lowercase(), shown(value));
        match name.as_str() {
            "path" | "domain" => drop(cookie.insert(name, value.into())),
            "httponly" => drop(cookie.insert("httpOnly".into(), true.into())),
            "secure" => drop(cookie.insert(name, true.into())),
            "samesite" => drop(cookie.insert("sameSite".into(), value.into())),
            // HAR wants ISO 8601; a date that is none is left to the header list.
            "expires" => drop(iso(&value).and_then(|expires| cookie.insert(name, expires.into()))),
            _ => {}
        }
    }
    Some(cookie)
}

fn cookie(pair: &[u8]) -> Option<Map<String, Value>> {
    if pair.is_empty() {
        return None;
    }
    let (name, value) = split(pair);
    match json!({ "name": shown(name), "value": shown(value) }) {
        Value::Object(cookie) => Some(cookie),
        _ => None,
    }
}

fn split(pair: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b'=', pair).unwrap_or(pair.len());
    (pair[..end].trim_ascii(), pair.get(end + 1..).unwrap_or_default().trim_ascii())
}

/// An HTTP date (RFC 9110, section 5.6.7) as ISO 8601.
fn iso(date: &str) -> Option<String> {
    Some(jiff::fmt::rfc2822::parse(date).ok()?.timestamp().to_string())
}

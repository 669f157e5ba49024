//! What a JSON value means, where that is certain: a number that JavaScript would change, a moment in time, an id, a
//! link, a token, something packed into a string.

use super::json::{Json, Node, read, unescaped};
use super::{ChipKind, JsonKind, ValueChip};
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use jiff::Timestamp;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// 2001-01-01 and 2100-01-01 in epoch seconds: numbers between them are taken for moments.
const EPOCH: std::ops::Range<i64> = 978_307_200..4_102_444_800;

/// Every f64 keeps this many significant digits (IEEE 754 binary64).
const SAFE_DIGITS: usize = 15;

/// Bytes of a string that are looked into; a longer one is judged by its front.
const STRING_LIMIT: usize = 64 * 1024;

/// Characters of a base64 text at least: shorter ones are words.
const BASE64_LEAST: usize = 20;

/// Base64 in either alphabet (RFC 4648), with its padding or without.
const WITH_OR_WITHOUT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, WITH_OR_WITHOUT);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, WITH_OR_WITHOUT);

/// Characters of what base64 holds that are shown.
const PREVIEW: usize = 32;

/// Characters of a string without its escapes that are shown.
const SPELLED: usize = 200;

/// The chips of a scalar. `bytes` is the value as it stands, `key` its key.
pub(crate) fn chips(kind: JsonKind, bytes: &[u8], key: Option<&[u8]>) -> Vec<ValueChip> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Vec::new() };
    let chip = match (kind, text.as_bytes()) {
        (JsonKind::Number, _) => number(text, key),
        (JsonKind::String, [b'"', content @ .., b'"']) => {
            let front = front(&text[1..=content.len()]);
            let plain = unescaped(front.as_bytes());
            let read = |text| if front.len() < content.len() { long_string(text) } else { string(text, key) };
            std::str::from_utf8(&plain).ok().and_then(|text| read(text).or_else(|| spelled(front.as_bytes(), text)))
        }
        _ => None,
    };
    chip.into_iter().collect()
}

/// The front of a string that is looked into, without an escape that is cut.
fn front(content: &str) -> &str {
    /// Bytes of the longest escape, which is of two halves.
    const ESCAPE: usize = 12;
    if content.len() <= STRING_LIMIT {
        return content;
    }
    let front = &content[..content.floor_char_boundary(STRING_LIMIT)];
    let escape = front.rfind('\\').filter(|at| front.len() - at < ESCAPE);
    &front[..escape.unwrap_or(front.len())]
}

fn number(text: &str, key: Option<&[u8]>) -> Option<ValueChip> {
    if beyond_53_bits(text) {
        Some(chip(ChipKind::Exact, "exact, beyond 53 bits"))
    } else if altered_by_f64(text) {
        Some(chip(ChipKind::Exact, "exact, more digits than a float"))
    } else if key.is_some_and(names_an_id) {
        None
    } else {
        epoch(text).map(time_chip)
    }
}

fn string(text: &str, key: Option<&[u8]>) -> Option<ValueChip> {
    moment(text)
        .map(time_chip)
        .or_else(|| jwt(text))
        .or_else(|| link(text))
        .or_else(|| email(text))
        .or_else(|| id(text, key))
        .or_else(|| inner_json(text))
        .or_else(|| packed(text))
}

/// What a string is by its front.
fn long_string(front: &str) -> Option<ValueChip> {
    let is_json = front.trim_start().starts_with(['{', '['])
        && serde_json::from_str::<IgnoredAny>(front).is_err_and(|error| error.is_eof());
    let json = is_json.then(|| chip(ChipKind::Json, "JSON inside"));
    json.or_else(|| {
        let bytes = unpacked(whole_groups(front))?;
        let known = infer(&bytes).map(|name| format!("base64: {name}"));
        known.or_else(|| preview(&bytes).map(|text| format!("base64: {text}"))).map(|text| chip(ChipKind::Base64, text))
    })
}

/// Base64 that is cut, up to the last four characters that stand for whole bytes.
fn whole_groups(text: &str) -> &str {
    let characters = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).count();
    let over = characters % 4;
    let cut = text.char_indices().rev().filter(|(_, char)| !char.is_ascii_whitespace()).take(over).last();
    &text[..cut.map_or(text.len(), |(at, _)| at)]
}

fn chip(kind: ChipKind, text: impl Into<String>) -> ValueChip {
    ValueChip { kind, text: text.into(), at: None }
}

/// A JSON Web Token (RFC 7519). Its signature is not checked.
fn jwt(text: &str) -> Option<ValueChip> {
    let claims = JwtParts::of(text)?.claims;
    let Some(exp) = claims.get("exp") else { return Some(chip(ChipKind::Jwt, "JWT, never expires")) };
    let seconds = exp.as_f64().filter(|seconds| (0.0..EPOCH.end as f64).contains(seconds));
    let text = if seconds.is_some() { "JWT" } else { "JWT, exp is no time in seconds" };
    Some(ValueChip { kind: ChipKind::Jwt, text: text.into(), at: seconds.map(|seconds| (seconds * 1e6) as i64) })
}

/// A token taken apart.
pub(crate) struct JwtParts<'a> {
    pub(crate) header: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: &'a str,
    claims: serde_json::Map<String, serde_json::Value>,
}

impl<'a> JwtParts<'a> {
    /// None if the text is no token of the compact form whose header and claims are JSON objects.
    pub(crate) fn of(text: &'a str) -> Option<Self> {
        let mut parts = text.split('.');
        let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || !header.starts_with("ey") {
            return None;
        }
        let header = BASE64_URL_SAFE_NO_PAD.decode(header).ok()?;
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
        serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&header).ok()?;
        let claims = serde_json::from_slice(&payload).ok()?;
        Some(Self { header, payload, signature, claims })
    }
}

fn link(text: &str) -> Option<ValueChip> {
    let web = text.starts_with("https://") || text.starts_with("http://");
    let url = web.then(|| url::Url::parse(text).ok()).flatten()?;
    url.host_str().map(|host| chip(ChipKind::Url, host))
}

fn email(text: &str) -> Option<ValueChip> {
    let (name, host) = text.split_once('@').filter(|_| text.len() <= 254)?;
    let named = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte));
    let dotted = host.contains('.') && host.split('.').all(|label| !label.is_empty());
    let hosted = dotted && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    (named && hosted).then(|| chip(ChipKind::Email, "e-mail"))
}

/// A UUID (RFC 9562), a ULID, or the ObjectId of MongoDB; with its time where it holds one.
fn id(text: &str, key: Option<&[u8]>) -> Option<ValueChip> {
    uuid(text).or_else(|| ulid(text)).or_else(|| key.is_some_and(names_an_id).then(|| object_id(text)).flatten())
}

fn uuid(text: &str) -> Option<ValueChip> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let version = char::from(*bytes.get(14).filter(|_| shaped)?).to_digit(16)?;
    let at = (version == 7).then(|| i64::from_str_radix(&format!("{}{}", &text[..8], &text[9..13]), 16).ok()).flatten();
    let at = at.filter(|millis| EPOCH.contains(&(millis / 1_000))).map(|millis| millis * 1_000);
    Some(ValueChip { kind: ChipKind::Id, text: format!("UUID v{version}"), at })
}

fn ulid(text: &str) -> Option<ValueChip> {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bytes = text.as_bytes();
    if bytes.len() != 26 || bytes[0] > b'7' {
        return None;
    }
    let digit = |byte: &u8| DIGITS.iter().position(|digit| digit == byte).map(|at| at as i64);
    let digits = bytes.iter().map(digit).collect::<Option<Vec<_>>>()?;
    let millis = digits[..10].iter().fold(0, |all, digit| all << 5 | digit);
    EPOCH.contains(&(millis / 1_000)).then(|| ValueChip {
        kind: ChipKind::Id,
        text: "ULID".into(),
        at: Some(millis * 1_000),
    })
}

fn object_id(text: &str) -> Option<ValueChip> {
    let shaped = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let seconds = i64::from_str_radix(text.get(..8).filter(|_| shaped)?, 16).ok()?;
    EPOCH.contains(&seconds).then(|| ValueChip {
        kind: ChipKind::Id,
        text: "ObjectId".into(),
        at: Some(seconds * 1_000_000),
    })
}

fn inner_json(text: &str) -> Option<ValueChip> {
    let opens = text.trim_start().starts_with(['{', '[']) && text.len() > 2;
    let json = opens.then(|| read(&Bytes::copy_from_slice(text.as_bytes()), 0).ok()).flatten()?;
    let thing = if json.node(0).kind() == JsonKind::Object { "key" } else { "element" };
    let (count, many) = (json.node(0).children, if json.node(0).children == 1 { "" } else { "s" });
    Some(chip(ChipKind::Json, format!("JSON inside, {count} {thing}{many}")))
}

/// What a string reads whose letters beyond ASCII were all sent as escapes: some services write every one that way.
fn spelled(content: &[u8], text: &str) -> Option<ValueChip> {
    let reads = content.is_ascii() && !text.is_ascii();
    let end = text.char_indices().nth(SPELLED).map_or(text.len(), |(at, _)| at);
    let more = if end < text.len() { "…" } else { "" };
    reads.then(|| chip(ChipKind::Text, format!("{}{more}", &text[..end])))
}

/// Base64 whose content can be named: text, or a file of a known kind.
fn packed(text: &str) -> Option<ValueChip> {
    let bytes = unpacked(text)?;
    let known = infer(&bytes).map(|name| format!("base64: {name}, {} bytes", bytes.len()));
    known.or_else(|| preview(&bytes).map(|text| format!("base64: {text}"))).map(|text| chip(ChipKind::Base64, text))
}

/// What base64 in either alphabet holds, in lines or not; None for what is too short or too plain to be meant as that.
pub(crate) fn unpacked(text: &str) -> Option<Vec<u8>> {
    let mixed =
        text.bytes().any(|byte| byte.is_ascii_uppercase()) && text.bytes().any(|byte| byte.is_ascii_lowercase());
    if text.len() < BASE64_LEAST || !mixed {
        return None;
    }
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(&digits).or_else(|_| BASE64_URL.decode(&digits)).ok()
}

/// A kind of file by its first bytes.
pub(crate) fn infer(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "PNG image"),
        (b"\xff\xd8\xff", "JPEG image"),
        (b"GIF8", "GIF image"),
        (b"%PDF-", "PDF"),
        (b"PK\x03\x04", "ZIP"),
        (b"\x1f\x8b\x08", "gzip data"),
        (b"\x28\xb5\x2f\xfd", "zstd data"),
    ];
    KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name)
}

/// The start of a text. A character that is cut at its end is left out.
fn preview(bytes: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    if text.chars().any(|char| char.is_control() && !matches!(char, '\n' | '\r' | '\t')) {
        return None;
    }
    let front: String = text.chars().take(PREVIEW).collect();
    Some(if front.len() < text.len() { format!("{front}…") } else { front })
}

/// True if a float would show another number than the one that stands there.
pub(crate) fn is_altered_by_f64(json: &Json, node: &Node) -> bool {
    let text = || std::str::from_utf8(json.bytes(node)).unwrap_or_default();
    node.kind() == JsonKind::Number && (beyond_53_bits(text()) || altered_by_f64(text()))
}

/// The chip of a key that stands more than once in its object.
pub(crate) fn duplicate() -> ValueChip {
    chip(ChipKind::Duplicate, "duplicate key")
}

fn time_chip(time: Timestamp) -> ValueChip {
    let text = time.strftime("%H:%M:%S%.f, %-d %b %Y UTC").to_string();
    ValueChip { kind: ChipKind::Time, text, at: Some(time.as_microsecond()) }
}

/// Numbers with such a key are counted up or drawn at random: none of them is a moment.
fn names_an_id(key: &[u8]) -> bool {
    key.eq_ignore_ascii_case(b"id") || [&b"_id"[..], b"-id", b"Id", b"ID"].iter().any(|end| key.ends_with(end))
}

/// An integer that is larger than 2^53, up to which every integer is a double of its own.
fn beyond_53_bits(text: &str) -> bool {
    let digits = text.trim_start_matches('-');
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.len() > SAFE_DIGITS
        && digits.parse::<u64>().map_or(true, |value| value > 1 << 53)
}

/// True if reading the number as a double and writing it again gives another value.
fn altered_by_f64(text: &str) -> bool {
    let plain = !text.contains(['e', 'E']) && text.bytes().filter(u8::is_ascii_digit).count() <= SAFE_DIGITS;
    if plain {
        return false;
    }
    let read: f64 = text.parse().unwrap_or(f64::INFINITY);
    !read.is_finite() || normal(text) != normal(&format!("{read:e}"))
}

/// The significant digits of a number and the power of ten of the last one.
fn normal(text: &str) -> (Cow<'_, str>, i64) {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    // An exponent that does not fit is one that no double has.
    let exponent: i64 = exponent.parse().unwrap_or(i64::from(i32::MAX));
    let mantissa = mantissa.trim_start_matches('-');
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let zeros = (digits.len() - significant.len()) as i64;
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return (Cow::Borrowed("0"), 0);
    }
    (Cow::Owned(significant.to_owned()), exponent - fraction.len() as i64 + zeros)
}

fn epoch(text: &str) -> Option<Timestamp> {
    let value: i64 = text.parse().ok()?;
    if EPOCH.contains(&value) {
        Timestamp::from_second(value).ok()
    } else if EPOCH.contains(&value.div_euclid(1_000)) {
        Timestamp::from_millisecond(value).ok()
    } else {
        None
    }
}

/// Reads a date, a time and an offset (RFC 3339, ISO 8601 extended form). Without an offset it is no moment.
fn moment(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let shaped = (20..=40).contains(&bytes.len()) && bytes[4] == b'-' && bytes[7] == b'-' && bytes[13] == b':';
    if shaped { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;

//! The escapes of JSON strings, undone and made.

use std::borrow::Cow;
use std::fmt::Write;

/// Undoes the escapes of a string's content. A surrogate without its pair becomes the three bytes that UTF-8 would
/// give it, so that strings that differ only there stay different; shown as text they are replacement characters.
pub(crate) fn unescaped(content: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\\', content) else { return Cow::Borrowed(content) };
    let mut out = Vec::with_capacity(content.len());
    out.extend_from_slice(&content[..first]);
    let mut rest = &content[first..];
    while !rest.is_empty() {
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..plain]);
        rest = undo(&rest[plain..], &mut out);
    }
    Cow::Owned(out)
}

/// Undoes the escape at the front of `rest`, if there is one; returns what is left behind it.
fn undo<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let [b'\\', kind, left @ ..] = rest else { return &[] };
    match kind {
        b'u' => return undo_unicode(left, out),
        b'b' => out.push(8),
        b'f' => out.push(12),
        b'n' => out.push(b'\n'),
        b'r' => out.push(b'\r'),
        b't' => out.push(b'\t'),
        other => out.push(*other),
    }
    left
}

fn undo_unicode<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let Some(unit) = hex4(rest) else { return rest };
    let left = &rest[4..];
    let low = left.strip_prefix(b"\\u").and_then(hex4).filter(|low| (0xdc00..0xe000).contains(low));
    let (code, left) = match (unit, low) {
        (0xd800..0xdc00, Some(low)) => (0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), &left[6..]),
        _ => (unit, left),
    };
    match char::from_u32(code) {
        Some(char) => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend([0xe0 | (code >> 12) as u8, 0x80 | (code >> 6 & 0x3f) as u8, 0x80 | (code & 0x3f) as u8]),
    }
    left
}

fn hex4(bytes: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(bytes.get(..4)?).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

/// A text as it stands in a string in single quotes of a normalized JSONPath (RFC 9535, section 2.7).
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            // Writing to a String cannot fail.
            control if control < ' ' => drop(write!(out, "\\u{:04x}", control as u32)),
            other => out.push(other),
        }
    }
    out
}

/// A text as a JSON string, with its quotes.
pub(crate) fn escaped_string(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

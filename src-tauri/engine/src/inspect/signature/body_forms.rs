//! What a body may have been before something on its way changed it. Each form is a guess; whoever uses one has to prove
//! it.

use super::verdict::CauseKind;
use crate::exchange::Headers;
use crate::inspect::json::{read, unescaped};
use crate::inspect::{content_codings, decode};
use bytes::Bytes;
use flate2::Compression;
use serde_json::Value;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;

/// The largest body that is laid out anew.
pub(super) const JSON_LIMIT: usize = 1024 * 1024;

/// A body as it may have been.
pub(super) struct BodyForm {
    pub(super) bytes: Vec<u8>,
    pub(super) kind: CauseKind,
    /// What was signed, to go behind "It was signed ".
    pub(super) words: String,
}

/// Calls `test` with one form after the other until it says that one fits.
pub(super) fn each(headers: &Headers, body: &[u8], test: &mut dyn FnMut(BodyForm) -> bool) {
    // Most ways to write a body come to few different ones; each is tested once.
    let mut seen = HashSet::from([fingerprint(body)]);
    let mut once = |bytes: Option<Vec<u8>>, kind: CauseKind, words: &str| -> bool {
        match bytes {
            Some(bytes) if seen.insert(fingerprint(&bytes)) => test(BodyForm { bytes, kind, words: words.to_owned() }),
            _ => false,
        }
    };
    let simple = white_space(&mut once, body) || line_ends(&mut once, body) || charsets(&mut once, body);
    if simple || codings(&mut once, headers, body) || forms(&mut once, body) || wrapped(&mut once, body) {
        return;
    }
    let is_json = body.len() <= JSON_LIMIT && read(&Bytes::copy_from_slice(body), 0).is_ok();
    if !(is_json && laid_out(&mut once, body)) {
        compressed(&mut once, body);
    }
}

/// A body's fingerprint: who makes two bodies of one only spoils an explanation of their own.
fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

type Once<'a> = dyn FnMut(Option<Vec<u8>>, CauseKind, &str) -> bool + 'a;

fn white_space(once: &mut Once<'_>, body: &[u8]) -> bool {
    let kind = CauseKind::BodyWhitespace;
    let end = |ending: &[u8]| Some([body, ending].concat());
    let without = |ending: &[u8]| body.strip_suffix(ending).map(<[u8]>::to_vec);
    once(end(b"\n"), kind, "with a newline at the end, which is gone")
        || once(end(b"\r\n"), kind, "with CR LF at the end, which is gone")
        || once(without(b"\r\n"), kind, "without the CR LF at the end")
        || once(without(b"\n"), kind, "without the newline at the end")
        || once(Some(body.trim_ascii_end().to_vec()), kind, "without the white space at the end")
        || once(Some(body.trim_ascii().to_vec()), kind, "without the white space around it")
        || once(body.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec), kind, "without the byte order mark")
        || once(Some([&b"\xef\xbb\xbf"[..], body].concat()), kind, "with a byte order mark, which is gone")
}

fn line_ends(once: &mut Once<'_>, body: &[u8]) -> bool {
    let unix = || -> Vec<u8> {
        let mut out = Vec::with_capacity(body.len());
        for (at, &byte) in body.iter().enumerate() {
            if byte != b'\r' || body.get(at + 1) != Some(&b'\n') {
                out.push(byte);
            }
        }
        out
    };
    let windows = |lines: &[u8]| -> Vec<u8> {
        let mut out = Vec::with_capacity(lines.len() + 100);
        for &byte in lines {
            if byte == b'\n' {
                out.push(b'\r');
            }
            out.push(byte);
        }
        out
    };
    if !body.contains(&b'\n') {
        return false;
    }
    let lines = unix();
    once(Some(windows(&lines)), CauseKind::BodyLineEnds, "with CR LF line ends, which are LF now")
        || once(Some(lines), CauseKind::BodyLineEnds, "with LF line ends, which are CR LF now")
}

fn charsets(once: &mut Once<'_>, body: &[u8]) -> bool {
    let kind = CauseKind::BodyCharset;
    match std::str::from_utf8(body) {
        Ok(text) if !text.is_ascii() => {
            let latin = text.chars().map(|char| u8::try_from(u32::from(char)).ok()).collect::<Option<Vec<u8>>>();
            let (windows, _, broken) = encoding_rs::WINDOWS_1252.encode(text);
            once(latin, kind, "in ISO-8859-1, and is UTF-8 now")
                || once((!broken).then(|| windows.into_owned()), kind, "in Windows-1252, and is UTF-8 now")
        }
        Ok(_) => false,
        Err(_) => {
            let latin: String = body.iter().map(|&byte| char::from(byte)).collect();
            let windows = encoding_rs::WINDOWS_1252.decode_without_bom_handling(body).0.into_owned();
            once(Some(latin.into_bytes()), kind, "in UTF-8, and is ISO-8859-1 now")
                || once(Some(windows.into_bytes()), kind, "in UTF-8, and is Windows-1252 now")
        }
    }
}

fn codings(once: &mut Once<'_>, headers: &Headers, body: &[u8]) -> bool {
    let kind = CauseKind::BodyCoding;
    let mut codings = content_codings(headers);
    if codings.is_empty() && body.starts_with(b"\x1f\x8b") {
        codings.push("gzip".into());
    }
    if codings.is_empty() {
        return false;
    }
    let decoded = decode(&Bytes::copy_from_slice(body), &codings);
    decoded.notice.is_none() && once(Some(decoded.bytes.to_vec()), kind, "before it was compressed")
}

/// What gzip headers say of how hard was tried (RFC 1952, section 2.3.1): nothing, the slowest way, the fastest.
const EFFORTS: [u8; 3] = [0, 2, 4];

/// The systems that gzip headers name: Unix, none, macOS and Windows as zlib has them, and what Java wrote for long.
const SYSTEMS: [u8; 5] = [3, 255, 19, 10, 0];

/// The body as gzip, in the ways that are usual. One whose header has a time can't be guessed.
fn compressed(once: &mut Once<'_>, body: &[u8]) -> bool {
    if body.len() > JSON_LIMIT || body.starts_with(b"\x1f\x8b") {
        return false;
    }
    let size = body.len() as u32; // at most `JSON_LIMIT`
    let end = [crc32fast::hash(body).to_le_bytes(), size.to_le_bytes()].concat();
    [6, 9, 1].into_iter().flat_map(|level| [zlib(body, level), miniz(body, level)]).flatten().any(|deflated| {
        SYSTEMS.into_iter().any(|system| {
            EFFORTS.into_iter().any(|effort| {
                let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, effort, system];
                let bytes = [&head[..], &deflated, &end].concat();
                once(Some(bytes), CauseKind::BodyCoding, "compressed with gzip, and is not now")
            })
        })
    })
}

/// Deflated as zlib does it (or rather its faithful descendant: most programs come to the same bytes).
fn zlib(body: &[u8], level: u32) -> Option<Vec<u8>> {
    let mut out = vec![0; zlib_rs::compress_bound(body.len())];
    let raw = zlib_rs::DeflateConfig { window_bits: -15, ..zlib_rs::DeflateConfig::new(level as i32) };
    let (written, code) = zlib_rs::compress_slice(&mut out, body, raw);
    (code == zlib_rs::ReturnCode::Ok).then(|| written.to_vec())
}

/// Deflated as miniz does it.
fn miniz(body: &[u8], level: u32) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

/// Fields of a form whose escapes were written another way.
fn forms(once: &mut Once<'_>, body: &[u8]) -> bool {
    let text = match std::str::from_utf8(body) {
        Ok(text) if text.contains('=') && !text.contains(['{', '<', '\n']) => text,
        _ => return false,
    };
    let kind = CauseKind::BodyReserialized;
    let cased = |upper: bool| {
        let mut out = body.to_vec();
        for at in 0..out.len().saturating_sub(2) {
            if out[at] == b'%' {
                let escape = &mut out[at + 1..at + 3];
                if upper { escape.make_ascii_uppercase() } else { escape.make_ascii_lowercase() }
            }
        }
        out
    };
    once(Some(text.replace('+', "%20").into_bytes()), kind, "with %20 for spaces, which are + now")
        || once(Some(text.replace("%20", "+").into_bytes()), kind, "with + for spaces, which are %20 now")
        || once(Some(cased(false)), kind, "with escapes in lower case")
        || once(Some(cased(true)), kind, "with escapes in upper case")
}

/// A body that was put into a JSON string.
fn wrapped(once: &mut Once<'_>, body: &[u8]) -> bool {
    let inner = body.trim_ascii().strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let inner = inner.filter(|inner| read(&Bytes::from([&b"\""[..], inner, &b"\""[..]].concat()), 0).is_ok());
    once(
        inner.map(|inner| unescaped(inner).into_owned()),
        CauseKind::BodyReserialized,
        "before it was put into a JSON string",
    ) || once(Some(Vec::new()), CauseKind::BodyReserialized, "as an empty body")
}

/// How JSON is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    AsItIs,
    Compact,
    Spaced,
    Indented(&'static str),
}

/// How strings are escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    AsTheyAre,
    Few,
    FewUpper,
    Ascii,
    AsciiUpper,
    Html,
    Slashes,
    AsciiSlashes,
}

const LAYOUTS: [(Layout, &str); 6] = [
    (Layout::Compact, "as compact JSON"),
    (Layout::Spaced, "as JSON on one line with a space behind each comma and colon"),
    (Layout::Indented("  "), "as JSON indented by 2 spaces"),
    (Layout::Indented("    "), "as JSON indented by 4 spaces"),
    (Layout::Indented("\t"), "as JSON indented by tabs"),
    (Layout::AsItIs, "as JSON laid out like this"),
];

const ESCAPES: [(Escapes, &str); 8] = [
    (Escapes::AsTheyAre, ""),
    (Escapes::Few, ", with characters that are not ASCII as they are"),
    (Escapes::Ascii, ", with characters that are not ASCII as \\u escapes"),
    (Escapes::AsciiUpper, ", with characters that are not ASCII as \\u escapes in upper case"),
    (Escapes::FewUpper, ", with control characters as \\u escapes in upper case"),
    (Escapes::Html, ", with < > & as \\u escapes"),
    (Escapes::Slashes, ", with \\/ for slashes"),
    (Escapes::AsciiSlashes, ", with \\/ for slashes and \\u escapes for what is not ASCII"),
];

fn laid_out(once: &mut Once<'_>, body: &[u8]) -> bool {
    let kind = CauseKind::BodyReserialized;
    for (escapes, more) in ESCAPES {
        for (layout, words) in LAYOUTS {
            if once(Some(written(body, layout, escapes)), kind, &format!("{words}{more}")) {
                return true;
            }
        }
    }
    let Some(sorted) = sorted(body) else { return false };
    LAYOUTS[..5].iter().any(|(layout, words)| {
        [Escapes::Few, Escapes::Ascii]
            .into_iter()
            .any(|escapes| once(Some(written(&sorted, *layout, escapes)), kind, &format!("{words}, its keys in order")))
    })
}

/// The document with the keys of every object in order; white space around it stays.
fn sorted(body: &[u8]) -> Option<Vec<u8>> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let mut out = serde_json::to_vec(&in_order(value)).ok()?;
    let start = body.len() - body.trim_ascii_start().len();
    let end = body.trim_ascii_end().len();
    out.splice(0..0, body[..start].iter().copied());
    out.extend_from_slice(&body[end.max(start)..]);
    Some(out)
}

fn in_order(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().map(|(key, value)| (key, in_order(value))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(elements) => Value::Array(elements.into_iter().map(in_order).collect()),
        other => other,
    }
}

/// Writes a JSON document anew; digits, order and duplicates stay, and so does the white space around it.
fn written(body: &[u8], layout: Layout, escapes: Escapes) -> Vec<u8> {
    let start = body.len() - body.trim_ascii_start().len();
    let end = body.trim_ascii_end().len().max(start);
    let mut out = Vec::with_capacity(body.len() * 3 / 2);
    out.extend_from_slice(&body[..start]);
    let (mut at, mut depth) = (start, 0_usize);
    while at < end {
        let byte = body[at];
        match byte {
            b'"' => {
                let len = string_len(&body[at..end]);
                string(&body[at..at + len], escapes, &mut out);
                at += len;
                continue;
            }
            b' ' | b'\n' | b'\r' | b'\t' => {
                if layout == Layout::AsItIs {
                    out.push(byte);
                }
            }
            b'{' | b'[' => {
                out.push(byte);
                let space = body[at + 1..end].iter().take_while(|next| next.is_ascii_whitespace()).count();
                let next = body.get(at + 1 + space).copied();
                if layout != Layout::AsItIs && matches!(next, Some(b'}' | b']')) {
                    out.extend(next);
                    at += space + 2;
                    continue;
                }
                depth += 1;
                new_line(&mut out, layout, depth);
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, layout, depth);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                match layout {
                    Layout::Spaced => out.push(b' '),
                    _ => new_line(&mut out, layout, depth),
                }
            }
            b':' => {
                out.push(byte);
                if matches!(layout, Layout::Spaced | Layout::Indented(_)) {
                    out.push(b' ');
                }
            }
            _ => out.push(byte),
        }
        at += 1;
    }
    out.extend_from_slice(&body[end..]);
    out
}

/// Levels that are indented; a deeper document is not a webhook.
const LEVELS: usize = 200;

fn new_line(out: &mut Vec<u8>, layout: Layout, depth: usize) {
    if let Layout::Indented(indent) = layout {
        out.push(b'\n');
        for _ in 0..depth.min(LEVELS) {
            out.extend_from_slice(indent.as_bytes());
        }
    }
}

/// Bytes of the string at the front, quotes included.
fn string_len(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn string(token: &[u8], escapes: Escapes, out: &mut Vec<u8>) {
    let inner = &token[1..token.len().max(2) - 1];
    let text = unescaped(inner);
    let text = match std::str::from_utf8(&text) {
        Ok(text) if escapes != Escapes::AsTheyAre => text,
        _ => return out.extend_from_slice(token),
    };
    let ascii = matches!(escapes, Escapes::Ascii | Escapes::AsciiUpper | Escapes::AsciiSlashes);
    let upper = matches!(escapes, Escapes::AsciiUpper | Escapes::FewUpper);
    let slashes = matches!(escapes, Escapes::Slashes | Escapes::AsciiSlashes);
    let mut written = String::with_capacity(token.len());
    for char in text.chars() {
        match char {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '/' if slashes => written.push_str("\\/"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\u{8}' => written.push_str("\\b"),
            '\u{c}' => written.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if escapes == Escapes::Html => unit(&mut written, char, upper),
            char if char < ' ' || (ascii && !char.is_ascii()) => unit(&mut written, char, upper),
            char => written.push(char),
        }
    }
    out.push(b'"');
    out.extend_from_slice(written.as_bytes());
    out.push(b'"');
}

fn unit(out: &mut String, char: char, upper: bool) {
    for unit in char.encode_utf16(&mut [0; 2]) {
        // Writing to a String cannot fail.
        let _ = if upper { write!(out, "\\u{unit:04X}") } else { write!(out, "\\u{unit:04x}") };
    }
}

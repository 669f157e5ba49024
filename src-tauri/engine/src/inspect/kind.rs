//! Decides what a body is: by its Content-Type where that is true, else by its bytes.

use super::BodyKind;
use super::derived::{looks_like_ndjson, looks_like_protobuf};
use super::preview;
use bytes::Bytes;

/// What is known of a body before its kind.
pub(crate) struct Evidence<'a> {
    /// The media type without parameters, lower case; empty if there is none.
    pub(crate) essence: &'a str,
    /// The bytes with their codings off.
    pub(crate) bytes: &'a [u8],
    /// The text, without a byte order mark.
    pub(crate) text: &'a Bytes,
    /// True if every byte was valid in the charset.
    pub(crate) valid: bool,
}

/// What the media type says.
enum Declared {
    Json,
    Xml,
    Html,
    Form,
    Multipart,
    Ndjson,
    Csv,
    Protobuf,
    Msgpack,
    Cbor,
    Text,
    Other,
}

/// What the body is. `is_json` reads the whole text.
pub(crate) fn kind(evidence: &Evidence<'_>, is_json: impl Fn() -> bool) -> BodyKind {
    let Some(first) = evidence.text.iter().copied().find(|byte| !byte.is_ascii_whitespace()) else {
        return if evidence.text.is_empty() { BodyKind::Empty } else { BodyKind::Text };
    };
    let has_nul = memchr::memchr(0, evidence.text).is_some();
    let is_text = evidence.valid && !has_nul;
    let is_container = b"{[".contains(&first);
    match declared(evidence.essence) {
        Declared::Protobuf => BodyKind::Protobuf,
        Declared::Msgpack => BodyKind::Msgpack,
        Declared::Cbor => BodyKind::Cbor,
        Declared::Ndjson if is_text => BodyKind::Ndjson,
        _ if is_container && is_text && looks_like_ndjson(evidence.text) && !is_json() => BodyKind::Ndjson,
        // JSON that is broken is still meant as JSON: the views say where it breaks.
        Declared::Json if first != b'<' && (is_text || b"{[\"".contains(&first)) => BodyKind::Json,
        Declared::Multipart => BodyKind::Multipart,
        _ if is_container && is_json() => BodyKind::Json,
        Declared::Html if first == b'<' => BodyKind::Html,
        Declared::Xml if first == b'<' => BodyKind::Xml,
        Declared::Form if is_text => BodyKind::Form,
        Declared::Csv if is_text => BodyKind::Csv,
        Declared::Text if !has_nul => BodyKind::Text,
        _ if !is_text => binary(evidence.bytes),
        _ if first == b'<' => markup(evidence.text),
        _ => BodyKind::Text,
    }
}

fn declared(essence: &str) -> Declared {
    match essence {
        "application/json" | "text/json" | "application/csp-report" => Declared::Json,
        "text/html" | "application/xhtml+xml" => Declared::Html,
        "application/xml" | "text/xml" => Declared::Xml,
        "application/x-www-form-urlencoded" => Declared::Form,
        "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/json-lines"
        | "application/json-seq"
        | "application/x-jsonlines" => Declared::Ndjson,
        "text/csv" | "application/csv" | "text/tab-separated-values" => Declared::Csv,
        "application/protobuf" | "application/x-protobuf" | "application/vnd.google.protobuf" => Declared::Protobuf,
        "application/msgpack" | "application/x-msgpack" | "application/vnd.msgpack" => Declared::Msgpack,
        "application/cbor" => Declared::Cbor,
        _ if essence.starts_with("application/grpc") => Declared::Protobuf,
        _ if essence.ends_with("+cbor") => Declared::Cbor,
        _ if essence.ends_with("+json") => Declared::Json,
        _ if essence.ends_with("+xml") => Declared::Xml,
        _ if essence.starts_with("multipart/") => Declared::Multipart,
        _ if essence.starts_with("text/") => Declared::Text,
        _ => Declared::Other,
    }
}

/// What bytes that are no text are.
fn binary(bytes: &[u8]) -> BodyKind {
    match preview::media(bytes) {
        Some(_) => BodyKind::Image,
        None if looks_like_protobuf(bytes) => BodyKind::Protobuf,
        None => BodyKind::Binary,
    }
}

/// Tells HTML, XML and plain text that starts with `<` apart.
fn markup(text: &[u8]) -> BodyKind {
    let start = text.trim_ascii_start();
    let starts = |prefix: &[u8]| start.get(..prefix.len()).is_some_and(|got| got.eq_ignore_ascii_case(prefix));
    if starts(b"<!doctype html") || starts(b"<html") || starts(b"<head") || starts(b"<body") {
        return BodyKind::Html;
    }
    match start {
        [b'<', b'?' | b'!', ..] => BodyKind::Xml,
        [b'<', next, ..] if next.is_ascii_alphabetic() => BodyKind::Xml,
        _ => BodyKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(essence: &str, text: &str) -> BodyKind {
        let is_json = || serde_json::from_str::<serde_json::Value>(text).is_ok();
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        kind(&Evidence { essence, bytes: &bytes, text: &bytes, valid: true }, is_json)
    }

    #[test]
    fn believes_the_type_where_it_is_true() {
        for (essence, text, expected) in [
            ("application/json", "{\"a\":1}", BodyKind::Json),
            ("application/json", "{\"a\":", BodyKind::Json),
            ("application/json", "12", BodyKind::Json),
            ("application/vnd.api+json", "[]", BodyKind::Json),
            ("text/html", "<p>", BodyKind::Html),
            ("application/soap+xml", "<a/>", BodyKind::Xml),
            ("application/x-www-form-urlencoded", "a=1", BodyKind::Form),
            ("multipart/form-data", "--x", BodyKind::Multipart),
            ("text/plain", "hello", BodyKind::Text),
            ("application/x-ndjson", "1", BodyKind::Ndjson),
            ("text/csv", "a,b", BodyKind::Csv),
            ("application/grpc+proto", "\0", BodyKind::Protobuf),
            ("application/vnd.msgpack", "x", BodyKind::Msgpack),
            ("application/senml+cbor", "x", BodyKind::Cbor),
            ("", "", BodyKind::Empty),
        ] {
            assert_eq!(of(essence, text), expected, "{essence}: {text}");
        }
    }

    #[test]
    fn knows_a_kind_by_each_of_its_types() {
        let mut wrong = Vec::new();
        // Bytes that would be taken for something else without the type.
        for (types, text, expected) in [
            (
                &["application/json", "text/json", "application/csp-report", "application/ld+json"][..],
                "12",
                BodyKind::Json,
            ),
            (&["text/html", "application/xhtml+xml"], "<p>", BodyKind::Html),
            (&["application/xml", "text/xml", "image/svg+xml"], "<é/>", BodyKind::Xml),
            (&["application/x-www-form-urlencoded"], "a=1", BodyKind::Form),
            (
                &[
                    "application/x-ndjson",
                    "application/ndjson",
                    "application/jsonl",
                    "application/json-lines",
                    "application/json-seq",
                    "application/x-jsonlines",
                ],
                "12",
                BodyKind::Ndjson,
            ),
            (&["text/csv", "application/csv", "text/tab-separated-values"], "a,b", BodyKind::Csv),
            (
                &[
                    "application/protobuf",
                    "application/x-protobuf",
                    "application/vnd.google.protobuf",
                    "application/grpc",
                    "application/grpc-web+proto",
                ],
                "x",
                BodyKind::Protobuf,
            ),
            (&["application/msgpack", "application/x-msgpack", "application/vnd.msgpack"], "x", BodyKind::Msgpack),
            (&["application/cbor", "application/senml+cbor"], "x", BodyKind::Cbor),
            (&["multipart/mixed", "multipart/related"], "x", BodyKind::Multipart),
            (&["text/plain", "text/x-unheard-of"], "<p>", BodyKind::Text),
        ] {
            for essence in types {
                if of(essence, text) != expected {
                    wrong.push(*essence);
                }
            }
            assert_ne!(of("application/x-unheard-of", text), expected, "{text} by itself");
        }
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn believes_the_bytes_where_it_is_not() {
        for (essence, text, expected) in [
            ("application/json", "<!DOCTYPE html><p>", BodyKind::Html),
            ("application/x-www-form-urlencoded", "{\"a\":1}", BodyKind::Json),
            ("text/plain", " [1]", BodyKind::Json),
            ("text/html", "{\"a\":1}", BodyKind::Json),
            ("application/octet-stream", "<?xml version='1.0'?><a/>", BodyKind::Xml),
            ("", "{not json", BodyKind::Text),
            ("application/json", "{\"a\":1}\n{\"a\":2}\n", BodyKind::Ndjson),
            ("", "{\"a\":1}\n\n[2]", BodyKind::Ndjson),
            ("application/json", "{\"a\":1}\n}", BodyKind::Json),
            ("", "a\0b", BodyKind::Binary),
            ("application/octet-stream", "\x08\x01\x12\x02\x08\0", BodyKind::Protobuf),
            ("", "GIF89a\x01\0\x01\0\0\0", BodyKind::Image),
            ("image/png", "\u{89}PNG\0", BodyKind::Binary),
        ] {
            assert_eq!(of(essence, text), expected, "{essence}: {text}");
        }
    }
}

//! Laws of every reader of bodies, over real input that was changed by chance: none panics, none goes beyond its
//! bounds, none makes up what is not there.

use super::charset::Charset;
use super::decode::{DECODED_LIMIT, decode};
use super::json::{laid_out, read};
use super::media::MediaType;
use super::{BodyKind, Document, FindView, hex_rows, hex_total, query_fields};
use crate::exchange::Headers;
use crate::foreign::mutants;
use bytes::Bytes;
use proptest::prelude::*;
use std::io::Write as _;
use std::time::{Duration, Instant};

const JSON: &[&[u8]] = &[
    br#"{"id":9007199254740993,"action":"opened","labels":[{"id":1,"name":"bug"},{"id":2}],"n":-1.5e+07,"s":"\u00e9\ud83d\ude00\n"}"#,
    b"[null, true, false, 0, \"\", {}, [], [[[[[[1]]]]]]]",
    b"{\n  \"a\" : { \"b\" : [ 1 , 2 ] , \"b\" : 3 }\r\n}",
    "\u{feff}{\"\u{e4}\":\"\u{1f600}\"}".as_bytes(),
];

const JSON_TOKENS: &[&str] = &[
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\udc00", "0", "-", "e", "E+", ".", "1", "true",
    "null", " ", "\n", "\u{feff}", "\u{e9}", "NaN", "//", "\"a\":", "1e9999", "\0",
];

const MULTIPART: &[&[u8]] = &[
    b"--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--X\r\n\
      Content-Disposition: form-data; name=\"f\"; filename=\"b.txt\"; filename*=UTF-8''na%C3%AFve.txt\r\n\
      Content-Type: text/plain; charset=utf-8\r\n\r\n\xc3\xa9\r\n--X--\r\nepilogue",
    b"preamble\n--X\n\nbare\n--X \n\n--X--",
];

const MULTIPART_TOKENS: &[&str] = &[
    "--X",
    "\r\n--X\r\n",
    "--X--",
    "\r\n",
    "\n",
    "\r\n\r\n",
    ":",
    ";",
    "\"",
    "=",
    "Content-Disposition: form-data; name=",
    "filename*=x''%",
    "charset=utf-16",
    "\0",
    " ",
    "--",
];

const FORM: &[&[u8]] = &[b"a=1&b=%C3%A9+x&c&=d&e==&a=2", b"payload=%7B%22a%22%3A1%7D&token=x"];
const FORM_TOKENS: &[&str] = &["&", "=", "%", "%2", "%zz", "%00", "+", "a", "&&", "%FF", "\u{e9}", ";"];

const TYPES: &[&str] = &[
    "application/json",
    "application/cloudevents+json",
    "text/html",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=X",
    "multipart/mixed; boundary=\"\"",
    "text/plain; charset=utf-16le",
    "text/plain; charset=iso-2022-jp",
    "text/csv; charset=gb18030",
    "image/svg+xml",
    "application/octet-stream",
    ";;;=\"",
];

const CHARSETS: &[&str] = &[
    "utf-8",
    "utf-16le",
    "utf-16be",
    "iso-8859-1",
    "windows-1252",
    "shift_jis",
    "euc-jp",
    "iso-2022-jp",
    "euc-kr",
    "gbk",
    "gb18030",
    "big5",
    "koi8-r",
    "x-user-defined",
    "replacement",
    "klingon",
];

const BODIES: &[&[u8]] =
    &[JSON[0], JSON[1], JSON[3], MULTIPART[0], FORM[0], b"<a b='c'><!-- d --></a>", b"a,b\r\n1,\"2\n3\"\r\n"];

fn bytes_of(tokens: &'static [&'static str], corpus: &'static [&'static [u8]]) -> impl Strategy<Value = Bytes> {
    mutants(corpus, tokens).prop_map(Bytes::from)
}

/// Thirty lines of JSON, packed by Node's zlib.
const BROTLI: &[u8] = b"\x1b\x19\x04\xc0\x2c\x8e\x77\x10\x0f\x42\x15\x55\xa3\xb7\x62\x3e\x82\x51\x29\x12\xb3\x57\x69\
    \x6e\xc5\xa2\xd3\x0a\x2e\x32\x7d\x02\xa4\x15\x99\x64\x96\x02\x25\x07\x24\x72\x2e\x32\x05\xe7\x6c\x6c\xb4\x06\x00";

fn packed(coding: &str, bytes: &[u8]) -> Vec<u8> {
    let level = flate2::Compression::default();
    match coding {
        "br" => BROTLI.to_vec(),
        "gzip" | "x-gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        "deflate" => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        _ => zstd::encode_all(bytes, 3).unwrap(),
    }
}

fn coding() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["gzip", "deflate", "zstd"][..])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn json_is_what_serde_takes_for_json_and_laid_out_it_is_the_same(bytes in bytes_of(JSON_TOKENS, JSON)) {
        let ours = read(&bytes, 0);
        if std::str::from_utf8(&bytes).is_ok() {
            let theirs = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes);
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?}", theirs);
        }
        let Ok(json) = ours else { return Ok(()) };
        let pretty = laid_out(&json);
        let value = serde_json::from_slice::<serde_json::Value>(&bytes);
        if let Ok(value) = value {
            prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&pretty).unwrap(), value);
        }
    }

    #[test]
    fn parts_stand_in_the_body_one_behind_the_other(bytes in bytes_of(MULTIPART_TOKENS, MULTIPART)) {
        let parts = super::multipart::parts(&MediaType::parse("multipart/form-data; boundary=X"), &bytes);
        let mut end = 0;
        for part in &parts.parts {
            prop_assert!(part.offset >= end && part.offset + part.size <= bytes.len() as u64, "{:?}", parts);
            end = part.offset + part.size;
        }
    }

    #[test]
    fn a_form_that_was_put_together_comes_apart_the_same(fields in prop::collection::vec(("[a-z\"\r\n]{0,6}", "[ -~\r\n]{0,20}"), 1..6)) {
        let clean = |name: &str| name.replace(['"', '\r', '\n'], "_");
        let mut body = String::new();
        for (name, value) in &fields {
            body += &format!("--X\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{value}\r\n", clean(name));
        }
        body += "--X--\r\n";
        prop_assume!(!fields.iter().any(|(_, value)| value.contains("--X")));
        let parts = super::multipart::parts(&MediaType::parse("multipart/form-data; boundary=X"), &Bytes::from(body));
        let found: Vec<_> = parts.parts.iter().map(|part| (part.name.clone().unwrap(), part.text.clone().unwrap())).collect();
        prop_assert_eq!(found, fields.iter().map(|(name, value)| (clean(name), value.clone())).collect::<Vec<_>>());
    }

    #[test]
    fn a_field_stands_where_it_says(bytes in bytes_of(FORM_TOKENS, FORM)) {
        let parts = super::form::parts(&bytes, Charset::UTF_8);
        for part in &parts.parts {
            let value = &bytes[part.offset as usize..(part.offset + part.size) as usize];
            prop_assert!(!value.contains(&b'&'));
        }
        if let Ok(text) = std::str::from_utf8(&bytes) {
            query_fields(text);
            query_fields(&format!("/x?{text}"));
        }
    }

    #[test]
    fn fields_that_were_escaped_come_back(fields in prop::collection::vec((".{0,8}", ".{0,20}"), 1..6)) {
        let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
        let parts = super::form::parts(body.join("&").as_bytes(), Charset::UTF_8).parts;
        let found: Vec<_> = parts.into_iter().map(|part| (part.name.unwrap(), part.text.unwrap())).collect();
        prop_assert_eq!(found, fields);
    }

    #[test]
    fn a_parameter_in_quotes_is_read_as_written(value in "[ -~]{0,20}", name in "[a-z]{1,5}") {
        let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
        let media = MediaType::parse(&format!("a/b; {name}=\"{quoted}\"; z=1"));
        prop_assert_eq!(media.param(&name), Some(value.as_str()));
    }

    #[test]
    fn a_media_type_of_any_text_is_read(text in "[a-z/;=\"\\\\ é]{0,40}") {
        MediaType::parse(&text).param("a");
    }

    #[test]
    fn what_was_packed_is_unpacked(text in prop::collection::vec(any::<u8>(), 0..2_000), codings in prop::collection::vec(coding(), 0..4)) {
        let mut bytes = text.clone();
        for coding in &codings {
            bytes = packed(coding, &bytes);
        }
        let names: Vec<String> = codings.iter().map(|&coding| coding.to_owned()).collect();
        let decoded = decode(&Bytes::from(bytes), &names);
        prop_assert_eq!((&decoded.bytes[..], decoded.notice), (&text[..], None));
    }

    #[test]
    fn damaged_data_is_unpacked_within_bounds(
        coding in prop::sample::select(&["gzip", "deflate", "zstd", "br", "x-gzip", "?"][..]),
        at in 0.0..1.0,
        damage in prop::collection::vec(any::<u8>(), 0..8),
        size in 0usize..100_000,
    ) {
        let mut bytes = packed(coding, &b"{\"a\":1},".repeat(size / 8));
        let place = (bytes.len() as f64 * at) as usize;
        bytes.splice(place..(place + damage.len()).min(bytes.len()), damage);
        let (start, raw) = (Instant::now(), Bytes::from(bytes));
        let decoded = decode(&raw, &[coding.to_owned(), coding.to_owned()]);
        prop_assert!(decoded.bytes.len() <= DECODED_LIMIT.min((raw.len() * 200).max(1024 * 1024) + 64 * 1024));
        prop_assert!(start.elapsed() < Duration::from_secs(4));
    }

    #[test]
    fn text_in_any_charset_is_text(label in prop::sample::select(CHARSETS), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let bytes = Bytes::from(bytes);
        let charset = Charset::detect(Some(label), &bytes);
        let (text, valid) = charset.text(&bytes);
        prop_assert!(charset.is_utf8() || std::str::from_utf8(&text).is_ok());
        prop_assert!(!valid || std::str::from_utf8(&text).is_ok());
        prop_assert!(text.len() <= 3 * bytes.len());
    }

    /// Every view of any body under any type: all windows are asked for, and rows are what the text is.
    #[test]
    fn every_view_of_any_body_can_be_asked_for(
        content_type in prop::sample::select(TYPES),
        bytes in bytes_of(JSON_TOKENS, BODIES),
        needle in "[a-z0-9\"é.*\\[]{0,4}",
        from in 0u64..40,
    ) {
        let document = Document::new(Some(content_type), &[], bytes.clone(), bytes.len() as u64);
        let info = document.info();
        for pretty in [false, true] {
            document.text_rows(pretty, from, 10);
            let page = document.text_rows(pretty, 0, 1_000);
            prop_assert!(page.rows.len() as u64 == page.total.min(1_000));
        }
        let whole = document.whole_text(false);
        if std::str::from_utf8(whole).is_ok() && document.text_rows(false, 0, 0).total < 1_000 {
            let rows: String = document.text_rows(false, 0, 1_000).rows.into_iter().map(|row| row.text).collect();
            let without_ends = |text: &str| text.replace("\r\n", "").replace('\n', "");
            prop_assert_eq!(without_ends(&rows), without_ends(std::str::from_utf8(whole).unwrap()));
        }
        for view in [FindView::Text, FindView::Pretty, FindView::Tree, FindView::Parts] {
            document.find(&needle, view);
        }
        if let Some(page) = document.tree_rows(3, &[0, from], 0, 100) {
            prop_assert!(info.tree, "{:?}", info.kind);
            for row in &page.rows {
                prop_assert!(document.node_place(row.node).is_some());
            }
        }
        document.node_place(from);
        document.parts();
        prop_assert_eq!(hex_rows(&bytes, 0).len() as u64, hex_total(bytes.len() as u64));
        let mut headers = Headers::default();
        for (name, value) in [("Content-Type", content_type), ("X-GitHub-Event", needle.as_str()), ("Stripe-Signature", "t")] {
            headers.push(name, value.as_bytes().to_vec());
        }
        super::recognise(&headers, &bytes);
    }
}

/// A document of 50 MB on one line opens, and each window of it is asked for without reading it anew.
#[test]
fn one_line_of_50_mb_is_shown_in_windows() {
    const WINDOW: Duration = Duration::from_millis(100);
    let item = "{\"id\":12345678901234567890,\"text\":\"".to_owned() + &"x".repeat(950) + "\"},";
    let body = Bytes::from(format!("[{}0]", item.repeat(50_000)));
    assert!(body.len() > 49_000_000 && !body.contains(&b'\n'));
    let document = Document::new(Some("application/json"), &[], body.clone(), body.len() as u64);
    assert_eq!((document.info().kind, document.info().problem), (BodyKind::Json, None));
    let tree = document.tree_rows(9, &[], 0, 10).unwrap();
    let text = document.text_rows(false, 0, 10);
    assert_eq!(tree.total, 1 + 50_000 * 3 + 1);
    assert!(text.rows.iter().all(|row| row.line == 1 && row.text.len() <= 2_000));
    for (at, count) in [(0, 100), (75_000, 100), (150_000, 100)] {
        let ask = |_| {
            let start = Instant::now();
            document.tree_rows(9, &[], at, count).unwrap();
            document.text_rows(false, text.total * at / 150_002, count);
            start.elapsed()
        };
        // One of many: the others may be held up by what else runs.
        assert!((0..50).map(ask).any(|took| took < WINDOW), "{at}");
    }
}

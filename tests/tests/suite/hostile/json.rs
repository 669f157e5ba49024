//! JSONTestSuite: what is no JSON is stored and answered like what is; the views say which it is, and where it breaks.

use crate::rig::{ALL, Rig};
use bytes::Bytes;
use pushpull_engine::exchange::Side;
use pushpull_engine::inspect::{BodyKind, Document};
use pushpull_tests::json_cases;

/// Documents in the package.
const DOCUMENTS: usize = 318;

/// Documents with bytes that are not UTF-8, which the package can't hold: what the suite's own files of this kind try,
/// written anew.
const BYTES: &[(&str, &[u8])] = &[
    ("i_a_byte_of_latin_1", b"[\"caf\xe9\"]"),
    ("i_a_continuation_byte_alone", b"[\"\x81\"]"),
    ("i_a_character_that_is_cut", b"[\"\xe0\xff\"]"),
    ("i_a_slash_in_two_bytes", b"[\"\xc0\xaf\"]"),
    ("i_a_nul_in_six_bytes", b"[\"\xfc\x80\x80\x80\x80\x80\"]"),
    ("i_a_surrogate_in_three_bytes", b"[\"\xed\xa0\x80\"]"),
    ("i_beyond_the_last_character", b"[\"\xf4\xbf\xbf\xbf\"]"),
    ("i_utf_16_with_a_mark", b"\xff\xfe[\0\"\0\xe9\0\"\0]\0"),
    ("i_utf_16_without_a_mark", b"[\0\"\0\xe9\0\"\0]\0"),
    ("i_utf_16_big_endian", b"\0[\0\"\0\xe9\0\"\0]"),
    ("n_a_byte_for_a_value", b"[\xff]"),
    ("n_a_byte_behind_a_word", b"[a\xe5]"),
    ("n_a_byte_behind_a_number", b"[0\xe5]"),
    ("n_a_byte_behind_an_exponent", b"[1e1\xe5]"),
    ("n_a_byte_behind_an_e", b"[0e\xe5]"),
    ("n_a_byte_in_a_key_and_a_comma", b"{\"\xb9\":\"0\",}"),
    ("n_a_byte_escaped", b"[\"\\\xe5\"]"),
    ("n_a_byte_in_an_escape", b"[\"\\u\xe5\"]"),
    ("n_half_a_byte_order_mark", b"\xef\xbb{}"),
    ("n_a_byte_alone", b"\xe9"),
];

/// Documents in UTF-16 that does not say so, or is no UTF-16 any more, and whether they look like JSON: then it is told that
/// the byte behind the bracket is none of JSON.
const NOT_READ: &[(&str, bool)] = &[
    ("i_string_UTF-16LE_with_BOM.json", false),
    ("i_string_utf16BE_no_BOM.json", false),
    ("i_string_utf16LE_no_BOM.json", true),
    ("i_utf_16_big_endian", false),
    ("i_utf_16_without_a_mark", true),
];

/// Says what is wrong with how a document is shown; None if nothing is.
fn misjudged(name: &str, bytes: &[u8]) -> Option<String> {
    let document = Document::new(Some("application/json"), &[], Bytes::copy_from_slice(bytes), bytes.len() as u64);
    let info = document.info();
    let is_json = document.tree_rows(u32::MAX, &[], 0, 10).is_some();
    match (name.as_bytes()[0], is_json, info.kind, &info.problem) {
        (b'y', true, BodyKind::Json, None) => None,
        // Those that are not UTF-8 throughout, or say a number or a character that not every reader takes, are read.
        (b'i', true, BodyKind::Json, None) if !NOT_READ.iter().any(|(other, _)| *other == name) => None,
        (b'i', is_json, kind, problem) if NOT_READ.contains(&(name, is_json)) => {
            let is_told = if is_json {
                problem.as_ref().is_some_and(|problem| problem.offset == 1)
            } else {
                kind == BodyKind::Binary
            };
            (!is_told).then(|| format!("{name}: {info:?}"))
        }
        // What stands before the break may be shown as a tree, but never without the problem.
        (b'n', _, BodyKind::Json, Some(problem)) if problem.offset <= bytes.len() as u64 => {
            (problem.message.is_empty() || problem.line == 0 || problem.column == 0).then(|| format!("{problem:?}"))
        }
        // What says that it is JSON and does not even look like it is shown as what it is.
        (b'n', false, BodyKind::Empty, None) if matches!(bytes, b"" | b"\xef\xbb\xbf") => None,
        (b'n', false, BodyKind::Text, None) if bytes.trim_ascii().is_empty() => None,
        (b'n', false, BodyKind::Text | BodyKind::Xml, None) if bytes.starts_with(b"<") => None,
        (b'n', false, BodyKind::Binary, None) if bytes.contains(&0) || std::str::from_utf8(bytes).is_err() => None,
        _ => Some(format!("{name}: {info:?}")),
    }
}

#[tokio::test]
async fn every_document_is_stored_as_it_came_and_judged_right() {
    let package = json_cases().unwrap();
    assert_eq!(package.len(), DOCUMENTS);
    let package = package.into_iter().map(|case| (case.name, case.input.into_bytes()));
    let ours = BYTES.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()));
    let cases: Vec<(String, Vec<u8>)> = package.chain(ours).collect();

    let rig = Rig::start().await;
    let mut sent = Vec::new();
    for (_, bytes) in &cases {
        let head = "POST /in/json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ";
        sent.extend_from_slice(format!("{head}{}\r\n\r\n", bytes.len()).as_bytes());
        sent.extend_from_slice(bytes);
    }
    assert_eq!(rig.send(&sent).await.statuses, vec![200; cases.len()]);
    let rows = rig.stored().await;
    assert_eq!(rows.len(), cases.len());
    for (row, (name, bytes)) in rows.iter().zip(&cases) {
        assert!(rig.store.body(row.id, Side::Request, ALL).await.unwrap() == *bytes, "{name}");
    }
    let wrong: Vec<String> = cases.iter().filter_map(|(name, bytes)| misjudged(name, bytes)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

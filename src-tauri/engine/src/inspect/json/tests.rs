//! The laws of the JSON reader, and documents that break lesser ones.

use super::*;
use crate::inspect::{Document, JsonKind, SyntaxProblem};
use bytes::Bytes;
use proptest::prelude::*;

fn index(text: &str) -> Json {
    read(&Bytes::copy_from_slice(text.as_bytes()), 0).unwrap()
}

fn problem(bytes: &[u8]) -> SyntaxProblem {
    match read(&Bytes::copy_from_slice(bytes), 0) {
        Err(ReadError::Syntax(problem, _)) => problem,
        other => panic!("{other:?}"),
    }
}

/// Kind, depth, key and scalar text of a value.
type Token = (JsonKind, u32, Option<Vec<u8>>, Vec<u8>);

/// The tokens of every value: what a layout must not change.
fn tokens(json: &Json) -> Vec<Token> {
    let text = |node: &Node| if node.is_container() { Vec::new() } else { json.bytes(node).to_vec() };
    json.nodes()
        .iter()
        .map(|node| (node.kind(), node.depth(), json.raw_key(node).map(<[u8]>::to_vec), text(node)))
        .collect()
}

/// Any JSON document, with odd white space.
pub(crate) fn any_json() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?",
        r#""([a-zéあ😀 /]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}){0,8}""#,
        prop_oneof![Just("true".to_owned()), Just("false".to_owned()), Just("null".to_owned())],
    ];
    let space = prop_oneof![3 => Just(""), 1 => Just(" "), 1 => Just("\r\n\t")];
    scalar.prop_recursive(5, 60, 6, move |inner| {
        let key = r#""([ab]|\\u0061|é|id|name){0,2}""#;
        prop_oneof![
            prop::collection::vec((space.clone(), inner.clone()), 0..6).prop_map(|items| {
                let items: Vec<String> =
                    items.into_iter().map(|(space, item)| format!("{space}{item}{space}")).collect();
                format!("[{}]", items.join(","))
            }),
            prop::collection::vec((key, space.clone(), inner), 0..6).prop_map(|members| {
                let members: Vec<String> = members
                    .into_iter()
                    .map(|(key, space, item)| format!("{space}{key}{space}:{space}{item}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn agrees_with_serde_on_what_is_json(text in r#"[\[\]{}:,"0-9eE.+\-truefalsn\\ua \n]{0,12}"#) {
        let ours = read(&Bytes::from(text.clone()), 0).is_ok();
        let theirs = serde_json::from_str::<Box<serde_json::value::RawValue>>(&text).is_ok();
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn reads_any_bytes_without_panic(bytes: Vec<u8>) {
        let _ = read(&Bytes::from(bytes), 0);
    }

    #[test]
    fn laying_out_keeps_every_token(text in any_json()) {
        let json = index(&text);
        let pretty = laid_out(&json);
        prop_assert_eq!(tokens(&index(std::str::from_utf8(&pretty).unwrap())), tokens(&json));
    }

    #[test]
    fn a_tree_fully_open_has_a_row_for_every_node(text in any_json()) {
        let document = Document::new(Some("application/json"), &[], Bytes::from(text), 0);
        let nodes = document.json().unwrap().nodes().len();
        let page = document.tree_rows(u32::MAX, &[], 0, 1_000).unwrap();
        prop_assert_eq!((page.total as usize, page.rows.len()), (nodes, nodes.min(1_000)));
        for row in &page.rows {
            prop_assert!(document.node_place(row.node).is_some());
        }
    }

    #[test]
    fn a_place_leads_back_to_its_node(text in any_json()) {
        let document = Document::new(Some("application/json"), &[], Bytes::from(text), 0);
        let json = document.json().unwrap();
        for node in json.nodes() {
            let place = document.node_place(u64::from(node.start)).unwrap();
            if !json.above(json.starting_at(u64::from(node.start)).unwrap()).iter().any(|&above| json.is_duplicate(above))
                && !json.is_duplicate(json.starting_at(u64::from(node.start)).unwrap())
                && !place.pointer.contains('\u{fffd}')
            {
                prop_assert_eq!(json.resolve(&place.pointer).map(|at| json.node(at).start), Some(node.start));
            }
        }
    }
}

#[test]
fn says_where_a_document_breaks() {
    for (text, line, column, words) in [
        (&b""[..], 1, 1, "empty"),
        (b" \n ", 2, 2, "empty"),
        (b"NaN", 1, 1, "NaN stands here"),
        (b"[1,\n 2,]", 2, 4, "trailing"),
        (b"{\"a\":1,}", 1, 8, "trailing"),
        (b"{\"a\" 1}", 1, 6, "colon"),
        (b"{a:1}", 1, 2, "double quotes"),
        ("{\"é\":'x'}".as_bytes(), 1, 6, "' stands here"),
        (b"[01]", 1, 3, "zero"),
        (b"[1.]", 1, 4, "digit"),
        (b"[\"a\nb\"]", 1, 4, "U+000A"),
        (b"\"\\x\"", 1, 2, "escape"),
        (b"\"\\u12\"", 1, 2, "hexadecimal"),
        (b"[\"abc", 1, 2, "no end"),
        (b"[1", 1, 3, "end of the document"),
        (b"1 2", 1, 3, "2 follows"),
        (b"[tru]", 1, 2, "tru stands"),
        (b"\xef\xbb\xbf{}", 1, 1, "U+FEFF"),
        (b"[\xff]", 1, 2, "byte 0xff"),
    ] {
        let found = problem(text);
        assert!(found.message.contains(words), "{:?}: {}", String::from_utf8_lossy(text), found.message);
        assert_eq!((found.line, found.column), (line, column), "{:?}", String::from_utf8_lossy(text));
    }
}

#[test]
fn keeps_digits_duplicates_surrogates_and_bytes() {
    let bytes = Bytes::from_static(b"{\"n\":1.10e+007,\"n\":\"\\uD800\",\"\\u006e\":\"\xff\"}");
    let json = read(&bytes, 0).unwrap();
    let texts: Vec<&[u8]> = json.nodes()[1..].iter().map(|node| json.bytes(node)).collect();
    assert_eq!(texts, [&b"1.10e+007"[..], b"\"\\uD800\"", b"\"\xff\""]);
    assert!((1..4).all(|at| json.is_duplicate(at)) && !json.is_duplicate(0));
    assert_eq!(laid_out(&json), b"{\n  \"n\": 1.10e+007,\n  \"n\": \"\\uD800\",\n  \"\\u006e\": \"\xff\"\n}");
    assert_ne!(unescaped(b"\\ud800"), unescaped(b"\\ud801"));
    assert_eq!(&*unescaped(b"\\ud83d\\ude00 \\/\\n"), "😀 /\n".as_bytes());
}

#[test]
fn finds_duplicate_keys_in_a_wide_object() {
    let members: Vec<String> = (0..100).map(|n| format!("\"k{}\":{n}", n % 99)).collect();
    let json = index(&format!("{{{}}}", members.join(",")));
    let duplicates: Vec<u32> = (0..=100).filter(|&at| json.is_duplicate(at)).collect();
    assert_eq!(duplicates, [1, 100]);
}

#[test]
fn reads_100_000_levels() {
    let text = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let document = Document::new(None, &[], Bytes::from(text), 200_001);
    let info = document.info();
    assert!(info.notice.unwrap().contains("100000 levels"));
    assert_eq!(document.tree_rows(u32::MAX, &[], 0, 10).unwrap().total, 100_001);
    let page = document.tree_rows(u32::MAX, &[], 99_990, 100).unwrap();
    assert_eq!((page.rows.len(), page.rows[10].depth, page.rows[10].text.as_str()), (11, 100_000, "1"));
    assert_eq!(document.node_place(page.rows[10].node).unwrap().above.len(), 100_000);
    assert_eq!(document.text_rows(true, 0, 10).total, 200_001);
}

#[test]
fn reads_a_million_keys() {
    let members: Vec<String> = (0..1_000_000).map(|n| format!("\"{n}\":{n}")).collect();
    let text = format!("{{{}}}", members.join(","));
    let document = Document::new(None, &[], Bytes::from(text), 0);
    let page = document.tree_rows(1, &[], 999_000, 1_000).unwrap();
    assert_eq!((page.total, page.rows.len()), (1_000_001, 1_000));
    assert_eq!(page.rows[999].key.as_deref(), Some("999998"));
    assert_eq!(document.tree_rows(1, &[0], 0, 10).unwrap().total, 1);
}

#[test]
fn names_nodes_by_their_bytes_behind_a_byte_order_mark() {
    let document = Document::new(Some("application/json"), &[], Bytes::from("\u{feff}{\"a\":[1]}"), 12);
    let rows = document.tree_rows(9, &[], 0, 10).unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.node).collect::<Vec<_>>(), [3, 8, 9]);
    assert_eq!(document.text_rows(false, 0, 1).rows[0].text, "{\"a\":[1]}");
}

#[test]
fn resolves_pointers() {
    let json = index("{\"a/b\":{\"~\":[0,{\"x\":1}]},\"\":2,\"d\":1,\"d\":3}");
    let at = |pointer: &str| json.resolve(pointer).map(|at| json.bytes(json.node(at)));
    assert_eq!(at("/a~1b/~0/1/x"), Some(&b"1"[..]));
    assert_eq!(at("/"), Some(&b"2"[..]));
    assert_eq!(at("/d"), Some(&b"3"[..]));
    assert_eq!((at("/a~1b/~0/2"), at("/none"), at("a"), at("/d/x")), (None, None, None, None));
}

//! A document through all its views.

use super::*;
use bytes::Bytes;
use std::io::Write;

mod finding;
mod names;

fn document(content_type: &str, body: &[u8]) -> Document {
    Document::new(Some(content_type), &[], Bytes::copy_from_slice(body), body.len() as u64)
}

#[test]
fn reads_a_compressed_json_body() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(b"{\"id\":9007199254740993,\"at\":\"2026-11-22T12:04:08.917Z\",\"id\":1}").unwrap();
    let raw = encoder.finish().unwrap();
    let size = raw.len() as u64;
    let document = Document::new(Some("application/json"), &["gzip".into()], raw.into(), size);
    let info = document.info();
    assert_eq!((info.kind, info.size, info.decoded_size), (BodyKind::Json, size, 62));
    assert_eq!((info.charset.as_str(), info.notice, info.problem), ("UTF-8", None, None));
    let rows = document.tree_rows(1, &[], 0, 10).unwrap().rows;
    let chips: Vec<Vec<&str>> =
        rows.iter().map(|row| row.chips.iter().map(|chip| chip.text.as_str()).collect()).collect();
    assert_eq!(
        chips,
        [
            vec![],
            vec!["exact, beyond 53 bits", "duplicate key"],
            vec!["12:04:08.917, 22 Nov 2026 UTC"],
            vec!["duplicate key"],
        ]
    );
    assert_eq!((rows[2].index, rows[2].siblings, rows[2].depth), (1, 3, 1));
    assert_eq!(document.text_rows(true, 1, 1).rows[0].text, "  \"id\": 9007199254740993,");
}

#[test]
fn reads_letters_that_were_sent_as_escapes() {
    let long = "\\u00e9".repeat(300);
    let body = format!(r#"["J\u00fcrgen", "J\n\u0041", "Jürgen \u00fc", "\ud800", "{long}"]"#);
    let rows = document("application/json", body.as_bytes()).tree_rows(1, &[], 1, 10).unwrap().rows;
    let chips: Vec<Vec<String>> =
        rows.iter().map(|row| row.chips.iter().map(|chip| chip.text.clone()).collect()).collect();
    let long = format!("{}…", "é".repeat(200));
    assert_eq!(chips, [vec!["Jürgen".to_owned()], vec![], vec![], vec![], vec![long]]);
    assert_eq!(rows[0].text, r#""J\u00fcrgen""#, "what came is shown as it came");
}

#[test]
fn opens_and_closes_containers() {
    let document = document("application/json", b"{\"a\":[1,[2]],\"b\":{}}");
    let shown = |depth: u32, toggled: &[u64]| {
        let page = document.tree_rows(depth, toggled, 0, 100).unwrap();
        assert_eq!(page.total, page.rows.len() as u64);
        page.rows.iter().map(|row| (row.node, row.open)).collect::<Vec<_>>()
    };
    assert_eq!(shown(0, &[]), [(0, false)]);
    assert_eq!(shown(1, &[]), [(0, true), (5, false), (17, false)]);
    assert_eq!(shown(1, &[5]), [(0, true), (5, true), (6, false), (8, false), (17, false)]);
    assert_eq!(shown(9, &[8, 5, 5]), [(0, true), (5, false), (17, false)]);
    assert_eq!(document.tree_rows(9, &[], 3, 1).unwrap().rows[0].node, 8);
}

#[test]
fn places_a_node() {
    let document = document("application/json", b"{\"a/'b\":[0,{\"x\":\"long\"}]}");
    let place = document.node_place(16).unwrap();
    assert_eq!((place.pointer.as_str(), place.json_path.as_str()), ("/a~1'b/1/x", "$['a/\\'b'][1]['x']"));
    assert_eq!((place.text.as_str(), place.cut, place.above), ("\"long\"", false, vec![0, 8, 11]));
    assert_eq!(document.node_place(0).unwrap().json_path, "$");
    assert_eq!(document.node_place(1), None);
}

#[test]
fn finds_without_case_in_every_view() {
    let document = document("application/json", "{\"Straße\":\"caf\\u00e9\",\n\"b\":[\"CAFÉ\",1]}".as_bytes());
    assert!(document.find("straSSe", FindView::Text).unwrap().hits.is_empty());
    assert_eq!(document.find("STRAẞE", FindView::Text).unwrap().hits, [0]);
    assert_eq!(document.find("\"B\"", FindView::Text).unwrap().hits, [1]);
    assert_eq!(document.find("\"b\"", FindView::Pretty).unwrap().hits, [2]);
    assert_eq!(document.find("café", FindView::Tree).unwrap().hits.len(), 2);
    assert!(document.find("RASSE", FindView::Tree).unwrap().hits.is_empty(), "ß is a letter of its own");
    let nodes = self::document("application/json", b"{\"Key\":{\"k\\u0065y2\":1},\"b\":[\"key\",true]}");
    assert_eq!(nodes.find("KEY", FindView::Tree).unwrap().hits, [7, 20, 28], "by its key or what it holds");
    assert_eq!(nodes.find("true", FindView::Tree).unwrap().hits, [34]);
    assert!(document.find("", FindView::Tree).unwrap().hits.is_empty());
    assert!(document.find(".*", FindView::Text).unwrap().hits.is_empty());
    let many = Document::new(None, &[], "x\n".repeat(10_001).into(), 20_002);
    let found = many.find("X", FindView::Text).unwrap();
    assert_eq!((found.hits.len(), found.more), (10_000, true));
}

#[test]
fn finds_fields_and_parts_as_they_read() {
    let found = |document: &Document, needle| document.find(needle, FindView::Parts).unwrap().hits;
    let long = "x+".repeat(5_000);
    let form = format!("note=hello+world&caf%C3%A9=1&long={long}the+end");
    let form = document("application/x-www-form-urlencoded", form.as_bytes());
    assert_eq!(found(&form, "Hello World"), [0]);
    assert_eq!(found(&form, "CAF\u{c9}"), [1]);
    assert_eq!(found(&form, "the end"), [2], "behind what is shown of it");
    let body = b"--X\r\nContent-Disposition: form-data; name=a\r\n\r\nsome text\r\n\
                 --X\r\nContent-Disposition: form-data; name=b; filename=cat.png\r\n\r\n\0\xff\r\n--X--";
    let multipart = document("multipart/form-data; boundary=X", body);
    assert_eq!((found(&multipart, "TEXT"), found(&multipart, "cat")), (vec![0], vec![1]));
    assert!(found(&document("text/plain", b"text"), "text").is_empty());
}

#[test]
fn tells_a_text_that_is_too_long_to_be_looked_for_from_one_that_is_nowhere() {
    let document = document("text/plain", b"a");
    for view in [FindView::Text, FindView::Pretty, FindView::Tree, FindView::Parts] {
        assert_eq!(document.find(&"x".repeat(1_000), view).map(|found| found.hits), Some(Vec::new()));
        assert_eq!(document.find(&"x".repeat(1_001), view), None);
    }
}

#[test]
fn says_what_the_views_cannot_show() {
    let broken = document("application/json", b"{\"a\":\"\xff\",\n\"b\":}");
    let info = broken.info();
    assert!(info.notice.unwrap().contains("not valid UTF-8"));
    assert_eq!(info.problem.map(|problem| (problem.line, problem.column, problem.offset)), Some((2, 5, 14)));
    assert_eq!(broken.tree_rows(1, &[], 0, 1).unwrap().total, 2, "the tree shows what stands before");
    assert_eq!(broken.text_rows(true, 1, 1).rows[0].text, "\"b\":}");
    let front = Document::new(Some("text/plain"), &[], Bytes::from_static(b"front"), 1_000);
    assert!(front.info().notice.unwrap().contains("1000 bytes; the views read the first 5"));
    assert!(document("text/plain; charset=klingon", b"a").info().notice.unwrap().contains("charset"));
}

#[test]
fn says_that_a_text_is_too_large_to_be_laid_out() {
    for (content_type, [open, item, last, close], times) in [
        ("application/xml", ["<a>", "<b/>x", "", "</a>"], 1_030_000),
        ("application/json", ["[", "0,", "0", "]"], 2_050_000),
    ] {
        let nested = |times| [&open.repeat(64), &item.repeat(times), last, &close.repeat(64)].concat();
        let body = nested(times);
        let large = document(content_type, body.as_bytes());
        let info = large.info();
        assert!(!info.pretty, "{content_type}");
        assert!(info.notice.unwrap().contains("laid out anew it would take more than 256 MiB"), "{content_type}");
        assert!(*large.whole_text(true) == body, "{content_type}: as it came");
        let small = document(content_type, nested(9).as_bytes()).info();
        assert_eq!((small.pretty, small.notice), (true, None), "{content_type}");
    }
}

#[test]
fn says_that_a_preview_shows_the_front_of_long_markup() {
    let preview = |len: usize| document("text/html", "<p>".repeat(len / 3).as_bytes()).info().preview;
    assert_eq!(preview(30), Some(Preview::Markup { cut: false }));
    assert_eq!(preview(3 * 1024 * 1024), Some(Preview::Markup { cut: true }));
}

#[test]
fn shows_only_forms_in_parts() {
    assert_eq!(document("application/x-www-form-urlencoded", b"a=1&b=2").parts().parts.len(), 2);
    assert_eq!(document("multipart/form-data; boundary=X", b"--X\r\n\r\na\r\n--X--").parts().parts.len(), 1);
    assert_eq!(document("text/plain", b"a=1").parts(), Parts { parts: Vec::new(), notice: None });
    assert_eq!(document("application/json", b"").info().kind, BodyKind::Empty);
}

#[test]
fn shows_every_byte_of_the_wire() {
    let rows = Rows::of_wire(Bytes::from_static(b"POST / HTTP/1.1\r\nX: \xe9\r\n\r\n\xff"));
    let texts: Vec<String> = rows.page(0, 10).rows.into_iter().map(|row| row.text).collect();
    assert_eq!(texts, ["POST / HTTP/1.1", "X: é", "", "ÿ"]);
}

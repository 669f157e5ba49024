//! What templates put in, and what they leave alone.

use super::kit::{NOW, Rig};
use crate::capture::rules::document::Document;
use crate::capture::rules::template::{Template, Values};
use crate::wire::RequestHead;
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::json;

fn filled(text: &str, head: &str, body: &str) -> String {
    let head = RequestHead::parse(Bytes::from(head.to_owned())).unwrap();
    let document = Document::open(&head, &Bytes::from(body.to_owned()));
    String::from_utf8(Template::read(text).fill(&Values::new(&head, &document, NOW))).unwrap()
}

const HEAD: &str = "POST /in/a/x%20y?name=J%C3%B6rg+B&name=second HTTP/1.1\r\nHost: h\r\nX-Id:  7 \r\nx-id: 8\r\n\r\n";

#[test]
fn places_are_filled_from_the_request() {
    let body = r#"{"id": 9007199254740993, "a": {"b": [1, {"c": "x\ny"}]}, "n": null, "f": 1.50}"#;
    for (text, expected) in [
        ("{{method}} {{ path }}", "POST /in/a/x%20y"),
        ("{{query.name}}|{{query.none}}", "Jörg B|"),
        ("{{header.X-ID}}", "7"),
        ("{{body.id}}", "9007199254740993"),
        ("{{body.f}}", "1.50"),
        ("{{body.a.b.1.c}}{{body.$.a.b[0]}}", "x\ny1"),
        ("{{body.a.b}}", r#"[1, {"c": "x\ny"}]"#),
        (r#"{{body.$['a']["b"][1]['c']}}"#, "x\ny"),
        ("{{body.a[*]}}{{body.*}}{{body...c}}{{body.a[x]}}", "{{body.a[*]}}{{body.*}}{{body...c}}{{body.a[x]}}"),
        ("{{body.n}}{{body.none}}{{body.id.x}}", "null"),
        ("{{time}}", "2026-01-02T03:04:05.678Z"),
        ("{{time.unix}} {{time.millis}}", "1767323045 1767323045678"),
        ("{{time.http}} {{time.date}}", "Fri, 02 Jan 2026 03:04:05 GMT 2026-01-02"),
        ("{{nothing}} {{ }} {{}} {{method", "{{nothing}} {{ }} {{}} {{method"),
        ("{{{method}}}", "{POST}"),
        ("{{{{method}}", "{{POST"),
    ] {
        assert_eq!(filled(text, HEAD, body), expected, "{text}");
    }
    let uuid = filled("{{uuid}}", HEAD, "");
    assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
    assert_ne!(uuid, filled("{{uuid}}", HEAD, ""));
}

#[test]
fn a_compressed_body_is_read_decoded() {
    use std::io::Write as _;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(br#"{"id": 5}"#).unwrap();
    let head = Bytes::from("POST /in/a HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\n\r\n");
    let head = RequestHead::parse(head).unwrap();
    let document = Document::open(&head, &gzip.finish().unwrap().into());
    assert_eq!(Template::read("{{body.id}}").fill(&Values::new(&head, &document, NOW)), b"5");
}

#[test]
fn a_body_in_another_charset_is_read_as_what_it_says() {
    let latin = "POST /in/a HTTP/1.1\r\nHost: h\r\nContent-Type: application/json; charset=iso-8859-1\r\n\r\n";
    for (head, body) in [(latin, &b"{\"n\": \"K\xf6ln\"}"[..]), (HEAD, "\u{feff}{\"n\": \"K\u{f6}ln\"}".as_bytes())] {
        let head = RequestHead::parse(Bytes::from(head)).unwrap();
        let document = Document::open(&head, &Bytes::copy_from_slice(body));
        let filled = Template::read("{{body.n}}").fill(&Values::new(&head, &document, NOW));
        assert_eq!(String::from_utf8_lossy(&filled), "K\u{f6}ln");
    }
}

#[tokio::test]
async fn what_is_captured_is_not_evaluated_and_begins_no_header() {
    let rules = json!({"rules": [{"steps": [{
        "headers": [{"name": "X-Echo", "value": "<{{body.a}}>"}], "body": "{{header.x}} {{body.a}} {{query.q}}"
    }]}]});
    let rig = Rig::new(rules).await;
    let body = r#"{"a": "1\r\nSet-Cookie: s=1\r\n\r\n{{uuid}}"}"#;
    let answer = rig.ask("POST /in/a?q=%7B%7Bmethod%7D%7D", "X: {{path}}\r\n", body).await;
    assert_eq!(answer.header("x-echo"), Some("<1  Set-Cookie: s=1    {{uuid}}>"));
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.body, "{{path}} 1\r\nSet-Cookie: s=1\r\n\r\n{{uuid}} {{method}}");
}

proptest! {
    #[test]
    fn text_without_places_is_left_as_it_is(text in "([{}a-z. \u{e4}]|\\{\\{|\\}\\}|\\n){0,40}") {
        prop_assume!(Template::read(&text).places() == 0);
        prop_assert_eq!(filled(&text, HEAD, ""), text);
    }

    #[test]
    fn what_stands_around_places_is_left_and_what_is_put_in_is_not_read_again(
        before in "[^{}]{0,20}", after in "[^{}]{0,20}", value in "[ -~]{0,40}"
    ) {
        let body = serde_json::to_string(&json!({"v": value})).unwrap();
        let text = format!("{before}{{{{body.v}}}}{after}");
        prop_assert_eq!(filled(&text, HEAD, &body), format!("{before}{value}{after}"));
    }
}

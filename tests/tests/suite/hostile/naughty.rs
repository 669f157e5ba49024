//! The Big List of Naughty Strings in every place where a string can stand.

#![allow(clippy::unwrap_used, reason = "a rig that fails is a test that fails")]

use crate::rig::{ALL, Rig};
use bytes::Bytes;
use pushpull_engine::Engine;
use pushpull_engine::api::{Api, ListQuery};
use pushpull_engine::capture::is_source_name;
use pushpull_engine::exchange::Side;
use pushpull_engine::inspect::{Document, query_fields};
use pushpull_engine::send::{Field, RequestBody, RequestDefinition, SendOptions, preview_head};
use pushpull_engine::store::StoreError;
use pushpull_engine::wire::LooseHead;
use pushpull_tests::naughty_strings;
use serde_json::{Value, json};

/// Strings in the package.
const STRINGS: usize = 485;

fn strings() -> Vec<String> {
    let strings = naughty_strings().unwrap();
    assert_eq!(strings.len(), STRINGS);
    strings
}

/// Every byte escaped.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// True if a header value may hold this as it is (RFC 9110, section 5.5).
fn is_value(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f))
}

/// True if a request target may be this as it is: what is no space and no control.
fn is_target(text: &str) -> bool {
    text.bytes().all(|byte| byte > b' ' && byte != 0x7f)
}

/// Sends each request on a connection of its own and returns the statuses.
async fn send_each(rig: &Rig, requests: impl Iterator<Item = String>) -> Vec<Vec<u16>> {
    let mut statuses = Vec::new();
    for request in requests {
        statuses.push(rig.send(request.as_bytes()).await.statuses);
    }
    statuses
}

#[tokio::test]
async fn as_a_body_each_is_kept_and_shown_as_it_is() {
    let (rig, strings) = (Rig::start().await, strings());
    let one = |text: &String| format!("POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{text}", text.len());
    let all: String = strings.iter().map(one).collect();
    assert_eq!(rig.send(all.as_bytes()).await.statuses, [200; STRINGS]);
    for (row, text) in rig.stored().await.iter().zip(&strings) {
        assert_eq!(rig.store.body(row.id, Side::Request, ALL).await.unwrap(), text.as_bytes());
        for content_type in [None, Some("application/json"), Some("text/html"), Some("multipart/form-data; boundary=a")]
        {
            let document = Document::new(content_type, &[], Bytes::from(text.clone()), text.len() as u64);
            document.info();
            document.parts();
            document.tree_rows(u32::MAX, &[], 0, 100);
            assert_eq!(&document.whole_text(false)[..], text.trim_start_matches('\u{feff}').as_bytes());
        }
    }
}

#[tokio::test]
async fn in_a_path_and_a_query_each_is_kept_or_refused_whole() {
    let (rig, strings) = (Rig::start().await, strings());
    let request = |target: String| format!("POST {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    let escapes = strings.iter().map(|text| request(format!("/in/a/{0}?q={0}", escaped(text))));
    assert_eq!(send_each(&rig, escapes).await, vec![vec![200]; STRINGS]);
    for (row, text) in rig.stored().await.iter().zip(&strings) {
        assert_eq!(row.url, format!("/in/a/{0}?q={0}", escaped(text)));
        assert_eq!(query_fields(&row.url)[0].value, *text);
    }
    let raw = send_each(&rig, strings.iter().map(|text| request(format!("/in/a/{text}")))).await;
    let mut kept = rig.stored().await.split_off(STRINGS).into_iter();
    for (statuses, text) in raw.iter().zip(&strings) {
        let wanted = if is_target(text) { 200 } else { 400 };
        assert_eq!(statuses, &[wanted], "{text:?}");
        if wanted == 200 {
            assert_eq!(kept.next().unwrap().url, format!("/in/a/{text}"));
        } else if !text.bytes().all(|byte| byte >= b' ' && byte != 0x7f) {
            assert!(kept.next().unwrap().source.is_none_or(|source| source == "a"), "{text:?}");
        }
    }
}

#[tokio::test]
async fn in_a_header_each_is_kept_or_the_whole_request_refused() {
    let (rig, strings) = (Rig::start().await, strings());
    let request = |text: &String| format!("POST /in/a HTTP/1.1\r\nHost: a\r\nX-Naughty: {text}\r\n\r\n");
    let statuses = send_each(&rig, strings.iter().map(request)).await;
    let mut rows = rig.stored().await.into_iter();
    for (statuses, text) in statuses.iter().zip(&strings) {
        assert_eq!(statuses, &[if is_value(text) { 200 } else { 400 }], "{text:?}");
        // What is refused here can be read in two ways: a record of it is kept.
        let message = rig.store.message(rows.next().unwrap().id, Side::Request).await.unwrap().unwrap();
        if is_value(text) {
            let headers = LooseHead::parse(&message.head).headers;
            assert_eq!(headers.first("x-naughty"), Some(text.as_bytes().trim_ascii()), "{text:?}");
        }
    }
}

#[tokio::test]
async fn as_a_source_each_is_taken_only_if_it_is_plain() {
    let (rig, strings) = (Rig::start().await, strings());
    let request = |text: &String| format!("POST /in/{} HTTP/1.1\r\nHost: a\r\n\r\n", escaped(text));
    let statuses = send_each(&rig, strings.iter().map(request)).await;
    let folder = tempfile::tempdir().unwrap();
    let api = Api::of(Engine::open(&folder.path().join("w.pushpull")).await.unwrap());
    for (statuses, text) in statuses.iter().zip(&strings) {
        assert_eq!(statuses, &[if is_source_name(text) { 200 } else { 404 }], "{text:?}");
        let made = pushpull_engine::api::dispatch(&api, "create_source", json!({ "name": text })).await;
        assert!(made.is_ok() || !is_source_name(text), "{text:?}: {made:?}");
        assert!(made.is_err() || is_source_name(text), "{text:?}");
    }
    api.close().await;
}

#[tokio::test]
async fn as_a_filter_each_is_a_question_or_a_sentence() {
    let rig = Rig::start().await;
    let push = "POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    assert_eq!(rig.send(push.as_bytes()).await.statuses, [200]);
    for text in strings() {
        for filter in [
            text.clone(),
            format!("\"{text}\""),
            format!("-{text}"),
            format!("source:{text}"),
            format!("path:{text}*"),
            format!("header.{text}:x"),
            format!("header.a:{text}"),
            format!("body.{text}:x"),
            format!("body.a:\"{text}\""),
        ] {
            let query = ListQuery { filter: filter.clone(), upto: None, from: 0, count: 10, near: None };
            match rig.store.list(&query).await {
                Ok(page) => assert!(page.rows.len() <= 1),
                Err(StoreError::Invalid(sentence)) => assert!(sentence.ends_with('.'), "{filter:?}: {sentence}"),
                Err(error) => panic!("{filter:?}: {error}"),
            }
        }
    }
}

/// A field that is switched on.
fn field(name: &str, value: &str) -> Field {
    Field { on: true, name: name.into(), value: value.into(), note: String::new() }
}

#[test]
fn in_the_request_builder_each_is_one_field_or_a_problem_of_it() {
    let options = SendOptions::default;
    for text in strings() {
        let plain = RequestDefinition {
            method: "POST".into(),
            url: "http://127.0.0.1:1/x".into(),
            query: vec![field(&text, &text)],
            headers: vec![field("X-Naughty", &text)],
            body: RequestBody::Raw { text: text.clone(), content_type: "text/plain".into() },
            options: options(),
        };
        // Variables of another kind of braces are not put in, and what has none is one line with this very value.
        let preview = preview_head(&plain);
        match &preview.problem {
            Some(problem) => assert!(!problem.message.is_empty() && preview.headers.is_empty(), "{text:?}"),
            None => {
                let own: Vec<_> = preview.headers.iter().filter(|line| line.field.name == "X-Naughty").collect();
                assert_eq!(own.len(), 1, "{text:?}");
                assert_eq!(own[0].field.value.trim(), text.trim(), "{text:?}");
                assert!(is_value(&text), "{text:?}");
                assert!(
                    preview.line.split(' ').count() == 3 && !preview.line.contains(['\r', '\n']),
                    "{}",
                    preview.line
                );
            }
        }
        for (method, url) in [(text.as_str(), "http://127.0.0.1:1/"), ("GET", text.as_str())] {
            let definition = RequestDefinition {
                method: method.into(),
                url: url.into(),
                query: Vec::new(),
                headers: Vec::new(),
                body: RequestBody::None,
                options: options(),
            };
            let preview = preview_head(&definition);
            assert!(preview.problem.is_some() != (preview.line.split(' ').count() == 3), "{text:?}: {preview:?}");
        }
        let _ = pushpull_engine::send::read_curl(&text);
        let _ = pushpull_engine::send::read_curl(&format!("curl '{text}' -H 'a: {text}' -d '{text}'"));
    }
}

/// Characters of a key that a row shows.
const KEY: usize = 200;

#[tokio::test]
async fn in_a_json_document_each_is_one_row_with_its_text() {
    for text in strings() {
        let value = json!({ (text.as_str()): text });
        let bytes = Bytes::from(serde_json::to_vec(&value).unwrap());
        let document = Document::new(Some("application/json"), &[], bytes.clone(), bytes.len() as u64);
        let page = document.tree_rows(u32::MAX, &[], 0, 10).unwrap();
        assert_eq!(page.total, 2, "{text:?}");
        // A long one is given by its front; where it stands is told whole.
        let row = &page.rows[1];
        let front: String = text.chars().take(KEY).collect();
        assert_eq!((row.key.as_deref(), row.key_cut), (Some(&front[..]), front != text), "{text:?}");
        let place = document.node_place(page.rows[1].node).unwrap();
        assert_eq!(value.pointer(&place.pointer), Some(&Value::String(text)));
    }
}

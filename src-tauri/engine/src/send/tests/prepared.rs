//! What is checked before anything is sent.

use super::kit::*;
use crate::send::{RequestBody, RequestDefinition, Variables, definition_of, prepare, preview_head};

fn problem(definition: &RequestDefinition) -> (String, String) {
    let problem = prepare(definition, &Variables::new(), || [0; 16]).unwrap_err();
    (problem.field, problem.message)
}

#[test]
fn each_problem_stands_at_its_field() {
    let with = |change: fn(&mut RequestDefinition)| {
        let mut definition = request("GET", "http://h/");
        change(&mut definition);
        problem(&definition)
    };
    for ((field, message), expected_field, expected) in [
        (with(|d| d.method = "GE T".into()), "method", "\"GE T\" is not a method. Write one word, like GET or POST."),
        (with(|d| d.url = "h/x".into()), "url", "h/x has no scheme. Write https://h/x."),
        (
            with(|d| d.headers = fields([("A", "b"), ("C D", "e")])),
            "headers.1",
            "\"C D\" is not a header name. Use letters, digits and - only.",
        ),
        (
            with(|d| d.headers = fields([("A", "b\r\nEvil: 1")])),
            "headers.0",
            "The value has a line break, which can't stand in a header line. Take it out.",
        ),
        (
            with(|d| d.headers = fields([("A", "b\0")])),
            "headers.0",
            "The value has a NUL byte, which can't stand in a header line. Take it out.",
        ),
        (
            with(|d| d.query = fields([("a", "{{nope}}")])),
            "query.0",
            "There is no variable {{nope}}. Define it, or write \\{{nope}} to send it as it is.",
        ),
        (
            with(|d| d.body = RequestBody::File { path: String::new(), content_type: String::new() }),
            "body.path",
            "No file is chosen. Choose the file to send.",
        ),
    ] {
        assert_eq!((field.as_str(), message.as_str()), (expected_field, expected));
    }
}

#[test]
fn variables_are_put_in_everywhere_once() {
    let variables: Variables =
        [("h", "host.example"), ("v", "{{h}}")].map(|(n, v)| (n.to_owned(), v.to_owned())).into();
    let mut definition = request("POST", "http://{{h}}/{{v}}");
    definition.headers = fields([("X-{{h}}", "{{v}}")]);
    definition.body = RequestBody::Json { text: "{\"a\":\"{{v}}\"}".into() };
    let prepared = prepare(&definition, &variables, || [0; 16]).unwrap();
    assert_eq!(prepared.target.url(), "http://host.example/{{h}}");
    assert_eq!(prepared.header("X-host.example"), Some("{{h}}"));
    assert!(format!("{:?}", prepared.body).contains("{{h}}"));
}

#[test]
fn the_preview_marks_what_is_added() {
    let mut definition = request("POST", "http://user:pw@h/a b");
    definition.headers = fields([("accept", "x/y")]);
    definition.body = RequestBody::Json { text: "[]".into() };
    let preview = preview_head(&definition);
    assert_eq!((preview.line.as_str(), preview.problem), ("POST /a%20b HTTP/1.1", None));
    let added: Vec<_> =
        preview.headers.iter().map(|h| (h.field.name.as_str(), h.field.value.as_str(), h.added)).collect();
    assert_eq!(
        added[..3],
        [("Host", "h", true), ("accept", "x/y", false), ("Authorization", "Basic dXNlcjpwdw==", true)]
    );
    assert_eq!(added.last(), Some(&("Content-Length", "2", true)));
}

#[test]
fn the_preview_says_what_is_wrong() {
    assert_eq!(preview_head(&request("GET", "")).problem.unwrap().field, "url");
    let mut definition = request("PUT", "http://h/");
    definition.body = RequestBody::File { path: "/none/such".into(), content_type: String::new() };
    let preview = preview_head(&definition);
    assert_eq!(preview.problem.unwrap().field, "body.path");
    assert_eq!(preview.line, "PUT / HTTP/1.1");
}

#[tokio::test]
async fn an_exchange_becomes_a_definition_that_sends_the_same() {
    let desk = Desk::new().await;
    let mut server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    for (content_type, body) in [
        ("application/json", "{\"a\": \"\\{{x}}\"}"),
        ("application/x-www-form-urlencoded", "a=b+c&d=%7B"),
        ("text/plain", "plain"),
    ] {
        let mut definition = request("POST", server.url("/a?b=c"));
        definition.headers = fields([("X-A", "1"), ("content-type", content_type)]);
        definition.body = RequestBody::Raw { text: body.into(), content_type: String::new() };
        let exchange = desk.send(definition).await;
        let sent = server.seen().await.bytes;
        let head = desk.head(exchange.summary.id, crate::exchange::Side::Request).await.into_bytes().into();
        let body = desk.body(exchange.summary.id, crate::exchange::Side::Request).await;
        let again = definition_of(&exchange.summary, &head, &body);
        desk.send(again.definition).await;
        let mut lines: Vec<_> = sent.split(|&b| b == b'\n').collect();
        let resent = server.seen().await.bytes;
        let mut resent: Vec<_> = resent.split(|&b| b == b'\n').collect();
        lines.sort_unstable();
        resent.sort_unstable();
        assert_eq!(lines, resent);
    }
}

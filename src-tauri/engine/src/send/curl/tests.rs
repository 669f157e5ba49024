//! Curl commands as people paste them.

use super::read_curl;
use crate::api::ImportedRequest;
use crate::send::{MultipartField, RequestBody};
use proptest::prelude::*;

fn read(text: &str) -> ImportedRequest {
    read_curl(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn headers(request: &ImportedRequest) -> Vec<(&str, &str)> {
    request.definition.headers.iter().map(|field| (field.name.as_str(), field.value.as_str())).collect()
}

/// Method, URL and text of the body.
fn line(text: &str) -> (String, String, String) {
    let definition = read(text).definition;
    let body = match definition.body {
        RequestBody::None => String::new(),
        RequestBody::Json { text } | RequestBody::Raw { text, .. } => text,
        RequestBody::Form { fields } => fields.iter().map(|f| format!("[{}={}]", f.name, f.value)).collect(),
        RequestBody::Multipart { parts } => parts.iter().map(|p| format!("[{}={}]", p.name, p.value)).collect(),
        RequestBody::File { path, .. } => format!("@{path}"),
    };
    (definition.method, definition.url, body)
}

#[test]
fn commands_become_requests() {
    for (command, method, url, body) in [
        ("curl http://a", "GET", "http://a", ""),
        ("$ curl -XPOST 'http://a/b?c=d&e'", "POST", "http://a/b?c=d&e", ""),
        ("curl -sSL -o out.json http://a", "GET", "http://a", ""),
        ("curl -X \"PATCH\" --url http://a", "PATCH", "http://a", ""),
        ("curl http://a -d a=b -d 'c=d e'", "POST", "http://a", "a=b&c=d e"),
        ("curl http://a -d a=b -d c=d", "POST", "http://a", "[a=b][c=d]"),
        ("curl http://a --data-raw '{\"x\":\"@y\"}'", "POST", "http://a", "{\"x\":\"@y\"}"),
        ("curl --json '{\"a\":1}' --json ' ' http://a", "POST", "http://a", "{\"a\":1} "),
        ("curl -G -d a=b -d c http://a", "GET", "http://a?a=b&c", ""),
        ("curl -G --data-urlencode 'q=a b&c' http://a?x#f", "GET", "http://a?x&q=a%20b%26c#f", ""),
        ("curl --data-urlencode '=a b' --data-urlencode 'a b' http://a", "POST", "http://a", "a%20b&a%20b"),
        ("curl --url-query 'a=b c' --url-query +d=%20 http://a", "GET", "http://a?a=b%20c&d=%20", ""),
        ("curl -I http://a", "HEAD", "http://a", ""),
        ("curl -T file.bin http://a/dir/", "PUT", "http://a/dir/file.bin", "@file.bin"),
        ("curl --data-binary @b.bin http://a", "POST", "http://a", "@b.bin"),
        ("curl -F a=b -F 'c=@\"d;e\";type=x/y' http://a", "POST", "http://a", "[a=b][c=d;e]"),
        ("curl --form-string 'a=@b;type=c' http://a", "POST", "http://a", "[a=@b;type=c]"),
        ("curl \\\n  -H 'A: b' \\\r\n  http://a", "GET", "http://a", ""),
        ("curl http://a -d $'l\\'1\\nl2\\u00fc\\x41\\101'", "POST", "http://a", "l'1\nl2üAA"),
        ("curl -d @- http://a <<'EOF'\n{\"a\": 1}\nEOF\n", "POST", "http://a", "{\"a\": 1}"),
        (
            "curl.exe ^\"http://a/?b^&c^\" ^\r\n  --data-raw ^\"^{^\\^\"d^\\^\":1^}^\"",
            "POST",
            "http://a/?b&c",
            "{\"d\":1}",
        ),
        ("curl http://a -d \"it's \\\"x\\\" \\n\"", "POST", "http://a", "it's \"x\" \\n"),
        ("curl http://a/{{id}}", "GET", "http://a/{{id}}", ""),
        ("curl http://a -- -x", "GET", "http://a", ""),
    ] {
        assert_eq!(line(command), (method.into(), url.into(), body.into()), "{command}");
    }
}

#[test]
fn options_become_headers_in_their_order() {
    let command = "curl http://a -H 'X-a: 1' -A me -e http://r -u user:pw -b 'c=1; d=2' -b e=3 -H 'X-A:2' -H 'Empty;'";
    assert_eq!(
        headers(&read(command)),
        [
            ("X-a", "1"),
            ("User-Agent", "me"),
            ("Referer", "http://r"),
            ("X-A", "2"),
            ("Empty", ""),
            ("Authorization", "Basic dXNlcjpwdw=="),
            ("Cookie", "c=1; d=2; e=3"),
        ]
    );
    assert_eq!(headers(&read("curl --json '{}' http://a")), [("Accept", "application/json")]);
    assert_eq!(headers(&read("curl --oauth2-bearer T http://a")), [("Authorization", "Bearer T")]);
}

#[test]
fn options_of_sending_are_taken_over() {
    let options = |command: &str| read(command).definition.options;
    assert_eq!(
        (options("curl -L -m 2.5 http://a").follow_redirects, options("curl -m 2.5 http://a").timeout_ms),
        (true, 2500)
    );
    assert_eq!((options("curl http://a").follow_redirects, options("curl http://a").timeout_ms), (false, 30_000));
}

#[test]
fn body_kinds_follow_the_content_type() {
    let body = |command: &str| read(command).definition.body;
    assert_eq!(
        body("curl -H 'content-type: application/json; charset=utf-8' -d '{}' http://a"),
        RequestBody::Json { text: "{}".into() }
    );
    assert_eq!(
        body("curl -H 'Content-Type: text/xml' -d '<a/>' http://a"),
        RequestBody::Raw { text: "<a/>".into(), content_type: String::new() }
    );
    let form =
        |text: &str| RequestBody::Raw { text: text.into(), content_type: "application/x-www-form-urlencoded".into() };
    assert_eq!(body("curl -d '{\"a\":1}' http://a"), form("{\"a\":1}"));
    let part =
        MultipartField { on: true, name: "a".into(), value: "b.txt".into(), file: true, content_type: "t/p".into() };
    assert_eq!(body("curl -F 'a=@b.txt;type=t/p' http://a"), RequestBody::Multipart { parts: vec![part] });
}

#[test]
fn what_is_dropped_is_said() {
    for (command, part) in [
        ("curl -k http://a", "-k was dropped"),
        ("curl -x http://p:1 http://a", "--proxy http://p:1 was dropped."),
        ("curl http://a http://b", "http://b was dropped"),
        ("curl http://a --next http://b", "--next"),
        ("curl a.example/x", "http:// was put in front"),
        ("curl http://a | jq .", "What follows the command was dropped: | jq ."),
        ("curl http://a > out", "What follows the command was dropped: > out"),
        ("curl http://a -H \"Authorization: Bearer $TOKEN\"", "$TOKEN is a variable or command of your shell"),
        ("curl http://a -d \"$(cat x)\"", "$(cat x) is a variable or command"),
        ("curl http://a -d @f", "curl would take out its line ends"),
        ("curl http://a -d a=b -d @f", "@f was dropped"),
        ("curl http://a -d @-", "comes from curl's input"),
        ("curl http://a -b jar.txt", "-b jar.txt was dropped"),
        ("curl http://a --digest -u a:b", "--digest was dropped"),
        ("curl http://a -u a", "no password"),
        ("curl http://a --http2", "HTTP/1.1"),
        ("curl http://a --cert c.pem", "--cert c.pem was dropped."),
        ("curl http://a -H 'Accept:'", "-H 'Accept:' was dropped"),
        ("curl http://a --data-urlencode q@f", "--data-urlencode q@f was dropped"),
        ("curl http://a -F 'a=@b;filename=c'", ";filename=c of the part a was dropped."),
        ("curl http://a --frobnicate", "--frobnicate was dropped."),
        ("curl http://a -H", "--header was dropped"),
    ] {
        let notes = read(command).notes;
        assert!(notes.iter().any(|note| note.contains(part)), "{command}: {notes:?}");
    }
    assert_eq!(read("curl -sSL --compressed -o x 'http://a'").notes, Vec::<String>::new());
}

#[test]
fn what_is_no_command_is_refused() {
    for (text, message) in [
        ("", "This is not a curl command. Paste one that begins with curl."),
        ("wget http://a", "This is not a curl command. Paste one that begins with curl."),
        ("curl", "The command has no URL. Paste the whole command."),
        ("curl 'http://a", "A single quote is not closed. Paste the whole command."),
        ("curl \"http://a", "A double quote is not closed. Paste the whole command."),
    ] {
        assert_eq!(read_curl(text).unwrap_err().message, message);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "curl[ -~\n\\\\^'\"$é]{0,80}") {
        let _ = read_curl(&text); // an error is an answer, too
    }

    #[test]
    fn a_quoted_body_comes_back(body in "[^\0]{1,60}") {
        let quoted = body.replace('\'', "'\\''");
        let request = read(&format!("curl http://a -H 'Content-Type: text/plain' --data-raw '{quoted}'"));
        prop_assert_eq!(request.definition.body, RequestBody::Raw { text: body, content_type: String::new() });
    }
}

const COMMANDS: &[&[u8]] = &[
    b"curl -X POST 'https://a.example/b?c=d' -H 'Accept: */*' -H \"X: y\" -d '{\"a\":1}' --compressed",
    b"curl \\\n  -F a=b -F 'c=@\"d;e\";type=x/y' -u me:secret --max-time 3 http://a",
    b"curl.exe ^\"http://a/?b^&c^\" ^\r\n  --data-raw ^\"^{^\\^\"d^\\^\":1^}^\"",
    b"curl -d @- http://a <<'EOF'\n{\"a\": 1}\nEOF\n",
    b"curl http://a -d $'l\\'1\\nl2\\u00fc\\x41\\101' | jq .",
];

const TOKENS: &[&str] = &[
    "'", "\"", "\\", "^", "$'", "\n", "\r\n", " ", "-", "--", "-d", "-H ", "-F ", "@", "=", "<<", "EOF", "|", ";", "&",
    "%", "{{a}}", "http://", "\\u", "\\x", "--next", "-G", "-T", "\u{e9}", "curl ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn a_command_with_anything_in_it_is_read_or_refused_with_a_sentence(bytes in crate::foreign::mutants(COMMANDS, TOKENS)) {
        match read_curl(&String::from_utf8_lossy(&bytes)) {
            Ok(request) => prop_assert!(!request.definition.method.is_empty()),
            Err(error) => prop_assert!(error.message.ends_with('.'), "{}", error.message),
        }
    }
}

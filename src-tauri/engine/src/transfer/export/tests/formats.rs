//! Raw, HTTP, CSV and HAR.

use super::*;
use serde_json::Value;

async fn text(store: &Store, format: ExportFormat, ids: &[ExchangeId]) -> String {
    String::from_utf8(exported(store, &query(format, ids, false)).await).unwrap()
}

#[tokio::test]
async fn a_raw_body_is_one_body() {
    let (_folder, store) = workspace().await;
    let request = "POST /in/a HTTP/1.1\r\n\r\n";
    let pushed = store.save(push(request, Bytes::from_static(&[0, 159, 146, 150]))).await.unwrap();
    let answer = message("HTTP/1.1 200 OK\r\n\r\n", "answer");
    let pulled = store.save(pull("http://h/", "GET / HTTP/1.1\r\n\r\n", Some(answer))).await.unwrap();
    let failed = store.save(pull("http://h/", "GET / HTTP/1.1\r\n\r\n", None)).await.unwrap();
    assert_eq!(exported(&store, &query(ExportFormat::Raw, &[pushed], true)).await, [0, 159, 146, 150]);
    assert_eq!(text(&store, ExportFormat::Raw, &[pulled]).await, "answer");
    let two = query(ExportFormat::Raw, &[pushed, pulled], false);
    assert_eq!(to_text(&store, &two).await, Err(ExportError::NotOne(2)));
    let none = query(ExportFormat::Raw, &[failed], false);
    assert_eq!(to_text(&store, &none).await, Err(ExportError::NoBody(failed)));
}

#[tokio::test]
async fn http_is_the_bytes_on_the_wire() {
    let (_folder, store) = workspace().await;
    let head = "POST /in/a HTTP/1.1\r\nhOst:  x \r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut chunked = push(head, "abcde");
    let mut framing = crate::wire::FramingBuilder::default();
    framing.raw(b"2\r\n");
    framing.data(2);
    framing.raw(b"\r\n3;ext\r\n");
    framing.data(3);
    framing.raw(b"\r\n0\r\nX-Sum: 1\r\n\r\n");
    chunked.request.framing = framing.finish().encode();
    let first = store.save(chunked).await.unwrap();
    let second = store.save(push("PUT /in/b HTTP/1.1\r\nContent-Length: 2\r\n\r\n", "{}")).await.unwrap();
    assert_eq!(
        text(&store, ExportFormat::Http, &[first, second]).await,
        format!(
            "{head}2\r\nab\r\n3;ext\r\ncde\r\n0\r\nX-Sum: 1\r\n\r\nPUT /in/b HTTP/1.1\r\nContent-Length: 2\r\n\r\n{{}}"
        )
    );
}

#[tokio::test]
async fn csv_is_a_line_an_exchange() {
    let (_folder, store) = workspace().await;
    let mut exchange = push("POST /in/a?x=\"1,2\" HTTP/1.1\r\n\r\n", "{}");
    exchange.event_type = Some("=cmd()".into());
    exchange.marks = vec![Mark::Truncated, Mark::ViaTunnel];
    let id = store.save(exchange).await.unwrap();
    let csv = text(&store, ExportFormat::Csv, &[id]).await;
    let mut lines = csv.split("\r\n");
    assert!(lines.next().unwrap().starts_with("id,direction,origin,started_at,method,url,"));
    assert_eq!(
        lines.next().unwrap(),
        "1,push,captured,2026-11-18T11:06:40.123456Z,POST,\"/in/a?x=\"\"1,2\"\"\",/in/a,github,'=cmd(),200,1.234,2,2,,,,\
         truncated viaTunnel,,,"
    );
    assert_eq!(lines.collect::<Vec<_>>(), [""]);
}

/// The fields that HAR 1.2 requires of an entry, by the object they stand in.
const REQUIRED: [(&str, &[&str]); 6] = [
    ("", &["startedDateTime", "time", "request", "response", "cache", "timings"]),
    ("/request", &["method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"]),
    (
        "/response",
        &[
            "status",
            "statusText",
            "httpVersion",
            "cookies",
            "headers",
            "content",
            "redirectURL",
            "headersSize",
            "bodySize",
        ],
    ),
    ("/response/content", &["size", "mimeType"]),
    ("/timings", &["send", "wait", "receive"]),
    ("/cache", &[]),
];

/// What HAR 1.2 allows beside them; anything else begins with an underscore.
const OPTIONAL: [&str; 14] = [
    "postData",
    "serverIPAddress",
    "connection",
    "comment",
    "pageref",
    "compression",
    "text",
    "encoding",
    "blocked",
    "dns",
    "connect",
    "ssl",
    "params",
    "mimeType",
];

fn check_entry(entry: &Value) {
    for (path, required) in REQUIRED {
        let object = entry.pointer(path).unwrap().as_object().unwrap();
        for field in required {
            assert!(object.contains_key(*field), "{path} lacks {field}");
        }
        for field in object.keys() {
            let known = required.contains(&field.as_str()) || OPTIONAL.contains(&field.as_str());
            assert!(known || field.starts_with('_'), "{path} has {field}");
        }
    }
    for list in ["/request/headers", "/request/queryString", "/response/headers", "/request/cookies"] {
        for field in entry.pointer(list).unwrap().as_array().unwrap() {
            assert!(field["name"].is_string() && field["value"].is_string());
        }
    }
    entry["startedDateTime"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
}

async fn har(store: &Store, ids: &[ExchangeId]) -> Vec<Value> {
    let har: Value = serde_json::from_str(&text(store, ExportFormat::Har, ids).await).unwrap();
    assert_eq!(har["log"]["version"], "1.2");
    assert!(har["log"]["creator"]["name"].is_string() && har["log"]["creator"]["version"].is_string());
    let entries = har["log"]["entries"].as_array().unwrap().clone();
    entries.iter().for_each(check_entry);
    assert_eq!(entries.len(), ids.len());
    entries
}

#[tokio::test]
async fn a_har_of_pushes_has_absolute_urls_and_unmeasured_timings() {
    let (_folder, store) = workspace().await;
    let head = "POST /in/a?q=1&q=%C3%A9 HTTP/1.1\r\nhost: me.example:4400\r\nCookie: a=1; b=2\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    let form = store.save(push(head, "a=1&a=x+y")).await.unwrap();
    let binary = store.save(push("PUT /in/b HTTP/1.1\r\n\r\n", Bytes::from_static(&[0xff, 0]))).await.unwrap();
    let entries = har(&store, &[form, binary]).await;
    let request = &entries[0]["request"];
    assert_eq!(request["url"], "http://me.example:4400/in/a?q=1&q=%C3%A9");
    assert_eq!(request["queryString"][1]["value"], "é");
    assert_eq!(request["cookies"][1]["name"], "b");
    assert_eq!(request["headers"][0]["name"], "host");
    assert_eq!(request["postData"]["params"][1]["value"], "x y");
    assert!(request["postData"].get("text").is_none());
    assert_eq!(entries[0]["timings"]["wait"], -1);
    assert_eq!(entries[0]["time"].to_string(), "1.234");
    assert_eq!(entries[0]["response"]["content"]["text"], "ok");
    assert_eq!(entries[1]["request"]["postData"]["text"], "/wA=");
    assert_eq!(entries[1]["_pushpull"]["direction"], "push");
}

#[tokio::test]
async fn a_har_of_pulls_has_timings_cookies_and_decoded_bodies() {
    let (_folder, store) = workspace().await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, b"{\"n\":1.10}").unwrap();
    let head = "HTTP/1.1 200 All good\r\nContent-Encoding: gzip\r\nContent-Type: application/json\r\n\
                Set-Cookie: a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure\r\n\r\n";
    let request = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
    let answered = pull("https://h/x#top", request, Some(message(head, gzip.finish().unwrap())));
    let answered = store.save(answered).await.unwrap();
    let failed = store.save(pull("https://h/x", request, None)).await.unwrap();
    let entries = har(&store, &[answered, failed]).await;
    let entry = &entries[0];
    assert_eq!(entry["request"]["url"], "https://h/x");
    assert_eq!(entry["response"]["statusText"], "All good");
    assert_eq!(entry["response"]["content"]["text"], "{\"n\":1.10}");
    assert_eq!(entry["response"]["cookies"][0]["expires"], "2026-10-21T07:28:00Z");
    assert_eq!(entry["timings"]["connect"].to_string(), "2.501");
    assert_eq!(entry["timings"]["ssl"].to_string(), "0.500");
    assert_eq!(entry["time"].to_string(), "3.501");
    assert_eq!(entry["serverIPAddress"], "2001:db8::1");
    assert_eq!(entries[1]["response"]["status"], 0);
    assert_eq!(entries[1]["response"]["_error"], "Nothing listens at https://h/x.");
}

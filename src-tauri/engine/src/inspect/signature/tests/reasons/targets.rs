//! Another URL, another method.

use super::*;

#[test]
fn another_url() {
    let kind = CauseKind::OtherUrl;
    let local = "http://127.0.0.1:4400/in/x?b=2&a=1";
    let mut tunnel = Plant::url("square", URL, local);
    tunnel.other_urls = vec!["https://old.example.com/in/x".into(), URL.into()];
    tunnel.finds(kind, URL);
    Plant::url("square", URL, &URL.replace("https", "http")).finds(kind, "http and https");
    Plant::url("square", URL, &URL.replace(".com", ".com:8443")).finds(kind, "without the port");
    Plant::url("square", &URL.replace(".com", ".com:443"), URL).finds(kind, "port written out");
    Plant::url("square", &URL.replace("/x?", "/x/?"), URL).finds(kind, "slash at the end");
    Plant::url("square", URL, &URL.replace("/x?", "/x/?")).finds(kind, "without the slash at the end");
    Plant::url("square", &URL.replace("?b=2&a=1", ""), URL).finds(kind, "without the query");
    Plant::url("square", URL, &URL.replace("https://", "https://me:pw@")).finds(kind, "without user and password");
    let both = URL.replace("https", "http").replace(".com", ".com:8080");
    Plant::url("square", URL, &both).finds(kind, "with the other of http and https, without the port");
    let mut host = Plant::url("hubspot", URL, local);
    host.more_headers = vec![("X-Forwarded-Host", "hooks.example.com"), ("X-Forwarded-Proto", "https")];
    host.finds(kind, URL);
    Plant::url("messagebird", URL, &URL.replace("https", "http")).finds(kind, "http and https");
    Plant::url("twilio", URL, &URL.replace("https", "http")).finds(kind, "http and https");
}

#[test]
fn another_method() {
    Plant { method: "PUT", ..Plant::new("hubspot") }.finds(CauseKind::OtherMethod, "PUT");
}

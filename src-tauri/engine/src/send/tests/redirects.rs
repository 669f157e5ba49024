//! Redirects: what follows them, and what goes along.

use super::kit::*;
use crate::exchange::{FailureKind, Origin, Side};
use crate::send::{RequestBody, RequestDefinition};

fn to(status: u16, location: &str) -> Answer {
    format!("HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").into()
}

fn ok() -> Answer {
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".into()
}

fn with_secrets(method: &str, url: String) -> RequestDefinition {
    let mut definition = request(method, url);
    definition.headers = fields([
        ("Accept", "a/b"),
        ("accept-language", "de"),
        ("USER-AGENT", "me"),
        ("Authorization", "secret"),
        ("Cookie", "secret"),
        ("X-Api-Key", "secret"),
        ("Content-Type", "x/y"),
    ]);
    definition.body = RequestBody::Raw { text: "secret-free".into(), content_type: String::new() };
    definition
}

#[tokio::test]
async fn another_server_gets_no_secrets_and_the_method_follows_the_status() {
    for (status, method, expected) in [
        (301, "POST", "GET"),
        (302, "PUT", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "PATCH", "PATCH"),
        (302, "HEAD", "HEAD"),
    ] {
        let desk = Desk::new().await;
        let mut second = Server::saying(ok()).await;
        let first = Server::saying(to(status, &second.url("/there?x=1#y"))).await;
        let exchange = desk.send(with_secrets(method, first.url("/"))).await;
        let sent = second.seen_text().await;
        assert!(sent.starts_with(&format!("{expected} /there?x=1 HTTP/1.1\r\nHost: {}\r\n", second.address)), "{sent}");
        for kept in ["Accept: a/b\r\n", "accept-language: de\r\n", "USER-AGENT: me\r\n"] {
            assert!(sent.contains(kept), "{sent}");
        }
        assert!(!sent.contains("secret\r\n"), "{sent}");
        assert_eq!(sent.ends_with("secret-free"), status > 303, "{sent}");
        assert_eq!((exchange.summary.origin, exchange.summary.parent), (Origin::Redirect, Some(1)));
        let before = desk.store.exchange(1).await.unwrap();
        assert_eq!((before.summary.origin, before.summary.status), (Origin::Sent, Some(status)));
        assert_eq!(before.children.len(), 1);
    }
}

#[tokio::test]
async fn the_same_server_gets_all_headers_but_those_of_a_dropped_body() {
    let desk = Desk::new().await;
    let mut server = Server::answering(|count, _| if count == 0 { to(303, "../b") } else { ok() }).await;
    desk.send(with_secrets("POST", server.url("/a/x"))).await;
    server.seen().await;
    let sent = server.seen_text().await;
    assert!(sent.starts_with("GET /b HTTP/1.1\r\n"), "{sent}");
    assert!(sent.contains("Authorization: secret\r\n") && sent.contains("X-Api-Key: secret\r\n"), "{sent}");
    assert!(!sent.contains("Content-"), "{sent}");
}

#[tokio::test]
async fn a_circle_ends_after_ten_redirects() {
    let desk = Desk::new().await;
    let server = Server::saying(to(302, "/again")).await;
    let exchange = desk.send(request("GET", server.url("/"))).await;
    let failure = exchange.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::Redirect);
    assert!(failure.message.starts_with("There were more than 10 redirects"), "{}", failure.message);
    assert_eq!(exchange.summary.id, 12);
    assert_eq!(desk.store.exchange(11).await.unwrap().summary.status, Some(302));
}

#[tokio::test]
async fn redirects_are_not_followed_unless_wanted_or_usable() {
    let desk = Desk::new().await;
    let server = Server::saying(to(302, "/there")).await;
    let mut definition = request("GET", server.url("/"));
    definition.options.follow_redirects = false;
    assert_eq!(desk.send(definition).await.summary.status, Some(302));
    for location in ["ftp://a/", "mailto:a@b", "http://"] {
        let server = Server::saying(to(302, location)).await;
        let exchange = desk.send(request("GET", server.url("/"))).await;
        assert_eq!((exchange.summary.status, exchange.summary.origin), (Some(302), Origin::Sent), "{location}");
    }
}

#[tokio::test]
async fn the_head_of_a_refused_hop_is_kept() {
    let desk = Desk::new().await;
    let server = Server::saying(to(302, "/again")).await;
    let exchange = desk.send(request("GET", server.url("/"))).await;
    assert!(desk.head(exchange.summary.id, Side::Request).await.starts_with("GET /again HTTP/1.1\r\n"));
}

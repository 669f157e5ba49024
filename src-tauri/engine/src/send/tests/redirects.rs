//! Redirects: what follows them, and what goes along.

use super::kit::*;
use super::secure::Always;
use crate::api::SaveRequest;
use crate::exchange::{FailureKind, Origin, Side};
use crate::send::address::Reach;
use crate::send::connect::Connector;
use crate::send::hop::hop;
use crate::send::patience::Patience;
use crate::send::pool::Pool;
use crate::send::tls::Tls;
use crate::send::{Outgoing, RequestBody, RequestDefinition, SendJob, Story, Variables, prepare, redirect};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio_util::sync::CancellationToken;

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
async fn user_and_password_of_the_url_go_along_to_the_same_server_only() {
    const BASIC: &str = "Authorization: Basic bWU6cHc=\r\n";
    for location in ["/there", "//HERE/there", "http://HERE/there", "http://you:other@HERE/there"] {
        let desk = Desk::new().await;
        let place = location.to_owned();
        let answer = move |count, asked: &[u8]| match count {
            0 => to(302, &place.replace("HERE", &host_of(asked))),
            _ => ok(),
        };
        let mut server = Server::answering(answer).await;
        desk.send(request("GET", server.url("/").replace("//", "//me:pw@"))).await;
        assert!(server.seen_text().await.contains(BASIC), "{location}");
        let sent = server.seen_text().await;
        assert!(sent.starts_with("GET /there ") && sent.contains(BASIC), "{location}: {sent}");
    }
    for (user, name) in [("", "127.0.0.1"), ("you:other@", "127.0.0.1"), ("", "localhost")] {
        let desk = Desk::new().await;
        let mut second = Server::saying(ok()).await;
        let there = format!("http://{user}{name}:{}/", second.address.port());
        let mut first = Server::saying(to(307, &there)).await;
        desk.send(request("GET", first.url("/").replace("//", "//me:pw@"))).await;
        assert!(first.seen_text().await.contains(BASIC), "{there}");
        let sent = second.seen_text().await;
        assert!(!sent.contains("Authorization"), "{there}: {sent}");
    }
}

/// What Host says.
fn host_of(asked: &[u8]) -> String {
    let text = String::from_utf8_lossy(asked);
    text.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap().to_owned()
}

#[test]
fn a_server_is_another_by_its_scheme_its_host_or_its_port() {
    for (location, same) in [
        ("/x", true),
        ("http://API.example.com:80/x", true),
        ("https://api.example.com/x", false),
        ("https://api.example.com:80/x", false),
        ("http://api.example.com:8080/x", false),
        ("http://example.com/x", false),
        ("http://api.example.com.evil.example/x", false),
        ("//api.example.com@evil.example/x", false),
    ] {
        let definition = with_secrets("GET", "http://me:pw@api.example.com/".into());
        let sent = prepare(&definition, &Variables::new(), || [0; 16]).unwrap();
        let next = redirect::next(&sent, 307, location).unwrap();
        let credentials = same.then_some("me:pw");
        assert_eq!(next.target.credentials.as_deref(), credentials, "{location}");
        for name in ["Authorization", "Cookie", "X-Api-Key", "Content-Type"] {
            assert_eq!(next.header(name).is_some(), same, "{name} to {location}");
        }
        assert_eq!(next.header("Accept"), Some("a/b"), "{location}");
    }
}

#[tokio::test]
async fn behind_a_public_server_nothing_inside_is_reached_by_any_name_or_open_connection() {
    let desk = Desk::new().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let server = Server::answering(move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        ok()
    });
    let port = server.await.address.port();
    let resolver = Arc::new(Always([127, 0, 0, 1].into()));
    let connector = Connector { pool: Pool::default(), tls: Tls::default(), resolver };
    let sent = async |host: &str, reach: Reach| {
        let definition = request("GET", format!("http://{host}:{port}/"));
        let prepared = prepare(&definition, &Variables::new(), || [0; 16]).unwrap();
        let (outgoing, _) = Outgoing::of(&prepared).await;
        let story = Story { origin: Origin::Redirect, parent: None, request_id: None, source: None, event_type: None };
        let mut patience = Patience::new(15_000, CancellationToken::new());
        let hop = hop(&desk.store, &connector, &outgoing, story, &reach, &mut patience, None).await.unwrap();
        desk.store.exchange(hop.id).await.unwrap().failure
    };
    for (place, host) in ["127.0.0.1", "public.example", "0x7f.1"].into_iter().enumerate() {
        assert_eq!(sent(host, Reach::Anywhere).await, None, "{host}");
        let failure = sent(host, Reach::Public).await.unwrap();
        assert_eq!(failure.kind, FailureKind::Forbidden, "{host}");
        let expected = format!("The redirect to {host}:{port} leads into this computer or its network (127.0.0.1).");
        assert_eq!(failure.message, expected);
        assert_eq!(asked.load(Ordering::SeqCst), place + 1, "{host}");
    }
}

#[tokio::test]
async fn every_hop_says_which_saved_request_it_came_of() {
    let desk = Desk::new().await;
    let server = Server::answering(|count, _| if count == 0 { to(302, "/there") } else { ok() }).await;
    let definition = request("GET", server.url("/"));
    let save = SaveRequest { id: None, parent: None, name: "Own".into(), definition, answers: Vec::new() };
    let saved = desk.store.save_request(save).await.unwrap();
    let job = SendJob::new(saved.definition).of_request(Some(saved.id));
    let last = desk.sender.send(job, CancellationToken::new()).await.unwrap();
    assert_eq!(last, 2);
    for id in [1, last] {
        assert_eq!(desk.store.summary(id).await.unwrap().request_id, Some(saved.id), "hop {id}");
    }
    let tried = desk.send(request("GET", server.url("/"))).await;
    assert_eq!(tried.summary.request_id, None);
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

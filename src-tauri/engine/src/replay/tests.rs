//! Pushes replayed over real sockets.

use super::{forward, replay};
use crate::exchange::{Body, Direction, ExchangeId, FailureKind, Mark, Message, Origin, Side};
use crate::send::tests::kit::{Desk, Server};
use crate::store::NewExchange;
use crate::wire::{Framing, FramingBuilder};
use bytes::Bytes;
use tokio_util::sync::CancellationToken;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Stores a push as the listener does.
async fn push(desk: &Desk, head: &str, framing: Framing, body: &[u8], marks: Vec<Mark>) -> ExchangeId {
    let mut spool = desk.store.spool();
    spool.write(Bytes::copy_from_slice(body)).await.unwrap();
    let body: Body = spool.finish().await.unwrap();
    let request = Message { head: Bytes::copy_from_slice(head.as_bytes()), framing: framing.encode(), body };
    let exchange = NewExchange {
        direction: Direction::Push,
        origin: Origin::Captured,
        started_at: 1,
        duration: Some(1),
        method: "POST".into(),
        url: head.split(' ').nth(1).unwrap().into(),
        source: Some("shop".into()),
        makes_source: true,
        event_type: Some("orders/create".into()),
        provider: None,
        status: Some(200),
        request,
        response: None,
        timing: None,
        failure: None,
        peer: None,
        parent: None,
        request_id: None,
        answered: None,
        marks,
    };
    desk.store.save(exchange).await.unwrap()
}

async fn send_on(desk: &Desk, push: ExchangeId, to: &str) -> ExchangeId {
    replay(&desk.store, &desk.sender, push, to, CancellationToken::new()).await.unwrap()
}

#[tokio::test]
async fn a_replay_has_the_bytes_of_the_push_but_for_host_and_target() {
    let desk = Desk::new().await;
    desk.sender.set_instance("abc");
    let mut server = Server::saying(OK).await;
    let body: Vec<u8> = (0..200_000u32).flat_map(u32::to_le_bytes).collect();
    let (before, after) = ("POST ", " HTTP/1.1\r\nx-B:1\r\nHOST:\t old:1 \r\nX-a:  two \r\nx-b: 3\r\n");
    let length = format!("content-length: {}\r\n", body.len());
    let head = format!("{before}/in/shop/a%20b?c=d&&{after}{length}\r\n");
    let push = push(&desk, &head, Framing::default(), &body, vec![Mark::ViaTunnel]).await;
    let id = send_on(&desk, push, &server.url("")).await;
    let sent = server.seen().await.bytes;
    let after = after.replace("old:1", &server.address.to_string());
    let expected_head = format!("{before}/a%20b?c=d&&{after}{length}Pushpull-Forwarded: abc\r\n\r\n");
    assert!(sent == [expected_head.as_bytes(), &body].concat());
    let exchange = desk.store.exchange(id).await.unwrap();
    let summary = exchange.summary;
    assert_eq!((summary.origin, summary.parent, summary.status), (Origin::Replay, Some(push), Some(200)));
    assert_eq!((summary.source.as_deref(), summary.event_type.as_deref()), (Some("shop"), Some("orders/create")));
    assert_eq!(summary.url, server.url("/a%20b?c=d&&"));
    assert_eq!(desk.head(id, Side::Request).await, expected_head);
    assert!(desk.body(id, Side::Request).await == body);
    assert_eq!(desk.store.summary(push).await.unwrap().forward_status, Some(200));
}

#[tokio::test]
async fn chunks_are_replayed_as_they_were_cut() {
    let desk = Desk::new().await;
    let mut server = Server::saying(OK).await;
    let mut framing = FramingBuilder::default();
    framing.raw(b"5;x=1\r\n");
    framing.data(5);
    framing.raw(b"\r\n006\r\n");
    framing.data(6);
    framing.raw(b"\r\n0\r\n\r\n");
    let head = "POST /in/shop HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let push = push(&desk, head, framing.finish(), b"hello world", Vec::new()).await;
    let id = send_on(&desk, push, &server.url("/hook?k=v")).await;
    let wire = b"5;x=1\r\nhello\r\n006\r\n world\r\n0\r\n\r\n";
    let sent = server.seen().await.bytes;
    assert!(sent.starts_with(b"POST /hook?k=v HTTP/1.1\r\n") && sent.ends_with(wire));
    assert_eq!(desk.wire_body(id, Side::Request).await, wire);
}

#[tokio::test]
async fn what_would_change_the_protocol_is_left_out() {
    let desk = Desk::new().await;
    let mut server = Server::saying(OK).await;
    let head = "GET /in/shop/x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nX: y\r\n\r\n";
    let push = push(&desk, head, Framing::default(), b"", Vec::new()).await;
    send_on(&desk, push, &server.url("")).await;
    assert_eq!(server.seen_text().await, format!("GET /x HTTP/1.1\r\nHost: {}\r\nX: y\r\n\r\n", server.address));
}

#[tokio::test]
async fn our_own_listener_is_refused_under_any_name() {
    let desk = Desk::new().await;
    let mut server = Server::saying(OK).await;
    let port = server.address.port();
    desk.sender.set_own_ports(vec![port]);
    let head = "POST /in/shop HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    let push = push(&desk, head, Framing::default(), b"", Vec::new()).await;
    for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.0.0.1", "127.1", "[::ffff:127.0.0.1]", "0.0.0.0"] {
        let id = forward(
            &desk.store,
            &desk.sender,
            push,
            &format!("http://{host}:{port}/in/shop"),
            CancellationToken::new(),
        )
        .await
        .unwrap();
        let exchange = desk.store.exchange(id).await.unwrap();
        let failure = exchange.failure.unwrap();
        assert_eq!((failure.kind, exchange.summary.origin), (FailureKind::Forbidden, Origin::Forward), "{host}");
        assert_eq!(failure.message, format!("{host}:{port} is Pushpull's own listener."));
    }
    desk.sender.set_own_ports(Vec::new());
    send_on(&desk, push, &server.url("/")).await;
    assert!(server.seen_text().await.starts_with("POST / HTTP/1.1\r\n"));
}

#[tokio::test]
async fn redirects_of_a_replay_are_shown_and_not_followed() {
    let desk = Desk::new().await;
    let server = Server::saying("HTTP/1.1 307 X\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n").await;
    let head = "POST /in/shop HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    let push = push(&desk, head, Framing::default(), b"", Vec::new()).await;
    let id = send_on(&desk, push, &server.url("")).await;
    assert_eq!(desk.store.summary(id).await.unwrap().status, Some(307));
    assert!(desk.store.summary(id + 1).await.is_err());
}

#[tokio::test]
async fn what_was_not_kept_whole_is_not_replayed() {
    let desk = Desk::new().await;
    let head = "POST /in/shop HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n";
    let push = push(&desk, head, Framing::default(), b"half", vec![Mark::Truncated]).await;
    let sent = replay(&desk.store, &desk.sender, push, "http://127.0.0.1:9", CancellationToken::new()).await;
    let message = sent.unwrap_err().message;
    assert_eq!(message, format!("Exchange {push} can't be replayed: its body was over the cap and is kept in part."));
    let sent = replay(&desk.store, &desk.sender, push + 1, "http://h", CancellationToken::new()).await;
    assert_eq!(sent.unwrap_err().code, crate::api::ErrorCode::NotFound);
}

#[tokio::test]
async fn what_was_sent_but_could_not_be_kept_is_not_said_to_be_unsent() {
    let desk = Desk::new().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let head = "POST /in/shop HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    let push = push(&desk, head, Framing::default(), b"", Vec::new()).await;
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let cancel = CancellationToken::new();
    let sent = forward(&desk.store, &desk.sender, push, &url, cancel.clone());
    let closed = async {
        let _taken = silent.accept().await.unwrap();
        desk.store.close().await;
        cancel.cancel();
    };
    let (sent, ()) = tokio::join!(sent, closed);
    let problem = sent.unwrap_err().message;
    assert!(problem.starts_with("It may have been sent, but what came of it could not be kept."), "{problem}");
}

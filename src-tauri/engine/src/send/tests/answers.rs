//! Where an answer ends, and that all of it is kept.

use super::kit::*;
use crate::exchange::{FailureKind, Side};

/// Sends `method` to a server with this answer; returns status, body and failure.
async fn exchange(method: &str, answer: Answer) -> (Option<u16>, Vec<u8>, Option<FailureKind>) {
    let desk = Desk::new().await;
    let server = Server::saying(answer).await;
    let exchange = desk.send(request(method, server.url("/"))).await;
    let body = match exchange.response {
        Some(_) => desk.body(exchange.summary.id, Side::Response).await,
        None => Vec::new(),
    };
    (exchange.summary.status, body, exchange.summary.failure)
}

#[tokio::test]
async fn answers_without_a_body_end_with_their_head() {
    for (method, answer, status) in [
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", 200),
        ("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204),
        ("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304),
        ("GET", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 101),
    ] {
        assert_eq!(exchange(method, answer.into()).await, (Some(status), Vec::new(), None), "{answer}");
    }
}

#[tokio::test]
async fn interim_answers_are_skipped() {
    let answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    assert_eq!(exchange("GET", answer.into()).await, (Some(200), b"hi".to_vec(), None));
}

#[tokio::test]
async fn an_answer_can_end_with_the_connection() {
    for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n"] {
        let answer = Answer::then_close(&format!("{head}all of it"));
        assert_eq!(exchange("GET", answer).await, (Some(200), b"all of it".to_vec(), None));
    }
}

#[tokio::test]
async fn chunks_and_trailers_are_kept_as_they_came() {
    let desk = Desk::new().await;
    let wire = "5;x=1\r\nhello\r\n00A\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n";
    let mut server = Server::saying(format!("HTTP/1.1 200 OK\r\ntransfer-Encoding: Chunked\r\n\r\n{wire}")).await;
    let exchange = desk.send(request("GET", server.url("/"))).await;
    let id = exchange.summary.id;
    assert_eq!(desk.body(id, Side::Response).await, b"hello0123456789");
    assert_eq!(desk.wire_body(id, Side::Response).await, wire.as_bytes());
    assert_eq!(exchange.response.unwrap().trailers[0].name, "X-Sum");
    desk.send(request("GET", server.url("/"))).await;
    assert_eq!((server.seen().await.connection, server.seen().await.connection), (0, 0));
}

#[tokio::test]
async fn an_answer_that_stops_half_way_keeps_what_came() {
    for (head, message) in [
        ("Content-Length: 10\r\n", "The answer stopped after 5 of 10 bytes of its body."),
        ("Transfer-Encoding: chunked\r\n", "The answer stopped after 5 bytes of its body, before its last chunk."),
    ] {
        let desk = Desk::new().await;
        let body = if head.starts_with('C') { "hello" } else { "5\r\nhello\r\n" };
        let server = Server::saying(Answer::then_close(&format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}"))).await;
        let exchange = desk.send(request("GET", server.url("/"))).await;
        let failure = exchange.failure.unwrap();
        assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Incomplete, message));
        assert_eq!(exchange.summary.status, Some(200));
        assert_eq!(exchange.summary.duration, None);
        assert_eq!(desk.body(exchange.summary.id, Side::Response).await, b"hello");
    }
}

#[tokio::test]
async fn a_large_answer_is_kept_whole() {
    let body: String = (0..400_000).map(|n| format!("{n},")).collect();
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let (status, kept, failure) = exchange("GET", answer.into()).await;
    assert_eq!((status, failure), (Some(200), None));
    assert!(kept == body.as_bytes());
}

#[tokio::test]
async fn what_is_not_http_is_said_to_be_not_http() {
    for answer in [
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let (_, _, failure) = exchange("GET", answer.into()).await;
        assert_eq!(failure, Some(FailureKind::Protocol), "{answer}");
    }
}

#[tokio::test]
async fn a_head_that_stops_half_way_is_incomplete() {
    let (status, _, failure) = exchange("GET", Answer::then_close("HTTP/1.1 200 OK\r\nContent-")).await;
    assert_eq!((status, failure), (None, Some(FailureKind::Incomplete)));
}

//! A send that fails is an exchange that says why.

use super::kit::*;
use crate::exchange::{Failure, FailureKind, Side};
use crate::send::{RequestBody, SendError, SendJob};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// More bytes than the sockets of both ends hold.
const LARGER_THAN_SOCKETS: usize = 16 * 1024 * 1024;

fn told(failure: Option<Failure>) -> (FailureKind, String) {
    let failure = failure.unwrap();
    (failure.kind, failure.message)
}

#[tokio::test]
async fn a_refused_connection_keeps_what_was_to_be_sent() {
    let desk = Desk::new().await;
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut definition = request("POST", format!("http://{address}/x"));
    definition.body = RequestBody::Json { text: "[1]".into() };
    let exchange = desk.send(definition).await;
    assert_eq!(told(exchange.failure), (FailureKind::Refused, format!("Nothing listens at {address}.")));
    assert_eq!((exchange.summary.status, exchange.response), (None, None));
    assert!(exchange.timing.unwrap().connect.is_some());
    assert_eq!(desk.body(exchange.summary.id, Side::Request).await, b"[1]");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_named() {
    let desk = Desk::new().await;
    let exchange = desk.send(request("GET", "http://nowhere.invalid/")).await;
    let expected = "The name nowhere.invalid did not resolve to an address.".to_owned();
    assert_eq!(told(exchange.failure), (FailureKind::Dns, expected));
}

#[tokio::test]
async fn a_connection_cut_before_the_answer_is_a_reset() {
    let desk = Desk::new().await;
    let server = Server::saying(Answer::then_close("")).await;
    let exchange = desk.send(request("GET", server.url("/"))).await;
    let expected = format!("{} cut the connection before it answered.", server.address);
    assert_eq!(told(exchange.failure), (FailureKind::Reset, expected));
}

#[tokio::test]
async fn time_runs_out_before_and_in_the_middle_of_an_answer() {
    let desk = Desk::new().await;
    for (answer, timeout_ms, message) in [
        ("", 100, "did not answer within 0.1 s."),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", 1_500, "was not whole after 1.5 s."),
    ] {
        let server = Server::saying(answer).await;
        let mut definition = request("GET", server.url("/"));
        definition.options.timeout_ms = timeout_ms;
        let exchange = desk.send(definition).await;
        let (kind, told) = told(exchange.failure);
        assert_eq!(kind, FailureKind::Timeout);
        assert!(told.ends_with(message), "{told}");
        if !answer.is_empty() {
            assert_eq!(desk.body(exchange.summary.id, Side::Response).await, b"half");
        }
    }
}

#[tokio::test]
async fn a_send_that_waits_for_its_answer_is_cancelled() {
    let desk = Desk::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    let server = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        read_request(&mut tcp).await.unwrap();
        token.cancel();
        tcp.read(&mut [0; 1]).await.unwrap_or(0)
    });
    let id = desk.sender.send(SendJob::new(request("GET", url)), cancel).await.unwrap();
    let expected = (FailureKind::Cancelled, "The send was cancelled.".to_owned());
    assert_eq!(told(desk.store.exchange(id).await.unwrap().failure), expected);
    assert_eq!(server.await.unwrap(), 0);
}

#[tokio::test]
async fn a_cancelled_send_keeps_what_had_come() {
    let desk = Desk::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let cancel = CancellationToken::new();
    let token = cancel.clone();
    let chunks = "400\r\n".to_owned() + &"x".repeat(0x400) + "\r\n";
    let chunks = chunks.repeat(LARGER_THAN_SOCKETS / 0x400);
    let body = chunks.clone();
    let server = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        read_request(&mut tcp).await.unwrap();
        tcp.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await.unwrap();
        // Once all of it is written, most of it was read at the other end.
        tcp.write_all(body.as_bytes()).await.unwrap();
        token.cancel();
        tcp.read(&mut [0; 1]).await.unwrap_or(0)
    });
    let id = desk.sender.send(SendJob::new(request("GET", url)), cancel).await.unwrap();
    let exchange = desk.store.exchange(id).await.unwrap();
    let expected = "The send was cancelled in the middle of the answer.".to_owned();
    assert_eq!(told(exchange.failure), (FailureKind::Cancelled, expected));
    assert_eq!(exchange.summary.status, Some(200));
    let kept = desk.wire_body(id, Side::Response).await;
    assert!(!kept.is_empty() && chunks.as_bytes().starts_with(&kept), "{}", kept.len());
    assert_eq!(server.await.unwrap(), 0);
}

#[tokio::test]
async fn what_can_not_be_sent_is_a_problem_of_its_field_and_no_exchange() {
    let desk = Desk::new().await;
    let sent = desk.sender.send(SendJob::new(request("GET", "api.example.com/x")), CancellationToken::new()).await;
    let Err(SendError::Field(problem)) = sent else { panic!("{sent:?}") };
    assert_eq!(problem.field, "url");
    assert_eq!(problem.message, "api.example.com/x has no scheme. Write https://api.example.com/x.");
    assert!(desk.store.summary(1).await.is_err());
}

#[tokio::test]
async fn a_missing_file_and_a_folder_fail_before_anything_is_sent() {
    let desk = Desk::new().await;
    let folder = desk.folder.path().display().to_string();
    for (path, said) in
        [(format!("{folder}/none.bin"), " can't be read: there is no such file."), (folder.clone(), " is not a file.")]
    {
        let mut definition = request("PUT", "http://127.0.0.1:9/");
        definition.body = RequestBody::File { path: path.clone(), content_type: String::new() };
        let exchange = desk.send(definition).await;
        assert_eq!(told(exchange.failure), (FailureKind::File, format!("{path}{said}")));
    }
}

#[tokio::test]
async fn tls_in_place_of_http_is_recognised() {
    let desk = Desk::new().await;
    let answer = Answer { bytes: vec![0x15, 3, 1, 0, 2, 2, 22], close: true };
    let server = Server::saying(answer).await;
    let exchange = desk.send(request("GET", server.url("/"))).await;
    let failure = exchange.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::Protocol);
    assert_eq!(failure.hint, Some(format!("Write https://{} in place of http://.", server.address)));
}

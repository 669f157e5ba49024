//! Senders that are silent, slow or too many, and the end of the listener.

#![allow(clippy::unwrap_used, reason = "a rig that fails is a test that fails")]

use crate::rig::{ALL, Rig};
use pushpull_engine::capture::{BODY_IDLE_TIME, Limits};
use pushpull_engine::exchange::{FailureKind, Mark, Side};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PUSH: &[u8] = b"POST /in/normal HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

/// Reads to the end of the connection, however it ends.
async fn ended(socket: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    timeout(Duration::from_secs(20), socket.read_to_end(&mut bytes)).await.expect("it ends").ok();
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_dribble_in_every_place_make_room_after_a_while() {
    let rig = Rig::with(Limits { connections: 10, ..Limits::default() }).await;
    let mut crowd = Vec::new();
    for _ in 0..10 {
        let mut socket = rig.connect().await;
        let head = b"POST /in/slow HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n";
        socket.write_all(head).await.unwrap();
        socket.read_exact(&mut [0; 25]).await.unwrap();
        crowd.push(socket);
    }
    let answered =
        pushpull_tests::until("a place", async || Ok((rig.send(PUSH).await.statuses == [200]).then_some(())));
    timeout(BODY_IDLE_TIME - Duration::from_secs(1), answered).await.expect("a place becomes free").unwrap();
}

#[tokio::test]
async fn a_sender_without_a_place_is_told_to_come_again() {
    let rig = Rig::with(Limits { connections: 1, ..Limits::default() }).await;
    let mut holder = rig.connect().await;
    holder
        .write_all(b"POST /in/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
        .await
        .unwrap();
    holder.read_exact(&mut [0; 25]).await.unwrap();
    let mut late = rig.connect().await;
    let answer = String::from_utf8(ended(&mut late).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("\r\nRetry-After: 1\r\n"), "{answer}");
    holder.write_all(b"x").await.unwrap();
    holder.shutdown().await.unwrap();
    assert!(ended(&mut holder).await.starts_with(b"HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_head_that_does_not_end_in_time_is_ended() {
    let rig = Rig::with(Limits { head_time: Duration::from_millis(100), ..Limits::default() }).await;
    let mut silent = rig.connect().await;
    assert_eq!(ended(&mut silent).await, b"");
    let mut slow = rig.connect().await;
    slow.write_all(&PUSH[..30]).await.unwrap();
    assert!(ended(&mut slow).await.starts_with(b"HTTP/1.1 408 "));
    assert!(rig.stored().await.is_empty());
}

#[tokio::test]
async fn a_sender_that_speaks_tls_is_told_at_once() {
    let rig = Rig::with(Limits { head_time: Duration::from_secs(60), ..Limits::default() }).await;
    let mut greeting = rig.connect().await;
    greeting.write_all(b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03").await.unwrap();
    let answer = String::from_utf8(ended(&mut greeting).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("Write http:// in place"), "{answer}");
}

#[tokio::test]
async fn a_body_that_pauses_too_long_is_kept_as_far_as_it_came() {
    let rig = Rig::with(Limits { body_idle_time: Duration::from_millis(100), ..Limits::default() }).await;
    let mut socket = rig.connect().await;
    socket.write_all(b"POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello").await.unwrap();
    assert!(ended(&mut socket).await.starts_with(b"HTTP/1.1 408 "));
    let row = rig.stored().await.pop().unwrap();
    assert_eq!((row.marks.as_slice(), row.failure), (&[Mark::Incomplete][..], Some(FailureKind::Timeout)));
    assert_eq!(rig.store.body(row.id, Side::Request, ALL).await.unwrap(), "hello");
}

#[tokio::test]
async fn a_body_that_never_pauses_but_never_ends_is_ended() {
    let rig = Rig::with(Limits { body_time: Duration::from_millis(300), ..Limits::default() }).await;
    let (mut read, mut write) = rig.connect().await.into_split();
    write.write_all(b"POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n").await.unwrap();
    let dribble = tokio::spawn(async move {
        let mut now_and_then = tokio::time::interval(Duration::from_millis(20));
        while write.write_all(b"x").await.is_ok() {
            now_and_then.tick().await;
        }
    });
    let mut answer = [0; 13];
    timeout(Duration::from_secs(10), read.read_exact(&mut answer)).await.expect("it is answered").unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408 ");
    dribble.abort();
}

#[tokio::test]
async fn too_much_in_memory_is_refused_and_not_stored() {
    let rig = Rig::with(Limits { in_flight_bytes: 128 * 1024, ..Limits::default() }).await;
    let head = format!("POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", 200_000);
    let answers = rig.send_and_stay(&[head.as_bytes(), &[b'x'; 200_000]].concat()).await;
    assert_eq!(answers.statuses, [503]);
    assert_eq!(rig.send(PUSH).await.statuses, [200]);
    assert_eq!(rig.stored().await.len(), 1);
}

#[tokio::test]
async fn a_shutdown_ends_waiting_connections_and_lets_a_request_in_flight_end() {
    let rig = Rig::start().await;
    let (mut idle, mut busy) = (rig.connect().await, rig.connect().await);
    busy.write_all(b"POST /in/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        .await
        .unwrap();
    busy.read_exact(&mut [0; 25]).await.unwrap();
    let Rig { listener, store: _store, _folder, .. } = rig;
    let address = listener.address();
    let closing = tokio::spawn(listener.shutdown());
    assert_eq!(ended(&mut idle).await, b"");
    busy.write_all(b"hi").await.unwrap();
    let mut answer = [0; 13];
    busy.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 ");
    busy.shutdown().await.unwrap();
    timeout(Duration::from_secs(10), closing).await.expect("it ends").unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

//! Senders that are silent, slow or too many, and the end of the listener.

#![allow(clippy::unwrap_used, reason = "a rig that fails is a test that fails")]

use super::rig::{ALL, Rig};
use pushpull_engine::capture::Limits;
use pushpull_engine::exchange::{FailureKind, Mark, Side};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PUSH: &[u8] = b"POST /in/normal HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

/// What `/proc` says of this process.
fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// Reads to the end of the connection, however it ends.
async fn ended(socket: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    timeout(Duration::from_secs(20), socket.read_to_end(&mut bytes)).await.expect("it ends").ok();
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_house_full_of_silent_and_dribbling_senders_does_not_keep_out_a_normal_one() {
    let rig = Rig::with(Limits { connections: 100, ..Limits::default() }).await;
    assert_eq!(rig.send(PUSH).await.statuses, [200]);
    let (descriptors, resident) = (open_descriptors(), resident_bytes());
    let mut crowd = Vec::new();
    for number in 0..200 {
        let mut socket = rig.connect().await;
        let begun: &[u8] = match number % 3 {
            0 => b"",
            1 => b"POST /in/slow HTTP/1.1\r\nHost: a\r\nX-Long: ",
            _ => b"POST /in/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc",
        };
        // It may have been ended already, to make room for those that came after it.
        socket.write_all(begun).await.ok();
        crowd.push(socket);
    }
    for socket in &mut crowd {
        socket.write_all(b"x").await.ok();
    }
    for _ in 0..20 {
        let started = Instant::now();
        assert_eq!(rig.send(PUSH).await.statuses, [200]);
        assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    }
    assert!(resident_bytes().saturating_sub(resident) < 64 * 1024 * 1024);
    drop(crowd);
    let back = async {
        while open_descriptors() > descriptors + 5 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), back).await.expect("the descriptors come back");
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
    let answered = async {
        while rig.send(PUSH).await.statuses != [200] {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(3), answered).await.expect("a place becomes free");
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
        while write.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut answer = [0; 13];
    timeout(Duration::from_secs(10), read.read_exact(&mut answer)).await.expect("it is answered").unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408 ");
    dribble.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_body_is_refused_at_the_cap_and_never_stands_in_memory() {
    let rig = Rig::start().await;
    assert_eq!(rig.send(PUSH).await.statuses, [200]);
    let resident = resident_bytes();
    let (mut read, mut write) = rig.connect().await.into_split();
    let endless = tokio::spawn(async move {
        let head = b"POST /in/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let chunk = [b"10000\r\n".as_slice(), &[0; 0x10000], b"\r\n"].concat();
        let mut written = write.write_all(head).await;
        while written.is_ok() {
            written = write.write_all(&chunk).await;
        }
    });
    let mut answer = [0; 13];
    timeout(Duration::from_secs(20), read.read_exact(&mut answer)).await.expect("it is answered").unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413 ");
    assert!(resident_bytes().saturating_sub(resident) < 64 * 1024 * 1024);
    let row = rig.stored().await.pop().unwrap();
    assert_eq!((row.marks.as_slice(), row.request_size), (&[Mark::Truncated][..], 64 * 1024));
    timeout(Duration::from_secs(20), endless).await.expect("the connection is closed").unwrap();
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

//! Each fault as its sender sees it, and that held answers can't use up the connections.

use super::kit::{Rig, send};
use crate::capture::Limits;
use crate::exchange::FailureKind;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Far more than anything here takes.
const LONG: Duration = Duration::from_secs(10);

fn fault(fault: Value) -> Value {
    json!({"rules": [{"steps": [{"body": "0123456789", "fault": fault}]}]})
}

async fn all(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    timeout(LONG, stream.read_to_end(&mut bytes)).await.expect("the connection ends")?;
    Ok(bytes)
}

async fn asked(rig: &Rig) -> TcpStream {
    let mut stream = rig.connect().await;
    send(&mut stream, "POST /in/a", "", "{}").await;
    stream
}

#[tokio::test]
async fn hanging_keeps_the_connection_open_without_a_byte() {
    let limits = Limits { held_time: Duration::from_millis(200), ..Limits::default() };
    let rig = Rig::limited(fault(json!({"type": "hang"})), limits).await;
    let began = Instant::now();
    let mut stream = asked(&rig).await;
    assert_eq!(all(&mut stream).await.unwrap(), b"");
    assert!(began.elapsed() >= Duration::from_millis(200), "open until the time for held answers is over");
    assert_eq!(rig.count().await, 1);
    assert_eq!(rig.stored(1).await.summary.duration, None, "it was never answered");
}

#[tokio::test]
async fn a_delay_comes_before_the_end_without_an_answer() {
    for fault in ["reset", "halfClose"] {
        let rig = Rig::new(json!({"rules": [{"steps": [{"delayMs": 300, "fault": {"type": fault}}]}]})).await;
        let began = Instant::now();
        let mut stream = asked(&rig).await;
        rig.until_stored(1).await;
        assert!(all(&mut stream).await.unwrap_or_default().is_empty(), "{fault}");
        assert!(began.elapsed() >= Duration::from_millis(300), "{fault}");
        assert_eq!(rig.stored(1).await.answered.unwrap().delay_ms, 300, "{fault}");
    }
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let rig = Rig::new(fault(json!({"type": "reset"}))).await;
    let mut stream = asked(&rig).await;
    let error = all(&mut stream).await.expect_err("no orderly end");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn half_closing_ends_our_side_and_lets_the_sender_go_on() {
    let rig = Rig::new(fault(json!({"type": "halfClose"}))).await;
    let mut stream = asked(&rig).await;
    assert_eq!(all(&mut stream).await.unwrap(), b"", "our side is at its end");
    for _ in 0..20 {
        AsyncWriteExt::write_all(&mut stream, b"more").await.expect("theirs is not");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn closing_after_the_head_leaves_the_body_out() {
    let rig = Rig::new(fault(json!({"type": "closeAfterHeaders"}))).await;
    let answer = rig.post("/in/a", "{}").await;
    assert_eq!((answer.status, answer.header("content-length"), answer.body.as_str()), (200, Some("10"), ""));
    assert_eq!(rig.stored(1).await.response.unwrap().body_size, 0, "what was sent is what is kept");
}

#[tokio::test]
async fn a_wrong_length_is_so_much_too_long_or_too_short() {
    for (by, announced) in [(7, "17"), (-4, "6"), (-100, "0")] {
        let rig = Rig::new(fault(json!({"type": "wrongLength", "by": by}))).await;
        let answer = rig.post("/in/a", "{}").await;
        assert_eq!((answer.header("content-length"), answer.body.as_str()), (Some(announced), "0123456789"), "{by}");
    }
}

#[tokio::test]
async fn an_answer_without_a_body_is_cut_and_wrong_as_well() {
    for (kind, announced) in [
        (json!({"type": "closeAfterHeaders"}), "1"),
        (json!({"type": "wrongLength", "by": 7}), "7"),
        (json!({"type": "wrongLength", "by": -10}), "10"),
    ] {
        let rig = Rig::new(json!({"rules": [{"steps": [{"fault": kind}]}]})).await;
        let answer = rig.post("/in/a", "{}").await;
        assert_eq!((answer.header("content-length"), answer.body.as_str()), (Some(announced), ""), "{kind}");
    }
}

#[tokio::test]
async fn dripping_lets_so_many_bytes_go_a_second() {
    let rig = Rig::new(fault(json!({"type": "drip", "bytesPerSecond": 500}))).await;
    let began = Instant::now();
    let answer = rig.post("/in/a", "{}").await;
    let bytes = answer.head.len() + 4 + answer.body.len();
    assert_eq!(answer.body, "0123456789");
    // The first piece leaves at once.
    let least = Duration::from_secs_f64((bytes - 25) as f64 / 500.0);
    assert!(began.elapsed() >= least, "{bytes} bytes");
    let stored = rig.stored(1).await.summary.duration.expect("it ended");
    assert!(stored >= least.as_micros() as i64 && stored <= began.elapsed().as_micros() as i64, "{stored} µs");
}

#[tokio::test]
async fn hanging_answers_leave_room_for_others_and_those_beyond_their_number_end_at_once() {
    let rules = json!({"rules": [{"when": {"path": "/hang"}, "steps": [{"fault": {"type": "hang"}}]}]});
    let rig = Rig::limited(rules, Limits { connections: 8, ..Limits::default() }).await;
    let mut hanging = Vec::new();
    for place in 1..=2 {
        let mut stream = rig.connect().await;
        send(&mut stream, "POST /in/a/hang", "", "{}").await;
        hanging.push(stream);
        rig.until_stored(place).await;
    }
    for _ in 0..20 {
        assert_eq!(timeout(LONG, rig.post("/in/a/hang", "{}")).await.expect("it ends at once").status, 0);
        assert_eq!(rig.post("/in/a", "{}").await.status, 200);
    }
    assert!(!rig.stored(1).await.answered.unwrap().at_once);
    assert!(rig.stored(3).await.answered.unwrap().at_once);
    drop(hanging);
    rig.until_free().await;
}

#[tokio::test]
async fn an_answer_that_hangs_ends_when_its_sender_goes() {
    for held in ["hang", "halfClose"] {
        let rules = json!({"rules": [{"when": {"path": "/held"}, "steps": [{"fault": {"type": held}}]}]});
        let rig = Rig::limited(rules, Limits { connections: 4, ..Limits::default() }).await;
        for _ in 0..3 {
            let stored = rig.count().await;
            let mut stream = rig.connect().await;
            send(&mut stream, "POST /in/a/held", "", "{}").await;
            rig.until_stored(stored + 1).await;
            assert_eq!(rig.free(), 0, "{held}: it has the only place");
            drop(stream);
            rig.until_free().await;
            assert!(!rig.stored(stored as i64 + 1).await.answered.unwrap().at_once, "there was a place for it");
        }
    }
}

#[tokio::test]
async fn who_ends_its_side_alone_gets_the_held_answer_and_who_left_does_not() {
    for held in [json!({"body": "late", "delayMs": 200}), json!({"fault": {"type": "drip", "bytesPerSecond": 500}})] {
        let rig = Rig::new(json!({"rules": [{"steps": [held]}]})).await;
        let mut listens = asked(&rig).await;
        AsyncWriteExt::shutdown(&mut listens).await.unwrap();
        let answer = all(&mut listens).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200 "), "{held}");
        rig.until_settled().await;
        assert_eq!(rig.stored(1).await.summary.failure, None, "{held}: it was there");

        drop(asked(&rig).await);
        rig.until_stored(2).await;
        rig.until_settled().await;
        let left = rig.stored(2).await;
        assert_eq!(left.summary.failure, Some(FailureKind::Left), "{held}");
        assert!(left.failure.unwrap().message.contains("did not wait"), "{held}");
        assert!(left.summary.duration.is_some(), "{held}: when it went out is known all the same");

        let stays = rig.post("/in/a", "{}").await;
        assert_eq!(stays.status, 200);
        rig.until_settled().await;
        assert_eq!(rig.stored(3).await.summary.failure, None, "{held}: it waited");
    }
}

#[tokio::test]
async fn who_cuts_the_connection_while_an_answer_is_held_left() {
    let rig = Rig::new(json!({"rules": [{"steps": [{"delayMs": 1000}]}]})).await;
    let stream = asked(&rig).await;
    rig.until_stored(1).await;
    stream.set_zero_linger().unwrap();
    drop(stream);
    rig.until_settled().await;
    assert_eq!(rig.stored(1).await.summary.failure, Some(FailureKind::Left));
}

#[tokio::test]
async fn an_answer_that_its_reader_does_not_take_in_time_is_noted() {
    for delay in [0, 10] {
        let rules = json!({"rules": [{"steps": [{"body": "x".repeat(250_000), "delayMs": delay}]}]});
        let limits = Limits { answer_time: Duration::from_secs(1), ..Limits::default() };
        let rig = Rig::limited(rules, limits).await;
        assert_eq!(rig.post("/in/a", "{}").await.body.len(), 250_000, "{delay} ms: who reads gets all of it");
        // The system takes the first answers for whoever reads none.
        let mut waits = rig.connect().await;
        waits.write_all(&b"GET /in/a HTTP/1.1\r\nHost: h\r\n\r\n".repeat(100)).await.unwrap();
        let failed = timeout(6 * LONG, rig.until_newest_failed()).await.expect("it is not waited for longer");
        assert_eq!(failed.kind, FailureKind::Timeout, "{delay} ms");
        assert!(failed.message.contains("did not go out in time"), "{}", failed.message);
        assert_eq!(rig.stored(1).await.summary.failure, None, "{delay} ms: that one was read");
        assert_eq!(rig.stored(2).await.summary.failure, None, "{delay} ms: that one was taken");
    }
}

#[tokio::test]
async fn a_held_answer_goes_out_at_once_when_nothing_listens_any_more() {
    for held in [
        json!({"body": "late", "delayMs": 60_000}),
        json!({"body": "late", "fault": {"type": "drip", "bytesPerSecond": 1}}),
    ] {
        let rig = Rig::new(json!({"rules": [{"steps": [held]}]})).await;
        let mut stream = asked(&rig).await;
        rig.until_stored(1).await;
        let (store, _folder) = rig.stop().await;
        let answer = String::from_utf8(all(&mut stream).await.unwrap()).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\nlate"), "{held}: {answer}");
        assert_eq!(store.exchange(1).await.unwrap().summary.failure, None, "{held}: it was answered");
    }
}

#[tokio::test]
async fn what_stands_behind_a_held_answer_is_taken_though_its_sender_has_ended() {
    let rig = Rig::new(json!({"rules": [{"when": {"path": "/late"}, "steps": [{"delayMs": 100}]}]})).await;
    let mut stream = rig.connect().await;
    let two =
        b"POST /in/a/late HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}GET /in/a HTTP/1.1\r\nHost: h\r\n\r\n";
    stream.write_all(two).await.unwrap();
    stream.shutdown().await.unwrap();
    let answers = String::from_utf8(all(&mut stream).await.unwrap()).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 2, "{answers}");
    assert_eq!(rig.count().await, 2);
}

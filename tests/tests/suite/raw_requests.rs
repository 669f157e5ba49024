//! Hostile and odd requests on raw sockets: each gets its right answer, what is taken is stored byte for byte, and
//! nothing after a refused request is ever taken for another one.

mod cases;
mod slow;

use super::rig::{ALL, NONCE, NOW, Rig};
use cases::{Case, Kept};
use pushpull_engine::capture::Limits;
use pushpull_engine::exchange::{FailureKind, Mark, Side};
use std::sync::atomic::Ordering;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn every_odd_request_gets_its_right_answer_and_leaves_what_it_should() {
    let cases = cases::all();
    assert!(cases.len() >= 45, "{}", cases.len());
    for Case { name, sent, statuses, kept } in cases {
        let rig = Rig::start().await;
        // The listener must end the connection itself after what it refuses; after what it takes, the sender does.
        let refused = statuses.last().is_some_and(|&status| status >= 400 && status != 404);
        let answers = if refused { rig.send_and_stay(&sent).await } else { rig.send(&sent).await };
        assert_eq!(answers.statuses, statuses, "{name}: {}", String::from_utf8_lossy(&answers.wire));
        let rows = rig.stored().await;
        match kept {
            Kept::Nothing => assert!(rows.is_empty(), "{name}: {rows:?}"),
            Kept::Wire(expected) => {
                assert_eq!(rows.len(), expected.len(), "{name}");
                for (row, expected) in rows.iter().zip(expected) {
                    let wire = rig.wire(row.id, Side::Request).await;
                    assert_eq!(String::from_utf8_lossy(&wire), String::from_utf8_lossy(&expected), "{name}");
                    assert!(wire == expected && row.status == Some(200) && row.marks.is_empty(), "{name}");
                    assert_eq!(row.started_at, NOW, "{name}");
                }
            }
            Kept::Ambiguous(head) => {
                assert_eq!(rows.len(), 1, "{name}");
                let row = &rows[0];
                assert_eq!(
                    (row.marks.as_slice(), row.status),
                    (&[Mark::AmbiguousFraming][..], statuses.last().copied())
                );
                assert_eq!(rig.wire(row.id, Side::Request).await, head, "{name}");
                assert_eq!(rig.wire(row.id, Side::Response).await, answers.wire, "{name}");
            }
        }
    }
}

#[tokio::test]
async fn the_stored_answer_is_the_one_that_was_sent() {
    let rig = Rig::start().await;
    for (method, version) in [("POST", "1.1"), ("HEAD", "1.1"), ("GET", "1.0")] {
        let request = format!("{method} /in/a HTTP/{version}\r\nHost: a\r\nConnection: close\r\n\r\n");
        let answer = rig.send_and_stay(request.as_bytes()).await.wire;
        let row = rig.stored().await.pop().unwrap();
        assert_eq!(rig.wire(row.id, Side::Response).await, answer);
        let text = String::from_utf8(answer).unwrap();
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.contains("\r\nX-Content-Type-Options: nosniff\r\n"));
        assert_eq!(text.ends_with("\r\n\r\nok\n"), method != "HEAD");
    }
}

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let rig = Rig::start().await;
    let mut socket = rig.connect().await;
    for number in 0..5 {
        let body = format!("number {number}");
        let request = format!("POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = vec![0; 4096];
        let count = socket.read(&mut answer).await.unwrap();
        assert!(answer[..count].ends_with(b"\r\n\r\nok\n"));
        assert_eq!(rig.stored().await.len(), number + 1, "stored before it is answered");
    }
}

#[tokio::test]
async fn leave_to_send_the_body_is_given_once_and_only_if_it_is_wanted() {
    let rig = Rig::start().await;
    let mut socket = rig.connect().await;
    let head = "POST /in/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut leave = [0; 25];
    socket.read_exact(&mut leave).await.unwrap();
    assert_eq!(&leave, b"HTTP/1.1 100 Continue\r\n\r\n");
    socket.write_all(b"hel").await.unwrap();
    socket.write_all(b"lo").await.unwrap();
    socket.shutdown().await.unwrap();
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest).await.unwrap();
    assert!(rest.starts_with(b"HTTP/1.1 200 OK\r\n"));
    let row = rig.stored().await.pop().unwrap();
    assert_eq!(rig.wire(row.id, Side::Request).await, format!("{head}hello").into_bytes());

    let unwanted = head.replace("/in/a", "/elsewhere");
    assert_eq!(rig.send_and_stay(unwanted.as_bytes()).await.statuses, [404]);
    let too_long = head.replace("Length: 5", "Length: 999999999");
    assert_eq!(rig.send_and_stay(too_long.as_bytes()).await.statuses, [413]);
}

#[tokio::test]
async fn a_body_over_the_cap_is_refused_and_its_beginning_kept() {
    let rig = Rig::with(Limits { body_bytes: 300_000, ..Limits::default() }).await;
    let body: Vec<u8> = (0..2_000_000u32).map(|number| (number % 251) as u8).collect();
    let plain = format!("POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len());
    let chunked = "POST /in/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned();
    let mut chunks = Vec::new();
    for chunk in body.chunks(1000) {
        chunks.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunks.extend_from_slice(chunk);
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    for (head, framed) in [(plain, &body), (chunked, &chunks)] {
        let answers = rig.send_and_stay(&[head.as_bytes(), framed].concat()).await;
        assert_eq!(answers.statuses, [413]);
        let row = rig.stored().await.pop().unwrap();
        assert_eq!((row.marks.as_slice(), row.status), (&[Mark::Truncated][..], Some(413)));
        assert_eq!(row.request_size, 64 * 1024);
        assert_eq!(rig.store.body(row.id, Side::Request, ALL).await.unwrap(), body[..64 * 1024]);
        let wire = rig.wire(row.id, Side::Request).await;
        assert!([head.as_bytes(), framed].concat().starts_with(&wire));
    }
}

#[tokio::test]
async fn a_large_body_is_stored_as_it_came() {
    let rig = Rig::start().await;
    let body: Vec<u8> = (0..3_000_000u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let sent = [format!("POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes(), &body]
        .concat();
    assert_eq!(rig.send(&sent).await.statuses, [200]);
    assert_eq!(rig.wire(rig.stored().await[0].id, Side::Request).await, sent);
}

#[tokio::test]
async fn a_sender_that_goes_away_leaves_what_came() {
    for (sent, framed) in [
        ("POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello", "hello"),
        ("POST /in/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nwo", "hellowo"),
    ] {
        let rig = Rig::start().await;
        assert_eq!(rig.send(sent.as_bytes()).await.statuses, [0u16; 0]);
        let row = rig.stored_at_least(1).await.pop().unwrap();
        assert_eq!((row.marks.as_slice(), row.status), (&[Mark::Incomplete][..], None));
        assert_eq!(row.failure, Some(FailureKind::Incomplete));
        assert_eq!(rig.store.body(row.id, Side::Request, ALL).await.unwrap(), framed.as_bytes());
        assert_eq!(rig.wire(row.id, Side::Request).await, sent.as_bytes());
    }
}

#[tokio::test]
async fn a_reset_in_the_middle_of_a_body_leaves_what_came() {
    let rig = Rig::start().await;
    let mut socket = rig.connect().await;
    let head = b"POST /in/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n";
    socket.write_all(head).await.unwrap();
    let mut leave = [0; 25];
    socket.read_exact(&mut leave).await.unwrap();
    socket.write_all(b"hello").await.unwrap();
    socket.set_zero_linger().unwrap();
    drop(socket);
    let row = rig.stored_at_least(1).await.pop().unwrap();
    assert_eq!((row.marks.as_slice(), row.failure), (&[Mark::Incomplete][..], Some(FailureKind::Incomplete)));
}

#[tokio::test]
async fn bad_chunks_are_refused_and_leave_what_came() {
    for tail in ["5\r\nhello\r\nxyz\r\n", "5\r\nhelloworld\r\n0\r\n\r\n", "5\r\nhello\r\n5;a\nworld\r\n0\r\n\r\n"] {
        let rig = Rig::start().await;
        let head = "POST /in/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let smuggled = "POST /in/b HTTP/1.1\r\nHost: a\r\n\r\n";
        assert_eq!(rig.send_and_stay(format!("{head}{tail}{smuggled}").as_bytes()).await.statuses, [400], "{tail:?}");
        let rows = rig.stored().await;
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].marks.as_slice(), rows[0].failure), (&[Mark::Incomplete][..], Some(FailureKind::Protocol)));
        assert_eq!(rig.store.body(rows[0].id, Side::Request, ALL).await.unwrap(), "hello");
    }
}

#[tokio::test]
async fn nothing_stored_can_be_read_through_the_port() {
    let rig = Rig::start().await;
    assert_eq!(rig.send(b"POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nsecret").await.statuses, [200]);
    for path in ["/", "/in", "/in/", "/1", "/exchanges/1", "/.pushpull", "/.pushpull/probe/", "/in/closed", "/in/a%2Fb"]
    {
        let answers = rig.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).await;
        assert_eq!(answers.statuses, [404], "{path}");
        assert!(!String::from_utf8_lossy(&answers.wire).contains("secret"));
    }
    assert_eq!(rig.hooks.unknown_paths.load(Ordering::Acquire), 9);
    assert_eq!(rig.stored().await.len(), 1);
}

#[tokio::test]
async fn a_probe_is_noticed_and_never_stored() {
    let rig = Rig::start().await;
    for (method, nonce, status) in [("GET", NONCE, 204), ("POST", NONCE, 204), ("PUT", NONCE, 404), ("GET", "x", 404)] {
        let request = format!("{method} /.pushpull/probe/{nonce} HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(rig.send(request.as_bytes()).await.statuses, [status]);
    }
    assert_eq!(rig.hooks.probes.load(Ordering::Acquire), 2);
    assert!(rig.stored().await.is_empty());
}

#[tokio::test]
async fn what_came_round_is_refused_and_what_others_forwarded_is_not() {
    let rig = Rig::start().await;
    for (value, status) in
        [("other, this-instance", 508), ("this-instance", 508), ("other", 200), ("this-instance-2", 200)]
    {
        let request = format!("POST /in/a HTTP/1.1\r\nHost: a\r\npushpull-forwarded: {value}\r\n\r\n");
        assert_eq!(rig.send(request.as_bytes()).await.statuses, [status], "{value}");
    }
    assert_eq!(rig.stored().await.len(), 2);
}

#[tokio::test]
async fn what_came_through_the_tunnel_says_so() {
    let rig = Rig::start().await;
    for host in ["Public.Example:7", "127.0.0.1"] {
        let request = format!("POST /in/a HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(rig.send(request.as_bytes()).await.statuses, [200]);
    }
    let marks: Vec<_> = rig.stored().await.into_iter().map(|row| row.marks).collect();
    assert_eq!(marks, [vec![Mark::ViaTunnel], vec![]]);
}

#[tokio::test]
async fn the_event_is_recognised_in_small_and_large_bodies() {
    let rig = Rig::start().await;
    let body = format!("{{\"id\":\"evt_1\",\"type\":\"invoice.paid\",\"more\":\"{}\"}}", "x".repeat(200_000));
    for body in ["{\"type\":\"charge.failed\"}", body.as_str()] {
        let head = format!("POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n", body.len());
        let request = format!("{head}Stripe-Signature: t=1,v1=2\r\n\r\n{body}");
        assert_eq!(rig.send(request.as_bytes()).await.statuses, [200]);
    }
    assert_eq!(rig.send(b"POST /in/a HTTP/1.1\r\nHost: a\r\nX-GitHub-Event: push\r\n\r\n").await.statuses, [200]);
    let events: Vec<_> = rig.stored().await.into_iter().map(|row| row.event_type.unwrap_or_default()).collect();
    assert_eq!(events, ["charge.failed", "invoice.paid", "push"]);
}

#[tokio::test]
async fn a_source_over_its_rate_is_told_to_wait() {
    let rig = Rig::with(Limits { pushes_per_second: 3, ..Limits::default() }).await;
    // More may be taken by the time the last ones come, however fast that is.
    let requests = "POST /in/a HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100);
    let statuses = rig.send(requests.as_bytes()).await.statuses;
    assert_eq!(statuses[..3], [200, 200, 200]);
    assert!(statuses[3..].contains(&429), "{statuses:?}");
    assert_eq!(rig.send(b"POST /in/b HTTP/1.1\r\nHost: a\r\n\r\n").await.statuses, [200]);
}

#[tokio::test]
async fn a_taken_port_is_said_or_the_next_one_used() {
    use pushpull_engine::api::ListenOptions;
    use pushpull_engine::capture::{ListenError, Listener};
    let rig = Rig::start().await;
    let port = rig.listener.address().port();
    let mut options = ListenOptions { port, bind: "127.0.0.1".into(), fallback: false };
    let bind = async |options: &ListenOptions| {
        Listener::bind(options, Limits::default(), rig.store.clone(), rig.hooks.clone()).await
    };
    assert_eq!(bind(&options).await.unwrap_err(), ListenError::Taken(rig.listener.address()));
    options.fallback = true;
    let next = bind(&options).await.unwrap();
    assert_eq!(next.wanted(), Some(port));
    assert!(next.address().port() > port);
    options.bind = "localhost?".into();
    assert_eq!(bind(&options).await.unwrap_err(), ListenError::NotAnAddress("localhost?".into()));
}

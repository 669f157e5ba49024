//! Requests that are meant to be read in two ways: each is refused, or is exactly what a strict reader sees, and
//! nothing behind a refusal is ever taken for another request.

use crate::rig::Rig;
use pushpull_engine::exchange::Side;
use pushpull_tests::Dice;

/// Requests with bytes changed by chance.
const MUTANTS: u64 = 1_500;

/// What must never be seen as a request of its own.
const TAIL: &str = "POST /in/tail HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n!";

/// A POST to a source with these header lines and this body.
fn post(lines: &str, body: &str) -> String {
    format!("POST /in/a HTTP/1.1\r\nHost: a\r\n{lines}\r\n{body}")
}

/// First lines that no server should read generously. Each stands alone before `Host: a`.
const FIRST_LINES: &[&str] = &[
    "POST /in/a",
    "POST /in/a ",
    "POST /in/a HTTP",
    "POST /in/a HTTP/",
    "POST /in/a HTTP/1",
    "POST /in/a HTTP/1.",
    "POST /in/a HTTP/.1",
    "POST /in/a HTTP/1.2",
    "POST /in/a HTTP/0.9",
    "POST /in/a HTTP/3.0",
    "POST /in/a HTTP/01.1",
    "POST /in/a HTTP/1.01",
    "POST /in/a HTTP/1,1",
    "POST /in/a HTTP /1.1",
    "POST /in/a HTTPS/1.1",
    "POST /in/a ICE/1.0",
    "POST /in/a RTSP/1.0",
    "POST /in/a \tHTTP/1.1",
    "POST /in/a\tHTTP/1.1",
    "POST\t/in/a HTTP/1.1",
    "POST\x0b/in/a\x0bHTTP/1.1",
    "POST /in/a HTTP/1.1 x",
    "POST /in/a HTTP/1.1\t",
    "POST /in/a HTTP/1.1;",
    " POST /in/a HTTP/1.1",
    "\tPOST /in/a HTTP/1.1",
    "POST",
    "POST ",
    " ",
    "/in/a HTTP/1.1",
    "POST HTTP/1.1",
    "HTTP/1.1 200 OK",
    "PO\x01ST /in/a HTTP/1.1",
    "PO\u{e9}ST /in/a HTTP/1.1",
    "POST: /in/a HTTP/1.1",
    "\"POST\" /in/a HTTP/1.1",
    "POST /in/a\x7f HTTP/1.1",
    "POST /in/\x1ba HTTP/1.1",
    "POST ?/in/a HTTP/1.1",
    "POST #/in/a HTTP/1.1",
    "POST :80/in/a HTTP/1.1",
    "POST http:///in/a HTTP/1.1",
    "POST http:/in/a HTTP/1.1",
    "POST http: HTTP/1.1",
    "POST //user@/in/a b HTTP/1.1",
    "POST mailto:a HTTP/1.1",
    "CONNECT /in/a HTTP/1.1",
    "CONNECT * HTTP/1.1",
    "CONNECT a HTTP/1.1",
];

/// Header lines of which no reader may make a length, a coding or a Host in a way of its own.
const LINES: &[&str] = &[
    "Content-Length: 1 \r\nContent-Length: 2\r\n",
    "Content-Length: 1,1\r\n",
    "Content-Length: 1;\r\n",
    "Content-Length: 1.0\r\n",
    "Content-Length: 1e1\r\n",
    "Content-Length: 1_0\r\n",
    "Content-Length: 1 1\r\n",
    "Content-Length: \"1\"\r\n",
    "Content-Length: \u{661}\r\n",
    "Content-Length: 9223372036854775808\r\n",
    "Content-Length: 18446744073709551617\r\n",
    "Content-Length:\r\n 1\r\n",
    "Content-Length\r\n: 1\r\n",
    "Content-Length\t: 1\r\n",
    "Content-Length\x0b: 1\r\n",
    "Content-Length:\x0b1\r\n",
    "Content-Length:\x0c1\r\n",
    " Content-Length: 1\r\n",
    "\tContent-Length: 1\r\n",
    "Content-Length: 1\r\nTransfer-Encoding: identity\r\n",
    "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
    "Transfer-Encoding: identity\r\n",
    "Transfer-Encoding: chunked, chunked\r\n",
    "Transfer-Encoding: chunked,\r\n",
    "Transfer-Encoding: ,chunked\r\n",
    "Transfer-Encoding: chunked;q=1\r\n",
    "Transfer-Encoding: chunked x\r\n",
    "Transfer-Encoding: chunked\x0b\r\n",
    "Transfer-Encoding:\x0bchunked\r\n",
    "Transfer-Encoding: \0chunked\r\n",
    "Transfer-Encoding: chun\r\n ked\r\n",
    "Transfer-Encoding: 'chunked'\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Transfer Encoding: chunked\r\n",
    "Transfer-Encoding\r\n",
    "Host: a\r\n",
    "Host: b\r\n",
    "hOsT : a\r\n",
    "X: a\nY: b\r\n",
    "X: a\rY: b\r\n",
    "X: a\r\n\nY: b\r\n",
    "X: a\r\r\n",
    "X: \x08\r\n",
    "X: \x7f\r\n",
    "X\u{e9}: a\r\n",
    "X(: a\r\n",
    "X): a\r\n",
    "X[]: a\r\n",
    "X{}: a\r\n",
    "X@: a\r\n",
    "X\": a\r\n",
    "X\\: a\r\n",
    "X/: a\r\n",
    "X=: a\r\n",
    "X?: a\r\n",
    "X,: a\r\n",
    "X;: a\r\n",
    "<X>: a\r\n",
    ":\r\n",
    "x\r\n",
    "X: a\r\n  b\r\n",
    "X: a\r\n\tb\r\n",
];

/// Chunked bodies with something wrong, each behind one good chunk.
const CHUNKS: &[&str] = &[
    "x\r\n",
    "-1\r\na\r\n",
    "+1\r\na\r\n",
    " 1\r\na\r\n",
    "\t1\r\na\r\n",
    "0x1\r\na\r\n",
    "1h\r\na\r\n",
    "1_\r\na\r\n",
    "1 x\r\na\r\n",
    "1\na\r\n",
    "1\r\na\n",
    "1\ra\r\n",
    "1\r\na\r",
    "1\r\nab\r\n",
    "2\r\na\r\n",
    "\r\n",
    ";x\r\na\r\n",
    "1;a\0b\r\na\r\n",
    "1;a\nb\r\na\r\n",
    "1;\"a\nb\"\r\na\r\n",
    "1;a\x0bb\r\na\r\n",
    "ffffffffffffffff\r\na\r\n",
    "10000000000000000\r\na\r\n",
    "8000000000000000\r\na\r\n",
    "00000000000000001\r\na\r\n",
    "0\n\r\n",
    "0\r\n\n",
    "0\r\nX : 1\r\n\r\n",
    "0\r\n X: 1\r\n\r\n",
    "0\r\nX: 1\nY: 2\r\n\r\n",
    "0\r\nno colon\r\n\r\n",
    "0\r\nX: \0\r\n\r\n",
];

#[tokio::test]
async fn no_first_line_is_read_generously() {
    for line in FIRST_LINES {
        let rig = Rig::start().await;
        let answers = rig.send_and_stay(format!("{line}\r\nHost: a\r\n\r\n{TAIL}").as_bytes()).await;
        assert!(matches!(answers.statuses[..], [400 | 505]), "{line:?}: {answers:?}");
        let taken = rig.stored().await;
        assert!(taken.iter().all(|row| row.status != Some(200)), "{line:?}: {taken:?}");
    }
}

#[tokio::test]
async fn no_header_line_is_read_in_a_way_of_its_own() {
    for lines in LINES {
        let rig = Rig::start().await;
        let answers = rig.send_and_stay(post(lines, &format!("0\r\n\r\n{TAIL}")).as_bytes()).await;
        assert!(matches!(answers.statuses[..], [400 | 501]), "{lines:?}: {answers:?}");
        let taken = rig.stored().await;
        assert!(taken.iter().all(|row| row.status != Some(200)), "{lines:?}: {taken:?}");
    }
}

#[tokio::test]
async fn no_chunk_is_read_generously() {
    for chunk in CHUNKS {
        let rig = Rig::start().await;
        let body = format!("4\r\ngood\r\n{chunk}{TAIL}");
        let answers = rig.send(post("Transfer-Encoding: chunked\r\n", &body).as_bytes()).await;
        // What looks like a chunk that goes on is cut when the sender ends: that is no answer, and nothing taken.
        assert!(matches!(answers.statuses[..], [] | [400]), "{chunk:?}: {answers:?}");
        let rows = rig.stored_at_least(1).await;
        assert_eq!(rows.len(), 1, "{chunk:?}: {rows:?}");
        assert!(rows[0].status != Some(200), "{chunk:?}: {rows:?}");
    }
}

/// Bytes that mean something in HTTP/1.
const TOKENS: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    ":",
    " ",
    "\t",
    ",",
    ";",
    "0",
    "1",
    "a",
    "\0",
    "\u{e9}",
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "Host: b\r\n",
    "0\r\n\r\n",
    "3\r\nabc\r\n",
    "HTTP/1.0",
    "Expect: 100-continue\r\n",
    "GET / HTTP/1.1\r\n",
];

/// Requests that are right, to be changed.
fn right() -> Vec<String> {
    vec![
        post("Content-Length: 3\r\n", "abc"),
        post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX: 1\r\n\r\n"),
        post("Connection: close\r\nContent-Length: 3\r\n", "abc"),
        post("X: 1\r\nx: 2\r\n", ""),
        "GET /in/a?x#y HTTP/1.0\r\n\r\n".into(),
    ]
}

/// One of them with up to three changes.
fn mutant(dice: &mut Dice, right: &[String]) -> Vec<u8> {
    let mut bytes = right[dice.below(right.len() as u64) as usize].clone().into_bytes();
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len() as u64) as usize;
        let token = TOKENS[dice.below(TOKENS.len() as u64) as usize].as_bytes();
        match dice.below(4) {
            0 if bytes.len() > 1 => drop(bytes.remove(at)),
            1 => bytes[at] = token[0],
            2 => drop(bytes.splice(at..at, token.iter().copied())),
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes
}

/// The law: what was answered 200 is what is stored as taken, and it stands in what was sent, one behind the other.
#[tokio::test]
async fn what_is_taken_stands_in_what_was_sent_and_nothing_follows_a_refusal() {
    let (mut dice, right) = (Dice::new(), right());
    let rig = Rig::start().await;
    let mut before = 0;
    for _ in 0..MUTANTS {
        let mut sent = mutant(&mut dice, &right);
        sent.extend_from_slice(TAIL.as_bytes());
        let text = String::from_utf8_lossy(&sent).into_owned();
        let answers = rig.send(&sent).await;
        let last = answers.statuses.len().saturating_sub(1);
        for (place, &status) in answers.statuses.iter().enumerate() {
            assert!(place == last || matches!(status, 100 | 200 | 404 | 417), "{text:?}: {:?}", answers.statuses);
        }
        let taken = answers.statuses.iter().filter(|&&status| status == 200).count();
        let rows = rig.newer_than(before).await;
        before = rows.last().map_or(before, |row| row.id);
        let mut from = 0;
        let mut kept = 0;
        for row in rows.iter().filter(|row| row.status == Some(200)) {
            let wire = rig.wire(row.id, Side::Request).await;
            let found = sent[from..].windows(wire.len()).position(|window| window == wire);
            from += found.unwrap_or_else(|| panic!("{text:?} was taken for {:?}", String::from_utf8_lossy(&wire)));
            from += wire.len();
            kept += 1;
        }
        assert_eq!(kept, taken, "{text:?}: {:?}", answers.statuses);
    }
}

//! Heads and bodies from bytes that come in any pieces.

use super::*;
use crate::foreign::mutants;
use bytes::Bytes;
use proptest::prelude::*;
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, ReadBuf};

/// A stream that gives one of its pieces a read.
struct Pieces(VecDeque<Bytes>);

impl Pieces {
    fn cut(bytes: &[u8], lengths: &[usize]) -> Self {
        let mut rest = Bytes::copy_from_slice(bytes);
        let mut pieces = VecDeque::new();
        for &length in lengths {
            if rest.is_empty() {
                break;
            }
            pieces.push_back(rest.split_to(length.clamp(1, rest.len())));
        }
        pieces.push_back(rest);
        pieces.retain(|piece| !piece.is_empty());
        Self(pieces)
    }
}

impl AsyncRead for Pieces {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        if let Some(mut piece) = self.0.pop_front() {
            out.put_slice(&piece.split_to(piece.len().min(out.remaining())));
            if !piece.is_empty() {
                self.0.push_front(piece);
            }
        }
        Poll::Ready(Ok(()))
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Head, decoded body, framing, what is left: of one request, or how it failed.
type Read = Result<(Bytes, Vec<u8>, Framing, Vec<u8>), String>;

fn read_request(bytes: &[u8], lengths: &[usize]) -> Read {
    block_on(async {
        let mut wire = Wire::new(Pieces::cut(bytes, lengths));
        let text = |error: ReadError| error.to_string();
        let raw = wire.read_head(64 * 1024).await.map_err(text)?.ok_or("nothing")?;
        let head = RequestHead::parse(raw).map_err(|problem| problem.to_string())?;
        let mut reader = BodyReader::new(head.framing);
        let mut body = Vec::new();
        while let Some(piece) = reader.next(&mut wire).await.map_err(text)? {
            body.extend_from_slice(&piece);
        }
        while wire.fill().await.unwrap() > 0 {}
        Ok((head.raw, body, reader.into_framing(), wire.buffered().to_vec()))
    })
}

fn parse(head: &str) -> Result<RequestHead, HeadProblem> {
    RequestHead::parse(Bytes::copy_from_slice(head.as_bytes()))
}

fn problem(head: &str) -> HeadProblem {
    parse(head).unwrap_err()
}

fn chunked(body: &str) -> Read {
    read_request(format!("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{body}").as_bytes(), &[])
}

#[test]
fn a_head_keeps_order_case_duplicates_and_bytes() {
    let text = "pOsT /a?b=c%20&d HTTP/1.1\r\nHOST: a\r\nx-A:  1 \r\nX-a:\t2\r\nx-a:\r\n\r\n";
    let head = parse(text).unwrap();
    let fields: Vec<_> = head.headers.iter().map(|(n, v)| (n.to_vec(), v.to_vec())).collect();
    let expected = [("HOST", "a"), ("x-A", "1"), ("X-a", "2"), ("x-a", "")];
    assert_eq!(fields, expected.map(|(n, v)| (n.as_bytes().to_vec(), v.as_bytes().to_vec())));
    assert_eq!((head.method.as_str(), head.target.as_str()), ("pOsT", "/a?b=c%20&d"));
    assert_eq!(head.raw, text.as_bytes());
}

#[test]
fn heads_that_can_be_read_in_two_ways_are_refused() {
    use HeadProblem as P;
    let lines = |lines: &str| format!("POST / HTTP/1.1\r\nHost: a\r\n{lines}\r\n");
    for (head, expected) in [
        ("GET / HTTP/1.1\nHost: a\n\n".to_owned(), P::BareLineFeed),
        (lines("A: b\n"), P::BareLineFeed),
        (lines("A: b\rC: d\r\n"), P::BareCarriageReturn),
        (lines("A: b\0c\r\n"), P::ControlByte),
        (lines("A\0: b\r\n"), P::ControlByte),
        ("GET /\u{1} HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), P::ControlByte),
        (lines("A: b\r\n c\r\n"), P::FoldedLine),
        (lines("Content-Length : 3\r\n"), P::SpaceBeforeColon),
        (lines("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), P::TransferEncodingAndLength),
        (lines("Content-Length: 3\r\nContent-Length: 4\r\n"), P::DifferentLengths),
        (lines("Content-Length: 3, 3\r\n"), P::BadLength),
        (lines("Content-Length: +3\r\n"), P::BadLength),
        (lines("Content-Length:\r\n"), P::BadLength),
        (lines("Content-Length: 18446744073709551616\r\n"), P::BadLength),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(), P::TransferEncodingInOldVersion),
        (lines("Transfer-Encoding: chunked, gzip\r\n"), P::ChunkedNotLast),
        (lines("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), P::ChunkedNotLast),
        (lines("Transfer-Encoding: xchunked\r\n"), P::ChunkedNotLast),
        (lines("Transfer-Encoding:\r\n"), P::ChunkedNotLast),
        (lines("Transfer-Encoding: gzip, chunked\r\n"), P::UnknownTransferCoding),
        (lines("Host: a\r\n"), P::ManyHosts),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), P::Connect),
    ] {
        assert_eq!(problem(&head), expected, "{head:?}");
        assert!(expected.is_ambiguous(), "{expected:?}");
    }
}

#[test]
fn malformed_heads_are_refused() {
    use HeadProblem as P;
    for (head, expected) in [
        ("GET / HTTP/1.1\r\n\r\n", P::NoHost),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", P::BadHost),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", P::BadRequestLine),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", P::BadRequestLine),
        ("GET /\r\n\r\n", P::BadRequestLine),
        ("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", P::BadRequestLine),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", P::BadVersion),
        ("GET / http/1.1\r\nHost: a\r\n\r\n", P::BadVersion),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", P::BadTarget),
        ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", P::BadTarget),
        ("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", P::BadHeaderName),
        ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", P::BadHeaderName),
    ] {
        assert_eq!(problem(head), expected, "{head:?}");
        assert!(!expected.is_ambiguous(), "{expected:?}");
    }
}

#[test]
fn a_hundred_headers_pass_and_one_more_does_not() {
    let head = |count: usize| format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "A: b\r\n".repeat(count - 1));
    assert_eq!(parse(&head(MAX_HEADERS)).unwrap().headers.len(), MAX_HEADERS);
    assert_eq!(problem(&head(MAX_HEADERS + 1)), HeadProblem::TooManyHeaders(MAX_HEADERS));
    assert_eq!(problem(&head(10_000)), HeadProblem::TooManyHeaders(MAX_HEADERS));
}

#[test]
fn the_path_is_told_from_every_form_of_target() {
    for (target, path) in
        [("/a/b?c#d", "/a/b"), ("http://h:1/a?b", "/a"), ("HTTPS://h", "/"), ("http://h?x", "/"), ("//x/y", "//x/y")]
    {
        assert_eq!(parse(&format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")).unwrap().path(), path);
    }
}

#[test]
fn a_head_over_the_limit_is_refused_before_its_end() {
    let long = format!("GET / HTTP/1.1\r\nHost: a\r\nA: {}", "b".repeat(100_000));
    assert_eq!(read_request(long.as_bytes(), &[]).unwrap_err(), "The head is longer than 65536 bytes.");
}

#[test]
fn empty_lines_before_a_request_are_no_part_of_it() {
    let (head, ..) = read_request(b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", &[1, 2, 3]).unwrap();
    assert_eq!(&head[..], b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
}

#[test]
fn chunk_extensions_and_trailers_are_kept() {
    let wire = "5;a=\"b\"\r\nhello\r\n00a ;x\r\n0123456789\r\n000;last\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n";
    let (_, body, framing, rest) = chunked(&format!("{wire}GET /next")).unwrap();
    assert_eq!(body, b"hello0123456789");
    assert_eq!(framing.interleave(&body), wire.as_bytes());
    assert_eq!(framing.wire_len(body.len() as u64), wire.len() as u64);
    let trailers: Vec<_> = framing.trailers().view().into_iter().map(|h| (h.name, h.value)).collect();
    assert_eq!(trailers, [("X-Sum".to_owned(), "1".to_owned()), ("x-sum".to_owned(), "2".to_owned())]);
    assert_eq!(rest, b"GET /next");
}

#[test]
fn a_chunked_body_of_nothing_has_framing() {
    let (_, body, framing, _) = chunked("0\r\nA: b\r\n\r\n").unwrap();
    assert_eq!(framing.interleave(&body), b"0\r\nA: b\r\n\r\n");
    assert_eq!(framing.trailers().len(), 1);
}

#[test]
fn sloppy_chunks_are_refused() {
    use BodyProblem as P;
    let long = format!("5;{}", "a".repeat(2000));
    let trailer = format!("0\r\nA: {}", "b".repeat(20_000));
    for (body, expected) in [
        ("5\nhello\r\n0\r\n\r\n", P::BadChunkSize),
        ("\r\nhello", P::BadChunkSize),
        ("0x5\r\nhello\r\n0\r\n\r\n", P::BadChunkSize),
        ("-1\r\n", P::BadChunkSize),
        (" 5\r\nhello\r\n", P::BadChunkSize),
        ("5 \r\nhello\r\n", P::BadChunkSize),
        ("5;a\rb\r\nhello\r\n", P::BadChunkSize),
        ("11111111111111111\r\n", P::BadChunkSize),
        ("ffffffffffffffff\r\n", P::BadChunkSize),
        (&long, P::ChunkLineTooLong),
        ("5\r\nhelloX\r\n0\r\n\r\n", P::BadChunkEnd),
        ("5\r\nhello\n0\r\n\r\n", P::BadChunkEnd),
        ("0\r\nno colon\r\n\r\n", P::BadTrailer),
        ("0\r\nA: b\n\r\n", P::BadTrailer),
        ("0\r\n\n", P::BadTrailer),
        (&trailer, P::TrailerTooLong),
    ] {
        assert_eq!(chunked(body).unwrap_err(), expected.to_string(), "{body:?}");
    }
}

#[test]
fn framing_is_bounded() {
    let body = "1\r\na\r\n".repeat(2_000_000);
    assert_eq!(chunked(&body).unwrap_err(), BodyProblem::TooMuchFraming.to_string());
}

#[test]
fn a_body_cut_short_says_so_and_keeps_a_beginning() {
    assert!(chunked("5\r\nhel").unwrap_err().contains("closed in the middle"));
    let (_, body, framing, _) = chunked("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n").unwrap();
    for kept in 0..=body.len() {
        let wire = framing.interleave(&body[..kept]);
        assert!(b"5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n".starts_with(&wire), "{kept}");
    }
}

#[test]
fn an_answer_ends_where_its_head_says() {
    let framing = |text: &str, method: &str| {
        ResponseHead::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap().framing(method)
    };
    let ok = |lines: &str| format!("HTTP/1.1 200 OK\r\n{lines}\r\n");
    assert_eq!(framing(&ok("Content-Length: 5\r\n"), "GET"), Ok(BodyFraming::Length(5)));
    assert_eq!(framing(&ok("Content-Length: 5\r\n"), "HEAD"), Ok(BodyFraming::None));
    assert_eq!(framing(&ok("Content-Length: 5\r\nTransfer-Encoding: Chunked\r\n"), "GET"), Ok(BodyFraming::Chunked));
    assert_eq!(framing(&ok("Transfer-Encoding: gzip\r\n"), "GET"), Ok(BodyFraming::UntilClose));
    assert_eq!(framing(&ok(""), "GET"), Ok(BodyFraming::UntilClose));
    assert_eq!(framing(&ok("Content-Length: x\r\n"), "GET"), Err(HeadProblem::BadLength));
    assert_eq!(framing("HTTP/1.1 204 \r\n\r\n", "GET"), Ok(BodyFraming::None));
    assert_eq!(framing("HTTP/1.1 304\r\nContent-Length: 9\r\n\r\n", "GET"), Ok(BodyFraming::None));
}

#[test]
fn an_odd_answer_is_read_as_it_is() {
    let text = b"HTTP/1.0 299 D\xe9j\xe0 vu\nServer : x\r\nset-cookie: a\r\nSET-COOKIE: b\r\n c\r\n\r\n";
    let head = ResponseHead::parse(Bytes::from_static(text)).unwrap();
    assert_eq!((head.status, head.reason.as_str(), head.version), (299, "Déjà vu", Version::Http10));
    assert_eq!(head.headers.all("Set-Cookie").count(), 2);
    assert_eq!(head.raw, &text[..]);
}

#[test]
fn a_refused_head_can_still_be_shown() {
    let raw = Bytes::from_static(b"POST /in/a  HTTP/1.1\nHost : x\nTransfer-Encoding\n\n");
    let head = LooseHead::parse(&raw);
    assert_eq!(head.method_and_target(), ("POST".to_owned(), "/in/a".to_owned()));
    let fields: Vec<_> = head.headers.view().into_iter().map(|h| (h.name, h.value)).collect();
    assert_eq!(fields, [("Host ".to_owned(), "x".to_owned()), ("Transfer-Encoding".to_owned(), String::new())]);
}

fn token() -> impl Strategy<Value = String> {
    "[A-Za-z][A-Za-z0-9-]{0,8}"
}

/// A request on the wire: its head, its body, the body as it is framed.
fn request() -> impl Strategy<Value = (String, Vec<u8>, Vec<u8>)> {
    let headers = prop::collection::vec((token(), "[ \t]{0,2}[!-~]{0,12}[ ]{0,2}"), 0..8);
    let chunks =
        prop::collection::vec((prop::collection::vec(any::<u8>(), 1..40), "(;[a-z]{0,5}(=[a-z]{1,3})?)?"), 0..6);
    let trailers = prop::collection::vec((token(), "[a-z]{0,5}"), 0..3);
    (headers, chunks, trailers, any::<bool>()).prop_map(|(headers, chunks, trailers, chunked)| {
        let body: Vec<u8> = chunks.iter().flat_map(|(data, _)| data.clone()).collect();
        let (line, wire) = if chunked {
            ("Transfer-Encoding: chunked".to_owned(), chunk(&chunks, &trailers))
        } else {
            (format!("content-length: {}", body.len()), body.clone())
        };
        let reserved = ["host", "content-length", "transfer-encoding"];
        let fields: String = headers
            .iter()
            .filter(|(name, _)| !reserved.contains(&name.to_lowercase().as_str()))
            .map(|(name, value)| format!("{name}:{value}\r\n"))
            .collect();
        (format!("POST /in/a HTTP/1.1\r\nHost: a\r\n{fields}{line}\r\n\r\n"), body, wire)
    })
}

fn chunk(chunks: &[(Vec<u8>, String)], trailers: &[(String, String)]) -> Vec<u8> {
    let mut wire = Vec::new();
    for (data, extension) in chunks {
        wire.extend_from_slice(format!("{:X}{extension}\r\n", data.len()).as_bytes());
        wire.extend_from_slice(data);
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b"0\r\n");
    for (name, value) in trailers {
        wire.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    wire.extend_from_slice(b"\r\n");
    wire
}

#[test]
fn a_status_below_100_is_none() {
    let head = |line: &str| ResponseHead::parse(Bytes::from(format!("{line}\r\n\r\n")));
    assert_eq!(head("HTTP/1.1 000 Continue"), Err(HeadProblem::BadStatusLine));
    assert_eq!(head("HTTP/1.1 100 Continue").map(|head| head.status), Ok(100));
}

proptest! {
    #[test]
    fn any_split_into_reads_gives_the_same((head, body, wire) in request(), cuts in prop::collection::vec(1usize..30, 0..60)) {
        let bytes = [head.as_bytes(), &wire, b"GET /next"].concat();
        let (read_head, read_body, framing, rest) = read_request(&bytes, &cuts).unwrap();
        prop_assert_eq!(&read_head[..], head.as_bytes());
        prop_assert_eq!(&read_body, &body);
        prop_assert_eq!(rest, b"GET /next");
        prop_assert_eq!(framing.interleave(&body), wire);
        prop_assert_eq!(Framing::decode(framing.encode()), Some(framing));
    }

    #[test]
    fn hostile_bytes_never_panic_and_never_depend_on_the_split(bytes in "[ -~\r\n\0]{0,200}", cuts in prop::collection::vec(1usize..9, 0..40)) {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        for bytes in [bytes.clone(), format!("{head}{bytes}")] {
            prop_assert_eq!(read_request(bytes.as_bytes(), &cuts), read_request(bytes.as_bytes(), &[]));
        }
    }

    #[test]
    fn foreign_framing_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..60), kept in 0u64..100) {
        if let Some(framing) = Framing::decode(bytes.into()) {
            let body = vec![b'x'; kept as usize];
            prop_assert_eq!(framing.interleave(&body).len() as u64, framing.wire_len(kept));
            framing.trailers();
        }
    }
}

const REQUESTS: &[&[u8]] = &[
    b"POST /in/github HTTP/1.1\r\nHost: a.example:4400\r\nUser-Agent: GitHub-Hookshot/e0f9a44\r\nContent-Length: 11\r\n\
      Accept: */*\r\nX-Hub-Signature-256: sha256=00\r\n\r\n{\"zen\":\"x\"}",
    b"POST /in/a?b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n\
      5;a=\"b\"\r\nhello\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n",
    b"GET http://a/in/b#c HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
];

const ANSWERS: &[&[u8]] = &[
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\n{}",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nServer: x\r\n y\r\n\r\n",
    b"HTTP/1.0 404 \r\nTransfer-Encoding: gzip, chunked\nX : y\n\n0\r\n\r\n",
];

const TOKENS: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    " ",
    "\t",
    ":",
    ",",
    ";",
    "\"",
    "\0",
    "\u{e9}",
    "Content-Length: 5\r\n",
    "chunked",
    "Transfer-Encoding: chunked\r\n",
    "Host: b\r\n",
    "HTTP/1.1",
    "0\r\n\r\n",
    "ffffffff\r\n",
    "1\r\nx\r\n",
    " a\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// What the strict parser takes, the loose one reads the same, and every byte of it stands in the head in order.
    #[test]
    fn a_head_that_is_taken_is_read_in_one_way(bytes in mutants(REQUESTS, TOKENS)) {
        let mut wire = Wire::new(&bytes[..]);
        let Ok(Some(raw)) = block_on(wire.read_head(64 * 1024)) else { return Ok(()) };
        let loose = LooseHead::parse(&raw);
        let Ok(head) = RequestHead::parse(raw.clone()) else { return Ok(()) };
        prop_assert_eq!(loose.method_and_target(), (head.method.clone(), head.target.clone()));
        prop_assert_eq!(&loose.headers, &head.headers);
        let mut again = format!("{} {} {}", head.method, head.target, head.version.as_str()).into_bytes();
        for (name, value) in head.headers.iter() {
            again.extend_from_slice(&[b"\r\n", name, b":", value].concat());
        }
        again.extend_from_slice(b"\r\n\r\n");
        let squeezed = |bytes: &[u8]| bytes.iter().copied().filter(|byte| !b" \t".contains(byte)).collect::<Vec<_>>();
        if std::str::from_utf8(&raw).is_ok() {
            prop_assert_eq!(squeezed(&again), squeezed(&raw));
        }
    }

    /// What the decoder takes off a connection is, with its framing, what stood there.
    #[test]
    fn a_body_with_its_framing_is_what_was_sent(bytes in mutants(REQUESTS, TOKENS), cuts in prop::collection::vec(1usize..40, 0..30)) {
        let read = read_request(&bytes, &cuts);
        prop_assert_eq!(&read, &read_request(&bytes, &[]));
        if let Ok((head, body, framing, rest)) = read {
            let body = if framing.is_empty() { body } else { framing.interleave(&body) };
            prop_assert!(bytes.ends_with(&[&head[..], &body, &rest].concat()));
        }
    }

    #[test]
    fn an_answer_of_any_bytes_is_read_or_refused(bytes in mutants(ANSWERS, TOKENS)) {
        let mut wire = Wire::new(&bytes[..]);
        while let Ok(Some(raw)) = block_on(wire.read_head(64 * 1024)) {
            LooseHead::parse(&raw);
            let Ok(head) = ResponseHead::parse(raw) else { return Ok(()) };
            prop_assert!((100..1000).contains(&head.status));
            let Ok(framing) = head.framing("GET") else { return Ok(()) };
            let mut body = BodyReader::new(framing);
            while let Ok(Some(piece)) = block_on(body.next(&mut wire)) {
                prop_assert!(!piece.is_empty());
            }
            body.into_framing();
        }
    }
}

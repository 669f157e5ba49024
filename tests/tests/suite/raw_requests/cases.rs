//! The table: what is sent, what is answered, what is kept.

/// One connection's worth of bytes and what must become of it.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) sent: Vec<u8>,
    /// The statuses in order.
    pub(super) statuses: &'static [u16],
    pub(super) kept: Kept,
}

/// What is in the workspace afterwards.
pub(super) enum Kept {
    /// Nothing at all.
    Nothing,
    /// Exactly these requests, byte for byte.
    Wire(Vec<Vec<u8>>),
    /// One record of ambiguous framing with this head.
    Ambiguous(Vec<u8>),
}

/// What would be a request of its own if the one before were read otherwise.
const SMUGGLED: &str = "POST /in/smuggled HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n!";

/// A request that is taken and kept as it came.
fn taken(name: &'static str, sent: impl AsRef<[u8]>) -> Case {
    let sent = sent.as_ref().to_vec();
    Case { name, kept: Kept::Wire(vec![sent.clone()]), sent, statuses: &[200] }
}

/// A request that is refused without a trace, whatever follows it.
fn refused(name: &'static str, status: &'static [u16], sent: impl AsRef<[u8]>) -> Case {
    Case { name, sent: [sent.as_ref(), SMUGGLED.as_bytes()].concat(), statuses: status, kept: Kept::Nothing }
}

/// A head that can be read in two ways, and bytes after it that must not be read in either.
fn ambiguous(name: &'static str, status: &'static [u16], head: impl AsRef<[u8]>, tail: &str) -> Case {
    let head = head.as_ref().to_vec();
    let sent = [&head, tail.as_bytes(), SMUGGLED.as_bytes()].concat();
    Case { name, sent, statuses: status, kept: Kept::Ambiguous(head) }
}

/// A POST with these lines besides the Host.
fn post(lines: &str) -> String {
    format!("POST /in/a HTTP/1.1\r\nHost: a\r\n{lines}\r\n")
}

pub(super) fn all() -> Vec<Case> {
    let mut cases = odd();
    cases.extend(chunked());
    cases.extend(targets());
    cases.extend(framing());
    cases.extend(lines());
    cases.extend(malformed());
    cases.extend(many());
    cases
}

fn odd() -> Vec<Case> {
    vec![
        taken("no body", post("")),
        taken("a length of nothing", post("Content-Length: 0\r\n")),
        taken("a body of every byte", [post("Content-Length: 256\r\n").as_bytes(), &Vec::from_iter(0..=255)].concat()),
        taken("names in upper case", "POST /in/a HTTP/1.1\r\nHOST: a\r\nCONTENT-LENGTH: 2\r\nX-ID: Q\r\n\r\nhi"),
        taken("names in lower case", "post /in/a HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nx-id: q\r\n\r\nhi"),
        taken("names in mixed case, twice", post("x-SiG: 1\r\nX-sig: 2\r\nX-Sig: 1\r\n")),
        taken("odd spacing around values", post("A:b\r\nB:   c  \r\nC:\t d\t\r\nD: \r\nE:\r\n")),
        taken(
            "values beyond ASCII",
            [b"POST /in/a HTTP/1.1\r\nHost: a\r\nX: \xe9\xff ", "é\r\n\r\n".as_bytes()].concat(),
        ),
        taken("names with every token character", post("!#$%&'*+-.^_`|~09azAZ: x\r\n")),
        taken("a zero before the length", post("Content-Length: 0005\r\n") + "hello"),
        taken("the same length twice", post("Content-Length: 5\r\nContent-Length: 5\r\n") + "hello"),
        taken("a method of one's own", "x-!odd_METHOD~ /in/a HTTP/1.1\r\nHost: a\r\n\r\n"),
        taken("GET with a body", "GET /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"),
        taken("DELETE", "DELETE /in/a HTTP/1.1\r\nHost: a\r\n\r\n"),
        taken("OPTIONS of a source", "OPTIONS /in/a HTTP/1.1\r\nHost: a\r\n\r\n"),
        taken("an upgrade that is not made", post("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n")),
        taken("a hundred header lines", format!("GET /in/a HTTP/1.1\r\nHost: a\r\n{}\r\n", "A: b\r\n".repeat(99))),
        taken("HTTP/1.0", "POST /in/a HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi"),
        taken("HTTP/1.0 that stays", "POST /in/a HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi"),
        taken("HTTP/1.0 does not expect", "POST /in/a HTTP/1.0\r\nExpect: x\r\nContent-Length: 2\r\n\r\nhi"),
        taken("an empty Host", "POST /in/a HTTP/1.1\r\nHost:\r\n\r\n"),
        taken("a head of 64 KiB", long_head(64 * 1024)),
    ]
}

fn chunked() -> Vec<Case> {
    let chunked = |body: &str| post("Transfer-Encoding: chunked\r\n") + body;
    vec![
        taken("chunks", chunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")),
        taken("no chunk but the last", chunked("0\r\n\r\n")),
        taken(
            "chunk sizes in odd forms",
            chunked("00000005\r\nhello\r\nA\r\n0123456789\r\na\r\n0123456789\r\n000\r\n\r\n"),
        ),
        taken("chunk extensions", chunked("5;a=b;c=\"d e\";f\r\nhello\r\n1 ;x\r\n!\r\n0;last=1\r\n\r\n")),
        taken("trailers", chunked("5\r\nhello\r\n0\r\nX-Sum: 1\r\nx-SUM:2 \r\n\r\n")),
        taken("line ends inside chunks", chunked("4\r\n\r\n\r\n\r\n3\r\n0\r\n\r\n0\r\n\r\n")),
        taken("the coding in capitals", post("TRANSFER-ENCODING: Chunked\r\n") + "1\r\na\r\n0\r\n\r\n"),
        taken("a chunk for each byte", chunked(&("1\r\nx\r\n".repeat(5000) + "0\r\n\r\n"))),
    ]
}

fn targets() -> Vec<Case> {
    let to = |target: &str| format!("POST {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    vec![
        taken("a path below the source", to("/in/a/b/c;d/%2F?x=1&x=2#f")),
        taken("a query alone", to("/in/a?")),
        taken("a slash at the end", to("/in/a/")),
        taken("characters no URL may hold", to("/in/a/\"<>\\^`{|}?[]")),
        taken("an absolute target", to("http://elsewhere.example:99/in/a?b")),
        taken("an absolute target in capitals", to("HTTP://ELSEWHERE/in/a")),
        taken("an escaped name", to("/in/%61")),
        taken("an escape that is no UTF-8", to("/in/a/M%FCller?x=%FF")),
        taken("a target beyond ASCII", [b"POST /in/a/\xff\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n".as_slice()].concat()),
        taken("a long target", to(&format!("/in/a?{}", "x".repeat(60_000)))),
        refused("no source", &[404], post("Content-Length: 3\r\n").replace("/in/a", "/in/closed") + "abc"),
        refused("a name that can't be", &[404], post("Content-Length: 3\r\n").replace("/in/a", "/in/a~b") + "abc"),
        refused(
            "a name that is too long",
            &[404],
            post("Content-Length: 1\r\n").replace("/a", &"/a".repeat(65)[1..]) + "a",
        ),
        refused("the root", &[404], post("Content-Length: 3\r\n").replace("/in/a", "/") + "abc"),
        refused("OPTIONS *", &[404], "OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na"),
        refused("an asterisk for another method", &[400], to("*")),
        refused("a target without a slash", &[400], to("in/a")),
        refused("a target of another scheme", &[400], to("ftp://a/in/a")),
    ]
}

fn framing() -> Vec<Case> {
    let chunks = "5\r\nhello\r\n0\r\n\r\n";
    vec![
        ambiguous("coding and length", &[400], post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), chunks),
        ambiguous("length and coding", &[400], post("Content-Length: 5\r\ntransfer-encoding: chunked\r\n"), chunks),
        ambiguous("two lengths", &[400], post("Content-Length: 5\r\nContent-Length: 6\r\n"), "hello"),
        ambiguous("a list of lengths", &[400], post("Content-Length: 5, 5\r\n"), "hello"),
        ambiguous("a length with a sign", &[400], post("Content-Length: +5\r\n"), "hello"),
        ambiguous("a negative length", &[400], post("Content-Length: -5\r\n"), "hello"),
        ambiguous("a length in hexadecimal", &[400], post("Content-Length: 0x5\r\n"), "hello"),
        ambiguous("a length beyond all bounds", &[400], post("Content-Length: 99999999999999999999\r\n"), "hello"),
        ambiguous("an empty length", &[400], post("Content-Length:\r\n"), "hello"),
        ambiguous("an unknown coding", &[501], post("Transfer-Encoding: gzip, chunked\r\n"), chunks),
        ambiguous("a coding that looks like chunked", &[400], post("Transfer-Encoding: xchunked\r\n"), chunks),
        ambiguous("chunked, but not last", &[400], post("Transfer-Encoding: chunked, identity\r\n"), chunks),
        ambiguous(
            "chunked twice",
            &[400],
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            chunks,
        ),
        ambiguous("an empty coding", &[400], post("Transfer-Encoding:\r\n"), chunks),
        ambiguous("a coding in quotes", &[400], post("Transfer-Encoding: \"chunked\"\r\n"), chunks),
        ambiguous("a coding in HTTP/1.0", &[400], "POST /in/a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", chunks),
        ambiguous("two Hosts", &[400], post("Host: b\r\n"), ""),
        ambiguous("the same Host twice", &[400], post("host: a\r\n"), ""),
        ambiguous("CONNECT", &[400], "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", ""),
    ]
}

fn lines() -> Vec<Case> {
    vec![
        ambiguous("bare line feeds", &[400], "POST /in/a HTTP/1.1\nHost: a\n\n", ""),
        ambiguous("one bare line feed", &[400], post("A: b\nTransfer-Encoding: chunked\r\n"), ""),
        ambiguous("a bare line feed at the end", &[400], "POST /in/a HTTP/1.1\r\nHost: a\r\n\n", ""),
        ambiguous("a bare carriage return", &[400], post("A: b\rTransfer-Encoding: chunked\r\n"), ""),
        ambiguous("two carriage returns", &[400], post("A: b\r\r\n"), ""),
        ambiguous("a folded line", &[400], post("A: b\r\n c\r\n"), ""),
        ambiguous("a folded coding", &[400], post("Transfer-Encoding:\r\n chunked\r\n"), "0\r\n\r\n"),
        ambiguous("a space before the first header", &[400], "POST /in/a HTTP/1.1\r\n Host: a\r\n\r\n", ""),
        ambiguous("a space before the colon", &[400], post("Content-Length : 5\r\n"), "hello"),
        ambiguous("a tab before the colon", &[400], post("Transfer-Encoding\t: chunked\r\n"), "0\r\n\r\n"),
        ambiguous("a TLS greeting", &[400], b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n", ""),
        ambiguous("NUL in a value", &[400], post("A: b\0c\r\n"), ""),
        ambiguous("NUL in a name", &[400], post("A\0: b\r\n"), ""),
        ambiguous("NUL in the target", &[400], "POST /in/a\0b HTTP/1.1\r\nHost: a\r\n\r\n", ""),
        ambiguous("a control byte in a value", &[400], post("A: \x1b[2J\r\n"), ""),
    ]
}

fn malformed() -> Vec<Case> {
    vec![
        refused("no Host", &[400], "POST /in/a HTTP/1.1\r\n\r\n"),
        refused("a Host with a space", &[400], "POST /in/a HTTP/1.1\r\nHost: a b\r\n\r\n"),
        refused("a Host with a path", &[400], "POST /in/a HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        refused("no version", &[400], "POST /in/a\r\nHost: a\r\n\r\n"),
        refused("HTTP/2.0", &[505], "POST /in/a HTTP/2.0\r\nHost: a\r\n\r\n"),
        refused("the preface of HTTP/2", &[505], "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        refused("a version in lower case", &[505], "POST /in/a http/1.1\r\nHost: a\r\n\r\n"),
        refused("a version that runs on", &[505], "POST /in/a HTTP/1.11\r\nHost: a\r\n\r\n"),
        refused("two spaces in the first line", &[400], "POST  /in/a HTTP/1.1\r\nHost: a\r\n\r\n"),
        refused("a space at the end of the first line", &[400], "POST /in/a HTTP/1.1 \r\nHost: a\r\n\r\n"),
        refused("a space in the target", &[400], "POST /in/a b HTTP/1.1\r\nHost: a\r\n\r\n"),
        refused("a method that is no token", &[400], "PO(ST /in/a HTTP/1.1\r\nHost: a\r\n\r\n"),
        refused("a method without end", &[400], format!("{} /in/a HTTP/1.1\r\nHost: a\r\n\r\n", "M".repeat(1000))),
        refused("a line without a colon", &[400], post("no colon\r\n")),
        refused("a line without a name", &[400], post(": x\r\n")),
        refused("a name with a space", &[400], post("A b: x\r\n")),
        refused("a hundred and one header lines", &[431], post(&"A: b\r\n".repeat(100))),
        refused("10,000 header lines", &[431], post(&"A: b\r\n".repeat(10_000))),
        refused("a head of 64 KiB and a byte", &[431], long_head(64 * 1024 + 1)),
        refused("a header of 1 MB", &[431], post(&format!("A: {}\r\n", "b".repeat(1_000_000)))),
        refused("an unknown expectation", &[417], post("Expect: a-miracle\r\nContent-Length: 2\r\n") + "hi"),
        refused(
            "two expectations",
            &[417],
            post("Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"),
        ),
    ]
}

fn many() -> Vec<Case> {
    let (one, two) =
        (post("Content-Length: 3\r\n") + "one", post("Transfer-Encoding: chunked\r\n") + "3\r\ntwo\r\n0\r\n\r\n");
    let pipelined = |first: &str, second: &str| vec![first.as_bytes().to_vec(), second.as_bytes().to_vec()];
    let close = post("Connection: close\r\nContent-Length: 3\r\n") + "one";
    let bad = post("Content-Length: x\r\n");
    vec![
        Case {
            name: "two at once",
            sent: format!("{one}{two}").into(),
            statuses: &[200, 200],
            kept: Kept::Wire(pipelined(&one, &two)),
        },
        Case {
            name: "empty lines between two",
            sent: format!("\r\n{one}\r\n\r\n{two}").into(),
            statuses: &[200, 200],
            kept: Kept::Wire(pipelined(&one, &two)),
        },
        Case {
            name: "one after the last",
            sent: format!("{close}{two}").into(),
            statuses: &[200],
            kept: Kept::Wire(vec![close.clone().into()]),
        },
        Case {
            name: "a length that is too short",
            sent: format!("{one} and more\r\n\r\n").into(),
            statuses: &[200, 400],
            kept: Kept::Wire(vec![one.clone().into()]),
        },
        Case {
            name: "an unknown path without a body, then a push",
            sent: format!("GET / HTTP/1.1\r\nHost: a\r\n\r\n{one}").into(),
            statuses: &[404, 200],
            kept: Kept::Wire(vec![one.clone().into()]),
        },
        Case {
            name: "a bad one and a good one",
            sent: format!("{bad}{one}").into(),
            statuses: &[400],
            kept: Kept::Ambiguous(bad.clone().into()),
        },
        Case { name: "nothing", sent: Vec::new(), statuses: &[], kept: Kept::Nothing },
        Case { name: "half a head", sent: one[..20].into(), statuses: &[], kept: Kept::Nothing },
    ]
}

/// A request whose head is so many bytes long.
fn long_head(length: usize) -> String {
    let head = post("A: \r\n");
    head.replace("A: ", &format!("A: {}", "b".repeat(length - head.len())))
}

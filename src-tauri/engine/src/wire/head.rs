//! What the heads of requests and responses have in common.

use super::problem::HeadProblem;
use crate::exchange::Headers;
use bytes::Bytes;
use httparse::EMPTY_HEADER;

/// The HTTP versions that are spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
}

impl Version {
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        match text {
            b"HTTP/1.1" => Some(Self::Http11),
            b"HTTP/1.0" => Some(Self::Http10),
            _ => None,
        }
    }

    /// As it stands in a head.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
        }
    }
}

/// A stored head taken apart without asking whether it is right: for showing one that was refused as well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LooseHead {
    /// The first line without its line end.
    pub first_line: Bytes,
    /// Every other line up to the empty one. A line without a colon is a name without a value.
    pub headers: Headers,
}

impl LooseHead {
    /// Takes a head apart line by line.
    pub fn parse(raw: &Bytes) -> Self {
        let mut lines = lines(raw);
        let first_line = raw.slice_ref(lines.next().unwrap_or_default());
        let mut headers = Headers::default();
        for line in lines.take_while(|line| !line.is_empty()) {
            let (name, value) = match memchr::memchr(b':', line) {
                Some(colon) => (&line[..colon], &line[colon + 1..]),
                None => (line, &line[line.len()..]),
            };
            headers.push(raw.slice_ref(name), raw.slice_ref(value.trim_ascii()));
        }
        Self { first_line, headers }
    }

    /// The first two words of the first line: a request's method and target, as far as they can be told.
    pub fn method_and_target(&self) -> (String, String) {
        let mut words = self.first_line.split(|&byte| byte == b' ').filter(|word| !word.is_empty());
        let mut word = || crate::exchange::shown(words.next().unwrap_or_default());
        (word(), word())
    }
}

/// The lines of `raw` without their ends, be they CRLF or LF.
fn lines(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    raw.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// Parses header lines that end in an empty one. `N` is one more than the lines allowed.
pub(super) fn parse_headers<const N: usize>(raw: &Bytes, lines: &[u8]) -> Result<Headers, HeadProblem> {
    let mut fields = [EMPTY_HEADER; N];
    let parsed = match httparse::parse_headers(lines, &mut fields) {
        Ok(httparse::Status::Complete((_, parsed))) if parsed.len() < N => parsed,
        Ok(httparse::Status::Complete(_)) | Err(httparse::Error::TooManyHeaders) => {
            return Err(HeadProblem::TooManyHeaders(N - 1));
        }
        Ok(httparse::Status::Partial) => return Err(HeadProblem::BadHeaderName),
        Err(error) => return Err(classify(lines, error)),
    };
    let mut headers = Headers::default();
    for field in parsed {
        headers.push(raw.slice_ref(field.name.as_bytes()), raw.slice_ref(field.value));
    }
    Ok(headers)
}

/// The line ends of a head: every line feed after a carriage return, every carriage return before a line feed.
pub(super) fn check_line_ends(raw: &[u8]) -> Result<(), HeadProblem> {
    let mut after_return = usize::MAX;
    for at in memchr::memchr2_iter(b'\r', b'\n', raw) {
        match (raw[at] == b'\n', after_return == at) {
            (true, false) => return Err(HeadProblem::BareLineFeed),
            (false, _) if raw.get(at + 1) != Some(&b'\n') => return Err(HeadProblem::BareCarriageReturn),
            (is_feed, _) => after_return = if is_feed { usize::MAX } else { at + 1 },
        }
    }
    Ok(())
}

/// True if `byte` can't be in a head but for line ends and tabs.
pub(super) fn is_control(byte: u8) -> bool {
    (byte < b' ' && byte != b'\t') || byte == 0x7f
}

/// Says more exactly what is wrong with header lines that did not parse. Their line ends are known to be right.
fn classify(section: &[u8], error: httparse::Error) -> HeadProblem {
    for line in lines(section).take_while(|line| !line.is_empty()) {
        let name = &line[..memchr::memchr(b':', line).unwrap_or(line.len())];
        if line.iter().any(|&byte| is_control(byte)) {
            return HeadProblem::ControlByte;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            return HeadProblem::FoldedLine;
        }
        if name.len() < line.len() && (name.ends_with(b" ") || name.ends_with(b"\t")) {
            return HeadProblem::SpaceBeforeColon;
        }
    }
    match error {
        httparse::Error::HeaderValue => HeadProblem::BadHeaderValue,
        _ => HeadProblem::BadHeaderName,
    }
}

/// True if a field of this name lists `token` (RFC 9110, section 5.6.1), without case.
pub(super) fn lists(headers: &Headers, name: &str, token: &str) -> bool {
    headers
        .all(name)
        .flat_map(|value| value.split(|&byte| byte == b','))
        .any(|word| word.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

/// Whether the connection may serve another message (RFC 9112, section 9.3).
pub(super) fn keeps_alive(version: Version, headers: &Headers) -> bool {
    match version {
        Version::Http11 => !lists(headers, "connection", "close"),
        Version::Http10 => lists(headers, "connection", "keep-alive") && !lists(headers, "connection", "close"),
    }
}

/// The one Content-Length of a message; None if it has none.
pub(super) fn content_length(headers: &Headers) -> Result<Option<u64>, HeadProblem> {
    let mut length = None;
    for value in headers.all("content-length") {
        let this = number(value).ok_or(HeadProblem::BadLength)?;
        if length.replace(this).is_some_and(|before| before != this) {
            return Err(HeadProblem::DifferentLengths);
        }
    }
    Ok(length)
}

/// Digits only, below 2^63.
fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value: u64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    i64::try_from(value).is_ok().then_some(value)
}

//! A request from its bytes alone, without asking whether it is right: one that was stored, or one from a file.

use super::body::{BodyFraming, BodyReader};
use super::head::LooseHead;
use super::problem::ReadError;
use super::reader::Wire;
use crate::exchange::Headers;
use bytes::{Bytes, BytesMut};

/// A request taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LooseRequest {
    /// The method.
    pub method: String,
    /// The target as it stands in the first line.
    pub target: String,
    /// The header fields.
    pub headers: Headers,
    /// The body, its chunks put together, its content codings on.
    pub body: Bytes,
}

impl LooseRequest {
    /// From a head and a body that are apart already.
    pub fn of(head: &Bytes, body: Bytes) -> Self {
        let head = LooseHead::parse(head);
        let (method, target) = head.method_and_target();
        Self { method, target, headers: head.headers, body }
    }

    /// The URLs that it may have been sent to, as far as target and Host tell: the scheme that a proxy named, else
    /// `https` and `http`. Empty without a Host.
    pub fn urls(&self) -> Vec<String> {
        if self.target.contains("://") {
            return vec![self.target.clone()];
        }
        let Some(host) = self.headers.text("host").filter(|host| !host.is_empty()) else { return Vec::new() };
        let schemes = match self.headers.text("x-forwarded-proto") {
            Some("http") => vec!["http", "https"],
            _ => vec!["https", "http"],
        };
        schemes.into_iter().map(|scheme| format!("{scheme}://{host}{}", self.target)).collect()
    }
}

/// Reads a request that is whole. A body is as long as Content-Length says, or as what is there if that is less or
/// nothing says so.
///
/// # Errors
/// What is wrong with its chunks.
pub async fn read_request(raw: &Bytes) -> Result<LooseRequest, ReadError> {
    let (head, rest) = split(raw);
    let request = LooseRequest::of(&head, rest.clone());
    let coding = request.headers.text("transfer-encoding").unwrap_or_default();
    if coding.to_ascii_lowercase().contains("chunked") {
        let mut wire = Wire::new(&rest[..]);
        let mut reader = BodyReader::new(BodyFraming::Chunked);
        let mut body = BytesMut::with_capacity(rest.len());
        while let Some(piece) = reader.next(&mut wire).await? {
            body.extend_from_slice(&piece);
        }
        return Ok(LooseRequest { body: body.freeze(), ..request });
    }
    let length = request.headers.text("content-length").and_then(|length| length.trim().parse::<usize>().ok());
    let body = length.map_or(rest.clone(), |length| rest.slice(..length.min(rest.len())));
    Ok(LooseRequest { body, ..request })
}

/// The head with its empty line, and what follows.
fn split(raw: &Bytes) -> (Bytes, Bytes) {
    let mut at = 0;
    while let Some(end) = memchr::memchr(b'\n', &raw[at..]) {
        let line = &raw[at..at + end];
        at += end + 1;
        if line.is_empty() || line == b"\r" {
            return (raw.slice(..at), raw.slice(at..));
        }
    }
    (raw.clone(), Bytes::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn of(raw: &'static [u8]) -> LooseRequest {
        read_request(&Bytes::from_static(raw)).await.unwrap()
    }

    #[tokio::test]
    async fn reads_bodies_of_every_framing() {
        let plain = of(b"POST /a?b=1 HTTP/1.1\r\nHost: a.example\r\nX: 1\r\n\r\n{}\n").await;
        assert_eq!((plain.method.as_str(), plain.target.as_str(), &plain.body[..]), ("POST", "/a?b=1", &b"{}\n"[..]));
        assert_eq!(plain.urls(), ["https://a.example/a?b=1", "http://a.example/a?b=1"]);
        assert_eq!(&of(b"POST / HTTP/1.1\nContent-Length: 2\n\n{}\n").await.body[..], b"{}");
        assert_eq!(&of(b"POST / HTTP/1.1\nContent-Length: 9\n\n{}").await.body[..], b"{}");
        let chunked = of(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n").await;
        assert_eq!(&chunked.body[..], b"{}");
        assert!(of(b"GET / HTTP/1.1").await.body.is_empty());
        assert_eq!(of(b"GET http://x.example/y HTTP/1.1\r\n\r\n").await.urls(), ["http://x.example/y"]);
    }
}

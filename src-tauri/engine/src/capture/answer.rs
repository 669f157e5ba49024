//! An answer as the bytes that are sent: what is stored and what is written are the same.

use super::rules::{Decided, is_bodiless};
use super::staged::Staging;
use crate::exchange::{Body, ExchangeId, Fault, Message};
use crate::inspect::signature::Reply;
use crate::store::StoreError;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

/// The answer to a push that was stored, for a connection that goes on.
static STORED: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\
    X-Content-Type-Options: nosniff\r\nContent-Length: 3\r\n\r\nok\n";

/// A whole answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// Head and body; empty if nobody is there to be answered.
    pub(super) wire: Bytes,
    head_len: usize,
    /// The status.
    pub(super) status: u16,
    /// The connection ends after it.
    pub(super) closes: bool,
    /// What is done between the commit and its last byte.
    pub(super) staging: Option<Arc<Staging>>,
    /// What it answers, once that is stored.
    pub(super) exchange: Option<ExchangeId>,
}

/// How an answer must be written for its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    /// The answer has no body, only its head (HEAD).
    pub(super) head_only: bool,
    /// The connection ends after it.
    pub(super) closes: bool,
    /// The sender speaks HTTP/1.0 and must be told that the connection goes on.
    pub(super) says_keep_alive: bool,
}

impl Manner {
    /// For a request that could not be read: one answer, then the end.
    pub(super) const LAST: Self = Self { head_only: false, closes: true, says_keep_alive: false };
}

impl Answer {
    /// 200, the push is stored.
    pub(super) fn stored(manner: Manner) -> Self {
        if manner == (Manner { head_only: false, closes: false, says_keep_alive: false }) {
            let wire = Bytes::from_static(STORED);
            return Self {
                wire,
                head_len: STORED.len() - 3,
                status: 200,
                closes: false,
                staging: None,
                exchange: None,
            };
        }
        Self::text(manner, StatusCode::OK, "ok", &[])
    }

    /// A status with a line of text.
    pub(super) fn text(manner: Manner, status: StatusCode, line: &str, more: &[(&str, &str)]) -> Self {
        let bodiless = status == StatusCode::NO_CONTENT;
        let mut head = format!("HTTP/1.1 {} {}\r\n", status.as_str(), status.canonical_reason().unwrap_or_default());
        let mut field = |name: &str, value: &str| {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        };
        if !bodiless {
            field("Content-Type", "text/plain; charset=utf-8");
            field("X-Content-Type-Options", "nosniff");
        }
        for (name, value) in more {
            field(name, value);
        }
        if manner.closes {
            field("Connection", "close");
        } else if manner.says_keep_alive {
            field("Connection", "keep-alive");
        }
        if !bodiless {
            // Writing to a String never fails.
            _ = write!(head, "Content-Length: {}\r\n", line.len() + 1);
        }
        head.push_str("\r\n");
        let head_len = head.len();
        if !bodiless && !manner.head_only {
            head.push_str(line);
            head.push('\n');
        }
        Self {
            wire: head.into(),
            head_len,
            status: status.as_u16(),
            closes: manner.closes,
            staging: None,
            exchange: None,
        }
    }

    /// What a source says in place of the plain answer; `wire` is all that is sent, whatever the head says.
    pub(super) fn decided(manner: Manner, decided: &Decided, staging: Option<Arc<Staging>>) -> Self {
        let fault = decided.answered.fault;
        if fault.is_some_and(Fault::is_silent) {
            return Self { staging, ..Self::nobody() };
        }
        let ends_early = matches!(fault, Some(Fault::CloseAfterHeaders | Fault::WrongLength { .. }));
        let manner = Manner { closes: manner.closes || ends_early, ..manner };
        let mut wire = decided_head(manner, decided);
        let head_len = wire.len();
        if !manner.head_only && !is_bodiless(decided.status) && fault != Some(Fault::CloseAfterHeaders) {
            wire.extend_from_slice(&decided.body);
        }
        Self { wire: wire.into(), head_len, status: decided.status, closes: manner.closes, staging, exchange: None }
    }

    /// What a service wants to be answered to its handshake, with these headers besides. A field that would break the
    /// head is left out: challenges are foreign text.
    pub(super) fn reply(manner: Manner, reply: &Reply, more: &[(&str, &str)]) -> Self {
        let status = StatusCode::from_u16(reply.status).unwrap_or_default();
        let bodiless = status == StatusCode::NO_CONTENT;
        let mut head = format!("HTTP/1.1 {} {}\r\n", status.as_str(), status.canonical_reason().unwrap_or_default());
        let mut field = |name: &str, value: &str| {
            if HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok() {
                head.extend([name, ": ", value, "\r\n"]);
            }
        };
        for header in &reply.headers {
            field(&header.name, &header.value);
        }
        for (name, value) in more {
            field(name, value);
        }
        let is_typed = reply.headers.iter().any(|header| header.name.eq_ignore_ascii_case("content-type"));
        if !is_typed && !reply.body.is_empty() {
            field("Content-Type", "text/plain; charset=utf-8");
        }
        field("X-Content-Type-Options", "nosniff");
        if manner.closes {
            field("Connection", "close");
        } else if manner.says_keep_alive {
            field("Connection", "keep-alive");
        }
        if !bodiless {
            field("Content-Length", &reply.body.len().to_string());
        }
        head.push_str("\r\n");
        let (head_len, mut wire) = (head.len(), head.into_bytes());
        if !bodiless && !manner.head_only {
            wire.extend_from_slice(&reply.body);
        }
        Self {
            wire: wire.into(),
            head_len,
            status: status.as_u16(),
            closes: manner.closes,
            staging: None,
            exchange: None,
        }
    }

    /// 503: what came was not stored and should be sent again.
    pub(super) fn try_again(manner: Manner, why: &str, seconds: &str) -> Self {
        Self::text(manner, StatusCode::SERVICE_UNAVAILABLE, why, &[("Retry-After", seconds)])
    }

    /// What a sender is told when the store can't take its push.
    pub(super) fn not_stored(manner: Manner, error: &StoreError) -> Self {
        match error {
            StoreError::Busy => Self::try_again(manner, "Not stored: too much is waiting. Send it again.", "1"),
            StoreError::DiskFull => Self::try_again(manner, "Not stored: the disk is full. Send it again.", "5"),
            _ => Self::try_again(manner, "Not stored: the workspace can't be written. Send it again.", "5"),
        }
    }

    /// No answer at all: the sender has gone.
    pub(super) fn nobody() -> Self {
        Self { wire: Bytes::new(), head_len: 0, status: 0, closes: true, staging: None, exchange: None }
    }

    /// How long it is held back and dripped on purpose; None if it never ends.
    pub(super) fn takes(&self) -> Option<Duration> {
        self.staging.as_ref().map_or(Some(Duration::ZERO), |staging| staging.takes(self.wire.len()))
    }

    /// As it goes into the store.
    pub(super) fn message(&self) -> Message {
        Message {
            head: self.wire.slice(..self.head_len),
            framing: Bytes::new(),
            body: Body::Inline(self.wire.slice(self.head_len..)),
        }
    }
}

fn decided_head(manner: Manner, decided: &Decided) -> Vec<u8> {
    let reason = StatusCode::from_u16(decided.status).ok().and_then(|status| status.canonical_reason());
    let mut head = format!("HTTP/1.1 {} {}\r\n", decided.status, reason.unwrap_or_default()).into_bytes();
    let mut field = |name: &str, value: &[u8]| {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value);
        head.extend_from_slice(b"\r\n");
    };
    let says_type = decided.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if !says_type && !decided.body.is_empty() {
        field("Content-Type", b"text/plain; charset=utf-8");
    }
    for (name, value) in &decided.headers {
        field(name, value);
    }
    field("X-Content-Type-Options", b"nosniff");
    if manner.closes {
        field("Connection", b"close");
    } else if manner.says_keep_alive {
        field("Connection", b"keep-alive");
    }
    let length = decided.body.len() as i64;
    let length = match (decided.answered.fault, length) {
        // Nothing can be taken from an empty body: what is missing has to be announced.
        (Some(Fault::WrongLength { by }), 0) => i64::from(by).abs(),
        (Some(Fault::WrongLength { by }), _) => (length + i64::from(by)).max(0),
        (Some(Fault::CloseAfterHeaders), 0) => 1,
        _ => length,
    };
    // 204 and 304 have none (RFC 9110, section 8.6); 205 says that there is no body (section 15.3.6).
    if !matches!(decided.status, 204 | 304) {
        field("Content-Length", length.to_string().as_bytes());
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// The answer travels through the router as it is; the connection takes it out again and writes its bytes.
impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Header;

    const PLAIN: Manner = Manner { head_only: false, closes: false, says_keep_alive: false };

    #[test]
    fn the_prepared_answer_is_what_would_be_written() {
        assert_eq!(Answer::stored(PLAIN).wire, Answer::text(PLAIN, StatusCode::OK, "ok", &[]).wire);
        assert_eq!(Answer::stored(PLAIN).head_len, Answer::text(PLAIN, StatusCode::OK, "ok", &[]).head_len);
    }

    #[test]
    fn a_challenge_can_not_break_out_of_its_header() {
        let header = |name: &str, value: &str| Header { name: name.into(), value: value.into() };
        let reply = Reply {
            status: 200,
            headers: vec![header("X-Echo", "a\r\nX-Evil: b"), header("X-Good", "c")],
            body: b"<b>x</b>".to_vec(),
            note: None,
            secret: None,
            open_url: None,
            always: false,
            keyed: false,
        };
        let wire = Answer::reply(PLAIN, &reply, &[]).wire;
        assert_eq!(
            String::from_utf8_lossy(&wire),
            "HTTP/1.1 200 OK\r\nX-Good: c\r\nContent-Type: text/plain; charset=utf-8\r\n\
             X-Content-Type-Options: nosniff\r\nContent-Length: 8\r\n\r\n<b>x</b>"
        );
    }

    #[test]
    fn head_and_body_of_an_answer_make_its_wire_bytes() {
        for manner in [PLAIN, Manner::LAST, Manner { head_only: true, ..PLAIN }] {
            let answer = Answer::try_again(manner, "Later.", "1");
            let Message { head, body: Body::Inline(body), .. } = answer.message() else { unreachable!() };
            assert!(head.ends_with(b"\r\n\r\n"));
            assert_eq!([head, body].concat(), answer.wire);
        }
    }
}

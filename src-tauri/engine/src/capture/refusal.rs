//! What is answered to a request that is not taken, and what is kept of it.
//!
//! A head whose framing is ambiguous leaves a record, because someone who debugs a sender must see it and because it
//! may be an attack. Other malformed heads are answered and forgotten.

use super::Shared;
use super::answer::{Answer, Manner};
use super::connection::Started;
use super::limits::HEAD_BYTES;
use super::router;
use crate::exchange::{Direction, Mark, Message, Origin};
use crate::store::NewExchange;
use crate::wire::{HeadProblem, LooseHead, RequestHead, Version};
use bytes::Bytes;
use http::StatusCode;

/// The longest method that is shown of a head that was refused.
const SHOWN_METHOD: usize = 64;

/// The name under which the rate of ambiguous requests to no source is capped; it can't be a source's.
const NO_SOURCE: &str = "";

/// Answers a head that was refused, and keeps it if two readers could disagree about it. The answer does not depend on
/// whether the record could be stored: it promises nothing.
pub(super) async fn refuse(shared: &Shared, head: Bytes, problem: HeadProblem, started: Started, peer: &str) -> Answer {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let answer = Answer::text(Manner::LAST, status, &problem.to_string(), &[]);
    if problem.is_ambiguous() {
        let exchange = ambiguous(shared, head, &answer, started, peer);
        let cap = exchange.source.as_deref().unwrap_or(NO_SOURCE);
        if shared.rate.take(cap, started.instant)
            && let Err(error) = shared.store.save(exchange).await
        {
            tracing::warn!(%error, "A request with ambiguous framing could not be recorded");
        }
    }
    answer
}

fn ambiguous(shared: &Shared, head: Bytes, answer: &Answer, started: Started, peer: &str) -> NewExchange {
    let (method, target) = LooseHead::parse(&head).method_and_target();
    let source = router::source_in(&target).filter(|source| shared.hooks.accepts(source)).map(str::to_owned);
    NewExchange {
        direction: Direction::Push,
        origin: Origin::Captured,
        started_at: started.at,
        duration: Some(started.micros()),
        method: method.chars().take(SHOWN_METHOD).collect(),
        url: target,
        source,
        makes_source: true,
        event_type: None,
        provider: None,
        status: Some(answer.status),
        request: Message { head, ..Message::default() },
        response: Some(answer.message()),
        timing: None,
        failure: None,
        peer: Some(peer.to_owned()),
        parent: None,
        request_id: None,
        answered: None,
        marks: vec![Mark::AmbiguousFraming],
    }
}

/// Whether the sender waits for leave to send its body (RFC 9110, section 10.1.1), or the status for an expectation
/// that can't be met.
pub(super) fn expectation(head: &RequestHead) -> Result<bool, StatusCode> {
    let mut expectations = head.headers.all("expect").filter(|_| head.version == Version::Http11);
    match expectations.next() {
        None => Ok(false),
        Some(value) if value.eq_ignore_ascii_case(b"100-continue") && expectations.next().is_none() => Ok(true),
        Some(_) => Err(StatusCode::EXPECTATION_FAILED),
    }
}

pub(super) fn unmet_expectation(manner: Manner, status: StatusCode) -> Answer {
    Answer::text(manner, status, "The only expectation that can be met is 100-continue.", &[])
}

pub(super) fn too_slow(manner: Manner) -> Answer {
    Answer::text(manner, StatusCode::REQUEST_TIMEOUT, "The request did not arrive in time.", &[])
}

pub(super) fn head_too_long() -> Answer {
    let line = format!("The head of the request is longer than {HEAD_BYTES} bytes.");
    Answer::text(Manner::LAST, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, &line, &[])
}

/// At once, for a sender that speaks TLS would wait: it then says itself that this is no TLS.
pub(super) fn tls() -> Answer {
    let line = "This port speaks plain HTTP. Write http:// in place of https://.";
    Answer::text(Manner::LAST, StatusCode::BAD_REQUEST, line, &[])
}

pub(super) fn unknown_path(manner: Manner) -> Answer {
    Answer::text(manner, StatusCode::NOT_FOUND, "No source has this path. Pushes go to /in/NAME.", &[])
}

pub(super) fn too_many(manner: Manner) -> Answer {
    let line = "Too many requests for this source. Send it again.";
    Answer::text(manner, StatusCode::TOO_MANY_REQUESTS, line, &[("Retry-After", "1")])
}

pub(super) fn going_round(manner: Manner) -> Answer {
    Answer::text(manner, StatusCode::LOOP_DETECTED, "This request was forwarded by the one that it came to.", &[])
}

pub(super) fn body_too_long(manner: Manner, cap: u64) -> Answer {
    let line = format!("The body is longer than {cap} bytes; only its beginning was kept.");
    Answer::text(manner, StatusCode::PAYLOAD_TOO_LARGE, &line, &[])
}

pub(super) fn bad_body(manner: Manner, why: &str) -> Answer {
    Answer::text(manner, StatusCode::BAD_REQUEST, why, &[])
}

//! A push to a source: its body goes into the store while it comes, the whole is committed, then it is answered.

use super::answer::{Answer, Manner};
use super::arrival::Arrival;
use super::hooks::{Arrived, Presence};
use super::intake::{self, Ending, Taken};
use super::rules::{DOCUMENT_BYTES, Decision, Plan, Pushed, Turn, read_payload};
use super::socket::BodyFailure;
use super::staged::Staging;
use super::{LOOP_HEADER, Shared, refusal};
use crate::exchange::{self, Answered, Direction, Failure, FailureKind, Mark, Message, Micros};
use crate::inspect::signature::Reply;
use crate::inspect::{Recognition, content_codings, decode_front};
use crate::store::{NewExchange, StoreError};
use crate::wire::RequestHead;
use axum::body::Body;
use bytes::Bytes;
use http::StatusCode;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Takes a push to a source that is there.
pub(super) async fn take(shared: &Arc<Shared>, arrival: Arrival, source: &str, body: Body) -> Answer {
    if has_come_round(&arrival.head, shared.hooks.instance()) {
        return refusal::going_round(arrival.unread());
    }
    if !shared.rate.take(source, arrival.started.instant) {
        return refusal::too_many(arrival.unread());
    }
    match intake::read(shared, &arrival, body).await {
        Ok(Taken { ending: Ending::Failed(BodyFailure::Memory), .. }) => {
            Answer::try_again(Manner::LAST, "Not stored: too much is in memory. Send it again.", "1")
        }
        Ok(taken) => keep(shared, arrival, source, taken).await,
        Err(error) => Answer::not_stored(Manner::LAST, &error),
    }
}

/// True if the request was forwarded by this instance (security: A→B→A).
fn has_come_round(head: &RequestHead, instance: &str) -> bool {
    let ids = head.headers.all(LOOP_HEADER).flat_map(|value| value.split(|&byte| byte == b','));
    ids.map(<[u8]>::trim_ascii).any(|id| id == instance.as_bytes())
}

/// Has the exchange committed, then lets the answer go.
async fn keep(shared: &Arc<Shared>, arrival: Arrival, source: &str, taken: Taken) -> Answer {
    let (mut answer, mark, mut failure) = verdict(&arrival, taken.ending, taken.cap);
    let framing = arrival.home.take_framing().encode();
    let head = &arrival.head;
    let plan = if taken.ending == Ending::Whole { shared.hooks.plan(source) } else { None };
    let Recognition { provider, event_type } = shared.hooks.recognise(source, &head.headers, &taken.start);
    let mut marks = Vec::from_iter(mark);
    let (mut answered, mut turn) = (None, None);
    let reply = match handshake(shared, &arrival, source, provider.as_deref(), &taken).await {
        Ok(reply) => reply,
        Err(error) => return Answer::not_stored(Manner::LAST, &error),
    };
    // A handshake has one right answer, whatever the rules say; what a service wants in general, rules may change.
    if let Some(reply) = reply.as_ref().filter(|reply| !reply.always) {
        answer = Answer::reply(arrival.manner, reply, &[]);
        marks.push(Mark::Handshake);
    } else if taken.ending == Ending::Whole {
        if let Some(plan) = &plan {
            match decide(shared, plan, &arrival, source, &taken.body, reply.as_ref()).await {
                Ok(decided) => (answer, answered, turn) = decided,
                Err(error) => return Answer::not_stored(Manner::LAST, &error),
            }
            failure = answered.as_deref().and_then(staged_failure);
        } else if let Some(reply) = &reply {
            answer = Answer::reply(arrival.manner, reply, &[]);
        }
    }
    if came_through_tunnel(shared, head) {
        marks.push(Mark::ViaTunnel);
    }
    // One that was taken away while the body came stays away.
    let presence = shared.hooks.still_takes(source);
    let exchange = NewExchange {
        direction: Direction::Push,
        origin: shared.hooks.origin(head),
        started_at: arrival.started.at,
        duration: answer.takes().map(|takes| arrival.started.micros().saturating_add(micros(takes))),
        method: head.method.clone(),
        url: head.target.clone(),
        source: presence.map(|_| source.to_owned()),
        makes_source: presence == Some(Presence::New),
        event_type,
        provider,
        status: (!answer.wire.is_empty()).then_some(answer.status),
        request: Message { head: head.raw.clone(), framing, body: taken.body },
        response: (!answer.wire.is_empty()).then(|| answer.message()),
        timing: None,
        failure,
        peer: Some(arrival.peer.to_string()),
        parent: None,
        request_id: None,
        answered,
        marks,
    };
    // What is refused anyway stays refused: sending it again would not help.
    let stands = taken.ending != Ending::Whole && answer.status >= 400;
    let answer = match commit(shared, exchange, answer, stands).await {
        Ok(answer) => answer,
        Err(error) => return Answer::not_stored(arrival.manner, &error),
    };
    if let Some(turn) = turn {
        turn.end();
    }
    answer
}

/// The answer to a body that ended like this, the mark of the exchange, and the failure it shows.
fn verdict(arrival: &Arrival, ending: Ending, cap: u64) -> (Answer, Option<Mark>, Option<Failure>) {
    let failure = |kind, failure: BodyFailure| Some(Failure { kind, message: failure.to_string(), hint: None });
    let last = Manner { closes: true, ..arrival.manner };
    let incomplete = Some(Mark::Incomplete);
    match ending {
        Ending::Whole => (Answer::stored(arrival.manner), None, None),
        Ending::OverCap => (refusal::body_too_long(last, cap), Some(Mark::Truncated), None),
        Ending::Failed(why @ BodyFailure::Slow) => {
            (refusal::too_slow(last), incomplete, failure(FailureKind::Timeout, why))
        }
        Ending::Failed(why @ BodyFailure::Problem(_)) => {
            (refusal::bad_body(last, &why.to_string()), incomplete, failure(FailureKind::Protocol, why))
        }
        Ending::Failed(why) => (Answer::nobody(), incomplete, failure(FailureKind::Incomplete, why)),
    }
}

/// What the service wants to be answered, if this is its handshake, or if it wants that of every push. Handshakes are
/// small; of a large body only what answers every push may ask.
async fn handshake(
    shared: &Shared,
    arrival: &Arrival,
    source: &str,
    recognised: Option<&str>,
    taken: &Taken,
) -> Result<Option<Reply>, StoreError> {
    if taken.ending != Ending::Whole {
        return Ok(None);
    }
    let wanted = match &taken.body {
        exchange::Body::Inline(_) => true,
        large => large.len() <= DOCUMENT_BYTES as u64 && shared.hooks.answers_by_body(source, recognised),
    };
    let body = if wanted { Some(looked_into(shared, &taken.body).await?) } else { None };
    let push = Arrived { source, recognised, head: &arrival.head, body: body.as_deref(), at: arrival.started.at };
    Ok(shared.hooks.handshake(&push))
}

/// A body, or the beginning of a large one.
async fn looked_into(shared: &Shared, body: &exchange::Body) -> Result<Bytes, StoreError> {
    shared.store.body_before_commit(body, DOCUMENT_BYTES as u64).await
}

/// What the service calls the events of a push, as far as its body is looked into.
async fn events(shared: &Arc<Shared>, source: &str, head: Arc<RequestHead>, body: Bytes) -> BTreeSet<String> {
    let (shared, source) = (shared.clone(), source.to_owned());
    let events = read_payload(move || {
        let decoded = decode_front(&body, &content_codings(&head.headers), DOCUMENT_BYTES).bytes;
        shared.hooks.events(&source, &head.headers, &decoded)
    });
    events.await.unwrap_or_default()
}

/// What the rules of the source say to a push that came whole; where they say nothing, `usual` is what its service
/// wants to be answered.
async fn decide(
    shared: &Arc<Shared>,
    plan: &Plan,
    arrival: &Arrival,
    source: &str,
    body: &exchange::Body,
    usual: Option<&Reply>,
) -> Result<(Answer, Option<Box<Answered>>, Option<Turn>), StoreError> {
    let is_whole = body.len() <= DOCUMENT_BYTES as u64;
    let reads_event = plan.reads_event(&arrival.head);
    let wanted = reads_event || (plan.reads_body() && is_whole);
    let body = if wanted { Some(looked_into(shared, body).await?) } else { None };
    let events = match &body {
        Some(body) if reads_event => events(shared, source, arrival.head.clone(), body.clone()).await,
        _ => BTreeSet::new(),
    };
    let body = body.filter(|_| is_whole);
    let pushed = Pushed { head: arrival.head.clone(), events, body, now: arrival.started.at };
    Ok(match (plan.decide(pushed).await, usual) {
        (Decision::Plain(headers), Some(reply)) => (Answer::reply(arrival.manner, reply, headers), None, None),
        (Decision::Plain([]), None) => (Answer::stored(arrival.manner), None, None),
        (Decision::Plain(headers), None) => (Answer::text(arrival.manner, StatusCode::OK, "ok", headers), None, None),
        (Decision::Decided(mut decided), _) => {
            let staging = Staging::of(&mut decided, &shared.held, shared.limits.held_time);
            let answer = Answer::decided(arrival.manner, &decided, staging);
            (answer, Some(Box::new(decided.answered)), decided.turn)
        }
    })
}

fn micros(time: Duration) -> Micros {
    Micros::try_from(time.as_micros()).unwrap_or(Micros::MAX)
}

/// The failure that an answer shows that is wrong on purpose.
fn staged_failure(answered: &Answered) -> Option<Failure> {
    let message = answered.fault?.sentence()?.to_owned();
    Some(Failure { kind: FailureKind::Fault, message, hint: None })
}

fn came_through_tunnel(shared: &Shared, head: &RequestHead) -> bool {
    shared
        .hooks
        .public_host()
        .is_some_and(|host| head.headers.first("host").is_some_and(|h| h.eq_ignore_ascii_case(host.as_bytes())))
}

/// The promise: the answer is let go only after the commit. One that `stands` promises nothing.
#[cfg(not(feature = "mutant-answer-before-commit"))]
async fn commit(
    shared: &Arc<Shared>,
    exchange: NewExchange,
    mut answer: Answer,
    stands: bool,
) -> Result<Answer, StoreError> {
    match shared.store.save(exchange).await {
        Err(error) if !stands => return Err(error),
        Err(_) => {}
        Ok(id) => answer.exchange = Some(id),
    }
    Ok(answer)
}

/// The broken promise that the kill harness must catch.
#[cfg(feature = "mutant-answer-before-commit")]
async fn commit(
    shared: &Arc<Shared>,
    exchange: NewExchange,
    answer: Answer,
    _stands: bool,
) -> Result<Answer, StoreError> {
    let shared = shared.clone();
    tokio::spawn(async move { shared.store.save(exchange).await });
    Ok(answer)
}

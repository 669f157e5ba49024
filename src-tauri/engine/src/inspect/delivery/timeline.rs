//! The attempts of one delivery, numbered, with the gaps between them and what the service's schedule says.

use super::said::Schedule;
use super::same::Given;
use crate::exchange::{ExchangeId, ExchangeSummary, Micros, Origin};
use crate::inspect::provider::BatchEvent;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

/// The pushes that are one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Its first push.
    #[ts(type = "number")]
    pub first: ExchangeId,
    /// The key of the service, if it is known.
    pub provider: Option<String>,
    /// The number that tells it again, if one does.
    pub number: Option<String>,
    /// True if the body of the push that was asked for is what tells it again. Nothing does of a handshake, of what was
    /// sent to try the source, and of what was not grouped yet.
    pub told_by_body: bool,
    /// Its pushes in the order they came.
    pub attempts: Vec<Attempt>,
    /// What the service says of its schedule.
    pub schedule: Option<String>,
    /// When the next attempt is due, if the last one failed and the schedule says it, µs since 1970 UTC.
    #[ts(type = "number | null")]
    pub next_at: Option<Micros>,
    /// The events in the body of the push that was asked for; empty if it is one event.
    pub events: Vec<BatchEvent>,
    /// True if that body holds more events than these.
    pub more_events: bool,
}

/// One push of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The push, and what we answered.
    pub push: ExchangeSummary,
    /// Which attempt it is, by the service's count or, where it does not count, by ours.
    pub number: u32,
    /// Attempts just before it that the service has counted and no push of the delivery is: they never came, or were
    /// deleted.
    pub missing: u32,
    /// Since the attempt before it, µs.
    #[ts(type = "number | null")]
    pub gap: Option<Micros>,
    /// What the schedule says of that gap, µs.
    #[ts(type = "number | null")]
    pub due: Option<Micros>,
    /// True if its service could take our answer for a success, and had it when the next attempt came.
    pub accepted: bool,
    /// Where it was replayed or forwarded to, oldest first.
    pub passed_on: Vec<ExchangeSummary>,
}

/// How the attempts of a delivery came by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    /// By the service; else by us, and then nobody knows of one that is missing.
    pub(crate) by_service: bool,
    /// There were attempts before these, in another delivery.
    pub(crate) goes_on: bool,
}

/// Numbers the pushes of a delivery, in the order they came, with what each was passed on as.
pub(crate) fn attempts(
    pushes: Vec<(ExchangeSummary, Vec<ExchangeSummary>)>,
    schedule: &Schedule<'_>,
    of: Counted,
) -> Vec<Attempt> {
    let mut before: Option<(Micros, u32)> = None;
    let mut numbered: Vec<Attempt> = Vec::with_capacity(pushes.len());
    for (push, passed_on) in pushes {
        let counted = before.map_or(1, |(_, number)| number.saturating_add(1));
        let number = push.delivery.and_then(|mark| mark.attempt).unwrap_or(counted);
        let at = push.started_at;
        // Its sender did not wait for the answer to the one before.
        if let Some(earlier) = numbered.last_mut() {
            earlier.accepted &= given(&earlier.push).is_there(earlier.push.started_at, at);
        }
        numbered.push(Attempt {
            number,
            missing: 0,
            gap: before.map(|(earlier, _)| at - earlier),
            due: before.and_then(|(_, earlier)| due(schedule, earlier, number)),
            accepted: given(&push).is_success(&schedule.accepts),
            push,
            passed_on,
        });
        before = Some((at, number));
    }
    if of.by_service {
        note_missing(&mut numbered, of.goes_on);
    }
    numbered
}

/// What we answered to a push.
fn given(push: &ExchangeSummary) -> Given {
    Given { took: push.duration, status: push.status, failed: push.failure.is_some() }
}

/// Counts what is missing just before each number, where it came first.
fn note_missing(attempts: &mut [Attempt], goes_on: bool) {
    let numbers: BTreeSet<u32> = attempts.iter().map(|attempt| attempt.number).collect();
    let mut seen = BTreeSet::new();
    for attempt in attempts.iter_mut().filter(|attempt| seen.insert(attempt.number)) {
        attempt.missing = match numbers.range(..attempt.number).next_back() {
            Some(below) => attempt.number - below - 1,
            None if goes_on => 0,
            None => attempt.number.saturating_sub(1),
        };
    }
}

/// What the schedule says of the time between two attempts, µs.
fn due(schedule: &Schedule<'_>, from: u32, to: u32) -> Option<Micros> {
    let gaps = schedule.gaps.get(from.checked_sub(1)? as usize..to.checked_sub(1)? as usize)?;
    (!gaps.is_empty()).then(|| gaps.iter().map(|&gap| Micros::from(gap) * 1_000_000).sum())
}

/// When the next attempt is due after the last one; None if it succeeded, the user sent it, or nothing says when.
pub(crate) fn next_at(attempts: &[Attempt], schedule: &Schedule<'_>) -> Option<Micros> {
    let last = attempts.last()?;
    if last.push.origin == Origin::Sample || last.accepted {
        return None;
    }
    Some(last.push.started_at + due(schedule, last.number, last.number.checked_add(1)?)?)
}

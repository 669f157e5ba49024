//! What a push says of itself, and what its service says of its tries.

use crate::exchange::{Headers, Micros};
use crate::inspect::provider::{BatchEvent, Provider, Statuses, Success, identify};
use serde_json::Value;

const SECOND: f64 = 1e6;

/// What a push says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Said<'p> {
    /// Its service.
    pub(crate) provider: Option<&'p Provider>,
    /// The number of the delivery: the same for its retries.
    pub(crate) delivery_id: Option<String>,
    /// The number of the event.
    pub(crate) event_id: Option<String>,
    /// Which attempt this is; 1 is the first.
    pub(crate) attempt: Option<u32>,
    /// The events of a batch; empty if the body is one event.
    pub(crate) events: Vec<BatchEvent>,
    /// True if there are more of them in the body.
    pub(crate) more_events: bool,
}

/// What a service takes as success.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Accepts {
    pub(crate) statuses: Statuses,
    /// How long it waits for an answer, if that is known.
    pub(crate) patience: Option<Micros>,
}

/// When a service tries again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Schedule<'p> {
    /// What ends it.
    pub(crate) accepts: Accepts,
    /// Its schedule in words.
    pub(crate) words: Option<&'p str>,
    /// Seconds from each attempt to the next.
    pub(crate) gaps: &'p [u32],
}

/// Reads what a push of `provider` says. `body` is decoded.
pub(crate) fn said<'p>(provider: Option<&'p Provider>, headers: &Headers, body: &[u8]) -> Said<'p> {
    let Some(provider) = provider else { return Said::default() };
    let identity = identify(provider, headers, body);
    let is_batch = identity.events.len() > 1;
    Said {
        provider: Some(provider),
        delivery_id: identity.delivery_id,
        event_id: identity.event_id,
        attempt: identity.attempt,
        more_events: is_batch && identity.more_events,
        events: if is_batch { identity.events } else { Vec::new() },
    }
}

/// The text or the digits at a JSON Pointer.
pub(super) fn text(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn accepts(success: &Success) -> Accepts {
    Accepts {
        // What a user wrote before it was read may be no statuses.
        statuses: success.statuses.parse().unwrap_or_default(),
        patience: success.seconds.map(|seconds| (f64::from(seconds) * SECOND) as Micros),
    }
}

/// The schedule of a service.
pub(crate) fn schedule(provider: Option<&Provider>) -> Schedule<'_> {
    let retries = provider.and_then(|provider| provider.retries.as_ref());
    Schedule {
        accepts: provider.and_then(|provider| provider.success.as_ref()).map(accepts).unwrap_or_default(),
        words: retries.map(|retries| &retries.text[..]),
        gaps: retries.map(|retries| &retries.gaps[..]).unwrap_or_default(),
    }
}

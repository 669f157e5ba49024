//! An exchange on its way into the store.

use crate::exchange::{Answered, Direction, ExchangeId, Failure, Mark, Message, Micros, Origin, Timing};
use std::borrow::Cow;

/// An exchange that has no number yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExchange {
    /// Which way it went.
    pub direction: Direction,
    /// What made it happen.
    pub origin: Origin,
    /// When its first byte was read (push) or the send began (pull), µs since 1970 UTC.
    pub started_at: Micros,
    /// From the first byte to the end of the answer, µs.
    pub duration: Option<Micros>,
    /// The request method as written.
    pub method: String,
    /// Push: the request target as it came. Pull: the whole URL.
    pub url: String,
    /// The name of the source it arrived at.
    pub source: Option<String>,
    /// True if that is made where it is not there; else the exchange has none then.
    pub makes_source: bool,
    /// What the provider calls the event.
    pub event_type: Option<String>,
    /// The provider its headers were recognised as.
    pub provider: Option<Cow<'static, str>>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// What was asked.
    pub request: Message,
    /// What was answered.
    pub response: Option<Message>,
    /// When its parts happened.
    pub timing: Option<Timing>,
    /// Why there is no answer, or no whole one.
    pub failure: Option<Failure>,
    /// The other end, `ip:port`.
    pub peer: Option<String>,
    /// What it was made from.
    pub parent: Option<ExchangeId>,
    /// The saved request that was sent.
    pub request_id: Option<i64>,
    /// What decided our answer, where it is not the plain one.
    pub answered: Option<Box<Answered>>,
    /// What a reader must know.
    pub marks: Vec<Mark>,
}

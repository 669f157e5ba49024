//! The plain types of an exchange: one HTTP request and whatever answered it. No I/O.

mod answered;
mod failure;
mod headers;
mod message;
mod timing;

pub use answered::{Answered, AnsweredBy, Fault};
pub use failure::{Failure, FailureKind};
pub(crate) use headers::shown;
pub use headers::{Header, Headers};
pub use message::{Body, Message};
pub use timing::Timing;

use crate::inspect::signature::VerdictKind;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The number of an exchange in its workspace: 1, 2, 3 … in the order of their commits, never used twice.
pub type ExchangeId = i64;

/// Microseconds since 1970-01-01 UTC. Exact in a JavaScript number until the year 2255.
pub type Micros = i64;

/// Which way an exchange went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// A service called us: inbound.
    Push,
    /// We called a service: outbound.
    Pull,
}

/// One of the two messages of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// What was asked.
    Request,
    /// What was answered.
    Response,
}

/// What made an exchange happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A request that arrived at the listener.
    Captured,
    /// A sample event that the user asked Pushpull to send to its own listener.
    Sample,
    /// A request that the user sent.
    Sent,
    /// A captured push that was sent on to a URL of the user's.
    Replay,
    /// A captured push that was forwarded as it came in (`pushpull listen --forward`).
    Forward,
    /// The next hop of a send that was answered with a redirect.
    Redirect,
}

/// Something about an exchange that a reader must know before trusting what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Mark {
    /// The body was over the cap: only its first bytes are kept.
    Truncated,
    /// The head could be read in two ways (security: request smuggling); it was answered with 400.
    AmbiguousFraming,
    /// The sender went away before the whole body had arrived.
    Incomplete,
    /// It came through the tunnel's public URL.
    ViaTunnel,
    /// The service tried the endpoint, and was answered as it wants it.
    Handshake,
}

impl Mark {
    /// Why what was on the wire is not kept whole; None where this mark says nothing of it.
    pub fn loss(self) -> Option<&'static str> {
        match self {
            Self::Truncated => Some("its body was over the cap and is kept in part"),
            Self::Incomplete => Some("its sender went away before the end of the body"),
            Self::AmbiguousFraming => Some("it was refused, because its head can be read in two ways"),
            Self::ViaTunnel | Self::Handshake => None,
        }
    }
}

/// A row of the list: everything that is shown of an exchange without opening it. Never holds a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeSummary {
    /// Its number.
    #[ts(type = "number")]
    pub id: ExchangeId,
    /// Which way it went.
    pub direction: Direction,
    /// What made it happen.
    pub origin: Origin,
    /// When its first byte was read (push) or the send began (pull), µs since 1970 UTC.
    #[ts(type = "number")]
    pub started_at: Micros,
    /// The request method as written.
    pub method: String,
    /// Push: the request target as it came. Pull: the whole URL.
    pub url: String,
    /// The path of `url`, without query.
    pub path: String,
    /// The source that a push arrived at. A replay or forward carries the source of its push.
    pub source: Option<String>,
    /// What the provider calls this event, when it says so.
    pub event_type: Option<String>,
    /// The status of the answer: ours for a push, theirs for a pull. None if there was none.
    pub status: Option<u16>,
    /// From the first byte to the end of the answer, µs. None if it never ended.
    #[ts(type = "number | null")]
    pub duration: Option<Micros>,
    /// Bytes of the request body as they came.
    #[ts(type = "number")]
    pub request_size: u64,
    /// Bytes of the response body as they came.
    #[ts(type = "number")]
    pub response_size: u64,
    /// Why there is no answer, or no whole one.
    pub failure: Option<FailureKind>,
    /// The push that this replay or forward was made from, or the send that this redirect followed.
    #[ts(type = "number | null")]
    pub parent: Option<ExchangeId>,
    /// The saved request that was sent.
    #[ts(type = "number | null")]
    pub request_id: Option<i64>,
    /// The status of the newest replay or forward of this push.
    pub forward_status: Option<u16>,
    /// Why the newest replay or forward of this push has no answer.
    pub forward_failure: Option<FailureKind>,
    /// What a reader must know.
    pub marks: Vec<Mark>,
    /// The user wants to keep it: no retention takes it away.
    pub pinned: bool,
    /// A push that nobody has opened yet.
    pub unread: bool,
    /// The user has written something about it.
    pub has_note: bool,
    /// The user's tags, by name.
    pub tags: Vec<String>,
    /// Whether a push is signed as it should be; None while it was not looked at, or if that can't be told.
    pub verdict: Option<VerdictKind>,
    /// Its place among the pushes that are the same event; None if it stands alone and nothing is to be said.
    pub delivery: Option<DeliveryMark>,
    /// Events in its body: 1 unless the service sends several at once.
    pub events: u32,
}

/// The place of a push in its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryMark {
    /// The first push of the delivery, which is this one if nothing came before it.
    #[ts(type = "number")]
    pub first: ExchangeId,
    /// Pushes of the delivery, itself counted.
    pub pushes: u32,
    /// Why it came again; None for the first.
    pub repeat: Option<Repeat>,
    /// Which attempt it is, where the service says so or it was counted; 1 is the first.
    pub attempt: Option<u32>,
    /// A push about a later state of the same thing that came before this one.
    #[ts(type = "number | null")]
    pub overtaken_by: Option<ExchangeId>,
    /// Pushes of the delivery that are unread, the first not counted.
    pub unread: u32,
}

/// Why an event came again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Repeat {
    /// We had failed, or the service says that this is a further attempt.
    Retry,
    /// We had accepted it.
    Duplicate,
}

/// The whole of an exchange but its bodies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// The row of the list.
    pub summary: ExchangeSummary,
    /// The request, read from its stored head.
    pub request: MessageView,
    /// The response, read from its stored head. None if there was none.
    pub response: Option<MessageView>,
    /// The decoded query of the request, in order.
    pub query: Vec<Header>,
    /// When its parts happened. Pulls only.
    pub timing: Option<Timing>,
    /// Why there is no answer, in words.
    pub failure: Option<Failure>,
    /// What decided our answer. None if it is the plain one, and for pulls.
    pub answered: Option<Answered>,
    /// The address of the other end, `ip:port`, where it is known.
    pub peer: Option<String>,
    /// What the user has written about it; empty if nothing.
    pub note: String,
    /// Replays, forwards and redirects made from this one, oldest first.
    pub children: Vec<ExchangeSummary>,
}

/// What is shown of a message without its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageView {
    /// The first line as it came, without its line end.
    pub first_line: String,
    /// The header lines in their order, case and number.
    pub headers: Vec<Header>,
    /// Trailer fields of a chunked body, in order.
    pub trailers: Vec<Header>,
    /// Bytes of the body as they came, after chunked framing is taken off.
    #[ts(type = "number")]
    pub body_size: u64,
    /// Bytes of the head as it came.
    #[ts(type = "number")]
    pub head_size: u64,
    /// True if the body came in chunks.
    pub chunked: bool,
}

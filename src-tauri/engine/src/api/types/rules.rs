//! How sources answer, and trying it.

use super::SampleProvider;
use crate::capture::rules::{RuleCount, RuleProblem, RuleSet};
use crate::exchange::{ExchangeId, ExchangeSummary, Header, Micros};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Something of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfSource {
    /// The name of the source.
    pub source: String,
}

/// Rules for a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveRules {
    /// The name of the source; it is made if it is not there.
    pub source: String,
    /// How it is to answer.
    pub rules: RuleSet,
}

/// The rules of a source, and what they have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SourceRules {
    /// The name of the source.
    pub source: String,
    /// The rules as they were typed last.
    pub rules: RuleSet,
    /// False if they can't come into force: the problems say why, and the source answers as it did before.
    pub in_force: bool,
    /// What is wrong with them, field by field.
    pub problems: Vec<RuleProblem>,
    /// How often each rule in force has answered. Left out where this process does not listen: only the one that does
    /// knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub counts: Option<Vec<RuleCount>>,
}

/// Asks for a request to our own listener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TryQuery {
    /// The source that is tried.
    pub source: String,
    /// What is sent to it.
    pub request: TryRequest,
}

/// What is sent to a source to try it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum TryRequest {
    /// A sample event.
    Sample {
        /// Whose.
        provider: SampleProvider,
    },
    /// The request of a stored exchange, the bytes as they came.
    Exchange {
        /// Its number.
        #[ts(type = "number")]
        id: ExchangeId,
    },
    /// A request that was typed.
    Typed {
        /// The method.
        method: String,
        /// What follows `/in/NAME`, with the query: empty, or from `/` or `?` on.
        path: String,
        /// In order. Host, Content-Length and the mark of a sample are added.
        headers: Vec<Header>,
        /// The body.
        body: String,
    },
}

/// What came of trying a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SourceTried {
    /// What was stored; None if it was not taken.
    pub exchange: Option<ExchangeSummary>,
    /// What the sender got.
    pub seen: Seen,
}

/// What a sender got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Seen {
    /// How it ended.
    pub end: SeenEnd,
    /// The status, if a head came.
    pub status: Option<u16>,
    /// Bytes that came, head and body.
    #[ts(type = "number")]
    pub bytes: u64,
    /// From the last byte sent to the end, µs.
    #[ts(type = "number")]
    pub micros: Micros,
}

/// How an answer ended for its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SeenEnd {
    /// Whole.
    Whole,
    /// The connection was closed before a byte came.
    Closed,
    /// The connection was closed before the end of what the head announced.
    Short,
    /// More came than the head announced.
    Long,
    /// The connection was reset.
    Reset,
    /// The end did not come while it was waited for.
    TimedOut,
}

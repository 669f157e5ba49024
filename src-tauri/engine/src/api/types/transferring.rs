//! Replays and exports.

use crate::api::ApiError;
use crate::exchange::{ExchangeId, ExchangeSummary};
use crate::transfer::export::ExportQuery;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for captured pushes to be sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplayCommand {
    /// The pushes, sent in this order.
    #[ts(type = "number[]")]
    pub ids: Vec<ExchangeId>,
    /// Where to. A URL without a path takes the push's path behind `/in/NAME`; the push's query is kept.
    pub to: String,
    /// Chosen by the caller: what `cancel` names.
    pub ticket: String,
}

/// What a replay came to, in the order of the pushes. One that was cancelled, or for which the
/// workspace has no room, leaves out those that were not tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Replayed {
    /// The exchanges that it made: answers and failures alike.
    pub exchanges: Vec<ExchangeSummary>,
    /// The pushes that could not be replayed. The last is one whose exchange could not be kept, if it ended there.
    pub not_sent: Vec<NotSent>,
}

/// A push of which a replay made no exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NotSent {
    /// Its number.
    #[ts(type = "number")]
    pub id: ExchangeId,
    /// Why.
    pub problem: ApiError,
}

/// Asks for an export into a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportCommand {
    /// What and how.
    pub query: ExportQuery,
    /// The file; written new, readable by the user only, in place only when complete.
    pub path: String,
    /// Chosen by the caller: what `cancel` names; progress comes with the feed.
    pub ticket: String,
}

/// What an export came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Exported {
    /// Exchanges written.
    #[ts(type = "number")]
    pub count: u64,
    /// Exchanges that the filter found, but that were gone before their turn came.
    #[ts(type = "number")]
    pub gone: u64,
    /// Exchanges that the filter found, but that are damaged in the file.
    #[ts(type = "number")]
    pub damaged: u64,
    /// Exchanges of which not all is kept: left out of wire bytes, written as far as it goes as a body.
    #[ts(type = "number")]
    pub partial: u64,
    /// Bytes written.
    #[ts(type = "number")]
    pub bytes: u64,
    /// The file.
    pub path: String,
}

/// Text for the clipboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportedText {
    /// The text; at most 4 MiB.
    pub text: String,
}

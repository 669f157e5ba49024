//! The paths that comparisons ignore.

use crate::exchange::ExchangeId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A path whose differences are counted but not shown while it is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IgnoreRule {
    /// JSONPath with `*`, `[*]` and `..`.
    pub path: String,
    /// Whether it is in use.
    pub on: bool,
}

/// Asks which paths a comparison of these exchanges ignores from the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IgnoreQuery {
    /// The exchanges, the base first.
    #[ts(type = "Array<number>")]
    pub ids: Vec<ExchangeId>,
}

/// The paths that are ignored for one kind of exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IgnoreRules {
    /// What they are kept for: an event type, a saved request, or a method and path.
    pub scope: String,
    /// The same for readers: `invoice.paid`.
    pub title: String,
    /// The paths, in the order they were added.
    pub rules: Vec<IgnoreRule>,
}

/// A change of the paths that are ignored for one kind of exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct IgnoreChange {
    /// As [`IgnoreRules`] says it.
    pub scope: String,
    /// Added, or put in place of the rule of this path.
    pub set: Vec<IgnoreRule>,
    /// Paths that are ignored no more.
    pub remove: Vec<String>,
}

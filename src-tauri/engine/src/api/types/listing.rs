//! Pages of the list and of what an exchange holds.

use crate::exchange::{ExchangeId, ExchangeSummary};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for a page of the list, newest first. The rows of a view keep their places while `upto` stays: what is stored
/// later is not among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListQuery {
    /// The search language of the README; empty for everything.
    pub filter: String,
    /// The newest exchange of the view; None for the newest there is.
    #[ts(type = "number | null")]
    pub upto: Option<ExchangeId>,
    /// First row wanted, from 0.
    #[ts(type = "number")]
    pub from: u64,
    /// Rows wanted, at most 500.
    pub count: u32,
    /// A row already known near `from`: makes a page deep in a long list as cheap as the first.
    pub near: Option<Anchor>,
}

/// A row whose place in the list is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Anchor {
    /// Its place, from 0.
    #[ts(type = "number")]
    pub row: u64,
    /// Its exchange.
    #[ts(type = "number")]
    pub id: ExchangeId,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListPage {
    /// The rows, newest first.
    pub rows: Vec<ExchangeSummary>,
    /// False if a search over bodies stopped at its time budget before the page was full: ask again.
    pub complete: bool,
    /// True if it is known that nothing comes after these rows. A page that is shorter than was asked for need not be the
    /// last: rows go while it is read.
    pub last: bool,
}

/// Asks how many rows a filter finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CountQuery {
    /// The search language of the README; empty for everything.
    pub filter: String,
    /// The newest exchange of the view; None for the newest there is.
    #[ts(type = "number | null")]
    pub upto: Option<ExchangeId>,
}

/// How many rows a filter finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Count {
    /// Rows found.
    #[ts(type = "number")]
    pub rows: u64,
    /// False if a search over bodies stopped at its time budget: there may be more, ask again.
    pub complete: bool,
}

/// Asks for bytes of a body as they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BytesQuery {
    /// The body.
    pub body: crate::inspect::Reading,
    /// First byte wanted.
    #[ts(type = "number")]
    pub from: u64,
    /// Bytes wanted, at most 16 MiB.
    #[ts(type = "number")]
    pub count: u64,
    /// Content codings are taken off first.
    pub decoded: bool,
}

/// The headers of the sides of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HeaderRows {
    /// By name.
    pub rows: Vec<crate::compare::HeaderRow>,
}

//! What is done with a body that is read.

use crate::exchange::ExchangeId;
use crate::inspect::{Filter, Reading};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Filters a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FilterCommand {
    /// Names it for cancelling.
    pub ticket: String,
    /// What is filtered.
    pub body: Reading,
    /// The filter.
    pub filter: Filter,
}

/// Writes a body, or what lenses show of it, into a file, its content codings off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveBody {
    /// What is written.
    pub body: Reading,
    /// The file.
    pub path: String,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Saved {
    /// Bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// False if the views read only the front of the body, and only that was written.
    pub whole: bool,
}

/// Asks which row of the text view, as it came, holds a byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RowQuery {
    /// The body.
    pub body: Reading,
    /// The byte.
    #[ts(type = "number")]
    pub offset: u64,
}

/// A row of the text view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RowPlace {
    /// From 0.
    #[ts(type = "number")]
    pub row: u64,
}

/// The exchange before one of the same kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Previous {
    /// None if it is the first.
    #[ts(type = "number | null")]
    pub id: Option<ExchangeId>,
}

//! What the user adds to exchanges.

use crate::exchange::ExchangeId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for exchanges to be pinned or unpinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PinCommand {
    /// At most 10,000.
    #[ts(type = "number[]")]
    pub ids: Vec<ExchangeId>,
    /// False takes the pin away.
    pub on: bool,
}

/// Asks for exchanges to be marked as read or unread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReadCommand {
    /// At most 10,000; None for everything that is stored, which can only be read.
    #[ts(type = "number[] | null")]
    pub ids: Option<Vec<ExchangeId>>,
    /// False marks as unread.
    pub read: bool,
}

/// A tag that something has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tag {
    /// Its name, as first written.
    pub name: String,
    /// Exchanges that have it.
    #[ts(type = "number")]
    pub exchanges: u64,
}

/// All tags, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tags {
    /// Tags that something has.
    pub tags: Vec<Tag>,
}

/// Asks for tags to be added and taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TagCommand {
    /// At most 10,000.
    #[ts(type = "number[]")]
    pub ids: Vec<ExchangeId>,
    /// Names of tags to add.
    pub add: Vec<String>,
    /// Names of tags to take away.
    pub remove: Vec<String>,
}

/// What the user has written about an exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Note {
    /// The exchange.
    #[ts(type = "number")]
    pub id: ExchangeId,
    /// At most 64 KiB; empty takes the note away.
    pub text: String,
}

//! What the user adds to exchanges.

use crate::exchange::{ExchangeId, Micros};
use crate::transfer::export::ExportScope;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Some exchanges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Exchanges {
    /// Their numbers.
    #[ts(type = "number[]")]
    pub ids: Vec<ExchangeId>,
}

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

/// A saved filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct View {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What it shows, in the search language.
    pub filter: String,
}

/// All saved filters, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Views {
    /// Saved filters.
    pub views: Vec<View>,
}

/// Asks for a filter to be saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveView {
    /// The view that is changed; None makes one, behind the others.
    #[ts(type = "number | null")]
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
    /// What it shows.
    pub filter: String,
}

/// Asks for a view to be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MoveView {
    /// The view.
    #[ts(type = "number")]
    pub id: i64,
    /// The view that it comes to stand before; None for the end.
    #[ts(type = "number | null")]
    pub before: Option<i64>,
}

/// How many exchanges of a filter went which way, failed, are unread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tallies {
    /// Pushes.
    #[ts(type = "number")]
    pub pushes: u64,
    /// Pulls.
    #[ts(type = "number")]
    pub pulls: u64,
    /// Failed ones.
    #[ts(type = "number")]
    pub failed: u64,
    /// Unread pushes.
    #[ts(type = "number")]
    pub unread: u64,
    /// False if a search over bodies stopped at its time budget: there may be more, ask again.
    pub complete: bool,
}

/// Asks when the exchanges of a filter came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistogramQuery {
    /// The search language of the README; empty for everything.
    pub filter: String,
    /// The newest exchange of the view; None for the newest there is.
    #[ts(type = "number | null")]
    pub upto: Option<ExchangeId>,
    /// The start of the time that is drawn, µs; None for that of everything stored.
    #[ts(type = "number | null")]
    pub since: Option<Micros>,
    /// Its end.
    #[ts(type = "number | null")]
    pub until: Option<Micros>,
    /// Bars at most, up to 500.
    pub bars: u32,
}

/// When exchanges came: bars of the same width, without a gap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Histogram {
    /// Where the first bar starts, µs.
    #[ts(type = "number")]
    pub from: Micros,
    /// How much time a bar stands for, µs.
    #[ts(type = "number")]
    pub width: Micros,
    /// The bars, oldest first; none if nothing is stored.
    pub bars: Vec<Bar>,
    /// False if a search over bodies stopped at its time budget: there may be more, ask again.
    pub complete: bool,
}

/// What came in the time of one bar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Bar {
    /// Pushes.
    #[ts(type = "number")]
    pub pushes: u64,
    /// Pulls.
    #[ts(type = "number")]
    pub pulls: u64,
    /// Failed ones among both.
    #[ts(type = "number")]
    pub failed: u64,
}

/// Asks for exchanges to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeleteCommand {
    /// Which.
    pub scope: ExportScope,
    /// Of a filter: the newest exchange of the view; None for the newest there is.
    #[ts(type = "number | null")]
    pub upto: Option<ExchangeId>,
    /// Chosen by the caller: what `cancel` names; progress comes with the feed.
    pub ticket: String,
}

/// A deletion that can be taken back for ten seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Deletion {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// Exchanges that it hides, or that are shown again.
    #[ts(type = "number")]
    pub exchanges: u64,
}

/// Asks for values of columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CellsQuery {
    /// The rows.
    #[ts(type = "number[]")]
    pub ids: Vec<ExchangeId>,
    /// `body.PATH` or `header.NAME`.
    pub columns: Vec<String>,
}

/// Values of columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CellRows {
    /// A list a row, in the order of the columns; None where there is no such value.
    pub rows: Vec<Vec<Option<String>>>,
}

/// The columns of the list, from left to right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListColumns {
    /// Empty if the user has never changed them.
    pub columns: Vec<ListColumn>,
}

/// A column of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListColumn {
    /// The name of a built-in column, `body.PATH` or `header.NAME`.
    pub id: String,
    /// False keeps it for later.
    pub shown: bool,
    /// Its width, px; None for the usual one.
    pub width: Option<u32>,
}

//! What the compare screen and `pushpull diff` are given.

use crate::exchange::{Direction, ExchangeId, Micros, Side};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One of the things held against each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum CompareSide {
    /// A body of an exchange.
    Exchange {
        /// The exchange.
        #[ts(type = "number")]
        id: ExchangeId,
        /// Which of its messages. None: what a service said, so the request of a push and the response of a pull.
        side: Option<Side>,
        /// JSON Pointer (RFC 6901) of the value that is compared; the whole body if empty.
        #[serde(default)]
        root: String,
    },
    /// A file. The command line only.
    File {
        /// Its path.
        path: String,
    },
}

/// Asks for a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct CompareQuery {
    /// Two to eight. The first is the base.
    pub sides: Vec<CompareSide>,
    /// Paths whose differences are counted but not shown: JSONPath with `*`, `[*]` and `..`.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Which field tells the elements of an array apart, where the automatic choice is not wanted.
    #[serde(default)]
    pub keys: Vec<ArrayKey>,
}

/// Which field tells the elements of an array apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct ArrayKey {
    /// JSONPath of the array, with `*`, `[*]` and `..`.
    pub path: String,
    /// The field of its elements.
    pub field: String,
}

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// How the bodies were compared.
    pub mode: CompareMode,
    /// One a side, in order.
    pub sides: Vec<SideLabel>,
    /// Rows that differ, not counting ignored ones.
    #[ts(type = "number")]
    pub differences: u64,
    /// Rows that differ by kind.
    pub counts: DiffCounts,
    /// Rows that differ but are ignored.
    #[ts(type = "number")]
    pub ignored: u64,
    /// Values that are equal on every side.
    #[ts(type = "number")]
    pub equal: u64,
    /// What a reader must know: a side that is not JSON, a budget that ran out.
    pub notice: Option<String>,
}

/// How bodies were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum CompareMode {
    /// By structure: every side is JSON.
    Json,
    /// By lines: a side is not JSON, every side is text.
    Text,
    /// By bytes: a side is not text.
    Bytes,
}

/// What stands over a side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SideLabel {
    /// Event type, or method and path, or file name.
    pub title: String,
    /// Which way it went; None for a file.
    pub direction: Option<Direction>,
    /// Which message.
    pub side: Option<Side>,
    /// When it started.
    #[ts(type = "number | null")]
    pub started_at: Option<Micros>,
    /// JSON Pointer of the value that is compared.
    pub root: String,
    /// Bytes of the body.
    #[ts(type = "number")]
    pub size: u64,
}

/// How many rows differ in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiffCounts {
    /// Same type, another value.
    #[ts(type = "number")]
    pub changed: u64,
    /// Not in the base.
    #[ts(type = "number")]
    pub added: u64,
    /// Only in the base, or in the base and not on every side.
    #[ts(type = "number")]
    pub removed: u64,
    /// Another type.
    #[ts(type = "number")]
    pub retyped: u64,
    /// Another place in its array.
    #[ts(type = "number")]
    pub moved: u64,
}

/// Asks for a window of rows of a comparison. Running it again is free while the answer is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompareRowsQuery {
    /// The comparison.
    pub compare: CompareQuery,
    /// Rows that differ but are ignored are among the rows.
    pub show_ignored: bool,
    /// Rows that are equal are among the rows.
    pub show_equal: bool,
    /// First row wanted, from 0.
    #[ts(type = "number")]
    pub from: u64,
    /// Rows wanted, at most 1,000.
    pub count: u32,
}

/// A window of the rows of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CompareRows {
    /// Rows in all with these switches.
    #[ts(type = "number")]
    pub total: u64,
    /// The rows of the window.
    pub rows: Vec<CompareRow>,
}

/// How a row differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum DiffKind {
    /// Equal on every side.
    Equal,
    /// Same type, another value.
    Changed,
    /// Not in the base.
    Added,
    /// Missing on a side that is not the base.
    Removed,
    /// Another type.
    Retyped,
    /// Another place in its array.
    Moved,
    /// A head over the rows of one container.
    Section,
}

/// One row of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompareRow {
    /// How it differs.
    pub kind: DiffKind,
    /// JSONPath of the value, array elements by their identity where they have one: `$.lines.data[id=il_1].amount`.
    pub path: String,
    /// The last step of `path`: what the first column shows.
    pub label: String,
    /// The number of the ignore rule that hides it, from 1.
    pub ignored_by: Option<u32>,
    /// Sections: differences below it. Otherwise 0.
    #[ts(type = "number")]
    pub differences: u64,
    /// One a side, in order; empty in a section.
    pub cells: Vec<CompareCell>,
}

/// What one side has at a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompareCell {
    /// How it stands to the base.
    pub state: CellState,
    /// The value as it stands in the document, cut after 500 characters; containers as `{3}` or `[2]`.
    pub text: String,
    /// Characters of `text` that differ from the base, as UTF-16 ranges `[from, to)`.
    pub marks: Vec<(u32, u32)>,
    /// Its place in the array, where that differs from the base's.
    #[ts(type = "number | null")]
    pub moved_to: Option<u64>,
}

/// How a cell stands to the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum CellState {
    /// The base itself, or equal to it.
    Same,
    /// Another value.
    Changed,
    /// A value that differs from the base and from the first other value: the third.
    Third,
    /// There, but not in the base.
    Added,
    /// Not there.
    Missing,
    /// Another type.
    Retyped,
    /// In another place.
    Moved,
}

/// One header name across the sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HeaderRow {
    /// How it differs.
    pub kind: DiffKind,
    /// The name as the first side that has it writes it.
    pub name: String,
    /// One a side; duplicates joined with a line end.
    pub cells: Vec<CompareCell>,
}

/// Where two texts differ, in the form that the side-by-side view takes: UTF-16 offsets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextChanges {
    /// `[fromA, toA, fromB, toB]`, in order.
    #[ts(type = "[number, number, number, number][]")]
    pub changes: Vec<(u32, u32, u32, u32)>,
    /// What a reader must know: texts that were cut, a budget that ran out.
    pub notice: Option<String>,
}

/// Asks for one text of the side-by-side view, as UTF-8 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct CompareTextQuery {
    /// The side.
    pub side: CompareSide,
    /// JSON laid out anew, keys in their order.
    pub pretty: bool,
}

/// Asks where two texts of the side-by-side view differ.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct ChangesQuery {
    /// The left one.
    pub a: CompareSide,
    /// The right one.
    pub b: CompareSide,
    /// JSON laid out anew, keys in their order.
    pub pretty: bool,
}

//! What the table view is given.

use super::{JsonKind, Reading};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An array that can be shown as a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TableInfo {
    /// The array: see [`TreeRow::node`].
    #[ts(type = "number")]
    pub node: u64,
    /// Where it stands; of a long path both its ends, for reading.
    pub json_path: String,
    /// Its elements.
    #[ts(type = "number")]
    pub rows: u64,
}

/// Asks for rows of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TableQuery {
    /// The body.
    pub body: Reading,
    /// The array.
    #[ts(type = "number")]
    pub node: u64,
    /// First row wanted, from 0.
    #[ts(type = "number")]
    pub from: u64,
    /// Rows wanted, at most 1,000.
    pub count: u32,
}

/// A window of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TablePage {
    /// Rows in all.
    #[ts(type = "number")]
    pub total: u64,
    /// The keys of the rows in the order they come up, at most 100.
    pub columns: Vec<TableColumn>,
    /// True if there are more keys than columns.
    pub more: bool,
    /// The rows of the window.
    pub rows: Vec<TableRow>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TableColumn {
    /// The key, cut after 200 characters.
    pub name: String,
    /// True if `name` was cut.
    pub cut: bool,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TableRow {
    /// The element: see [`TreeRow::node`].
    #[ts(type = "number")]
    pub node: u64,
    /// A cell for each column; none where the element has no such key.
    pub cells: Vec<Option<TableCell>>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TableCell {
    /// What kind of value it is.
    pub kind: JsonKind,
    /// A string's content; other scalars as they stand, cut after 200 characters; for containers what they hold, in
    /// short.
    pub text: String,
    /// True if `text` was cut.
    pub cut: bool,
    /// Values that stand under the key in this element: the last of them is the one that is shown.
    #[ts(type = "number")]
    pub values: u64,
}

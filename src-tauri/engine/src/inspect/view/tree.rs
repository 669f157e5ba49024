//! What the tree view is given.

use super::Reading;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for a window of rows of the tree view. A node is named by the byte its value starts at in the decoded body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TreeQuery {
    /// The body.
    pub body: Reading,
    /// Containers less deep than this are open, the root being 0.
    pub depth: u32,
    /// Containers that are the other way round.
    #[ts(type = "number[]")]
    pub toggled: Vec<u64>,
    /// First row wanted, from 0.
    #[ts(type = "number")]
    pub from: u64,
    /// Rows wanted, at most 1,000.
    pub count: u32,
}

/// A window of the tree view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TreePage {
    /// Rows in all that are visible with these containers open.
    #[ts(type = "number")]
    pub total: u64,
    /// The rows of the window.
    pub rows: Vec<TreeRow>,
}

/// What kind of JSON value a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum JsonKind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// A number, its digits kept.
    Number,
    /// `true` or `false`
    Boolean,
    /// `null`
    Null,
}

/// One node of the tree view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TreeRow {
    /// The byte its value starts at in the decoded body: its name in queries.
    #[ts(type = "number")]
    pub node: u64,
    /// Levels below the root.
    pub depth: u32,
    /// Its key in the object above, unescaped, cut after 200 characters. None in an array and at the root.
    pub key: Option<String>,
    /// True if `key` was cut.
    pub key_cut: bool,
    /// Its place in the object or array above, from 0.
    #[ts(type = "number")]
    pub index: u64,
    /// What it is.
    pub kind: JsonKind,
    /// Scalars: the value as it stands in the document, strings with their quotes, cut after 500 characters.
    /// Containers: empty.
    pub text: String,
    /// True if `text` was cut.
    pub cut: bool,
    /// Members or elements.
    #[ts(type = "number")]
    pub children: u64,
    /// How many nodes the container above has: with `index` what a screen reader says.
    #[ts(type = "number")]
    pub siblings: u64,
    /// True if its children are among the rows.
    pub open: bool,
    /// What the value means, where that is certain: `exact, beyond 53 bits`, a time, a duplicate key.
    pub chips: Vec<ValueChip>,
}

/// What a value means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ValueChip {
    /// What it is about: the icon.
    pub kind: ChipKind,
    /// A few words.
    pub text: String,
    /// The moment it is about, microseconds since 1970 UTC: what it says, when an id was made, when a token expires.
    #[ts(type = "number | null")]
    pub at: Option<i64>,
}

/// What a value chip is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ChipKind {
    /// A number that JavaScript would change.
    Exact,
    /// A moment: ISO 8601, or epoch seconds or milliseconds.
    Time,
    /// A key that stands more than once in its object.
    Duplicate,
    /// A UUID, ULID or ObjectId.
    Id,
    /// A web address: its host.
    Url,
    /// An e-mail address.
    Email,
    /// Base64 of something that can be named; opens.
    Base64,
    /// A JSON Web Token, not checked; opens.
    Jwt,
    /// A string that holds a JSON document; opens.
    Json,
    /// What a string reads whose letters were sent as escapes.
    Text,
    /// How a value stands in a binary format.
    Wire,
}

/// Asks where a node of the tree stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NodeQuery {
    /// The body.
    pub body: Reading,
    /// The node: see [`TreeRow::node`].
    #[ts(type = "number")]
    pub node: u64,
}

/// Where a node of the tree stands, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NodePlace {
    /// RFC 6901.
    pub pointer: String,
    /// RFC 9535, normalized.
    pub json_path: String,
    /// XPath 1.0, for a tree of XML.
    pub xpath: Option<String>,
    /// True if a path is longer than 1 MiB: of each its front is given, which leads nowhere.
    pub path_cut: bool,
    /// The value as it stands in the document, strings with their quotes, cut after 1 MiB.
    pub text: String,
    /// True if `text` was cut.
    pub cut: bool,
    /// The containers above it, from the root: what must be open for it to be seen.
    #[ts(type = "number[]")]
    pub above: Vec<u64>,
}

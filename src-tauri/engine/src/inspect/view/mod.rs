//! What the viewers are given: windows of rows, never a whole body.

mod table;
mod tree;

pub use table::*;
pub use tree::*;

use super::Filter;
use crate::exchange::{ExchangeId, Header, Side};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which body is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct BodyRef {
    /// The exchange.
    #[ts(type = "number")]
    pub id: ExchangeId,
    /// Its request or its response.
    pub side: Side,
}

/// What is read: a body, or what lenses show of it, one after another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Reading {
    /// The exchange.
    #[ts(type = "number")]
    pub id: ExchangeId,
    /// Its request or its response.
    pub side: Side,
    /// What it is looked at through; left out for the body itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub through: Option<Vec<Lens>>,
}

impl Reading {
    /// The body.
    pub fn body(&self) -> BodyRef {
        BodyRef { id: self.id, side: self.side }
    }

    /// What it is looked at through.
    pub fn lenses(&self) -> &[Lens] {
        self.through.as_deref().unwrap_or_default()
    }
}

impl From<BodyRef> for Reading {
    fn from(body: BodyRef) -> Self {
        Self { id: body.id, side: body.side, through: None }
    }
}

/// A way to see another document in a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Lens {
    /// A part of a multipart body, or the value of a form's field.
    Part {
        /// Its place, from 0.
        index: u32,
    },
    /// What stands before its content: the header of a part, or the name of a form's field.
    PartHead {
        /// The place of the part, from 0.
        index: u32,
    },
    /// What a string of the tree holds.
    Value {
        /// The string: see [`TreeRow::node`].
        #[ts(type = "number")]
        node: u64,
        /// What it is taken for.
        taken: Taken,
    },
    /// What a filter finds.
    Filter {
        /// The filter.
        filter: Filter,
    },
}

/// What a string is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Taken {
    /// A document of its own: JSON, XML, text.
    Text,
    /// Base64 in either alphabet.
    Base64,
    /// A JSON Web Token: its header and claims. The signature is not checked.
    Jwt,
}

/// What a body turned out to be, by its type where that is true, else by its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum BodyKind {
    /// No bytes.
    Empty,
    /// One JSON document.
    Json,
    /// XML, SOAP, SVG.
    Xml,
    /// HTML: shown as text, never rendered.
    Html,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/*`.
    Multipart,
    /// JSON documents one after another, a line each.
    Ndjson,
    /// Comma or tab separated values.
    Csv,
    /// Any other text.
    Text,
    /// A raster image.
    Image,
    /// Protocol buffers, or gRPC messages, read without a schema.
    Protobuf,
    /// MessagePack.
    Msgpack,
    /// CBOR (RFC 8949).
    Cbor,
    /// Anything else: shown as bytes.
    Binary,
}

impl BodyKind {
    /// True if a body of this kind can be shown and compared by lines.
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Binary | Self::Image | Self::Protobuf | Self::Msgpack | Self::Cbor)
    }
}

/// What the viewers need to know of a body before they ask for a window of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BodyInfo {
    /// What it is.
    pub kind: BodyKind,
    /// Bytes as they came (after chunked framing is taken off, before content codings are).
    #[ts(type = "number")]
    pub size: u64,
    /// Bytes after content codings are taken off, as far as the views read them.
    #[ts(type = "number")]
    pub decoded_size: u64,
    /// The Content-Type as it came.
    pub content_type: Option<String>,
    /// The content codings in the order they were applied, lower case.
    pub codings: Vec<String>,
    /// The charset that the text views use.
    pub charset: String,
    /// True if a byte order mark stands first.
    pub bom: bool,
    /// What the views could not do, in one sentence: a coding that failed, a cap that was reached, bytes that are not
    /// valid in the charset.
    pub notice: Option<String>,
    /// Where the document breaks the rules of its format. A tree then shows what stands before.
    pub problem: Option<SyntaxProblem>,
    /// Why the list can't find values of it, by filters and columns that name a path, in one sentence; None if it can.
    pub unsearched: Option<String>,
    /// True if it has a tree.
    pub tree: bool,
    /// True if its text can be laid out anew.
    pub pretty: bool,
    /// The arrays that can be shown as tables, the longest first, at most 20.
    pub tables: Vec<TableInfo>,
    /// How it can be previewed, if it can.
    pub preview: Option<Preview>,
}

/// How a body can be previewed. Nothing of it runs and nothing is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Preview {
    /// A raster image.
    Image {
        /// Its media type, from its bytes.
        media: String,
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// HTML or SVG: a document that [`crate::api`]'s `preview` makes safe to show in a frame without rights.
    Markup {
        /// True if only its first 2 MiB are shown.
        cut: bool,
    },
}

/// Where a document breaks the rules of its format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyntaxProblem {
    /// What is wrong, in one sentence.
    pub message: String,
    /// Byte in the decoded body; in its text as UTF-8, where it is read in another charset.
    #[ts(type = "number")]
    pub offset: u64,
    /// Line, from 1.
    #[ts(type = "number")]
    pub line: u64,
    /// Character in the line, from 1.
    #[ts(type = "number")]
    pub column: u64,
}

/// Asks for a window of rows of the text view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextQuery {
    /// The body.
    pub body: Reading,
    /// True for JSON laid out anew with two spaces a level; digits, escapes, order and duplicates stay.
    pub pretty: bool,
    /// First row wanted, from 0.
    #[ts(type = "number")]
    pub from: u64,
    /// Rows wanted, at most 1,000.
    pub count: u32,
}

/// A window of the text view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextPage {
    /// Rows in all. A line over 2,000 characters takes several rows.
    #[ts(type = "number")]
    pub total: u64,
    /// The rows of the window.
    pub rows: Vec<TextRow>,
}

/// One row of the text view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextRow {
    /// The line it belongs to, from 1.
    #[ts(type = "number")]
    pub line: u64,
    /// True if it carries on the line of the row above.
    pub continued: bool,
    /// Its text without the line end. Control, bidi and zero-width characters are as they came: the window marks them.
    pub text: String,
}

/// Asks for a window of rows of the hex view: 16 bytes a row, of the body as it came, or of what lenses show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HexQuery {
    /// The body.
    pub body: Reading,
    /// First row wanted, from 0.
    #[ts(type = "number")]
    pub from: u64,
    /// Rows wanted, at most 1,000.
    pub count: u32,
}

/// A window of the hex view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HexPage {
    /// Rows in all.
    #[ts(type = "number")]
    pub total: u64,
    /// The rows of the window.
    pub rows: Vec<HexRow>,
}

/// Sixteen bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HexRow {
    /// The place of the first one.
    #[ts(type = "number")]
    pub offset: u64,
    /// Two lower-case digits a byte, parted by spaces.
    pub hex: String,
    /// Printable ASCII as itself, anything else as `.`.
    pub ascii: String,
}

/// Asks for the raw wire view: the bytes of one message as they were sent, head and framing included, as text rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RawQuery {
    /// The message.
    pub body: BodyRef,
    /// First row wanted, from 0.
    #[ts(type = "number")]
    pub from: u64,
    /// Rows wanted, at most 1,000.
    pub count: u32,
}

/// Asks where a text stands in a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindQuery {
    /// The body.
    pub body: Reading,
    /// What is looked for, without case.
    pub needle: String,
    /// Where the rows are counted.
    pub view: FindView,
}

/// The view whose rows a find counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum FindView {
    /// The text as it came: hits are rows.
    Text,
    /// The text laid out anew: hits are rows.
    Pretty,
    /// The tree: hits are nodes (see [`TreeRow::node`]) whose key or scalar holds the needle.
    Tree,
    /// The fields of a form or the parts of a multipart body: hits are those whose name or text, as it reads, holds it.
    Parts,
}

/// Where a text stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FindResult {
    /// Rows, nodes or parts, in order, at most 10,000.
    #[ts(type = "number[]")]
    pub hits: Vec<u64>,
    /// True if there are more, or may be: the search stopped after a second.
    pub more: bool,
}

/// The fields of a form body, or the parts of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// The name of the field, cut after 200 characters.
    pub name: Option<String>,
    /// True if `name` was cut.
    pub name_cut: bool,
    /// The file name, if it is a file, cut after 200 characters.
    pub file_name: Option<String>,
    /// True if `file_name` was cut.
    pub file_name_cut: bool,
    /// The part's own header fields, names and values cut after 200 characters.
    pub headers: Vec<Header>,
    /// Where its content starts in the decoded body.
    #[ts(type = "number")]
    pub offset: u64,
    /// Bytes of its content.
    #[ts(type = "number")]
    pub size: u64,
    /// Its content as text, cut after 2,000 characters; None if it is not text.
    pub text: Option<String>,
}

/// The parts of a form or multipart body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Parts {
    /// In order, duplicates kept, at most 10,000.
    pub parts: Vec<Part>,
    /// What is wrong with the body, in one sentence: no boundary, no end, more parts than are shown.
    pub notice: Option<String>,
}

//! Collections, saved requests, tabs and sends.

use crate::exchange::{ExchangeId, ExchangeSummary, Header};
use crate::send::RequestDefinition;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A saved request, a folder or a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CollectionNode {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// The folder or collection it is in; None for a collection.
    #[ts(type = "number | null")]
    pub parent: Option<i64>,
    /// What it is.
    pub kind: NodeKind,
    /// Its name.
    pub name: String,
    /// Requests: the method.
    pub method: Option<String>,
}

/// What a node of the collections is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum NodeKind {
    /// At the top.
    Collection,
    /// In a collection or a folder.
    Folder,
    /// In a collection or a folder.
    Request,
}

/// All collections: parents before children, in the order they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Collections {
    /// The nodes.
    pub nodes: Vec<CollectionNode>,
}

/// A node that was deleted with all below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NodeDeletion {
    /// Its number, to take it back.
    #[ts(type = "number")]
    pub id: i64,
    /// Requests that went.
    #[ts(type = "number")]
    pub requests: u64,
}

/// A new collection or folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewFolder {
    /// Where; None makes a collection.
    #[ts(type = "number | null")]
    pub parent: Option<i64>,
    /// Its name.
    pub name: String,
}

/// Another name for a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RenameNode {
    /// The node.
    #[ts(type = "number")]
    pub id: i64,
    /// The name.
    pub name: String,
}

/// Another place for a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MoveNode {
    /// The node.
    #[ts(type = "number")]
    pub id: i64,
    /// Where to; None makes a folder a collection.
    #[ts(type = "number | null")]
    pub parent: Option<i64>,
    /// Before this sibling; None puts it last.
    #[ts(type = "number | null")]
    pub before: Option<i64>,
}

/// A request that is kept: the definition and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedRequest {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// Its collection or folder.
    #[ts(type = "number")]
    pub parent: i64,
    /// Its name.
    pub name: String,
    /// The definition.
    pub definition: RequestDefinition,
}

/// Asks for a request to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SaveRequest {
    /// The saved request to write over; None makes a new one.
    #[ts(type = "number | null")]
    pub id: Option<i64>,
    /// Its collection or folder; None keeps it where it is, or makes the collection "Requests".
    #[ts(type = "number | null")]
    pub parent: Option<i64>,
    /// Its name.
    pub name: String,
    /// The definition.
    pub definition: RequestDefinition,
    /// What was sent before it was saved: these exchanges become its answers, unless they are another request's.
    #[serde(default)]
    #[ts(type = "number[]")]
    pub answers: Vec<ExchangeId>,
}

/// A request as it is being typed: an open tab. Kept on every change, so that nothing typed is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// Its own number, chosen by the window.
    pub key: String,
    /// The saved request it is a change of.
    #[ts(type = "number | null")]
    pub request_id: Option<i64>,
    /// Its place among the tabs, from 0.
    pub position: u32,
    /// The name shown on its tab.
    pub name: String,
    /// The definition as typed.
    pub definition: RequestDefinition,
    /// True if it differs from what is saved.
    pub unsaved: bool,
    /// The exchange whose answer is shown beside it.
    #[ts(type = "number | null")]
    pub shown: Option<ExchangeId>,
    /// What was sent from it, newest first, while there is no saved request to find that by.
    #[serde(default)]
    #[ts(type = "number[]")]
    pub answers: Vec<ExchangeId>,
}

/// The open tabs in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Drafts {
    /// The tabs.
    pub drafts: Vec<Draft>,
    /// The answers that the tabs name, newest first; those that are gone are left out.
    pub answers: Vec<ExchangeSummary>,
}

/// Names a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DraftKey {
    /// Its key.
    pub key: String,
}

/// Asks for a request to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SendCommand {
    /// Chosen by the caller: what `cancel` names.
    pub ticket: String,
    /// What is sent.
    pub definition: RequestDefinition,
    /// The saved request it came from.
    #[ts(type = "number | null")]
    pub request_id: Option<i64>,
}

/// The head that would be sent, line by line, for the eye.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HeadPreview {
    /// `METHOD TARGET HTTP/1.1`
    pub line: String,
    /// The fields in the order they go out in, those that Pushpull adds included.
    pub headers: Vec<PreviewHeader>,
    /// What keeps it from being sent, at which field.
    pub problem: Option<ApiFieldProblem>,
}

/// One field of a head that would be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreviewHeader {
    /// The field.
    pub field: Header,
    /// True if Pushpull adds it because the user did not write it.
    pub added: bool,
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApiFieldProblem {
    /// `url`, `method`, `headers.2`, `body.parts.0` …
    pub field: String,
    /// What is wrong and what would be right: one sentence.
    pub message: String,
}

/// A curl command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CurlText {
    /// The command as it was pasted.
    pub text: String,
}

/// A request read from somewhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportedRequest {
    /// The definition.
    pub definition: RequestDefinition,
    /// What was approximated or dropped, one sentence each.
    pub notes: Vec<String>,
}

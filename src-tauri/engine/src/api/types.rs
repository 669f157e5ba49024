//! The wire types that belong to no other room.

use crate::exchange::{ExchangeId, ExchangeSummary, Header, Micros};
use crate::send::RequestDefinition;
use crate::transfer::export::ExportQuery;
use crate::tunnel::{TunnelConfig, TunnelStatus};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// No arguments, or no answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// What runs, and on what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The path of the workspace file.
    pub workspace: String,
    /// The listener.
    pub listener: ListenerStatus,
    /// The tunnel.
    pub tunnel: TunnelStatus,
    /// What is stored.
    pub stored: Stored,
    /// Whether a first request to a name makes a source at this moment.
    pub auto_source: bool,
    /// Requests that were answered 404 since the start because no source has their path.
    #[ts(type = "number")]
    pub unknown_paths: u64,
    /// What the user must know until it is mended: a full disk, a read-only workspace.
    pub notice: Option<String>,
    /// The version of Pushpull.
    pub version: String,
}

/// The state of the listener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum ListenerStatus {
    /// Not listening, and not meant to.
    Off,
    /// Another process listens for this workspace.
    Elsewhere,
    /// Listening.
    Listening {
        /// `http://ADDRESS:PORT`
        url: String,
        /// The port.
        port: u16,
        /// The port that was wanted, if it was taken and this is the next free one.
        wanted: Option<u16>,
    },
    /// It could not be started.
    Failed {
        /// What happened.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
}

/// What is stored in the workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// Exchanges.
    #[ts(type = "number")]
    pub exchanges: u64,
    /// The newest one's number; 0 if there is none.
    #[ts(type = "number")]
    pub newest: ExchangeId,
    /// Bytes of the workspace file with its log.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Saved requests.
    #[ts(type = "number")]
    pub requests: u64,
}

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

/// One exchange by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ById {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
}

/// Asks for bytes of a body as they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BytesQuery {
    /// The body.
    pub body: crate::inspect::BodyRef,
    /// First byte wanted.
    #[ts(type = "number")]
    pub from: u64,
    /// Bytes wanted, at most 16 MiB.
    #[ts(type = "number")]
    pub count: u64,
    /// Content codings are taken off first.
    pub decoded: bool,
}

/// Exchanges by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ids {
    /// Their numbers.
    #[ts(type = "number[]")]
    pub ids: Vec<ExchangeId>,
}

/// Where pushes arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// Its name: the path is `/in/NAME`.
    pub name: String,
    /// The provider its requests were recognised as.
    pub provider: Option<String>,
    /// When its newest push came, µs since 1970 UTC.
    #[ts(type = "number | null")]
    pub newest: Option<Micros>,
    /// Its pushes.
    #[ts(type = "number")]
    pub pushes: u64,
}

/// The name of a new source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewSource {
    /// 1 to 64 of `A-Z a-z 0-9 . _ -`.
    pub name: String,
}

/// Asks for the listener to be started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListenOptions {
    /// The port wanted; 0 for any free one.
    pub port: u16,
    /// The address to bind: `127.0.0.1` unless the user says otherwise.
    pub bind: String,
    /// If the port is taken: true takes the next free one, false is an error.
    pub fallback: bool,
}

/// The services that a sample event can be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum SampleProvider {
    /// `invoice.paid`
    Stripe,
    /// `push`
    GitHub,
    /// `contact.propertyChange`
    HubSpot,
    /// `orders/create`
    Shopify,
}

/// Asks for a sample event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SampleQuery {
    /// Whose.
    pub provider: SampleProvider,
}

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
}

/// The open tabs in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Drafts {
    /// The tabs.
    pub drafts: Vec<Draft>,
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

/// Names a send or an export that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ticket {
    /// What the caller chose.
    pub ticket: String,
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

/// Asks for captured pushes to be sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplayCommand {
    /// The pushes, sent in this order.
    #[ts(type = "number[]")]
    pub ids: Vec<ExchangeId>,
    /// Where to. A URL without a path takes the push's path behind `/in/NAME`; the push's query is kept.
    pub to: String,
    /// Chosen by the caller: what `cancel` names.
    pub ticket: String,
}

/// The exchanges that a replay made, in the order of the pushes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Replayed {
    /// Answers and failures alike.
    pub exchanges: Vec<ExchangeSummary>,
}

/// Asks for an export into a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportCommand {
    /// What and how.
    pub query: ExportQuery,
    /// The file; written new, readable by the user only, in place only when complete.
    pub path: String,
    /// Chosen by the caller: what `cancel` names; progress comes with the feed.
    pub ticket: String,
}

/// What an export came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Exported {
    /// Exchanges written.
    #[ts(type = "number")]
    pub count: u64,
    /// Bytes written.
    #[ts(type = "number")]
    pub bytes: u64,
    /// The file.
    pub path: String,
}

/// Text for the clipboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportedText {
    /// The text; at most 4 MiB.
    pub text: String,
}

/// The settings that change behaviour; they live in the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// The port wanted at the start.
    pub port: u16,
    /// The address bound.
    pub bind: String,
    /// Whether the first request to a name makes a source.
    pub auto_source: AutoSource,
    /// The largest body that is kept whole, bytes; at most 512 MiB.
    #[ts(type = "number")]
    pub body_cap: u64,
    /// Where replays go unless another URL is given.
    pub replay_target: String,
    /// The tunnel that was used last, without its secret.
    pub tunnel: TunnelConfig,
}

/// Whether the first request to a name makes a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum AutoSource {
    /// Yes, but not while a tunnel is up.
    Local,
    /// Yes, also while a tunnel is up.
    Always,
    /// No.
    Never,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            port: 4400,
            bind: "127.0.0.1".into(),
            auto_source: AutoSource::Local,
            body_cap: 25 * 1024 * 1024,
            replay_target: String::new(),
            tunnel: TunnelConfig::Bore { server: "bore.pub".into(), secret: None, port: 0 },
        }
    }
}

/// Asks for another workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OpenWorkspace {
    /// The path of the file; made if it is not there.
    pub path: String,
}

/// Tells the window that something changed; it reads again what it shows. At most 20 a second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FeedEvent {
    /// What runs, and what is stored.
    pub status: Status,
    /// Exchanges that were stored before and have changed since (a replay was made of them), at most 1,000.
    #[ts(type = "number[]")]
    pub changed: Vec<ExchangeId>,
    /// True if sources, collections or settings changed.
    pub lists: bool,
    /// Exports that are under way.
    pub jobs: Vec<JobProgress>,
}

/// How far an export is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JobProgress {
    /// What the caller chose.
    pub ticket: String,
    /// Exchanges written.
    #[ts(type = "number")]
    pub done: u64,
    /// Exchanges in all.
    #[ts(type = "number")]
    pub total: u64,
}

/// All sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sources {
    /// By name.
    pub sources: Vec<Source>,
}

/// The headers of the sides of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HeaderRows {
    /// By name.
    pub rows: Vec<crate::compare::HeaderRow>,
}

//! Pushpull's own format: one JSON object a line, lossless.
//!
//! The first line is `{"pushpull":"exchanges","version":1,"redacted":…}`. Each other line is an exchange. Heads,
//! framing and bodies are `{"text":…}`, or `{"base64":…}` where they are not UTF-8. What can be worked out again from
//! the rest (the recognised provider, sizes, the answers of replays) is not written.

use super::ExportError;
use super::entry::{Entry, EntryMessage};
use super::json::{open, put_body, put_bytes};
use super::out::Out;
use crate::exchange::*;
use crate::store::NewExchange;
use base64::Engine as _;
use serde::{Deserialize, Serialize};

const VERSION: u32 = 1;

/// The first line.
#[derive(Serialize, Deserialize)]
struct Start {
    pushpull: String,
    version: u32,
    redacted: bool,
}

/// An exchange but its messages.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    id: ExchangeId,
    direction: Direction,
    origin: Origin,
    started_at: Micros,
    duration: Option<Micros>,
    method: String,
    url: String,
    source: Option<String>,
    event_type: Option<String>,
    status: Option<u16>,
    timing: Option<Timing>,
    failure: Option<Failure>,
    peer: Option<String>,
    parent: Option<ExchangeId>,
    request_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answered: Option<Answered>,
    marks: Vec<Mark>,
    /// For who reads the file: an import finds deliveries anew.
    #[serde(default)]
    delivery: Option<DeliveryMark>,
    #[serde(flatten)]
    kept: Kept,
    #[serde(skip_serializing)]
    request: Option<RecordMessage>,
    #[serde(skip_serializing)]
    response: Option<RecordMessage>,
}

/// What the user has added to an exchange.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// It is pinned.
    pub pinned: bool,
    /// Nobody has opened it yet.
    pub unread: bool,
    /// The tags.
    pub tags: Vec<String>,
    /// The note; empty if there is none.
    pub note: String,
}

/// An exchange as an export has it.
#[derive(Debug, PartialEq)]
pub struct ReadExchange {
    /// The number it had.
    pub id: ExchangeId,
    /// What is stored of it.
    pub exchange: NewExchange,
    /// What the user has added.
    pub kept: Kept,
}

#[derive(Deserialize)]
struct RecordMessage {
    head: Data,
    framing: Data,
    body: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Data {
    Text(String),
    Base64(String),
}

pub(super) async fn begin(out: &mut Out<'_>, redacted: bool) -> Result<(), ExportError> {
    let start = Start { pushpull: "exchanges".into(), version: VERSION, redacted };
    out.put(super::json::text(&start)? + "\n").await
}

pub(super) async fn write(entry: &Entry, out: &mut Out<'_>) -> Result<(), ExportError> {
    out.put(open(&Record::new(entry))?).await?;
    out.put(",\"request\":").await?;
    put_message(&entry.request, out).await?;
    out.put(",\"response\":").await?;
    match &entry.response {
        Some(response) => put_message(response, out).await?,
        None => out.put("null").await?,
    }
    out.put("}\n").await
}

async fn put_message(message: &EntryMessage, out: &mut Out<'_>) -> Result<(), ExportError> {
    out.put("{\"head\":").await?;
    put_bytes(&message.head, out).await?;
    out.put(",\"framing\":").await?;
    put_bytes(&message.framing, out).await?;
    let is_text = message.body.is_text().await?;
    out.put(if is_text { ",\"body\":{\"text\":" } else { ",\"body\":{\"base64\":" }).await?;
    put_body(&message.body, is_text, out).await?;
    out.put("}}").await
}

impl Record {
    fn new(entry: &Entry) -> Self {
        let row = entry.summary.clone();
        Self {
            id: row.id,
            direction: row.direction,
            origin: row.origin,
            started_at: row.started_at,
            duration: row.duration,
            method: row.method,
            url: row.url,
            source: row.source,
            event_type: row.event_type,
            status: row.status,
            timing: entry.timing.clone(),
            failure: entry.failure.clone(),
            peer: entry.peer.clone(),
            parent: row.parent,
            request_id: row.request_id,
            answered: entry.answered.clone(),
            marks: row.marks,
            delivery: row.delivery,
            kept: Kept { pinned: row.pinned, unread: row.unread, tags: row.tags, note: entry.note.clone() },
            request: None,
            response: None,
        }
    }

    fn into_exchange(self) -> Option<NewExchange> {
        let response = match self.response {
            Some(response) => Some(response.into_message()?),
            None => None,
        };
        Some(NewExchange {
            direction: self.direction,
            origin: self.origin,
            started_at: self.started_at,
            duration: self.duration,
            method: self.method,
            url: self.url,
            source: self.source,
            makes_source: true,
            event_type: self.event_type,
            provider: None,
            status: self.status,
            request: self.request?.into_message()?,
            response,
            timing: self.timing,
            failure: self.failure,
            peer: self.peer,
            parent: self.parent,
            request_id: self.request_id,
            answered: self.answered.map(Box::new),
            marks: self.marks,
        })
    }
}

impl RecordMessage {
    fn into_message(self) -> Option<Message> {
        let body = Body::Inline(self.body.into_bytes()?);
        Some(Message { head: self.head.into_bytes()?, framing: self.framing.into_bytes()?, body })
    }
}

impl Data {
    fn into_bytes(self) -> Option<bytes::Bytes> {
        match self {
            Self::Text(text) => Some(text.into()),
            Self::Base64(text) => Some(base64::engine::general_purpose::STANDARD.decode(text).ok()?.into()),
        }
    }
}

/// Why a text is no NDJSON export.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotNdjson {
    /// The first line is another one.
    #[error("This is not a Pushpull export: its first line does not say so.")]
    Start,
    /// It was written by a newer Pushpull.
    #[error("This export has version {0}; this Pushpull reads version {VERSION}.")]
    Version(u32),
    /// A line is not an exchange.
    #[error("Line {line} is not an exchange: {reason}.")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// Reads an export back.
///
/// # Errors
/// If it is not one, or a line of it is damaged.
pub fn read_ndjson(text: &[u8]) -> Result<Vec<ReadExchange>, NotNdjson> {
    let mut lines = text.split(|&byte| byte == b'\n').enumerate();
    let start = lines.next().and_then(|(_, line)| serde_json::from_slice::<Start>(line).ok());
    let start = start.filter(|start| start.pushpull == "exchanges").ok_or(NotNdjson::Start)?;
    if start.version != VERSION {
        return Err(NotNdjson::Version(start.version));
    }
    let exchanges = lines.filter(|(_, line)| !line.is_empty()).map(|(index, line)| {
        let wrong = |reason: String| NotNdjson::Line { line: index + 1, reason };
        let mut record: Record = serde_json::from_slice(line).map_err(|error| wrong(error.to_string()))?;
        let (id, kept) = (record.id, std::mem::take(&mut record.kept));
        let exchange = record.into_exchange().ok_or_else(|| wrong("its bytes are not base64".into()))?;
        Ok(ReadExchange { id, exchange, kept })
    });
    exchanges.collect()
}

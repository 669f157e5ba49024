//! Reading one exchange: its parts, its messages, ranges of its bodies.

use super::list::{SUMMARY, summary};
use super::record::{Part, Record};
use super::{CHUNK, Store, StoreError, StoredMessage};
use crate::exchange::{
    Answered, Body, Exchange, ExchangeId, ExchangeSummary, Failure, FailureKind, MessageView, Side, Timing, shown,
};
use crate::inspect::query_fields;
use crate::wire::{Framing, LooseHead};
use bytes::{Bytes, BytesMut};
use sqlx::Row as _;
use std::ops::Range;

/// Replays, forwards and redirects shown with an exchange.
const CHILDREN: i64 = 1_000;

/// Everything about an exchange but what was made from it.
#[derive(Debug, Clone)]
pub struct WholeExchange {
    /// The row of the list.
    pub summary: ExchangeSummary,
    /// The request, and its body unless that is in chunks.
    pub request: (StoredMessage, Option<Bytes>),
    /// The response likewise; None if there was none.
    pub response: Option<(StoredMessage, Option<Bytes>)>,
    /// When its parts happened.
    pub timing: Option<Timing>,
    /// Why there is no answer.
    pub failure: Option<Failure>,
    /// What decided the answer, if it was not the plain one.
    pub answered: Option<Answered>,
    /// The other end, `ip:port`.
    pub peer: Option<String>,
    /// What the user has written about it.
    pub note: String,
}

impl Store {
    /// The row of one exchange.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange.
    pub async fn summary(&self, id: ExchangeId) -> Result<ExchangeSummary, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!("{SUMMARY} WHERE e.id = $1"));
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.readers).await;
        let row = row.map_err(|e| StoreError::from_sqlx("Reading an exchange", &e))?;
        row.as_ref().map(summary).ok_or_else(|| not_found(id))
    }

    /// The whole of an exchange but its bodies.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange.
    pub async fn exchange(&self, id: ExchangeId) -> Result<Exchange, StoreError> {
        let summary = self.summary(id).await?;
        let record = self.record(id).await?;
        let stored = |side| stored(&summary, &record, side);
        Ok(Exchange {
            query: query_fields(&summary.url),
            request: view(&stored(Side::Request).unwrap_or_default()),
            response: stored(Side::Response).as_ref().map(view),
            note: self.note(id).await?,
            children: self.children(id).await?,
            timing: record.timing,
            failure: record.failure.or_else(|| summary.failure.map(FailureKind::found_later)),
            answered: record.answered,
            peer: record.peer,
            summary,
        })
    }

    /// Everything about an exchange but what was made from it, read at once: what an export takes.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange.
    pub async fn whole(&self, id: ExchangeId) -> Result<WholeExchange, StoreError> {
        let summary = self.summary(id).await?;
        let sql = "SELECT record, (SELECT text FROM note WHERE exchange = $1) FROM wire WHERE id = $1";
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.readers).await;
        let row = row.map_err(|e| StoreError::from_sqlx("Reading an exchange", &e))?.ok_or_else(|| not_found(id))?;
        let record = self.decoded(row.get(0)).await?;
        let message = |side| {
            let body = record.side(side).and_then(|part| part.body.clone());
            stored(&summary, &record, side).map(|message| (message, body))
        };
        Ok(WholeExchange {
            request: message(Side::Request).unwrap_or_default(),
            response: message(Side::Response),
            note: row.get::<Option<String>, _>(1).unwrap_or_default(),
            timing: record.timing,
            failure: record.failure.or_else(|| summary.failure.map(FailureKind::found_later)),
            answered: record.answered,
            peer: record.peer,
            summary,
        })
    }

    pub(super) async fn children(&self, id: ExchangeId) -> Result<Vec<ExchangeSummary>, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!("{SUMMARY} WHERE e.parent = $1 ORDER BY e.id LIMIT {CHILDREN}"));
        let rows = sqlx::query(sql).bind(id).fetch_all(&self.readers).await;
        Ok(rows.map_err(|e| StoreError::from_sqlx("Reading an exchange", &e))?.iter().map(summary).collect())
    }

    /// The head, framing and body length of one message as stored; None if the exchange has no such message.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange.
    pub async fn message(&self, id: ExchangeId, side: Side) -> Result<Option<StoredMessage>, StoreError> {
        let sql = match side {
            Side::Request => "SELECT w.record, e.request_size FROM wire w JOIN exchange e USING (id) WHERE w.id = $1",
            Side::Response => "SELECT w.record, e.response_size FROM wire w JOIN exchange e USING (id) WHERE w.id = $1",
        };
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.readers).await;
        let row = row.map_err(|e| StoreError::from_sqlx("Reading a message", &e))?.ok_or_else(|| not_found(id))?;
        let record = self.decoded(row.get(0)).await?;
        let body_len = row.get::<i64, _>(1) as u64;
        Ok(record.side(side).map(|part| stored_message(part, body_len)))
    }

    /// What the list does not show of an exchange.
    pub(super) async fn record(&self, id: ExchangeId) -> Result<Record, StoreError> {
        let row: Option<Vec<u8>> = sqlx::query_scalar("SELECT record FROM wire WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.readers)
            .await
            .map_err(|e| StoreError::from_sqlx("Reading an exchange", &e))?;
        self.decoded(&row.ok_or_else(|| not_found(id))?).await
    }

    /// Bytes of a stored body as they came, without framing; fewer if the body ends before.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange.
    pub async fn body(&self, id: ExchangeId, side: Side, range: Range<u64>) -> Result<Bytes, StoreError> {
        let sql = match side {
            Side::Request => "SELECT request_key, iif(request_key IS NULL, record, NULL) FROM wire WHERE id = $1",
            Side::Response => "SELECT response_key, iif(response_key IS NULL, record, NULL) FROM wire WHERE id = $1",
        };
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.readers).await;
        let row = row.map_err(|e| StoreError::from_sqlx("Reading a body", &e))?.ok_or_else(|| not_found(id))?;
        if let Some(key) = row.get::<Option<i64>, _>(0) {
            return self.chunks(key, range).await;
        }
        let record = self.decoded(row.get(1)).await?;
        let body = record.side(side).and_then(|part| part.body.clone()).unwrap_or_default();
        Ok(cut(&body, range))
    }

    /// The first bytes of a body that has not got its exchange yet, at most so many.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) async fn body_before_commit(&self, body: &Body, most: u64) -> Result<Bytes, StoreError> {
        match body {
            Body::Inline(bytes) => Ok(cut(bytes, 0..most)),
            Body::Spooled { chunks, len } => self.chunks(chunks.key(), 0..most.min(*len)).await,
        }
    }

    pub(super) async fn chunks(&self, key: i64, range: Range<u64>) -> Result<Bytes, StoreError> {
        let size = CHUNK as u64;
        let mut collected = BytesMut::new();
        let mut at = range.start;
        while at < range.end {
            let (seq, skip) = (at / size, at % size);
            let Ok(seq) = i64::try_from(seq) else { break };
            let chunk: Option<Vec<u8>> = sqlx::query_scalar("SELECT bytes FROM chunk WHERE key = $1 AND seq = $2")
                .bind(key)
                .bind(seq)
                .fetch_optional(&self.readers)
                .await
                .map_err(|e| StoreError::from_sqlx("Reading a body", &e))?;
            let Some(chunk) = chunk else { break };
            let piece = cut(&self.unpacked(&chunk).await?.into(), skip..skip.saturating_add(range.end - at));
            if piece.is_empty() {
                break;
            }
            at += piece.len() as u64;
            collected.extend_from_slice(&piece);
        }
        Ok(collected.freeze())
    }
}

/// The bytes of a range, as far as there are any.
fn cut(bytes: &Bytes, range: Range<u64>) -> Bytes {
    let within = |at: u64| at.min(bytes.len() as u64) as usize;
    let start = within(range.start);
    bytes.slice(start..within(range.end).max(start))
}

/// One message of an exchange, without its body.
fn stored(summary: &ExchangeSummary, record: &Record, side: Side) -> Option<StoredMessage> {
    let size = match side {
        Side::Request => summary.request_size,
        Side::Response => summary.response_size,
    };
    record.side(side).map(|part| stored_message(part, size))
}

fn stored_message(part: &Part, body_len: u64) -> StoredMessage {
    StoredMessage { head: part.head.clone(), framing: part.framing.clone(), body_len }
}

fn not_found(id: ExchangeId) -> StoreError {
    StoreError::NotFound(format!("Exchange {id}"))
}

fn view(message: &StoredMessage) -> MessageView {
    let head = LooseHead::parse(&message.head);
    MessageView {
        first_line: shown(&head.first_line),
        headers: head.headers.view(),
        trailers: Framing::decode(message.framing.clone()).map(|framing| framing.trailers().view()).unwrap_or_default(),
        body_size: message.body_len,
        head_size: message.head.len() as u64,
        chunked: !message.framing.is_empty(),
    }
}

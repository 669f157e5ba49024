//! Reading one exchange: its parts, its messages, ranges of its bodies.

use super::list::{SUMMARY, summary};
use super::{CHUNK, Store, StoreError, StoredMessage};
use crate::exchange::{Body, Exchange, ExchangeId, ExchangeSummary, MessageView, Side, shown};
use crate::inspect::query_fields;
use crate::wire::{Framing, LooseHead};
use bytes::{Bytes, BytesMut};
use sqlx::Row as _;
use std::ops::Range;

/// Replays, forwards and redirects shown with an exchange.
const CHILDREN: i64 = 1_000;

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
        let act = "Reading an exchange";
        let summary = self.summary(id).await?;
        let request = self.message(id, Side::Request).await?.unwrap_or_default();
        let response = self.message(id, Side::Response).await?;
        let sql = "SELECT peer, timing, failure, (SELECT content FROM answered a WHERE a.id = w.id) FROM wire w
                   WHERE id = $1";
        let row = sqlx::query(sql).bind(id);
        let row = row.fetch_one(&self.readers).await.map_err(|e| StoreError::from_sqlx(act, &e))?;
        Ok(Exchange {
            query: query_fields(&summary.url),
            request: view(&request),
            response: response.as_ref().map(view),
            timing: row.get::<Option<&str>, _>(1).and_then(|json| serde_json::from_str(json).ok()),
            failure: row.get::<Option<&str>, _>(2).and_then(|json| serde_json::from_str(json).ok()),
            answered: row.get::<Option<&str>, _>(3).and_then(|json| serde_json::from_str(json).ok()),
            peer: row.get(0),
            note: self.note(id).await?,
            children: self.children(id).await?,
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
            Side::Request => {
                "SELECT w.request_head, w.request_framing, e.request_size FROM wire w JOIN exchange e USING (id)
                 WHERE w.id = $1"
            }
            Side::Response => {
                "SELECT w.response_head, w.response_framing, e.response_size FROM wire w JOIN exchange e USING (id)
                 WHERE w.id = $1"
            }
        };
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.readers).await;
        let row = row.map_err(|e| StoreError::from_sqlx("Reading a message", &e))?.ok_or_else(|| not_found(id))?;
        Ok(row.get::<Option<Vec<u8>>, _>(0).map(|head| StoredMessage {
            head: head.into(),
            framing: row.get::<Option<Vec<u8>>, _>(1).unwrap_or_default().into(),
            body_len: row.get::<i64, _>(2) as u64,
        }))
    }

    /// Bytes of a stored body as they came, without framing; fewer if the body ends before.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange.
    pub async fn body(&self, id: ExchangeId, side: Side, range: Range<u64>) -> Result<Bytes, StoreError> {
        let act = "Reading a body";
        let sql = match side {
            Side::Request => "SELECT request_key, substr(request_body, $2, $3) FROM wire WHERE id = $1",
            Side::Response => "SELECT response_key, substr(response_body, $2, $3) FROM wire WHERE id = $1",
        };
        // What SQLite counts in is signed.
        let range = range.start.min(i64::MAX as u64 - 1)..range.end.min(i64::MAX as u64 - 1);
        let wanted = range.end.saturating_sub(range.start);
        let row = sqlx::query(sql)
            .bind(id)
            .bind(range.start as i64 + 1)
            .bind(wanted as i64)
            .fetch_optional(&self.readers)
            .await
            .map_err(|e| StoreError::from_sqlx(act, &e))?
            .ok_or_else(|| not_found(id))?;
        match row.get::<Option<i64>, _>(0) {
            Some(key) => self.chunks(key, range).await,
            None => Ok(row.get::<Option<Vec<u8>>, _>(1).unwrap_or_default().into()),
        }
    }

    /// A body that has not got its exchange yet.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) async fn body_before_commit(&self, body: &Body) -> Result<Bytes, StoreError> {
        match body {
            Body::Inline(bytes) => Ok(bytes.clone()),
            Body::Spooled { key, len } => self.chunks(*key, 0..*len).await,
        }
    }

    async fn chunks(&self, key: i64, range: Range<u64>) -> Result<Bytes, StoreError> {
        let size = CHUNK as u64;
        let mut collected = BytesMut::new();
        let mut at = range.start;
        while at < range.end {
            let (seq, skip) = (at / size, at % size);
            let piece: Option<Vec<u8>> =
                sqlx::query_scalar("SELECT substr(bytes, $3, $4) FROM chunk WHERE key = $1 AND seq = $2")
                    .bind(key)
                    .bind(seq as i64)
                    .bind(skip as i64 + 1)
                    .bind((range.end - at).min(size) as i64)
                    .fetch_optional(&self.readers)
                    .await
                    .map_err(|e| StoreError::from_sqlx("Reading a body", &e))?;
            let Some(piece) = piece.filter(|piece| !piece.is_empty()) else { break };
            at += piece.len() as u64;
            collected.extend_from_slice(&piece);
        }
        Ok(collected.freeze())
    }
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

//! A body that is put down in chunks while it arrives, so that its size never stands in memory.

use super::{CHUNK, INLINE_LIMIT, StoreError, pack::pack, writer::Writer};
use crate::exchange::Body;
use bytes::{Bytes, BytesMut};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Bodies that no exchange has taken after so long were left by a process that died.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// A body that is put down in chunks while it arrives. Small ones stay in memory until the end. Dropping it before
/// [`Spool::finish`] takes back what was put down.
#[derive(Debug)]
pub struct Spool {
    writer: Writer,
    pending: BytesMut,
    key: Option<i64>,
    chunks: i64,
    len: u64,
}

impl Spool {
    pub(super) fn new(writer: Writer) -> Self {
        Self { writer, pending: BytesMut::new(), key: None, chunks: 0, len: 0 }
    }

    /// Adds bytes; waits while the writer is behind.
    ///
    /// # Errors
    /// `DiskFull`, or what SQLite says.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        self.len += bytes.len() as u64;
        self.pending.extend_from_slice(&bytes);
        if self.len > INLINE_LIMIT as u64 {
            while self.pending.len() >= CHUNK {
                let chunk = self.pending.split_to(CHUNK).freeze();
                self.put(chunk).await?;
            }
        }
        Ok(())
    }

    /// Bytes so far.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// True if there is not one byte.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Ends the body: inline up to [`INLINE_LIMIT`], spooled beyond.
    ///
    /// # Errors
    /// `DiskFull`, or what SQLite says.
    pub async fn finish(mut self) -> Result<Body, StoreError> {
        if self.len <= INLINE_LIMIT as u64 {
            return Ok(Body::Inline(self.pending.split().freeze()));
        }
        if !self.pending.is_empty() {
            let rest = self.pending.split().freeze();
            self.put(rest).await?;
        }
        let key = self.key.take().unwrap_or_default(); // taken, so that dropping does not take it back
        Ok(Body::Spooled { key, len: self.len })
    }

    async fn put(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        let first = self.key.is_none();
        let key = match self.key {
            Some(key) => key,
            None => *self.key.insert(random_key()?),
        };
        let seq = self.chunks;
        self.chunks += 1;
        let packed = pack(&bytes, None);
        self.writer
            .body("Storing a body", move |connection| {
                Box::pin(async move {
                    if first {
                        sqlx::query("INSERT INTO spool (key, started_at) VALUES ($1, $2)")
                            .bind(key)
                            .bind(seconds_now())
                            .execute(&mut *connection)
                            .await?;
                    }
                    sqlx::query("INSERT INTO chunk (key, seq, bytes) VALUES ($1, $2, $3)")
                        .bind(key)
                        .bind(seq)
                        .bind(packed)
                        .execute(connection)
                        .await
                        .map(drop)
                })
            })
            .await
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        let (Some(key), Ok(runtime)) = (self.key, tokio::runtime::Handle::try_current()) else { return };
        let writer = self.writer.clone();
        // If this does not come to pass, the next start finds it in `spool`.
        runtime.spawn(async move { take_back(&writer, key).await });
    }
}

async fn take_back(writer: &Writer, key: i64) -> Result<(), StoreError> {
    writer
        .body("Taking back a body", move |connection| {
            Box::pin(async move {
                sqlx::query("DELETE FROM chunk WHERE key = $1").bind(key).execute(&mut *connection).await?;
                sqlx::query("DELETE FROM spool WHERE key = $1").bind(key).execute(connection).await.map(drop)
            })
        })
        .await
}

/// Removes what processes that died have left behind.
pub(super) async fn clear_abandoned(writer: &Writer) -> Result<(), StoreError> {
    let before = seconds_now() - ABANDONED.as_secs() as i64;
    writer
        .job("Clearing abandoned bodies", move |connection| {
            Box::pin(async move {
                sqlx::query("DELETE FROM chunk WHERE key IN (SELECT key FROM spool WHERE started_at < $1)")
                    .bind(before)
                    .execute(&mut *connection)
                    .await?;
                sqlx::query("DELETE FROM spool WHERE started_at < $1").bind(before).execute(connection).await.map(drop)
            })
        })
        .await
}

fn seconds_now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// 62 random bits: no two processes choose the same.
fn random_key() -> Result<i64, StoreError> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)
        .map_err(|error| StoreError::Sqlite { act: "Choosing a key for a body", reason: error.to_string() })?;
    Ok(i64::from_le_bytes(bytes) & (i64::MAX >> 1))
}

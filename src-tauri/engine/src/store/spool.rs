//! A body that is put down in chunks while it arrives, so that its size never stands in memory.

use super::organise::joined;
use super::pack::pack;
use super::writer::Writer;
use super::{CHUNK, INLINE_LIMIT, Store, StoreError};
use crate::exchange::Body;
use bytes::{Bytes, BytesMut};
use sqlx::AssertSqlSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Notify;

/// Bodies that no exchange has taken after so long were left by a process that died.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// A body that is put down in chunks while it arrives. Small ones stay in memory until the end.
#[derive(Debug)]
pub struct Spool {
    writer: Writer,
    pending: BytesMut,
    put: Option<Spooled>,
    chunks: i64,
    len: u64,
}

/// The chunks of a large body. Unless its exchange was stored, they are taken back once the last of these is dropped.
#[derive(Debug, Clone, Default)]
pub struct Spooled(Arc<Chunks>);

#[derive(Debug, Default)]
struct Chunks {
    key: i64,
    is_stored: AtomicBool,
    leftovers: Arc<Leftovers>,
}

/// Bodies that this process put down and no exchange took.
#[derive(Debug, Default)]
pub(super) struct Leftovers {
    keys: Mutex<Vec<i64>>,
    added: Notify,
}

impl Leftovers {
    fn keys(&self) -> MutexGuard<'_, Vec<i64>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once there may be one more.
    pub(super) async fn added(&self) {
        self.added.notified().await;
    }
}

impl Spooled {
    /// What the chunks were put down under.
    pub(crate) fn key(&self) -> i64 {
        self.0.key
    }

    /// Says that its exchange was stored.
    pub(super) fn keep(&self) {
        self.0.is_stored.store(true, Ordering::Relaxed);
    }
}

impl PartialEq for Spooled {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Spooled {}

impl Drop for Chunks {
    fn drop(&mut self) {
        if !*self.is_stored.get_mut() {
            self.leftovers.keys().push(self.key);
            self.leftovers.added.notify_one();
        }
    }
}

impl Spool {
    pub(super) fn new(writer: Writer) -> Self {
        Self { writer, pending: BytesMut::new(), put: None, chunks: 0, len: 0 }
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
        let rest = self.pending.split().freeze();
        let chunks = self.put(rest).await?;
        Ok(Body::Spooled { chunks, len: self.len })
    }

    async fn put(&mut self, bytes: Bytes) -> Result<Spooled, StoreError> {
        let first = self.put.is_none();
        let put = match &self.put {
            Some(put) => put.clone(),
            None => self.put.insert(self.begun()?).clone(),
        };
        if bytes.is_empty() {
            return Ok(put);
        }
        let key = put.key();
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
            .await?;
        Ok(put)
    }

    fn begun(&self) -> Result<Spooled, StoreError> {
        let leftovers = self.writer.leftovers.clone();
        Ok(Spooled(Arc::new(Chunks { key: random_key()?, is_stored: AtomicBool::new(false), leftovers })))
    }
}

impl Store {
    /// Takes back the bodies that no exchange of this process took. Those that can't be now stay noted for the next
    /// time; those that are left when it ends are cleared by a start that finds them abandoned.
    pub(super) async fn take_back(&self) -> Result<(), StoreError> {
        let keys = self.writer.leftovers.keys().clone();
        if keys.is_empty() {
            return Ok(());
        }
        // Not of one whose exchange was stored though nobody waited for it any more: that has left the spool.
        let sql = format!("UPDATE spool SET started_at = 0 WHERE key IN ({})", joined(&keys));
        self.writer
            .finding("Taking back a body", move |connection| {
                Box::pin(async move {
                    sqlx::query(AssertSqlSafe(sql)).persistent(false).execute(connection).await.map(drop)
                })
            })
            .await?;
        self.remove_bodies().await?;
        self.writer.leftovers.keys().retain(|key| !keys.contains(key));
        Ok(())
    }
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

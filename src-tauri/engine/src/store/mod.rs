//! The workspace file: one SQLite database that holds all that the user keeps.
//!
//! One writer task owns the one connection that writes. It takes what has piled up, writes it in one transaction with
//! `synchronous=FULL`, and tells the callers only after the commit. Readers have read-only connections of their own.

mod error;
mod new;

pub use error::StoreError;
pub use new::NewExchange;

use crate::exchange::{Body, ExchangeId, Message, Side};
use bytes::Bytes;
use std::ops::Range;
use std::path::Path;

/// Bodies up to this many bytes travel with their exchange; larger ones are spooled in chunks.
pub const INLINE_LIMIT: usize = 64 * 1024;

/// Bytes of one chunk of a spooled body.
pub const CHUNK: usize = 256 * 1024;

/// One open workspace file. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {}

#[allow(clippy::unused_async, missing_docs)]
impl Store {
    /// Opens the workspace at `path`, making or migrating it first.
    pub async fn open(_path: &Path) -> Result<Self, StoreError> {
        Ok(Self {})
    }

    /// Stores an exchange. Returns after it is committed and synced.
    ///
    /// # Errors
    /// `Busy` if the queue is full, `Full` if the disk is, else what SQLite says. Nothing is stored then.
    pub async fn save(&self, _exchange: NewExchange) -> Result<ExchangeId, StoreError> {
        Err(StoreError::Busy)
    }

    /// Starts a body that is put down in chunks while it arrives.
    pub fn spool(&self) -> Spool {
        Spool {}
    }

    /// The head, framing and body length of one message as stored; None if the exchange has no such message.
    pub async fn message(&self, _id: ExchangeId, _side: Side) -> Result<Option<StoredMessage>, StoreError> {
        Err(StoreError::Busy)
    }

    /// Bytes of a stored body as they came, without framing; fewer if the body ends before.
    pub async fn body(&self, _id: ExchangeId, _side: Side, _range: Range<u64>) -> Result<Bytes, StoreError> {
        Err(StoreError::Busy)
    }
}

/// A message as it is stored, without its body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredMessage {
    /// The head as it was on the wire.
    pub head: Bytes,
    /// How a chunked body was framed; empty if it was not.
    pub framing: Bytes,
    /// Bytes of the body.
    pub body_len: u64,
}

/// A body that is put down in chunks while it arrives. Small ones stay in memory until the end. Dropping it before
/// `finish` takes back what was put down.
#[derive(Debug)]
pub struct Spool {}

#[allow(clippy::unused_async, missing_docs)]
impl Spool {
    /// Adds bytes; waits while the writer is behind.
    pub async fn write(&mut self, _bytes: Bytes) -> Result<(), StoreError> {
        Err(StoreError::Busy)
    }

    /// Bytes so far.
    pub fn len(&self) -> u64 {
        0
    }

    /// True if there is not one byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Ends the body: inline up to [`INLINE_LIMIT`], spooled beyond.
    pub async fn finish(self) -> Result<Body, StoreError> {
        Err(StoreError::Busy)
    }
}

/// For a test that wants a message in hand.
#[allow(dead_code)]
fn _unused(_: Message) {}

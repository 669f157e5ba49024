//! A stored body read from its beginning on, in runs that may be much shorter than what is worth a read.

use super::{CHUNK, Store, StoreError};
use crate::exchange::{ExchangeId, Side};
use bytes::Bytes;
use std::ops::Range;

/// Bytes that are read at a time.
const BLOCK: u64 = CHUNK as u64;

/// Reads ahead: very many small chunks of a body come out of one read.
#[derive(Debug, Clone)]
pub(crate) struct BodyAhead {
    store: Store,
    id: ExchangeId,
    side: Side,
    length: u64,
    /// Where `ahead` begins.
    at: u64,
    ahead: Bytes,
}

impl BodyAhead {
    /// Of a body of this length.
    pub(crate) fn new(store: Store, id: ExchangeId, side: Side, length: u64) -> Self {
        Self { store, id, side, length, at: 0, ahead: Bytes::new() }
    }

    /// The first bytes of `range`, which begins where the one before ended; at least one unless it is empty.
    ///
    /// # Errors
    /// `NotFound` if the body ends before, as one does that was deleted meanwhile; else what the store says.
    pub(crate) async fn next(&mut self, range: Range<u64>) -> Result<Bytes, StoreError> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        if self.ahead.is_empty() || self.at != range.start {
            let end = self.length.max(range.end).min(range.start + BLOCK);
            self.ahead = self.store.body(self.id, self.side, range.start..end).await?;
            self.at = range.start;
        }
        if self.ahead.is_empty() {
            return Err(StoreError::NotFound(format!("The rest of the body of exchange {}", self.id)));
        }
        let count = (range.end - range.start).min(self.ahead.len() as u64);
        self.at += count;
        Ok(self.ahead.split_to(count as usize))
    }
}

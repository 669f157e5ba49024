//! A stored message as the bytes that were on the wire, piece by piece.

use super::{Store, StoreError};
use crate::exchange::{ExchangeId, Side};
use crate::wire::{Framing, WirePiece};
use bytes::Bytes;
use std::collections::VecDeque;
use std::ops::Range;

/// Bytes read at a time.
const PIECE: u64 = 1024 * 1024;

/// The bytes of one message in order: head, framing and body as they were sent.
#[derive(Debug)]
pub struct WireBytes {
    store: Store,
    id: ExchangeId,
    side: Side,
    pieces: VecDeque<WirePiece>,
}

impl Store {
    /// The bytes of a message as they were on the wire; none if the exchange has no such message.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange.
    pub async fn wire(&self, id: ExchangeId, side: Side) -> Result<WireBytes, StoreError> {
        let mut pieces = VecDeque::new();
        if let Some(message) = self.message(id, side).await? {
            pieces.push_back(WirePiece::Raw(message.head));
            match Framing::decode(message.framing).filter(|framing| !framing.is_empty()) {
                Some(framing) => pieces.extend(framing.pieces(message.body_len)),
                None => pieces.push_back(WirePiece::Body(0..message.body_len)),
            }
        }
        Ok(WireBytes { store: self.clone(), id, side, pieces })
    }
}

impl WireBytes {
    /// The next bytes; None at the end.
    ///
    /// # Errors
    /// What the store says.
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        loop {
            let Range { start, end } = match self.pieces.pop_front() {
                None => return Ok(None),
                Some(WirePiece::Raw(bytes)) => return Ok(Some(bytes)),
                Some(WirePiece::Body(range)) => range,
            };
            let stop = end.min(start + PIECE);
            let bytes = self.store.body(self.id, self.side, start..stop).await?;
            if stop < end {
                self.pieces.push_front(WirePiece::Body(stop..end));
            }
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }
}

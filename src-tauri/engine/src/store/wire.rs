//! A stored message as the bytes that were on the wire, piece by piece.

use super::{BodyAhead, Store, StoreError};
use crate::exchange::{ExchangeId, Side};
use crate::wire::{Framing, WirePiece};
use bytes::Bytes;
use std::collections::VecDeque;

/// The bytes of one message in order: head, framing and body as they were sent.
#[derive(Debug)]
pub struct WireBytes {
    body: BodyAhead,
    pieces: VecDeque<WirePiece>,
}

impl Store {
    /// The bytes of a message as they were on the wire; none if the exchange has no such message.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange.
    pub async fn wire(&self, id: ExchangeId, side: Side) -> Result<WireBytes, StoreError> {
        let (mut pieces, mut length) = (VecDeque::new(), 0);
        if let Some(message) = self.message(id, side).await? {
            length = message.body_len;
            pieces.push_back(WirePiece::Raw(message.head));
            match Framing::decode(message.framing).filter(|framing| !framing.is_empty()) {
                Some(framing) => pieces.extend(framing.pieces(message.body_len)),
                None => pieces.push_back(WirePiece::Body(0..message.body_len)),
            }
        }
        Ok(WireBytes { body: BodyAhead::new(self.clone(), id, side, length), pieces })
    }
}

impl WireBytes {
    /// The next bytes; None at the end.
    ///
    /// # Errors
    /// What the store says.
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        loop {
            let range = match self.pieces.pop_front() {
                None => return Ok(None),
                Some(WirePiece::Raw(bytes)) => return Ok(Some(bytes)),
                Some(WirePiece::Body(range)) => range,
            };
            let bytes = self.body.next(range.clone()).await?;
            let rest = range.start + bytes.len() as u64..range.end;
            if !rest.is_empty() {
                self.pieces.push_front(WirePiece::Body(rest));
            }
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }
}

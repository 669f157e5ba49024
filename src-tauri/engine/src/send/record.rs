//! What passes on a connection, kept byte for byte while it passes.

use super::upload::{Block, Upload};
use crate::exchange::{Body, Message, Timing};
use crate::store::{Spool, Store, StoreError};
use crate::wire::{Framing, FramingBuilder, ResponseHead};
use bytes::{Buf as _, Bytes};
use std::collections::VecDeque;
use std::time::Instant;

/// The record of one request and its answer.
#[derive(Debug)]
pub(super) struct Record {
    store: Store,
    /// Bytes of the request, head included, that the connection took.
    pub(super) sent: u64,
    sent_body: Option<Spool>,
    sent_framing: FramingBuilder,
    /// The final head of the answer.
    pub(super) answer: Option<ResponseHead>,
    received_body: Option<Spool>,
    /// How the body of the answer was chunked.
    pub(super) received_framing: Framing,
    /// True if the body of the answer was over the cap.
    pub(super) truncated: bool,
    started: Instant,
    /// When the connection took the last bytes of the request.
    pub(super) sent_at: Option<Instant>,
    /// When the first byte of the answer came.
    pub(super) first_byte_at: Option<Instant>,
    /// When the answer was whole.
    pub(super) ended_at: Option<Instant>,
}

impl Record {
    /// Nothing has passed yet.
    pub(super) fn new(store: Store) -> Self {
        Self {
            store,
            sent: 0,
            sent_body: None,
            sent_framing: FramingBuilder::default(),
            answer: None,
            received_body: None,
            received_framing: Framing::default(),
            truncated: false,
            started: Instant::now(),
            sent_at: None,
            first_byte_at: None,
            ended_at: None,
        }
    }

    /// Notes that the connection took the first `count` bytes of `queue` and takes them off it.
    pub(super) async fn took(&mut self, queue: &mut VecDeque<Block>, mut count: usize) -> Result<(), StoreError> {
        self.sent += count as u64;
        while count > 0 {
            let Some(block) = queue.front_mut() else { return Ok(()) };
            let taken = count.min(block.bytes().len());
            count -= taken;
            let whole = taken == block.bytes().len();
            match block {
                Block::Head(head) => head.advance(taken),
                Block::Framing(raw) => self.sent_framing.raw(&raw.split_to(taken)),
                Block::Data(data) => {
                    self.sent_framing.data(taken);
                    let data = data.split_to(taken);
                    spool(&mut self.sent_body, &self.store, data).await?;
                }
            }
            if whole {
                queue.pop_front();
            }
        }
        Ok(())
    }

    /// Notes what was to be sent when nothing was: the parts of the body that are at hand.
    pub(super) async fn unsent(&mut self, upload: &Upload) -> Result<(), StoreError> {
        for bytes in upload.at_hand() {
            spool(&mut self.sent_body, &self.store, bytes).await?;
        }
        Ok(())
    }

    /// Keeps bytes of the body of the answer.
    pub(super) async fn received(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        spool(&mut self.received_body, &self.store, bytes).await
    }

    /// Bytes of the body of the answer so far.
    pub(super) fn received_len(&self) -> u64 {
        self.received_body.as_ref().map_or(0, Spool::len)
    }

    /// How long the phases on the open connection took, added to those before it.
    pub(super) fn timing(&self, timing: &mut Timing) {
        let micros =
            |from: Instant, to: Instant| i64::try_from(to.duration_since(from).as_micros()).unwrap_or(i64::MAX);
        timing.send = self.sent_at.map(|sent| micros(self.started, sent));
        timing.wait = self.first_byte_at.map(|first| micros(self.sent_at.unwrap_or(first), first));
        timing.receive = self.first_byte_at.zip(self.ended_at).map(|(first, end)| micros(first, end));
    }

    /// The two messages. `head` is that of the request; the answer's is there once it came whole.
    pub(super) async fn finish(self, head: Bytes) -> Result<(Message, Option<Message>), StoreError> {
        let framing = self.sent_framing.finish().encode();
        let request = Message { head, framing, body: end(self.sent_body).await? };
        let Some(answer) = self.answer else { return Ok((request, None)) };
        let framing = self.received_framing.encode();
        Ok((request, Some(Message { head: answer.raw, framing, body: end(self.received_body).await? })))
    }
}

async fn spool(spool: &mut Option<Spool>, store: &Store, bytes: Bytes) -> Result<(), StoreError> {
    spool.get_or_insert_with(|| store.spool()).write(bytes).await
}

async fn end(spool: Option<Spool>) -> Result<Body, StoreError> {
    match spool {
        Some(spool) => spool.finish().await,
        None => Ok(Body::default()),
    }
}

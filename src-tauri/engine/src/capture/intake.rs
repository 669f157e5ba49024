//! Reading the body of a push into the store while it comes.

use super::Shared;
use super::arrival::Arrival;
use super::limits::STUB_BYTES;
use super::socket::BodyFailure;
use crate::exchange;
use crate::store::{INLINE_LIMIT, Spool, Store, StoreError};
use crate::wire::BodyFraming;
use axum::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

/// How the reading of a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// At its end.
    Whole,
    /// At the cap.
    OverCap,
    /// Before its end.
    Failed(BodyFailure),
}

/// What was read.
#[derive(Debug)]
pub(super) struct Taken {
    /// All of it, or the beginning of one over the cap.
    pub(super) body: exchange::Body,
    /// Its first bytes, as many as are looked into.
    pub(super) start: Bytes,
    pub(super) ending: Ending,
    /// The most bytes that were taken.
    pub(super) cap: u64,
}

/// Reads a body. Of one over the cap, or that says it will be, only the beginning is kept; it is not even asked for if
/// the sender waits for leave to send it.
pub(super) async fn read(shared: &Shared, arrival: &Arrival, body: Body) -> Result<Taken, StoreError> {
    let cap = shared.limits.body_cap(shared.hooks.body_cap());
    let mut intake =
        Intake { store: &shared.store, cap, held: Bytes::new(), spool: None, start: BytesMut::new(), len: 0 };
    let pieces = body.into_data_stream();
    let ending = match arrival.head.framing {
        BodyFraming::Length(length) if length > cap && arrival.wants_continue => Ending::OverCap,
        BodyFraming::Length(length) if length > cap => intake.begin(pieces).await,
        _ => intake.fill(pieces).await?,
    };
    intake.finish(ending).await
}

/// A body on its way into the store. One that comes in one small piece never touches the spool.
struct Intake<'a> {
    store: &'a Store,
    cap: u64,
    /// The newest piece.
    held: Bytes,
    /// Where the pieces before it went.
    spool: Option<Spool>,
    /// A copy of the first of them.
    start: BytesMut,
    len: u64,
}

impl Intake<'_> {
    /// Takes all pieces, up to the cap.
    async fn fill(&mut self, mut pieces: BodyDataStream) -> Result<Ending, StoreError> {
        while let Some(piece) = pieces.next().await {
            let piece = match piece {
                Ok(piece) => piece,
                Err(error) => return Ok(Ending::Failed(failure_in(error))),
            };
            self.len += piece.len() as u64;
            let before = std::mem::replace(&mut self.held, piece);
            self.note(&before);
            if self.len > self.cap {
                return Ok(Ending::OverCap);
            }
            if !before.is_empty() {
                self.spool.get_or_insert_with(|| self.store.spool()).write(before).await?;
            }
        }
        Ok(Ending::Whole)
    }

    /// Takes as much as is kept of a body over the cap, as far as it comes.
    async fn begin(&mut self, mut pieces: BodyDataStream) -> Ending {
        while self.start.len() < STUB_BYTES
            && let Some(Ok(piece)) = pieces.next().await
        {
            self.note(&piece);
        }
        Ending::OverCap
    }

    fn note(&mut self, piece: &[u8]) {
        self.start.extend_from_slice(&piece[..piece.len().min(STUB_BYTES - self.start.len())]);
    }

    async fn finish(mut self, ending: Ending) -> Result<Taken, StoreError> {
        let (last, cap) = (std::mem::take(&mut self.held), self.cap);
        if self.spool.is_none() && last.len() <= INLINE_LIMIT && ending != Ending::OverCap {
            return Ok(Taken { body: exchange::Body::Inline(last.clone()), start: last, ending, cap });
        }
        self.note(&last);
        let start = self.start.freeze();
        if ending == Ending::OverCap {
            return Ok(Taken { body: exchange::Body::Inline(start.clone()), start, ending, cap });
        }
        let mut spool = self.spool.unwrap_or_else(|| self.store.spool());
        spool.write(last).await?;
        Ok(Taken { body: spool.finish().await?, start, ending, cap })
    }
}

fn failure_in(error: axum::Error) -> BodyFailure {
    error.into_inner().downcast::<BodyFailure>().map_or(BodyFailure::Gone, |failure| *failure)
}

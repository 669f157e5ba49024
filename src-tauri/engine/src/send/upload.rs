//! The bytes of a request body in the order they go on the wire.

use super::body::{BodyPlan, PlannedPiece};
use super::failure;
use crate::exchange::{ExchangeId, Failure, Side};
use crate::store::{BodyAhead, Store, StoreError};
use crate::wire::{Framing, WirePiece};
use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;
use std::ops::Range;
use std::path::{Path, PathBuf};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

/// Bytes that are read from a file at a time.
const BLOCK: u64 = 64 * 1024;

/// A body that can be sent, and sent again.
#[derive(Debug)]
pub(crate) struct Upload {
    source: Source,
    /// Bytes of the body without framing.
    pub(super) length: u64,
    /// True if it goes out in chunks.
    pub(super) chunked: bool,
}

#[derive(Debug)]
enum Source {
    Pieces(Vec<Piece>),
    Stored { store: Store, id: ExchangeId, framing: Framing },
}

#[derive(Debug)]
enum Piece {
    Bytes(Bytes),
    File { path: PathBuf, length: u64 },
}

/// Bytes for the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// Of the head.
    Head(Bytes),
    /// Of the body.
    Data(Bytes),
    /// Between the chunks of the body.
    Framing(Bytes),
}

impl Block {
    pub(super) fn bytes(&self) -> &Bytes {
        match self {
            Self::Head(bytes) | Self::Data(bytes) | Self::Framing(bytes) => bytes,
        }
    }
}

/// Why the next bytes of a body can't be had.
#[derive(Debug)]
pub(super) enum UploadError {
    File(Box<Failure>),
    Store(StoreError),
}

impl From<Failure> for UploadError {
    fn from(failure: Failure) -> Self {
        Self::File(Box::new(failure))
    }
}

impl Upload {
    /// No body.
    pub(crate) fn empty() -> Self {
        Self { source: Source::Pieces(Vec::new()), length: 0, chunked: false }
    }

    /// Looks at the files of a body, whose sizes are fixed from then on.
    pub(super) async fn measure(plan: &BodyPlan, chunked: bool) -> Result<Self, Failure> {
        let mut pieces = Vec::with_capacity(plan.pieces.len());
        let mut length = 0;
        for piece in &plan.pieces {
            let (piece, bytes) = match piece {
                PlannedPiece::Bytes(bytes) => (Piece::Bytes(bytes.clone()), bytes.len() as u64),
                PlannedPiece::File { path, .. } => {
                    let bytes = failure::file_length(path, tokio::fs::metadata(path).await)?;
                    (Piece::File { path: path.clone(), length: bytes }, bytes)
                }
            };
            length += bytes;
            pieces.push(piece);
        }
        Ok(Self { source: Source::Pieces(pieces), length, chunked })
    }

    /// The request body of a stored exchange, framed as it was.
    pub(crate) fn stored(store: Store, id: ExchangeId, length: u64, framing: Framing) -> Self {
        Self { chunked: !framing.is_empty(), source: Source::Stored { store, id, framing }, length }
    }

    /// The parts that are at hand, for a record of what was to be sent.
    pub(super) fn at_hand(&self) -> impl Iterator<Item = Bytes> {
        let pieces = if let Source::Pieces(pieces) = &self.source { pieces.as_slice() } else { &[] };
        pieces.iter().filter_map(|piece| if let Piece::Bytes(bytes) = piece { Some(bytes.clone()) } else { None })
    }

    /// Reads it from its beginning.
    pub(super) fn read(&self) -> UploadReader<'_> {
        let state = match &self.source {
            Source::Pieces(pieces) => State::Pieces { rest: pieces.iter(), open: None, last_chunk: self.chunked },
            Source::Stored { store, id, framing } => {
                let whole = (self.length > 0).then_some(WirePiece::Body(0..self.length)).into_iter();
                let pieces: WirePieces =
                    if framing.is_empty() { Box::new(whole) } else { Box::new(framing.pieces(self.length)) };
                let body = BodyAhead::new(store.clone(), *id, Side::Request, self.length);
                State::Stored(StoredReader { rest: pieces, range: 0..0, body })
            }
        };
        UploadReader { state, chunked: self.chunked }
    }
}

type WirePieces = Box<dyn Iterator<Item = WirePiece> + Send + Sync>;

/// Reads an [`Upload`] block by block.
pub(super) struct UploadReader<'u> {
    state: State<'u>,
    chunked: bool,
}

enum State<'u> {
    Pieces { rest: std::slice::Iter<'u, Piece>, open: Option<Open<'u>>, last_chunk: bool },
    Stored(StoredReader),
}

struct Open<'u> {
    path: &'u Path,
    file: File,
    left: u64,
}

impl UploadReader<'_> {
    /// Adds the next blocks to `queue`; none at the end.
    pub(super) async fn next(&mut self, queue: &mut VecDeque<Block>) -> Result<(), UploadError> {
        match &mut self.state {
            State::Stored(stored) => stored.next(queue).await,
            State::Pieces { rest, open, last_chunk } => {
                match next_bytes(rest, open).await? {
                    Some(bytes) if self.chunked => {
                        let size = format!("{:x}\r\n", bytes.len());
                        queue.extend([
                            Block::Framing(size.into()),
                            Block::Data(bytes),
                            Block::Framing(Bytes::from_static(b"\r\n")),
                        ]);
                    }
                    Some(bytes) => queue.push_back(Block::Data(bytes)),
                    None if std::mem::take(last_chunk) => {
                        queue.push_back(Block::Framing(Bytes::from_static(b"0\r\n\r\n")));
                    }
                    None => {}
                }
                Ok(())
            }
        }
    }
}

/// The next bytes of the pieces, at least one; None at the end.
async fn next_bytes<'u>(
    rest: &mut std::slice::Iter<'u, Piece>,
    open: &mut Option<Open<'u>>,
) -> Result<Option<Bytes>, UploadError> {
    loop {
        match open {
            Some(file) if file.left > 0 => return Ok(Some(read_block(file).await?)),
            _ => *open = None,
        }
        match rest.next() {
            None => return Ok(None),
            Some(Piece::Bytes(bytes)) if bytes.is_empty() => {}
            Some(Piece::Bytes(bytes)) => return Ok(Some(bytes.clone())),
            Some(Piece::File { path, length }) => {
                let file = File::open(path).await.map_err(|error| failure::unreadable(path, &error))?;
                *open = Some(Open { path, file, left: *length });
            }
        }
    }
}

async fn read_block(open: &mut Open<'_>) -> Result<Bytes, UploadError> {
    let wanted = open.left.min(BLOCK);
    let mut block = BytesMut::with_capacity(wanted as usize);
    let read = (&mut open.file).take(wanted).read_buf(&mut block).await;
    match read {
        Ok(0) => Err(failure::shrunk(open.path).into()),
        Ok(read) => {
            open.left -= read as u64;
            Ok(block.freeze())
        }
        Err(error) => Err(failure::unreadable(open.path, &error).into()),
    }
}

/// Reads a stored body between its framing.
struct StoredReader {
    rest: WirePieces,
    /// What is left of the piece that is being sent.
    range: Range<u64>,
    body: BodyAhead,
}

impl StoredReader {
    async fn next(&mut self, queue: &mut VecDeque<Block>) -> Result<(), UploadError> {
        if self.range.is_empty() {
            match self.rest.next() {
                None => return Ok(()),
                Some(WirePiece::Raw(bytes)) => {
                    queue.push_back(Block::Framing(bytes));
                    return Ok(());
                }
                Some(WirePiece::Body(body)) => self.range = body,
            }
        }
        let bytes = self.body.next(self.range.clone()).await.map_err(UploadError::Store)?;
        self.range.start += bytes.len() as u64;
        queue.push_back(Block::Data(bytes));
        Ok(())
    }
}

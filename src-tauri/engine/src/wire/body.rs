//! Where a body ends, and its bytes as they come.

use super::chunked::{ChunkDecoder, take_some};
use super::framing::Framing;
use super::problem::{BodyProblem, ReadError};
use super::reader::Wire;
use bytes::Bytes;
use tokio::io::AsyncRead;

/// What says where a body ends (RFC 9112, section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFraming {
    /// There is no body.
    None,
    /// After so many bytes; never 0.
    Length(u64),
    /// After the last chunk and its trailer section.
    Chunked,
    /// Where the connection ends. Responses only.
    UntilClose,
}

impl BodyFraming {
    /// For a Content-Length.
    pub fn of_length(length: u64) -> Self {
        if length == 0 { Self::None } else { Self::Length(length) }
    }
}

/// What a [`BodyReader`] made of the bytes at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Decoded bytes of the body, at least one.
    Data(Bytes),
    /// All bytes at hand are used: [`Wire::fill`], then go on.
    NeedMore,
    /// The body is whole. What is still buffered belongs to the next message.
    End,
}

/// Takes one body off a connection, in pieces.
#[derive(Debug)]
pub struct BodyReader(State);

#[derive(Debug)]
enum State {
    Length(u64),
    Chunked(Box<ChunkDecoder>),
    UntilClose,
    Closed,
}

impl BodyReader {
    /// For a body that follows its head at once.
    pub fn new(framing: BodyFraming) -> Self {
        Self(match framing {
            BodyFraming::None => State::Length(0),
            BodyFraming::Length(length) => State::Length(length),
            BodyFraming::Chunked => State::Chunked(Box::default()),
            BodyFraming::UntilClose => State::UntilClose,
        })
    }

    /// Takes a piece from the bytes at hand, without waiting.
    ///
    /// # Errors
    /// What is wrong with the chunks. Nothing more can be read from the connection then.
    pub fn step<R>(&mut self, wire: &mut Wire<R>) -> Result<Step, BodyProblem> {
        let left = match &mut self.0 {
            State::Length(0) | State::Closed => return Ok(Step::End),
            State::Chunked(chunks) => return chunks.step(&mut wire.buffer),
            State::UntilClose => return Ok(take_some(&mut wire.buffer, u64::MAX).map_or(Step::NeedMore, Step::Data)),
            State::Length(left) => left,
        };
        let piece = take_some(&mut wire.buffer, *left);
        *left -= piece.as_ref().map_or(0, |piece| piece.len() as u64);
        Ok(piece.map_or(Step::NeedMore, Step::Data))
    }

    /// Tells it that the stream has ended.
    ///
    /// # Errors
    /// `Cut`, unless the end of the stream is the end of this body.
    pub fn closed(&mut self) -> Result<(), ReadError> {
        if matches!(self.0, State::UntilClose) {
            self.0 = State::Closed;
            return Ok(());
        }
        Err(ReadError::Cut)
    }

    /// The next piece, waiting for it; None at the end of the body.
    ///
    /// # Errors
    /// What is wrong with the chunks, `Cut`, or what the connection says.
    pub async fn next<R: AsyncRead + Unpin>(&mut self, wire: &mut Wire<R>) -> Result<Option<Bytes>, ReadError> {
        loop {
            match self.step(wire)? {
                Step::Data(piece) => return Ok(Some(piece)),
                Step::End => return Ok(None),
                Step::NeedMore if wire.fill().await? == 0 => self.closed()?,
                Step::NeedMore => {}
            }
        }
    }

    /// Bytes of framing that are held in memory.
    pub fn framing_len(&self) -> usize {
        if let State::Chunked(chunks) = &self.0 { chunks.framing_len() } else { 0 }
    }

    /// The framing as far as the body was read; empty if it is not chunked.
    pub fn into_framing(self) -> Framing {
        if let State::Chunked(chunks) = self.0 { chunks.finish() } else { Framing::default() }
    }
}

//! The chunked transfer coding (RFC 9112, section 7.1), decoded as the bytes come and with its framing noted.

use super::body::Step;
use super::framing::{self, FRAMING_LIMIT, Framing, FramingBuilder};
use super::head;
use super::problem::BodyProblem;
use bytes::{Bytes, BytesMut};

/// The longest line before a chunk, with its extension and line end.
pub const CHUNK_LINE_LIMIT: usize = 1024;

/// The longest trailer section.
pub const TRAILER_LIMIT: usize = 16 * 1024;

/// The most digits of a chunk size.
const SIZE_DIGITS: usize = 16;

/// A decoder that is given whatever bytes there are.
#[derive(Debug, Default)]
pub(super) struct ChunkDecoder {
    state: State,
    framing: FramingBuilder,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Before the line with the size of a chunk.
    #[default]
    Size,
    /// Inside a chunk, with so many bytes to come.
    Data(u64),
    /// After the last byte of a chunk.
    DataEnd,
    /// After the line of the last chunk.
    Trailer,
    /// After the empty line that ends the body.
    Done,
}

impl ChunkDecoder {
    /// Takes what it can off `buffer`.
    pub(super) fn step(&mut self, buffer: &mut BytesMut) -> Result<Step, BodyProblem> {
        loop {
            let taken = match self.state {
                State::Size => self.size(buffer)?,
                State::Data(left) => match take_some(buffer, left) {
                    Some(piece) => {
                        let left = left - piece.len() as u64;
                        self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
                        self.framing.data(piece.len());
                        return Ok(Step::Data(piece));
                    }
                    None => false,
                },
                State::DataEnd => self.data_end(buffer)?,
                State::Trailer => self.trailer(buffer)?,
                State::Done => return Ok(Step::End),
            };
            if !taken {
                return Ok(Step::NeedMore);
            }
        }
    }

    /// Bytes of framing so far.
    pub(super) fn framing_len(&self) -> usize {
        self.framing.len()
    }

    /// The framing as far as it was read.
    pub(super) fn finish(self) -> Framing {
        self.framing.finish()
    }

    fn size(&mut self, buffer: &mut BytesMut) -> Result<bool, BodyProblem> {
        let window = &buffer[..buffer.len().min(CHUNK_LINE_LIMIT)];
        let Some(feed) = memchr::memchr(b'\n', window) else {
            return if window.len() == CHUNK_LINE_LIMIT { Err(BodyProblem::ChunkLineTooLong) } else { Ok(false) };
        };
        let size = chunk_size(&window[..feed]).ok_or(BodyProblem::BadChunkSize)?;
        self.note(buffer, feed + 1)?;
        self.state = if size == 0 { State::Trailer } else { State::Data(size) };
        Ok(true)
    }

    fn data_end(&mut self, buffer: &mut BytesMut) -> Result<bool, BodyProblem> {
        match &buffer[..buffer.len().min(2)] {
            b"" | b"\r" => Ok(false),
            b"\r\n" => {
                self.note(buffer, 2)?;
                self.state = State::Size;
                Ok(true)
            }
            _ => Err(BodyProblem::BadChunkEnd),
        }
    }

    fn trailer(&mut self, buffer: &mut BytesMut) -> Result<bool, BodyProblem> {
        let window = &buffer[..buffer.len().min(TRAILER_LIMIT)];
        let Some(end) = section_end(window) else {
            return if window.len() == TRAILER_LIMIT { Err(BodyProblem::TrailerTooLong) } else { Ok(false) };
        };
        let section = Bytes::copy_from_slice(&window[..end]);
        framing::parse_trailers(&section, &section).ok_or(BodyProblem::BadTrailer)?;
        self.note(buffer, end)?;
        self.state = State::Done;
        Ok(true)
    }

    /// Takes `count` bytes of framing off `buffer` and keeps them.
    fn note(&mut self, buffer: &mut BytesMut, count: usize) -> Result<(), BodyProblem> {
        if self.framing.len() + count > FRAMING_LIMIT {
            return Err(BodyProblem::TooMuchFraming);
        }
        self.framing.raw(&buffer.split_to(count));
        Ok(())
    }
}

/// Up to `most` bytes off `buffer`; None if it is empty.
pub(super) fn take_some(buffer: &mut BytesMut, most: u64) -> Option<Bytes> {
    let count = usize::try_from(most).unwrap_or(usize::MAX).min(buffer.len());
    (count > 0).then(|| buffer.split_to(count).freeze())
}

/// The size in a chunk line without its line feed; None if it is not one.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"\r")?;
    let digits = line.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(line.len());
    if digits == 0 || digits > SIZE_DIGITS {
        return None;
    }
    let extension = line[digits..].trim_ascii_start();
    let plain = line.len() == digits || extension.first() == Some(&b';');
    if !plain || line.iter().any(|&byte| head::is_control(byte)) {
        return None;
    }
    let size = u64::from_str_radix(std::str::from_utf8(&line[..digits]).ok()?, 16).ok()?;
    i64::try_from(size).is_ok().then_some(size)
}

/// Where the first empty line ends, however lines end: strictness comes after.
fn section_end(window: &[u8]) -> Option<usize> {
    let mut line = 0;
    for feed in memchr::memchr_iter(b'\n', window) {
        if matches!(&window[line..feed], b"" | b"\r") {
            return Some(feed + 1);
        }
        line = feed + 1;
    }
    None
}

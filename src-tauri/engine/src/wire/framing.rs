//! How a chunked body was framed: the bytes between its decoded bytes, kept so that the wire can be made again.

use super::head;
use crate::exchange::Headers;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use std::ops::Range;

/// The most bytes of framing that are kept of one body.
pub const FRAMING_LIMIT: usize = 8 * 1024 * 1024;

/// The framing of one body; empty if it was not chunked.
///
/// The stored form is a row of entries: how many decoded bytes stand before this piece of framing (since the last
/// piece), the length of the piece, the piece. Both numbers are LEB128. A piece is everything between two runs of
/// decoded bytes: the end of one chunk and the size line of the next, or the last chunk with the trailer section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Framing(Bytes);

/// A run of wire bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WirePiece {
    /// These bytes of the decoded body.
    Body(Range<u64>),
    /// These bytes of framing.
    Raw(Bytes),
}

impl Framing {
    /// Reads the stored form; None if it is not one.
    pub fn decode(stored: Bytes) -> Option<Self> {
        let mut rest = stored.clone();
        while !rest.is_empty() {
            entry(&mut rest)?;
        }
        Some(Self(stored))
    }

    /// The stored form.
    pub fn encode(&self) -> Bytes {
        self.0.clone()
    }

    /// True if the body was not chunked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The wire bytes of a body of which `body_len` decoded bytes are kept, in order. If fewer are kept than came (a
    /// body over the cap), the pieces stop where the kept bytes end: they are always a beginning of what was sent.
    pub fn pieces(&self, body_len: u64) -> impl Iterator<Item = WirePiece> + use<> {
        let mut rest = self.0.clone();
        let mut at = 0;
        let mut held = None;
        std::iter::from_fn(move || {
            if let Some(raw) = held.take() {
                return Some(WirePiece::Raw(raw));
            }
            let from = at;
            match entry(&mut rest) {
                Some((gap, raw)) if gap <= body_len - at => {
                    at += gap;
                    if gap == 0 {
                        return Some(WirePiece::Raw(raw));
                    }
                    held = Some(raw);
                }
                _ => {
                    rest.clear();
                    at = body_len;
                }
            }
            (from < at).then_some(WirePiece::Body(from..at))
        })
    }

    /// How many bytes [`Framing::pieces`] stand for.
    pub fn wire_len(&self, body_len: u64) -> u64 {
        self.pieces(body_len)
            .map(|piece| match piece {
                WirePiece::Body(range) => range.end - range.start,
                WirePiece::Raw(raw) => raw.len() as u64,
            })
            .sum()
    }

    /// The wire bytes of a body that is at hand.
    pub fn interleave(&self, body: &[u8]) -> Vec<u8> {
        let mut wire = Vec::with_capacity(body.len() + self.0.len());
        for piece in self.pieces(body.len() as u64) {
            match piece {
                WirePiece::Body(range) => wire.extend_from_slice(&body[range.start as usize..range.end as usize]),
                WirePiece::Raw(raw) => wire.extend_from_slice(&raw),
            }
        }
        wire
    }

    /// The trailer fields (RFC 9112, section 7.1.2) in order; none if the body did not come to its end.
    pub fn trailers(&self) -> Headers {
        let mut rest = self.0.clone();
        let (mut follows_data, mut last) = (false, Bytes::new());
        while let Some((gap, raw)) = entry(&mut rest) {
            (follows_data, last) = (gap > 0, raw);
        }
        let section = if follows_data { last.strip_prefix(b"\r\n").unwrap_or(&last) } else { &last };
        let Some(line_end) = memchr::memchr(b'\n', section) else { return Headers::default() };
        parse_trailers(&last, &section[line_end + 1..]).unwrap_or_default()
    }
}

/// The trailer fields in a section that ends in an empty line; None if they don't parse.
pub(super) fn parse_trailers(raw: &Bytes, section: &[u8]) -> Option<Headers> {
    head::check_line_ends(section).ok()?;
    head::parse_headers::<{ super::request::MAX_HEADERS + 1 }>(raw, section).ok()
}

/// Takes the next entry off the stored form; None at its end or if it is not one.
fn entry(rest: &mut Bytes) -> Option<(u64, Bytes)> {
    let gap = take_number(rest)?;
    let len = usize::try_from(take_number(rest)?).ok()?;
    (len <= rest.len()).then(|| (gap, rest.split_to(len)))
}

fn take_number(rest: &mut Bytes) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..63).step_by(7) {
        let byte = rest.try_get_u8().ok()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn put_number(out: &mut BytesMut, mut value: u64) {
    while value >= 0x80 {
        out.put_u8(value as u8 | 0x80);
        value >>= 7;
    }
    out.put_u8(value as u8);
}

/// Builds a [`Framing`] while a body is read.
#[derive(Debug, Default)]
pub struct FramingBuilder {
    done: BytesMut,
    /// The piece that is not ended yet, and the decoded bytes before it.
    piece: BytesMut,
    before: u64,
    /// Decoded bytes since the piece.
    since: u64,
}

impl FramingBuilder {
    /// Notes bytes of framing.
    pub fn raw(&mut self, bytes: &[u8]) {
        if self.since > 0 {
            self.end_piece();
            self.before = std::mem::take(&mut self.since);
        }
        self.piece.extend_from_slice(bytes);
    }

    /// Notes that `count` decoded bytes follow.
    pub fn data(&mut self, count: usize) {
        self.since += count as u64;
    }

    /// Bytes of the stored form so far.
    pub fn len(&self) -> usize {
        self.done.len() + self.piece.len()
    }

    /// True if no framing was noted.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was noted.
    pub fn finish(mut self) -> Framing {
        self.end_piece();
        Framing(self.done.freeze())
    }

    fn end_piece(&mut self) {
        if self.piece.is_empty() {
            return;
        }
        put_number(&mut self.done, self.before);
        put_number(&mut self.done, self.piece.len() as u64);
        self.done.extend_from_slice(&self.piece);
        self.piece.clear();
    }
}

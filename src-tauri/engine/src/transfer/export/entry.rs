//! One exchange on its way out: its row, its heads, and a reader for each body.

use super::ExportError;
use super::out::Out;
use crate::exchange::{Answered, ExchangeId, ExchangeSummary, Failure, Headers, Side, Timing, shown};
use crate::store::{BodyAhead, Store, StoreError, StoredMessage};
use crate::transfer::redact::Redactor;
use crate::wire::{Framing, LooseHead, WirePiece};
use bytes::Bytes;
use std::ops::Range;

/// Bytes of a body that are read at once: a multiple of three, so that base64 goes on without a remainder.
pub(super) const PIECE: u64 = 3 * 64 * 1024;

/// Bodies up to this many bytes are read to the end to tell whether they are text.
const TEXT_LIMIT: u64 = 16 * 1024 * 1024;

/// One exchange.
pub(super) struct Entry {
    pub(super) summary: ExchangeSummary,
    pub(super) timing: Option<Timing>,
    pub(super) failure: Option<Failure>,
    pub(super) answered: Option<Answered>,
    pub(super) peer: Option<String>,
    pub(super) note: String,
    pub(super) request: EntryMessage,
    pub(super) response: Option<EntryMessage>,
}

/// One of its messages.
#[derive(Default)]
pub(super) struct EntryMessage {
    pub(super) head: Bytes,
    pub(super) framing: Bytes,
    pub(super) body: BodyReader,
}

/// Reads a body in pieces.
#[derive(Default)]
pub(super) struct BodyReader {
    /// Where it is; None for an empty one.
    place: Option<BodyPlace>,
    pub(super) len: u64,
}

/// Where a body is.
enum BodyPlace {
    /// A small one came with its exchange.
    Here(Bytes),
    Stored(Store, ExchangeId, Side),
}

impl Entry {
    /// Reads an exchange; with `row_only` nothing but its row.
    pub(super) async fn read(store: &Store, id: ExchangeId, row_only: bool) -> Result<Self, ExportError> {
        if row_only {
            let summary = store.summary(id).await?;
            let request = EntryMessage::default();
            let (timing, failure, answered, peer, note) = (None, None, None, None, String::new());
            return Ok(Self { summary, timing, failure, answered, peer, note, request, response: None });
        }
        let whole = store.whole(id).await?;
        let message = |side, (stored, body)| EntryMessage::new(store, id, side, stored, body);
        Ok(Self {
            request: message(Side::Request, whole.request),
            response: whole.response.map(|response| message(Side::Response, response)),
            summary: whole.summary,
            timing: whole.timing,
            failure: whole.failure,
            answered: whole.answered,
            peer: whole.peer,
            note: whole.note,
        })
    }

    /// Why not all of it is kept; None if it is.
    pub(super) fn loss(&self) -> Option<&'static str> {
        self.summary.marks.iter().find_map(|mark| mark.loss())
    }

    /// Masks what is secret in all but the bodies.
    pub(super) fn mask(&mut self, redactor: &mut Redactor) {
        self.request.mask(redactor);
        if let Some(response) = &mut self.response {
            response.mask(redactor);
        }
        self.summary.url = redactor.text(&self.summary.url);
        self.summary.path = redactor.text(&self.summary.path);
        self.note = redactor.text(&self.note);
        self.summary.event_type = self.summary.event_type.take().map(|event| redactor.text(&event));
        if let Some(failure) = &mut self.failure {
            failure.message = redactor.text(&failure.message);
            failure.hint = failure.hint.take().map(|hint| redactor.text(&hint));
        }
        for reason in self.answered.iter_mut().flat_map(|answered| &mut answered.reasons) {
            *reason = redactor.text(reason);
        }
    }

    /// The absolute URL of the request. A push has only a target: its Host says where it was sent to.
    pub(super) fn absolute_url(&self, head: &LooseHead) -> String {
        let url = &self.summary.url;
        if !url.starts_with('/') && url.contains("://") {
            return url.clone();
        }
        let host = head.headers.first("host").map(shown).filter(|host| !host.is_empty());
        let path = if url.starts_with('/') { url.as_str() } else { "/" };
        format!("http://{}{path}", host.as_deref().unwrap_or("localhost"))
    }
}

impl EntryMessage {
    fn new(store: &Store, id: ExchangeId, side: Side, stored: StoredMessage, body: Option<Bytes>) -> Self {
        let place = match body {
            Some(bytes) => BodyPlace::Here(bytes),
            None => BodyPlace::Stored(store.clone(), id, side),
        };
        let body = BodyReader { place: Some(place), len: stored.body_len };
        Self { head: stored.head, framing: stored.framing, body }
    }

    fn mask(&mut self, redactor: &mut Redactor) {
        self.head = redactor.head(&self.head).into();
        if let Some(framing) = Framing::decode(self.framing.clone()) {
            self.framing = redactor.framing(&framing, self.body.len).encode();
        }
    }

    pub(super) fn parsed(&self) -> LooseHead {
        LooseHead::parse(&self.head)
    }

    /// Writes the bytes as they were on the wire: head, framing and body.
    pub(super) async fn put_wire(&self, out: &mut Out<'_>) -> Result<(), ExportError> {
        out.put(&self.head).await?;
        let Some(framing) = Framing::decode(self.framing.clone()).filter(|framing| !framing.is_empty()) else {
            return self.body.put(0..self.body.len, out).await;
        };
        let mut ahead = self.body.ahead();
        for piece in framing.pieces(self.body.len) {
            match (piece, &mut ahead) {
                (WirePiece::Raw(raw), _) => out.put(raw).await?,
                (WirePiece::Body(range), None) => self.body.put(range, out).await?,
                (WirePiece::Body(mut range), Some(ahead)) => {
                    while !range.is_empty() {
                        let bytes = ahead.next(range.clone()).await?;
                        range.start += bytes.len() as u64;
                        out.put(bytes).await?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl BodyReader {
    /// The piece that starts at `at`: [`PIECE`] bytes, fewer at the end.
    pub(super) async fn piece(&self, at: u64) -> Result<Bytes, ExportError> {
        self.range(at..self.len.min(at + PIECE)).await
    }

    /// Bytes of the body; fewer if it ends before. That some of it is gone, deleted meanwhile, is an error: no export
    /// passes a part off as the whole.
    pub(super) async fn range(&self, range: Range<u64>) -> Result<Bytes, ExportError> {
        match &self.place {
            Some(BodyPlace::Stored(store, id, side)) if range.start < range.end => {
                let wanted = self.len.min(range.end).saturating_sub(range.start);
                let bytes = store.body(*id, *side, range).await?;
                if (bytes.len() as u64) < wanted {
                    return Err(StoreError::NotFound(format!("The rest of a body of exchange {id}")).into());
                }
                Ok(bytes)
            }
            Some(BodyPlace::Here(bytes)) => {
                let within = |at: u64| at.min(bytes.len() as u64) as usize;
                Ok(bytes.slice(within(range.start)..within(range.end).max(within(range.start))))
            }
            _ => Ok(Bytes::new()),
        }
    }

    /// The whole body, if it has at most `limit` bytes.
    pub(super) async fn whole(&self, limit: u64) -> Result<Option<Bytes>, ExportError> {
        if self.len > limit {
            return Ok(None);
        }
        Ok(Some(self.range(0..self.len).await?))
    }

    /// For a body that is read in order; None for one that is here.
    fn ahead(&self) -> Option<BodyAhead> {
        match &self.place {
            Some(BodyPlace::Stored(store, id, side)) => Some(BodyAhead::new(store.clone(), *id, *side, self.len)),
            _ => None,
        }
    }

    /// Writes bytes of the body as they came.
    pub(super) async fn put(&self, range: Range<u64>, out: &mut Out<'_>) -> Result<(), ExportError> {
        let mut at = range.start;
        while at < range.end {
            let piece = self.range(at..range.end.min(at + PIECE)).await?;
            if piece.is_empty() {
                break; // its end
            }
            at += piece.len() as u64;
            out.put(piece).await?;
        }
        Ok(())
    }

    /// True if it is UTF-8. A body over [`TEXT_LIMIT`] is not looked at and counts as none.
    pub(super) async fn is_text(&self) -> Result<bool, ExportError> {
        let mut split = Split::default();
        let mut at = 0;
        while at < self.len && self.len <= TEXT_LIMIT {
            let piece = self.piece(at).await?;
            if piece.is_empty() || split.text(&piece).is_none() {
                return Ok(false);
            }
            at += piece.len() as u64;
        }
        Ok(self.len <= TEXT_LIMIT && split.rest.is_empty())
    }
}

/// Joins characters that were cut by the end of a piece.
#[derive(Default)]
pub(super) struct Split {
    rest: Vec<u8>,
}

impl Split {
    /// The text up to the last whole character; None if it is not UTF-8.
    pub(super) fn text(&mut self, piece: &[u8]) -> Option<String> {
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend_from_slice(piece);
        if let Err(error) = std::str::from_utf8(&bytes) {
            if error.error_len().is_some() {
                return None;
            }
            self.rest = bytes.split_off(error.valid_up_to());
        }
        String::from_utf8(bytes).ok()
    }
}

/// The text of the first field of this name, as it is shown.
pub(super) fn field(headers: &Headers, name: &str) -> Option<String> {
    headers.first(name).map(shown)
}

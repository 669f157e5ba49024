//! Bodies made ready for the viewers, kept while somebody looks at them.

use crate::api::ApiError;
use crate::exchange::{Headers, Side};
use crate::inspect::{BodyRef, Document, Rows, VIEW_LIMIT, content_codings};
use crate::store::Store;
use crate::wire::{Framing, LooseHead};
use bytes::{Bytes, BytesMut};
use std::sync::{Arc, Mutex, PoisonError};

/// Bodies kept at most, and their bytes in all: what one looks at and what it is held against.
const KEPT: usize = 8;
const KEPT_BYTES: usize = 160 * 1024 * 1024;

/// Bytes of a message that the wire view reads.
const WIRE_LIMIT: u64 = 4 * 1024 * 1024;

/// The newest is last.
#[derive(Debug, Default)]
pub(crate) struct Documents(Mutex<Vec<(BodyRef, Arc<Document>)>>);

impl Documents {
    /// The body, read and decoded if it is not kept.
    pub(crate) async fn get(&self, store: &Store, body: BodyRef) -> Result<Arc<Document>, ApiError> {
        if let Some(document) = self.kept(body) {
            return Ok(document);
        }
        let message = store.message(body.id, body.side).await?.unwrap_or_default();
        let raw = store.body(body.id, body.side, 0..VIEW_LIMIT).await?;
        let headers = LooseHead::parse(&message.head).headers;
        let document = off_thread(move || {
            let content_type = headers.first("content-type").map(crate::exchange::shown);
            Document::new(content_type.as_deref(), &content_codings(&headers), raw, message.body_len)
        })
        .await?;
        let document = Arc::new(document);
        self.keep(body, document.clone());
        Ok(document)
    }

    fn kept(&self, body: BodyRef) -> Option<Arc<Document>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = all.iter().position(|(known, _)| *known == body)?;
        let entry = all.remove(place);
        let document = entry.1.clone();
        all.push(entry);
        Some(document)
    }

    fn keep(&self, body: BodyRef, document: Arc<Document>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push((body, document));
        let bytes = |all: &[(BodyRef, Arc<Document>)]| all.iter().map(|(_, d)| d.decoded().len()).sum::<usize>();
        while all.len() > 1 && (all.len() > KEPT || bytes(all.as_slice()) > KEPT_BYTES) {
            all.remove(0);
        }
    }
}

/// The headers of a stored message.
pub(crate) async fn headers(store: &Store, id: i64, side: Side) -> Result<Headers, ApiError> {
    let message = store.message(id, side).await?.unwrap_or_default();
    Ok(LooseHead::parse(&message.head).headers)
}

/// The bytes of a message as they were on the wire, up to `limit`; and whether that is all.
pub(crate) async fn wire_bytes(store: &Store, body: BodyRef, limit: u64) -> Result<(Bytes, bool), ApiError> {
    let Some(message) = store.message(body.id, body.side).await? else { return Ok((Bytes::new(), true)) };
    let content = store.body(body.id, body.side, 0..limit).await?;
    let whole = content.len() as u64 == message.body_len;
    let mut bytes = BytesMut::from(&message.head[..]);
    match Framing::decode(message.framing).filter(|framing| !framing.is_empty()) {
        Some(framing) => bytes.extend_from_slice(&framing.interleave(&content)),
        None => bytes.extend_from_slice(&content),
    }
    Ok((bytes.freeze(), whole))
}

/// The wire bytes as rows of text.
pub(crate) async fn wire_rows(store: &Store, body: BodyRef) -> Result<Rows, ApiError> {
    let (bytes, whole) = wire_bytes(store, body, WIRE_LIMIT).await?;
    let mut bytes = Vec::from(bytes);
    if !whole {
        bytes.extend_from_slice(b"\n[the rest is in the Hex view and in exports]");
    }
    off_thread(move || Rows::of_wire(bytes.into())).await
}

/// Runs work that takes long on a thread that may block.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ApiError::failed("The body could not be read: its reader stopped unexpectedly."))
}

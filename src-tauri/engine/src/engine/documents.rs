//! Bodies made ready for the viewers, kept while somebody looks at them.

use crate::api::ApiError;
use crate::exchange::{Headers, Side};
use crate::inspect::{BodyRef, Document, Rows, VIEW_LIMIT, content_codings};
use crate::store::Store;
use crate::wire::{Framing, LooseHead};
use bytes::{Bytes, BytesMut};
use std::sync::{Arc, Mutex, PoisonError};

/// Bodies kept at most, and those that are kept whatever they weigh: what one looks at and what it is held against.
const KEPT: usize = 8;
const ALWAYS_KEPT: usize = 2;

/// Bytes of memory that the bodies take in all, with their indices.
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
        trim(&mut all, KEPT_BYTES);
        Some(document)
    }

    fn keep(&self, body: BodyRef, document: Arc<Document>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push((body, document));
        trim(&mut all, KEPT_BYTES);
    }
}

/// Lets the oldest go until the rest is few and light. Indices are made after a body is kept, so this is asked again
/// whenever one is looked at.
fn trim(all: &mut Vec<(BodyRef, Arc<Document>)>, most: usize) {
    // Each is weighed once: another thread may make an index meanwhile.
    let weights: Vec<usize> = all.iter().map(|(_, document)| document.weight()).collect();
    let mut weight: usize = weights.iter().sum();
    let mut gone = 0;
    while all.len() - gone > ALWAYS_KEPT && (all.len() - gone > KEPT || weight > most) {
        weight -= weights[gone];
        gone += 1;
    }
    all.drain(..gone);
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
        // The cut may go through a character, and all would be read as ISO-8859-1 for its half.
        if let Err(error) = std::str::from_utf8(&bytes)
            && error.error_len().is_none()
        {
            bytes.truncate(error.valid_up_to());
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_cut_through_a_character_makes_nothing_else_of_the_others() {
        let (_folder, store) = crate::store::tests::store().await;
        for odd in ["", "x"] {
            let body = odd.to_owned() + &"é".repeat(WIRE_LIMIT as usize / 2 + 10);
            let id = store.save(crate::store::tests::push("a", "e", body)).await.unwrap();
            let rows = wire_rows(&store, BodyRef { id, side: Side::Request }).await.unwrap();
            let last = rows.page(rows.total() - 2, 2).rows;
            assert!(last[0].text.ends_with("éé"), "{:?}", last[0].text.chars().last());
            assert!(last[1].text.starts_with("[the rest"), "{:?}", last[1].text);
        }
    }

    #[test]
    fn the_indices_of_bodies_count_for_what_is_kept() {
        let body = Bytes::from(format!("[{}0]", "0,".repeat(10_000)));
        let document = |id| (BodyRef { id, side: Side::Request }, Arc::new(Document::new(None, &[], body.clone(), 0)));
        let mut all: Vec<_> = (0..6).map(document).collect();
        trim(&mut all, 200_000);
        assert_eq!(all.len(), 6);
        for (_, document) in &all {
            document.tree_rows(1, &[], 0, 1).unwrap();
            assert!(document.weight() > 300_000);
        }
        trim(&mut all, 1_200_000);
        assert_eq!(all.iter().map(|(body, _)| body.id).collect::<Vec<_>>(), [3, 4, 5]);
        trim(&mut all, 0);
        assert_eq!(all.len(), ALWAYS_KEPT);
    }
}

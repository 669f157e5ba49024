//! The JSON of a payload that rules read before the commit, for a schema, a template or the name of an event. Bounded in
//! size and time, and in how many are read at once: whoever knows the address can send them.

use crate::inspect::{as_utf8, content_codings, decode_front};
use crate::wire::RequestHead;
use bytes::Bytes;
use serde_json::value::RawValue;
use std::collections::HashMap;
use tokio::sync::Semaphore;

/// Bytes of a payload that are read for a schema or a template, decoded.
pub(in crate::capture) const DOCUMENT_BYTES: usize = 1024 * 1024;

/// Payloads that are decoded and read at a time for rules and templates, whatever the source: each may take some MiB, and
/// as long as decoding may take.
static READERS: Semaphore = Semaphore::const_new(4);

/// Reads a payload off the threads that capture, when it is its turn. None if that broke off.
pub(in crate::capture) async fn read_payload<T: Send + 'static>(
    read: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let turn = READERS.acquire().await;
    // One that goes on after its sender has left keeps its turn.
    let reading = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        read()
    });
    reading.await.ok()
}

/// A payload with its codings off, as UTF-8; None if it is too large or can't be decoded.
#[derive(Debug, Default)]
pub(super) struct Document(Option<Bytes>);

impl Document {
    /// Takes the codings off. Runs up to the time that decoding may take.
    pub(super) fn open(head: &RequestHead, raw: &Bytes) -> Self {
        let decoded = decode_front(raw, &content_codings(&head.headers), DOCUMENT_BYTES);
        let whole = decoded.notice.is_none() && decoded.bytes.len() <= DOCUMENT_BYTES;
        Self(whole.then(|| as_utf8(&head.headers, &decoded.bytes)))
    }

    pub(super) fn bytes(&self) -> Option<&Bytes> {
        self.0.as_ref()
    }

    /// The value at a path: the text of a string, else the JSON as it stands. Numbers keep their digits.
    pub(super) fn text_at(&self, path: &[String]) -> Option<Vec<u8>> {
        let mut at: &RawValue = serde_json::from_slice(self.0.as_ref()?).ok()?;
        for step in path {
            at = match at.get().as_bytes().first()? {
                b'{' => serde_json::from_str::<HashMap<String, &RawValue>>(at.get()).ok()?.remove(step)?,
                b'[' => serde_json::from_str::<Vec<&RawValue>>(at.get()).ok()?.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        match serde_json::from_str::<String>(at.get()) {
            Ok(text) => Some(text.into_bytes()),
            Err(_) => Some(at.get().as_bytes().to_vec()),
        }
    }
}

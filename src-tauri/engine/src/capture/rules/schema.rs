//! Payloads held against a JSON Schema, bounded in time.

use super::document::{DOCUMENT_BYTES, Document};
use crate::wire::RequestHead;
use bytes::Bytes;
use jsonschema::{PatternOptions, Validator};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long holding a payload against a schema may take.
const CHECK_TIME: Duration = Duration::from_secs(2);

/// Payloads of one source that are held against its schema at a time.
const CHECKS: usize = 2;

/// Reasons that are kept of one payload.
const REASONS: usize = 10;

/// Levels of JSON that are read.
const LEVELS: usize = 127;

/// Characters of a reason.
const REASON_TEXT: usize = 300;

/// A schema that was read once.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    validator: Arc<Validator>,
    places: Arc<Semaphore>,
}

impl Schema {
    /// Reads a schema. Nothing is fetched; patterns run in linear time.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let schema = value("schema", text.as_bytes())?;
        let validator = jsonschema::options()
            .offline()
            .with_pattern_options(PatternOptions::regex())
            .build(&schema)
            .map_err(|error| format!("The schema can't be used: {}.", short(&error.to_string())))?;
        Ok(Self { validator: Arc::new(validator), places: Arc::new(Semaphore::new(CHECKS)) })
    }

    /// Why a payload does not fit; empty if it does. What can't be checked does not fit.
    pub(super) async fn reasons(&self, head: Arc<RequestHead>, raw: Option<Bytes>) -> Vec<String> {
        let Some(raw) = raw else {
            return vec![format!("The payload is larger than the {} KiB that are checked.", DOCUMENT_BYTES >> 10)];
        };
        let (validator, places) = (self.validator.clone(), self.places.clone());
        let check = async move {
            let place = places.acquire_owned().await;
            // A check that goes on after its time keeps its place, so that no more than those run.
            let checked = tokio::task::spawn_blocking(move || {
                let _place = place;
                hold(&validator, &Document::open(&head, &raw))
            });
            checked.await.unwrap_or_else(|_| vec!["The check broke off.".into()])
        };
        let late = |_| vec![format!("The check took longer than {} s.", CHECK_TIME.as_secs())];
        tokio::time::timeout(CHECK_TIME, check).await.unwrap_or_else(late)
    }
}

fn hold(validator: &Validator, document: &Document) -> Vec<String> {
    let Some(bytes) = document.bytes() else {
        return vec![format!("The payload can't be decoded, or is larger than {} KiB.", DOCUMENT_BYTES >> 10)];
    };
    match value("payload", bytes) {
        Err(reason) => vec![reason],
        Ok(payload) => validator.iter_errors(&payload).take(REASONS).map(|error| reason(&error)).collect(),
    }
}

/// Reads JSON, or says why it can't be read, in a sentence about `what`.
fn value(what: &str, bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| {
        let error = error.to_string();
        // The reader has no other sign for what may well be JSON.
        if error.starts_with("recursion limit exceeded") {
            return format!("The {what} is deeper than the {LEVELS} levels that are read.");
        }
        format!("The {what} is not JSON: {error}.")
    })
}

fn reason(error: &jsonschema::ValidationError<'_>) -> String {
    let place = error.instance_path().as_str();
    short(&format!("{}: {error}", if place.is_empty() { "the payload" } else { place }))
}

fn short(text: &str) -> String {
    match text.char_indices().nth(REASON_TEXT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

//! Answers that their senders did not get: noted behind the captures, all those together that piled up meanwhile.

use crate::exchange::{ExchangeId, FailureKind};
use crate::store::Store;
use std::mem::take;
use std::sync::{Mutex as SyncMutex, PoisonError};
use tokio::sync::Mutex;

/// Those that are to be noted. A note has a transaction of its own, which captures wait behind: whoever lets very many
/// answers lie must not get one for each.
#[derive(Debug, Default)]
pub(super) struct Missed {
    waiting: SyncMutex<Vec<(ExchangeId, FailureKind)>>,
    turn: Mutex<()>,
}

impl Missed {
    /// Returns once it is noted, by whomever. What can't be noted now stays as an answer that was given.
    pub(super) async fn note(&self, store: &Store, exchange: ExchangeId, why: FailureKind) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push((exchange, why));
        let _turn = self.turn.lock().await;
        let all = take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if !all.is_empty() {
            _ = store.note_missed(all).await;
        }
    }
}

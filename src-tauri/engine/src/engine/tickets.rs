//! What is under way and can be cancelled, by the word that the caller chose.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

/// What is under way.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tickets(Arc<Mutex<HashMap<String, CancellationToken>>>);

/// Held while something is under way; dropping it ends the entry.
#[derive(Debug)]
pub(crate) struct Ticket {
    all: Tickets,
    word: String,
    pub(crate) token: CancellationToken,
}

impl Tickets {
    pub(crate) fn open(&self, word: &str) -> Ticket {
        let token = CancellationToken::new();
        self.lock().insert(word.to_owned(), token.clone());
        Ticket { all: self.clone(), word: word.to_owned(), token }
    }

    /// Cancels; nothing happens if it has ended already.
    pub(crate) fn cancel(&self, word: &str) {
        if let Some(token) = self.lock().get(word) {
            token.cancel();
        }
    }

    pub(crate) fn cancel_all(&self) {
        self.lock().values().for_each(CancellationToken::cancel);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.all.lock().remove(&self.word);
    }
}

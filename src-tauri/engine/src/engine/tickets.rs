//! What is under way and can be cancelled, by the word that the caller chose.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// What is under way.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tickets(Arc<Open>);

#[derive(Debug, Default)]
struct Open {
    tokens: Mutex<HashMap<String, CancellationToken>>,
    /// Told whenever something has ended.
    ended: Notify,
}

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

    /// Waits until nothing is under way.
    pub(crate) async fn all_ended(&self) {
        loop {
            let mut ended = pin!(self.0.ended.notified());
            ended.as_mut().enable(); // what ends from here on is not missed
            if self.lock().is_empty() {
                return;
            }
            ended.await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, CancellationToken>> {
        self.0.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.all.lock().remove(&self.word);
        self.all.0.ended.notify_waiters();
    }
}

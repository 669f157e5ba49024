//! What follows when the vault opens or closes, however that came about: at the start, by the window, by another process
//! that made it.

use super::Parts;
use crate::api::ApiError;
use crate::store::AGAIN;
use std::sync::Weak;
use tokio::sync::watch;
use tokio::time::timeout;

/// Reads the secrets of sources anew on every change of the vault, until the engine is gone.
pub(super) async fn keep_reading_secrets(parts: Weak<Parts>, mut changes: watch::Receiver<u64>) {
    loop {
        // The first time whatever the vault has come to: it may have opened before anybody could watch.
        changes.borrow_and_update();
        let Some(engine) = parts.upgrade() else { return };
        let done = engine.vault_changed().await;
        drop(engine);
        let next = match done {
            Ok(()) => changes.changed().await,
            Err(error) => {
                tracing::warn!(%error, "The secrets of sources could not be read; they are read again soon");
                timeout(AGAIN, changes.changed()).await.unwrap_or(Ok(()))
            }
        };
        if next.is_err() {
            return;
        }
    }
}

impl Parts {
    /// Takes up what the vault has come to: secrets are read anew, or not readable any more.
    pub(crate) async fn vault_changed(&self) -> Result<(), ApiError> {
        self.read_sources().await?;
        self.notice_change(true);
        self.take_up_what_waits().await
    }

    /// Has those that follow do what waits for the vault, if it is open here. A process whose vault is closed leaves that
    /// to others, and where nothing waits those that follow are left alone.
    pub(super) async fn take_up_what_waits(&self) -> Result<(), ApiError> {
        let waits = self.vault.is_open()
            && (!self.store.unlearnt(1).await?.is_empty()
                || self.store.sources_waiting().await?.into_iter().any(|source| self.is_ready(source)));
        if waits {
            self.again.notify_one();
        }
        Ok(())
    }
}

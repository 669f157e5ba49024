//! Retention in the background.

use crate::api::Retention;
use crate::store::Store;
use std::time::Duration;
use tokio::sync::watch;

/// How often it is looked whether something has to go.
const EVERY: Duration = Duration::from_secs(30);

/// Takes away what has to go, until the engine is closed. What fails is tried again the next time.
pub(super) async fn keep_retaining(store: Store, mut retention: watch::Receiver<Retention>) {
    loop {
        let now = *retention.borrow_and_update();
        if now != Retention::default()
            && let Err(error) = store.retain(&now).await
        {
            tracing::warn!(%error, "Retention stopped half-way");
        }
        // A change of the settings wakes it at once; that they are gone means that the engine is.
        if let Ok(Err(_)) = tokio::time::timeout(EVERY, retention.changed()).await {
            return;
        }
    }
}

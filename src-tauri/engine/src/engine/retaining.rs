//! Retention in the background.

use super::Parts;
use crate::api::{ApiError, Retention};
use crate::store::{Store, StoreError};
use std::time::Duration;
use tokio::sync::watch;

/// How often it is looked whether something has to go.
pub(super) const EVERY: Duration = Duration::from_secs(30);

/// Takes away what has to go, until the engine is closed. What fails is told, and tried again the next time.
pub(super) async fn keep_retaining(
    store: Store,
    mut retention: watch::Receiver<Retention>,
    trouble: watch::Sender<Option<StoreError>>,
    every: Duration,
) {
    loop {
        let now = *retention.borrow_and_update();
        let failed = if now == Retention::default() { None } else { store.retain(&now).await.err() };
        trouble.send_if_modified(|told| std::mem::replace(told, failed.clone()) != failed);
        // A change of the settings wakes it at once; that they are gone means that the engine is.
        if let Ok(Err(_)) = tokio::time::timeout(every, retention.changed()).await {
            return;
        }
    }
}

impl Parts {
    /// What to say while nothing can be taken away.
    pub(super) fn unretained(&self) -> Option<String> {
        let error = self.unretained.borrow().clone()?;
        let said = ApiError::from(error).sentences();
        Some(format!("What the retention settings let go could not be deleted: {said} It is tried again."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{push, store};

    #[tokio::test]
    async fn what_comes_to_be_too_much_goes_without_a_change_of_the_settings() {
        let (_folder, store) = store().await;
        let (_kept, retention) = watch::channel(Retention { exchanges: Some(1), ..Retention::default() });
        let (trouble, _) = watch::channel(None);
        let often = Duration::from_millis(10);
        let retaining = tokio::spawn(keep_retaining(store.clone(), retention, trouble, often));
        let mut committed = store.committed();
        for body in ["1", "2", "3"] {
            let id = store.save(push("a", "e", body)).await.unwrap();
            let gone = async {
                while store.ids("", i64::MAX, 0, 10).await.unwrap() != [id] {
                    committed.changed().await.unwrap();
                }
            };
            tokio::time::timeout(Duration::from_secs(20), gone).await.expect("the one before goes");
        }
        retaining.abort();
    }
}

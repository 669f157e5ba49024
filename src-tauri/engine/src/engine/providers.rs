//! The user's own providers: kept, deleted, and what follows for the pushes that are here.

use super::{Engine, Parts};
use crate::api::ApiError;
use crate::inspect::provider::Provider;

impl Engine {
    /// Keeps a provider of the user's. The pushes of its sources, and of those that none is chosen for, are looked at
    /// again; nobody waits for that.
    ///
    /// # Errors
    /// `Invalid` if a field can't be used, or the key is that of a known provider.
    pub async fn save_provider(&self, provider: Provider) -> Result<Provider, ApiError> {
        let saved = self.store.save_provider(provider).await?;
        self.providers_changed(&saved.key).await?;
        Ok(saved)
    }

    /// Deletes a provider of the user's; sources that are set to it keep its key.
    ///
    /// # Errors
    /// What the store says.
    pub async fn delete_provider(&self, key: String) -> Result<(), ApiError> {
        self.store.delete_provider(key.clone()).await?;
        self.providers_changed(&key).await
    }

    async fn providers_changed(&self, key: &str) -> Result<(), ApiError> {
        self.read_sources().await?;
        self.notice_change(true);
        let sources = self.concerned(key);
        let engine = self.clone();
        tokio::spawn(async move {
            for source in sources {
                if let Err(error) = engine.look_again_at(&source).await {
                    tracing::warn!(%error, "The pushes of a source could not be looked at again");
                }
            }
        });
        Ok(())
    }
}

impl Parts {
    /// Sources that this provider is chosen for, and those whose pushes say themselves whose they are.
    fn concerned(&self, key: &str) -> Vec<String> {
        let is_concerned = |name: &String| {
            let source = self.book.get(name);
            source.is_some_and(|source| source.row.chosen.as_ref().is_none_or(|chosen| chosen == key))
        };
        self.book.names().into_iter().filter(is_concerned).collect()
    }
}

//! The user's own providers: kept, deleted, and what follows for the pushes that are here.

use super::Engine;
use crate::api::{ApiError, SaveProvider};
use crate::inspect::provider::Provider;

impl Engine {
    /// Keeps a provider of the user's. The pushes of its sources, and of those that none is chosen for, are looked at
    /// again; nobody waits for that.
    ///
    /// # Errors
    /// `Invalid` if a field can't be used, or the key is that of a known provider, or of any where it is to be new.
    pub async fn save_provider(&self, save: SaveProvider) -> Result<Provider, ApiError> {
        let SaveProvider { provider, is_new } = save;
        let saved = match is_new {
            true => self.store.add_provider(provider).await?,
            false => self.store.save_provider(provider).await?,
        };
        self.providers_changed().await?;
        Ok(saved)
    }

    /// Deletes a provider of the user's; sources that are set to it keep its key.
    ///
    /// # Errors
    /// What the store says.
    pub async fn delete_provider(&self, key: String) -> Result<(), ApiError> {
        self.store.delete_provider(key).await?;
        self.providers_changed().await
    }

    async fn providers_changed(&self) -> Result<(), ApiError> {
        self.read_sources().await?;
        self.notice_change(true);
        Ok(())
    }
}

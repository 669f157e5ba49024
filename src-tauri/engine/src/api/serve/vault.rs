//! The vault, and what is set for sources.

use super::Api;
use crate::api::{
    ApiError, NewSecret, Nothing, RenameSource, SaveSource, SecretRef, SignedQuery, SourceName, SourceSettings,
    VerifyQuery,
};
use crate::engine::{Engine, Given};
use crate::inspect::signature::Verdict;
use crate::vault::{MakeVault, UnlockVault, VaultError, VaultStatus};

impl Api {
    pub(in crate::api) async fn rename_source(&self, rename: RenameSource) -> Result<SourceSettings, ApiError> {
        self.engine().await?.rename_source(&rename.name, &rename.to).await
    }

    pub(in crate::api) async fn delete_source(&self, source: SourceName) -> Result<Nothing, ApiError> {
        self.engine().await?.delete_source(&source.name).await?;
        Ok(Nothing {})
    }

    pub(in crate::api) async fn source_settings(&self, source: SourceName) -> Result<SourceSettings, ApiError> {
        self.engine().await?.source_settings(&source.name).await
    }

    pub(in crate::api) async fn save_source(&self, save: SaveSource) -> Result<SourceSettings, ApiError> {
        self.engine().await?.save_source(save).await
    }

    pub(in crate::api) async fn add_secret(&self, new: NewSecret) -> Result<SourceSettings, ApiError> {
        self.engine().await?.add_secret(new).await
    }

    pub(in crate::api) async fn remove_secret(&self, secret: SecretRef) -> Result<SourceSettings, ApiError> {
        self.engine().await?.remove_secret(secret).await
    }

    pub(in crate::api) async fn verify_exchange(&self, query: VerifyQuery) -> Result<Verdict, ApiError> {
        self.engine().await?.verify(query.id, &given(query.provider)).await
    }

    pub(in crate::api) async fn signed_bytes(&self, query: SignedQuery) -> Result<Vec<u8>, ApiError> {
        let mut bytes = self.engine().await?.verify(query.id, &given(query.provider)).await?.signed_bytes;
        bytes.truncate(query.count as usize);
        Ok(bytes)
    }

    pub(in crate::api) async fn verify_source(&self, source: SourceName) -> Result<Nothing, ApiError> {
        self.engine().await?.verify_source(&source.name).await?;
        Ok(Nothing {})
    }

    pub(in crate::api) async fn vault(&self, _: Nothing) -> Result<VaultStatus, ApiError> {
        Ok(self.engine().await?.vault.status().await?)
    }

    pub(in crate::api) async fn make_vault(&self, make: MakeVault) -> Result<VaultStatus, ApiError> {
        let engine = self.engine().await?;
        let made = engine.vault.make(make).await;
        vault_changed(&engine, made).await
    }

    pub(in crate::api) async fn unlock_vault(&self, unlock: UnlockVault) -> Result<VaultStatus, ApiError> {
        let engine = self.engine().await?;
        let unlocked = engine.vault.unlock(unlock).await;
        vault_changed(&engine, unlocked).await
    }

    pub(in crate::api) async fn lock_vault(&self, _: Nothing) -> Result<VaultStatus, ApiError> {
        let engine = self.engine().await?;
        engine.vault.lock().await;
        vault_changed(&engine, Ok(())).await
    }

    pub(in crate::api) async fn forget_vault(&self, _: Nothing) -> Result<VaultStatus, ApiError> {
        let engine = self.engine().await?;
        let forgotten = engine.vault.forget().await;
        vault_changed(&engine, forgotten).await
    }
}

/// What the window gives for one check: the rules.
fn given(provider: Option<String>) -> Given {
    Given { provider, ..Given::default() }
}

/// Secrets are read anew, and whoever shows the vault is told, whatever became of it.
async fn vault_changed(engine: &Engine, done: Result<(), VaultError>) -> Result<VaultStatus, ApiError> {
    engine.read_sources().await?;
    engine.notice_change(true);
    done?;
    Ok(engine.vault.status().await?)
}

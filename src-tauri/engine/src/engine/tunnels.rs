//! A tunnel's secret: in memory only, or in the vault if the user wants it kept.

use super::Parts;
use crate::api::ApiError;
use crate::tunnel::TunnelConfig;
use secrecy::{ExposeSecret as _, SecretString};

/// The name of a bore server's secret in the vault.
fn item(server: &str) -> String {
    format!("tunnel.bore:{}", server.trim())
}

impl Parts {
    /// A tunnel ready to be started: a secret that is to be kept goes into the vault, and comes from there if none was
    /// typed.
    ///
    /// # Errors
    /// `VaultClosed` if the vault has to be made or unlocked first.
    pub async fn with_kept_secret(&self, config: TunnelConfig) -> Result<TunnelConfig, ApiError> {
        let TunnelConfig::Bore { server, secret, port, kept: true } = config else { return Ok(config) };
        let secret = match secret.filter(|secret| !secret.is_empty()) {
            Some(typed) => {
                self.vault.keep_item(&item(&server), &SecretString::from(typed.clone())).await?;
                Some(typed)
            }
            None => self.vault.item(&item(&server)).await?.map(|kept| kept.expose_secret().to_owned()),
        };
        Ok(TunnelConfig::Bore { server, secret, port, kept: true })
    }

    /// Takes the secret of a tunnel out of the vault if the user no longer wants it kept.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn drop_unkept_secret(&self, config: &TunnelConfig) -> Result<(), ApiError> {
        match config {
            TunnelConfig::Bore { server, kept: false, .. } => Ok(self.vault.drop_item(&item(server)).await?),
            _ => Ok(()),
        }
    }
}

//! The key store of the operating system: Keychain, Credential Manager, Secret Service.

use super::MasterKey;
use keyring_core::{CredentialStore, Entry, Error};
use std::sync::Arc;
use zeroize::Zeroizing;

/// The name under which the keys stand in the key store.
const SERVICE: &str = "Pushpull";

/// Where keys are kept outside of the workspace. May block for as long as the user is asked.
pub trait KeyStore: Send + Sync + std::fmt::Debug {
    /// What the user calls it.
    fn name(&self) -> &'static str;

    /// The key of a vault; None if there is none.
    ///
    /// # Errors
    /// Why it can't be told: one sentence.
    fn get(&self, vault: &str) -> Result<Option<MasterKey>, String>;

    /// Keeps the key of a vault.
    ///
    /// # Errors
    /// Why it can't be kept: one sentence.
    fn put(&self, vault: &str, key: &MasterKey) -> Result<(), String>;
}

/// The one of this system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemKeyStore;

impl KeyStore for SystemKeyStore {
    fn name(&self) -> &'static str {
        if cfg!(target_os = "macos") {
            "the Keychain"
        } else if cfg!(windows) {
            "the Credential Manager"
        } else {
            "the Secret Service"
        }
    }

    fn get(&self, vault: &str) -> Result<Option<MasterKey>, String> {
        match entry(vault).and_then(|entry| entry.get_password()) {
            Ok(text) => {
                let text = Zeroizing::new(text);
                let key = MasterKey::from_hex(&text);
                key.map(Some).ok_or_else(|| format!("What {} holds is not a key.", self.name()))
            }
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(self.refused(&error)),
        }
    }

    fn put(&self, vault: &str, key: &MasterKey) -> Result<(), String> {
        let kept = entry(vault).and_then(|entry| entry.set_password(&key.to_hex()));
        kept.map_err(|error| self.refused(&error))
    }
}

impl SystemKeyStore {
    /// Never holds what was read: the errors that carry it are told without.
    fn refused(&self, error: &Error) -> String {
        let name = self.name();
        match error {
            Error::NoStorageAccess(why) => format!("{name} is locked or gives no access: {why}."),
            Error::PlatformFailure(why) => format!("{name} does not answer: {why}."),
            Error::Ambiguous(_) => format!("{name} has more than one key for this workspace."),
            Error::BadEncoding(_) | Error::BadDataFormat(..) => format!("What {name} holds is not a key."),
            other => format!("{name} refused: {other}."),
        }
    }
}

fn entry(vault: &str) -> keyring_core::Result<Entry> {
    Entry::new_in_store(&connected()?, SERVICE, vault)
}

#[cfg(target_os = "linux")]
fn connected() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn connected() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn connected() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn connected() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(Error::NoDefaultStore)
}

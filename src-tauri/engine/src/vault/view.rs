//! The vault as the window sees it, and what it asks for.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where the master key is kept: chosen when the vault is made, never changed silently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum KeyPlace {
    /// The key store of the operating system.
    KeyStore,
    /// A file that only its owner can read.
    KeyFile,
    /// A passphrase that is asked for.
    Passphrase,
}

/// Whether secrets can be read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum VaultState {
    /// There is no vault yet; the first secret makes one.
    Absent,
    /// The key is being fetched.
    Opening,
    /// The key store is locked, or the passphrase was not given.
    Locked,
    /// Open.
    Unlocked,
    /// Sealed secrets are here, but their key is not where it was kept.
    KeyMissing,
    /// The key that was found or typed is another one.
    WrongKey,
}

/// The vault of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VaultStatus {
    /// Whether secrets can be read now.
    pub state: VaultState,
    /// Where the key is kept; None while there is no vault.
    pub place: Option<KeyPlace>,
    /// What the user calls the key store of this system.
    pub key_store: String,
    /// The path of the key file, if the key is in one.
    pub key_file: Option<String>,
    /// Why it is not open, and what to do.
    pub message: Option<String>,
    /// Sealed secrets in the workspace.
    #[ts(type = "number")]
    pub secrets: u64,
}

/// Asks for a vault where there is none.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MakeVault {
    /// Where its key is to be kept.
    pub place: KeyPlace,
    /// The passphrase, if that is the choice.
    #[ts(type = "string | null")]
    pub passphrase: Option<SecretString>,
    /// The whole path of the key file, if that is the choice. One that is there is used; else it is made.
    pub key_file: Option<String>,
}

/// Asks for the vault to be opened.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnlockVault {
    /// The passphrase, if the key comes from one.
    #[ts(type = "string | null")]
    pub passphrase: Option<SecretString>,
    /// The whole path of the key file, if it is elsewhere now.
    pub key_file: Option<String>,
}

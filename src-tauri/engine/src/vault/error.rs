//! Why the vault can't do what was asked.

use crate::api::{ApiError, ErrorCode};
use crate::store::StoreError;

/// What the vault answers when it can't.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It is not open: the sentence says why.
    #[error("{0}")]
    Locked(String),
    /// There is none yet, and where its key is to be kept has to be chosen.
    #[error("{0}")]
    Absent(String),
    /// Secrets are there, but not the key that opens them.
    #[error("{0}")]
    KeyMissing(String),
    /// The key or passphrase is another one.
    #[error("{0}")]
    WrongKey(String),
    /// A sealed text was changed, cut, or moved from another place.
    #[error("A secret in this workspace can't be opened: it was damaged or moved.")]
    Damaged,
    /// The system gives no random numbers.
    #[error("The system gives no random numbers: {0}.")]
    NoRandom(String),
    /// What was typed can't be used.
    #[error("{0}")]
    Invalid(String),
    /// The workspace says no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<VaultError> for ApiError {
    fn from(error: VaultError) -> Self {
        let message = error.to_string();
        let closed = |hint: &str| Self::new(ErrorCode::VaultClosed, message.clone(), hint);
        match error {
            VaultError::Locked(_) => closed("Unlock the vault in the settings."),
            VaultError::Absent(_) => closed("Choose a passphrase or a key file for the vault."),
            VaultError::KeyMissing(_) => closed(
                "Bring the key back, or start a new vault in the settings: the secrets in the old one are lost then.",
            ),
            VaultError::WrongKey(_) => closed("Try the passphrase or key that this workspace was made with."),
            VaultError::Invalid(_) => Self::invalid(message),
            VaultError::Store(error) => error.into(),
            VaultError::Damaged | VaultError::NoRandom(_) => Self::failed(message),
        }
    }
}

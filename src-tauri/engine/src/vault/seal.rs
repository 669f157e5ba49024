//! Sealing: XChaCha20-Poly1305 with a random nonce, bound to the place in the workspace where the secret stands.

use super::{MasterKey, VaultError};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::SecretString;
use zeroize::Zeroizing;

/// The first byte of what is sealed: the way it was done.
const VERSION: u8 = 1;

/// Bytes of a nonce: long enough that random ones never meet.
const NONCE: usize = 24;

/// Bytes of the authentication code.
const TAG: usize = 16;

/// Where a sealed secret stands. A sealed text that was moved to another place does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The key of the row.
    pub row: &'a str,
    /// The column.
    pub column: &'a str,
}

/// An open vault: seals and opens.
#[derive(Debug)]
pub(crate) struct Sealer {
    vault: String,
    key: MasterKey,
}

impl Sealer {
    pub(super) fn new(vault: &str, key: MasterKey) -> Self {
        Self { vault: vault.to_owned(), key }
    }

    #[cfg(test)]
    pub(super) fn key(&self) -> &MasterKey {
        &self.key
    }

    /// Seals a secret for its place.
    pub(crate) fn seal(&self, place: Place<'_>, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| VaultError::NoRandom(error.to_string()))?;
        let payload = Payload { msg: secret, aad: &self.bound_to(place) };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::Damaged)?;
        Ok([&[VERSION][..], &nonce, &sealed].concat())
    }

    /// Opens what was sealed for this place with this key; anything else is `Damaged`.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let Some((&VERSION, rest)) = sealed.split_first() else { return Err(VaultError::Damaged) };
        let Some((nonce, text)) = rest.split_first_chunk::<NONCE>() else { return Err(VaultError::Damaged) };
        if text.len() < TAG {
            return Err(VaultError::Damaged);
        }
        let payload = Payload { msg: text, aad: &self.bound_to(place) };
        let opened = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| VaultError::Damaged)?;
        Ok(Zeroizing::new(opened))
    }

    /// Opens a secret that is text.
    pub(crate) fn open_text(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretString, VaultError> {
        let opened = self.open(place, sealed)?;
        std::str::from_utf8(&opened).map(SecretString::from).map_err(|_| VaultError::Damaged)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.key.bytes().into())
    }

    /// What the seal is bound to: no two places give the same bytes, the parts having lengths in front.
    fn bound_to(&self, place: Place<'_>) -> Vec<u8> {
        let mut bound = vec![VERSION];
        for part in [&self.vault, place.table, place.row, place.column] {
            bound.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bound.extend_from_slice(part.as_bytes());
        }
        bound
    }
}

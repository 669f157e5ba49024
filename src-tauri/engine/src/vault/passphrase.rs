//! A key from a passphrase: Argon2id makes a key that the master key is wrapped with, so that the passphrase can be
//! changed without sealing every secret anew.

use super::{MasterKey, VaultError, key::KEY_BYTES};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

/// The shortest passphrase that a vault is made with, characters.
pub const PASSPHRASE_LENGTH: usize = 8;

/// Bytes of a salt.
const SALT: usize = 16;

/// Memory for a new vault, KiB; and how often it is gone over (OWASP's password storage sheet asks for 19 MiB, twice).
const MEMORY: u32 = 64 * 1024;
const PASSES: u32 = 3;

/// What a workspace may ask for at most: it may come from somebody else.
const MOST_MEMORY: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 16;

/// How a passphrase becomes a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Derivation {
    pub(crate) salt: Vec<u8>,
    /// KiB.
    pub(crate) memory: u32,
    pub(crate) passes: u32,
}

impl Derivation {
    /// For a new vault.
    pub(super) fn fresh() -> Result<Self, VaultError> {
        let mut salt = vec![0; SALT];
        getrandom::fill(&mut salt).map_err(|error| VaultError::NoRandom(error.to_string()))?;
        Ok(Self { salt, memory: MEMORY, passes: PASSES })
    }

    /// The key that this passphrase makes. Takes long on purpose.
    pub(super) fn key(&self, passphrase: &SecretString) -> Result<MasterKey, VaultError> {
        if self.memory > MOST_MEMORY || self.passes > MOST_PASSES || self.salt.len() < 8 {
            return Err(VaultError::Damaged);
        }
        let params = Params::new(self.memory, self.passes, 1, Some(KEY_BYTES)).map_err(|_| VaultError::Damaged)?;
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose_secret().as_bytes(), &self.salt, &mut *bytes)
            .map_err(|error| VaultError::Locked(format!("The passphrase could not be tried: {error}.")))?;
        MasterKey::from_bytes(&*bytes).ok_or(VaultError::Damaged)
    }
}

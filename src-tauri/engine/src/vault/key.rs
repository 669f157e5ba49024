//! The master key: 32 random bytes that never show in a log.

use super::VaultError;
use zeroize::{Zeroize as _, Zeroizing};

/// Bytes of a key.
pub(super) const KEY_BYTES: usize = 32;

/// The key that all secrets of a workspace are sealed with. Wiped from memory when it is dropped.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; KEY_BYTES]>);

impl MasterKey {
    /// A new one.
    ///
    /// # Errors
    /// `NoRandom` if the system gives no random numbers.
    pub(super) fn random() -> Result<Self, VaultError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(&mut *bytes).map_err(|error| VaultError::NoRandom(error.to_string()))?;
        Ok(Self(bytes))
    }

    /// From as many bytes as a key has; None from any other number.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// From 64 hexadecimal digits, white space around them aside.
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        if text.len() != KEY_BYTES * 2 || !text.is_ascii() {
            return None;
        }
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[place * 2..place * 2 + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// As 64 hexadecimal digits: every key store can hold text, not every one bytes.
    pub fn to_hex(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(KEY_BYTES * 2));
        for byte in self.0.iter() {
            let mut digits = format!("{byte:02x}");
            text.push_str(&digits);
            digits.zeroize();
        }
        text
    }

    pub(super) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

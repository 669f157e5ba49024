//! What is set for a source, and its secrets. The value of a secret comes in and never goes out.

use crate::exchange::Micros;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Names a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SourceName {
    /// As in `/in/NAME`.
    pub name: String,
}

/// What is set for a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SourceSettings {
    /// Its name.
    pub name: String,
    /// The provider that the user chose; None takes the recognised one.
    pub provider: Option<String>,
    /// The provider its requests were recognised as.
    pub recognised: Option<String>,
    /// The public URL that the service was told to send to, if it is another than the one a push came through.
    pub url: Option<String>,
    /// Seconds that a signed time may be off; None takes the provider's own.
    pub tolerance: Option<u32>,
    /// Whether handshakes are answered as the provider wants it.
    pub handshakes: bool,
    /// Its secrets, in the order they were added. A push is valid if one of them fits.
    pub secrets: Vec<SourceSecret>,
    /// What the provider's rules ask for beside a secret: a secret with one of these labels is taken for it.
    pub asked: Vec<String>,
    /// What became of secrets from handshakes that are not among its secrets: one or two sentences.
    pub notice: Option<String>,
}

/// A secret of a source, as far as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SourceSecret {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// What the user calls it.
    pub label: String,
    /// Its last characters, at most four and never more than a quarter of it; None while the vault is closed.
    pub ending: Option<String>,
    /// When it was added, µs since 1970 UTC.
    #[ts(type = "number")]
    pub added_at: Micros,
    /// True if the service gave it in a handshake.
    pub learnt: bool,
    /// True if it can't be opened although the vault is open: it was damaged or moved.
    pub damaged: bool,
}

/// What the user sets for a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveSource {
    /// The name of a source that is there.
    pub name: String,
    /// See [`SourceSettings::provider`].
    pub provider: Option<String>,
    /// See [`SourceSettings::url`].
    pub url: Option<String>,
    /// See [`SourceSettings::tolerance`].
    pub tolerance: Option<u32>,
    /// See [`SourceSettings::handshakes`].
    pub handshakes: bool,
}

/// A secret for a source.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct NewSecret {
    /// The name of the source.
    pub source: String,
    /// What the user calls it; may be empty.
    pub label: String,
    /// The secret as the service shows it.
    #[ts(type = "string")]
    pub value: SecretString,
}

/// Names a secret of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SecretRef {
    /// The name of the source.
    pub source: String,
    /// The number of the secret.
    #[ts(type = "number")]
    pub id: i64,
}

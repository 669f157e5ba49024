//! Providers, and checks of signatures.

use crate::exchange::Header;
use crate::inspect::provider::{BatchEvent, Provider};
use crate::inspect::signature::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// All providers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Providers {
    /// The user's own first, then the known ones by name.
    pub providers: Vec<Provider>,
}

/// A provider of the user's to be kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SaveProvider {
    /// The provider.
    #[serde(flatten)]
    pub provider: Provider,
    /// True if it is refused where there is one of its key.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub is_new: bool,
}

/// Names a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProviderKey {
    /// Its key.
    pub key: String,
}

/// An example that a provider is tried on while it is written.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TryProvider {
    /// The provider as it stands.
    pub provider: Provider,
    /// The number of a stored push; None: `request` holds the example.
    #[ts(type = "number | null")]
    pub exchange: Option<i64>,
    /// A raw HTTP request, head and body.
    pub request: String,
    /// The secret that it is signed with; empty: those of the push's source, if it is a stored one.
    pub secret: String,
    /// The values that the rules ask for beside a secret, by name.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// The URL that it was sent to; empty: as its head says.
    pub url: String,
}

// Secrets are not for logs.
impl std::fmt::Debug for TryProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TryProvider").field("provider", &self.provider.key).finish_non_exhaustive()
    }
}

/// What came of trying a provider.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Tried {
    /// The field that can't be used, and why; then there is no verdict.
    pub problem: Option<String>,
    /// The verdict on the example.
    pub verdict: Option<Verdict>,
    /// What it calls the event of the example.
    pub event_type: Option<String>,
    /// The number of the event.
    pub event_id: Option<String>,
    /// The number of the delivery.
    pub delivery_id: Option<String>,
    /// Which attempt it is; 1 is the first.
    pub attempt: Option<u32>,
    /// The events of a batch; empty if the body is one event.
    pub events: Vec<BatchEvent>,
    /// What is answered, if the example is a handshake.
    pub handshake: Option<HandshakeAnswer>,
    /// The names of the values that the rules ask for beside a secret.
    pub asked: Vec<String>,
}

/// What a service gets that tries an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HandshakeAnswer {
    /// The status.
    pub status: u16,
    /// The header fields, without Content-Length.
    pub headers: Vec<Header>,
    /// The body.
    pub body: String,
    /// What the user should know of it, or do: a sentence.
    pub note: Option<String>,
}

/// Asks for the first bytes that a stored push signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedQuery {
    /// The number of the exchange.
    #[ts(type = "number")]
    pub id: i64,
    /// Whose rules; None: those of the source, else as recognised.
    pub provider: Option<String>,
    /// How many at most.
    pub count: u32,
}

/// Asks for the verdict on a stored push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VerifyQuery {
    /// The number of the exchange.
    #[ts(type = "number")]
    pub id: i64,
    /// Whose rules; None: those of the source, else as recognised.
    pub provider: Option<String>,
}

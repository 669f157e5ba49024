//! Sources and sample events.

use crate::exchange::Micros;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where pushes arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// Its name: the path is `/in/NAME`.
    pub name: String,
    /// The provider its requests were recognised as.
    pub provider: Option<String>,
    /// When its newest push came, µs since 1970 UTC.
    #[ts(type = "number | null")]
    pub newest: Option<Micros>,
    /// Its pushes.
    #[ts(type = "number")]
    pub pushes: u64,
}

/// The name of a new source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewSource {
    /// 1 to 64 of `A-Z a-z 0-9 . _ -`.
    pub name: String,
}

/// Another name for a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RenameSource {
    /// Its name now.
    pub name: String,
    /// 1 to 64 of `A-Z a-z 0-9 . _ -`.
    pub to: String,
}

/// The services that a sample event can be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum SampleProvider {
    /// `invoice.paid`
    Stripe,
    /// `push`
    GitHub,
    /// `contact.propertyChange`
    HubSpot,
    /// `orders/create`
    Shopify,
}

/// Asks for a sample event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SampleQuery {
    /// Whose.
    pub provider: SampleProvider,
}

/// All sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sources {
    /// By name.
    pub sources: Vec<Source>,
}

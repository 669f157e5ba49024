//! What an export is asked for and what it came to.

use crate::exchange::ExchangeId;
use crate::transfer::KnownSecrets;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The formats exchanges are exported in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// One JSON object a line, lossless: Pushpull's own.
    Ndjson,
    /// HTTP Archive 1.2.
    Har,
    /// One curl command an exchange.
    Curl,
    /// The list as a table.
    Csv,
    /// The bytes of one body as they came: the request's of a push, the response's of a pull.
    Raw,
    /// The wire bytes of the requests, one after another.
    Http,
}

/// Which exchanges are exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum ExportScope {
    /// These.
    Selection {
        /// Their numbers.
        #[ts(type = "number[]")]
        ids: Vec<ExchangeId>,
    },
    /// All that this filter finds; everything if it is empty.
    Filter {
        /// The filter.
        filter: String,
    },
}

/// Asks for an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExportQuery {
    /// Which exchanges.
    pub scope: ExportScope,
    /// In which format.
    pub format: ExportFormat,
    /// Authorization, cookies, signatures and what looks like a key or token are masked.
    pub redact: bool,
    /// Secrets that are masked wherever they stand in a head or a URL; what serves the query fills them in.
    #[serde(skip)]
    #[ts(skip)]
    pub known: KnownSecrets,
}

/// What an export would look like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportPreview {
    /// Its first 4 KiB as text.
    pub text: String,
    /// Exchanges in all.
    #[ts(type = "number")]
    pub count: u64,
    /// Exchanges in the shown part of which not all is kept; see [`super::Written::partial`].
    #[ts(type = "number")]
    pub partial: u64,
    /// The header names and query names in the shown part whose values are masked, each once.
    pub masked: Vec<String>,
    /// Secrets of the vault that can't be read now, and are masked only where their place tells them.
    #[ts(type = "number")]
    pub locked: u64,
}

//! What the workspace takes on the disk, and what may stay in it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What may stay in the workspace; the oldest goes first, what is pinned stays. Nothing set keeps everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Retention {
    /// What is older goes.
    pub days: Option<u32>,
    /// No more exchanges than this.
    #[ts(type = "number | null")]
    pub exchanges: Option<u64>,
    /// No more bytes of the file than this, free pages left out.
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
}

/// What the workspace takes, and what for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceSize {
    /// Bytes of the file once its log is written back.
    #[ts(type = "number")]
    pub file: u64,
    /// Bytes of its log.
    #[ts(type = "number")]
    pub log: u64,
    /// Bytes of all bodies as they came.
    #[ts(type = "number")]
    pub stored: u64,
    /// What the bytes of the file are for.
    pub parts: Vec<SizePart>,
    /// What each source takes, the largest first.
    pub sources: Vec<SourceSize>,
}

/// A part of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SizePart {
    /// `bodies`, `heads` (the two share records: about), `list`, `index`, `dictionaries`, `free`, `others`.
    pub name: String,
    /// Its bytes.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What the exchanges of a source take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SourceSize {
    /// Its name; None for exchanges of no source.
    pub source: Option<String>,
    /// How many there are.
    #[ts(type = "number")]
    pub exchanges: u64,
    /// Bytes of their bodies as they came.
    #[ts(type = "number")]
    pub stored: u64,
    /// Bytes of their heads and bodies in the file.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What compacting came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Compacted {
    /// Bytes of the file and its log before.
    #[ts(type = "number")]
    pub before: u64,
    /// And after.
    #[ts(type = "number")]
    pub after: u64,
}

/// Asks for a copy of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackupCommand {
    /// The word that it is cancelled by and that its progress carries.
    pub ticket: String,
    /// The file to make; it must not be there.
    pub path: String,
}

/// A copy that was made and checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackedUp {
    /// Its bytes.
    #[ts(type = "number")]
    pub bytes: u64,
}

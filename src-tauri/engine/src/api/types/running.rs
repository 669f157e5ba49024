//! What runs, on what, and how it is set.

use super::Retention;
use crate::exchange::ExchangeId;
use crate::tunnel::{TunnelConfig, TunnelStatus};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What runs, and on what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The path of the workspace file.
    pub workspace: String,
    /// The listener.
    pub listener: ListenerStatus,
    /// The tunnel.
    pub tunnel: TunnelStatus,
    /// What is stored.
    pub stored: Stored,
    /// Whether a first request to a name makes a source at this moment.
    pub auto_source: bool,
    /// Requests that were answered 404 since the start because no source has their path.
    #[ts(type = "number")]
    pub unknown_paths: u64,
    /// What the user must know until it is mended: a full disk, a read-only workspace.
    pub notice: Option<String>,
    /// The version of Pushpull.
    pub version: String,
}

/// The state of the listener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum ListenerStatus {
    /// Not listening, and not meant to.
    Off,
    /// Another process listens for this workspace.
    Elsewhere,
    /// Listening.
    Listening {
        /// `http://ADDRESS:PORT`
        url: String,
        /// The IP address that it takes requests at: 0.0.0.0 for all of this computer.
        address: String,
        /// The port.
        port: u16,
        /// The port that was wanted, if it was taken and this is the next free one.
        wanted: Option<u16>,
    },
    /// It could not be started.
    Failed {
        /// What happened.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
}

/// What is stored in the workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// Exchanges.
    #[ts(type = "number")]
    pub exchanges: u64,
    /// The newest one's number; 0 if there is none.
    #[ts(type = "number")]
    pub newest: ExchangeId,
    /// Bytes of the workspace file with its log.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Saved requests.
    #[ts(type = "number")]
    pub requests: u64,
    /// Changes whenever stored exchanges got or lost a pin, a read mark, a note or a tag, or were hidden, shown again or
    /// deleted: rows that are shown are to be read again.
    #[ts(type = "number")]
    pub revision: u64,
}

/// Asks for the listener to be started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListenOptions {
    /// The port wanted; 0 for any free one.
    pub port: u16,
    /// The address to bind: `127.0.0.1` unless the user says otherwise.
    pub bind: String,
    /// If the port is taken: true takes the next free one, false is an error.
    pub fallback: bool,
}

/// The settings that change behaviour; they live in the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// The port wanted at the start.
    pub port: u16,
    /// The address bound.
    pub bind: String,
    /// Whether the first request to a name makes a source.
    pub auto_source: AutoSource,
    /// The largest body that is kept whole, bytes; at most 512 MiB.
    #[ts(type = "number")]
    pub body_cap: u64,
    /// Where replays go unless another URL is given.
    pub replay_target: String,
    /// The tunnel that was used last, without its secret.
    pub tunnel: TunnelConfig,
    /// What may stay in the workspace.
    pub retention: Retention,
}

/// Whether the first request to a name makes a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum AutoSource {
    /// Yes, but not while a tunnel is up.
    Local,
    /// Yes, also while a tunnel is up.
    Always,
    /// No.
    Never,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            port: 4400,
            bind: "127.0.0.1".into(),
            auto_source: AutoSource::Local,
            body_cap: 25 * 1024 * 1024,
            replay_target: String::new(),
            tunnel: TunnelConfig::Bore { server: "bore.pub".into(), secret: None, port: 0, kept: false },
            retention: Retention::default(),
        }
    }
}

/// Asks for another workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OpenWorkspace {
    /// The path of the file; made if it is not there.
    pub path: String,
}

/// Tells the window that something changed; it reads again what it shows. At most 20 a second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FeedEvent {
    /// What runs, and what is stored.
    pub status: Status,
    /// Exchanges that were stored before and have changed since (a replay was made of them), at most 1,000.
    #[ts(type = "number[]")]
    pub changed: Vec<ExchangeId>,
    /// True if sources, collections or settings changed.
    pub lists: bool,
    /// True if events before this one were missed: any exchange may have changed.
    pub missed: bool,
    /// Exports that are under way.
    pub jobs: Vec<JobProgress>,
}

/// How far something is that takes long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct JobProgress {
    /// What the caller chose.
    pub ticket: String,
    /// What it does.
    pub kind: JobKind,
    /// What is done of it: exchanges, or pages of the file.
    #[ts(type = "number")]
    pub done: u64,
    /// What there is to do.
    #[ts(type = "number")]
    pub total: u64,
}

/// What takes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum JobKind {
    /// Exchanges go into a file.
    Export,
    /// Exchanges are hidden, to be deleted.
    Delete,
    /// The workspace is made as small as it can be.
    Compact,
    /// The workspace is copied to another file.
    BackUp,
}

//! What is asked of a tunnel and what is shown of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the listener is made public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "provider")]
pub enum TunnelConfig {
    /// A bore server: plain TCP, no TLS.
    Bore {
        /// Its host name or address; its control port is always 7835.
        server: String,
        /// Its secret, if it asks for one. In memory only, unless it is `kept`.
        secret: Option<String>,
        /// The public port wanted; 0 lets the server choose.
        port: u16,
        /// True if its secret is kept in the vault, and comes from there if none is given.
        #[serde(default)]
        kept: bool,
    },
    /// A Cloudflare quick tunnel through the program `cloudflared`.
    Cloudflared {
        /// The path of the program; None looks for it in PATH.
        program: Option<String>,
    },
}

impl TunnelConfig {
    /// The same without its secret: what may be written down.
    pub fn without_secret(self) -> Self {
        match self {
            Self::Bore { server, port, kept, .. } => Self::Bore { server, secret: None, port, kept },
            Self::Cloudflared { .. } => self,
        }
    }
}

/// The state of the tunnel and what led to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TunnelStatus {
    /// The state.
    pub state: TunnelState,
    /// The last lines of what it said, oldest first, at most 200.
    pub log: Vec<TunnelLine>,
}

/// The state of the tunnel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum TunnelState {
    /// Nobody asked for one.
    #[default]
    Off,
    /// Asked for, no URL yet.
    Starting,
    /// Reachable.
    Up {
        /// The public URL without a path.
        url: String,
        /// Since when, µs since 1970 UTC.
        #[ts(type = "number")]
        since: i64,
    },
    /// It was up and is not any more; another try follows.
    Lost {
        /// The URL it had.
        url: String,
        /// What happened.
        message: String,
    },
    /// A try is under way.
    Retrying {
        /// Which one, from 1.
        attempt: u32,
        /// What happened to the one before.
        message: String,
    },
    /// It could not be started and no other try follows.
    Failed {
        /// What happened.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
}

/// One line of the tunnel's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TunnelLine {
    /// When, µs since 1970 UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// What it said.
    pub text: String,
}

/// What a test of the tunnel came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TunnelProbe {
    /// From sending the request to the public URL until the listener saw it, µs.
    #[ts(type = "number")]
    pub seen: i64,
    /// From sending the request until its answer was back, µs.
    #[ts(type = "number")]
    pub answered: i64,
}

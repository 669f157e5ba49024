//! When the parts of a send happened.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How long each phase of a send took, in µs. A phase that did not happen (a reused connection, plain HTTP) is None.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Timing {
    /// Looking up the name.
    #[ts(type = "number | null")]
    pub dns: Option<i64>,
    /// Opening the TCP connection.
    #[ts(type = "number | null")]
    pub connect: Option<i64>,
    /// The TLS handshake.
    #[ts(type = "number | null")]
    pub tls: Option<i64>,
    /// Writing the request.
    #[ts(type = "number | null")]
    pub send: Option<i64>,
    /// From the last byte written to the first byte of the answer.
    #[ts(type = "number | null")]
    pub wait: Option<i64>,
    /// Reading the answer.
    #[ts(type = "number | null")]
    pub receive: Option<i64>,
    /// `HTTP/1.1`, and the TLS version where there was one.
    pub protocol: Option<String>,
}

//! Why an exchange has no answer, or no whole one.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The class of a failure: what the list shows in place of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FailureKind {
    /// The URL could not be used: no scheme, no host, an unknown scheme.
    Url,
    /// The host name did not resolve.
    Dns,
    /// Nothing listens at the address.
    Refused,
    /// The connection was cut.
    Reset,
    /// It took longer than allowed.
    Timeout,
    /// The certificate or the handshake was not accepted.
    Tls,
    /// The answer was not HTTP, or broke its rules.
    Protocol,
    /// The answer stopped before its end.
    Incomplete,
    /// Too many redirects, or one that may not be followed.
    Redirect,
    /// The user cancelled it.
    Cancelled,
    /// The target is ours, or one that captured data must not reach.
    Forbidden,
    /// A file to be sent could not be read.
    File,
    /// A rule of the source answered wrongly on purpose.
    Fault,
    /// The sender of a push did not wait for the whole answer.
    Left,
}

/// A failure in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Failure {
    /// Its class.
    pub kind: FailureKind,
    /// What happened, to what: one sentence.
    pub message: String,
    /// What to do next: one sentence, where there is one.
    pub hint: Option<String>,
}

impl FailureKind {
    /// What it says of a push where it was found after that was stored.
    pub(crate) fn found_later(self) -> Failure {
        let (message, hint) = match self {
            Self::Left => ("The sender did not wait for the whole answer.", Some("Answer sooner: it counts as none.")),
            _ => ("The whole answer did not go out in time, so the connection was closed.", None),
        };
        Failure { kind: self, message: message.into(), hint: hint.map(Into::into) }
    }
}

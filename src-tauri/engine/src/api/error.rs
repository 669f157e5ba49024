//! What a command answers when it cannot do what was asked.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An error in words, with a code where somebody acts on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What callers tell apart.
    pub code: ErrorCode,
    /// What happened, to what: one sentence.
    pub message: String,
    /// What to do next: one sentence, where there is one.
    pub hint: Option<String>,
}

/// The errors that somebody acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// What was asked for is not there. The window drops the row.
    NotFound,
    /// What was typed can't be used. The window shows it at the field; the command line exits with 2.
    Invalid,
    /// The listener's port is taken. The window offers another.
    PortTaken,
    /// The program of a tunnel was not found. The window asks for its path.
    ProgramMissing,
    /// The vault has to be made or unlocked first. The window asks for what it takes and tries again.
    VaultClosed,
    /// It could not be done. The window shows it as it is; the command line exits with 3.
    Failed,
}

impl ApiError {
    /// An error with a next step.
    pub fn new(code: ErrorCode, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: Some(hint.into()) }
    }

    /// The message and the next step, one after the other.
    pub(crate) fn sentences(&self) -> String {
        self.hint.iter().fold(self.message.clone(), |all, hint| format!("{all} {hint}"))
    }

    /// An error whose next step is in the message, or that has none.
    pub fn plain(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    /// What was typed or passed can't be used.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::plain(ErrorCode::Invalid, message)
    }

    /// It could not be done.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::plain(ErrorCode::Failed, message)
    }

    /// It is not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::plain(ErrorCode::NotFound, message)
    }
}

//! What can go wrong with an export, in words.

use crate::api::{ApiError, ErrorCode};
use crate::exchange::ExchangeId;
use crate::store::StoreError;
use std::path::{Path, PathBuf};

/// Why there is no export.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// The workspace could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file could not be made or written.
    #[error("{} could not be written: {reason}.", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// What takes the bytes takes no more.
    #[error("The export could not be written: {0}.")]
    Write(String),
    /// A raw body is one body.
    #[error("A raw body is the body of one exchange, and {0} were chosen.")]
    NotOne(u64),
    /// A pull without an answer has no body to export.
    #[error("Exchange {0} has no response, so there is no body to export.")]
    NoBody(ExchangeId),
    /// What follows it would be taken for the rest of its body.
    #[error("Exchange {0} can't be exported as wire bytes: {1}.")]
    NotWhole(ExchangeId, &'static str),
    /// The clipboard takes no more.
    #[error("The export is longer than 4 MiB.")]
    TooLong,
    /// The user cancelled it.
    #[error("The export was cancelled.")]
    Cancelled,
}

impl ExportError {
    pub(super) fn file(path: &Path, error: &std::io::Error) -> Self {
        Self::File { path: path.to_path_buf(), reason: error.to_string() }
    }

    /// What to do next.
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Store(_) | Self::Write(_) | Self::NoBody(_) => None,
            Self::File { .. } => Some("Choose another place, or free some space; no file was left there."),
            Self::NotWhole(..) => Some("Choose NDJSON or HAR, which say what is missing, or leave it out."),
            Self::NotOne(_) => Some("Choose one exchange, or another format."),
            Self::TooLong => Some("Choose fewer exchanges, or export into a file."),
            Self::Cancelled => Some("No file was written."),
        }
    }
}

impl From<ExportError> for ApiError {
    fn from(error: ExportError) -> Self {
        let code = match error {
            ExportError::Store(error) => return error.into(),
            ExportError::NotOne(_) | ExportError::NoBody(_) | ExportError::NotWhole(..) | ExportError::TooLong => {
                ErrorCode::Invalid
            }
            ExportError::File { .. } | ExportError::Write(_) | ExportError::Cancelled => ErrorCode::Failed,
        };
        Self { code, message: error.to_string(), hint: error.hint().map(Into::into) }
    }
}

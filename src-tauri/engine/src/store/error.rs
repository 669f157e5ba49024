//! What can go wrong with the workspace file.

use crate::api::{ApiError, ErrorCode};
use std::path::PathBuf;

/// Why the workspace could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// More is waiting to be written than the queue holds.
    #[error("The workspace is behind with writing.")]
    Busy,
    /// The disk is full.
    #[error("The disk that holds the workspace is full.")]
    DiskFull,
    /// The file is not SQLite, or not a workspace.
    #[error("{} is not a Pushpull workspace.", .0.display())]
    NotAWorkspace(PathBuf),
    /// The file was written by a newer Pushpull.
    #[error("{} was written by a newer Pushpull (schema {found}; this one knows {known}).", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema this program knows.
        known: i64,
    },
    /// The file can't be written.
    #[error("{} can't be written.", .0.display())]
    ReadOnly(PathBuf),
    /// There is no such exchange, source or request.
    #[error("{0} is not in the workspace.")]
    NotFound(String),
    /// What is stored of an exchange can't be read, now or later.
    #[error("Reading a record failed: what is stored is damaged ({0}).")]
    Damaged(&'static str),
    /// What was typed can't be used.
    #[error("{0}")]
    Invalid(String),
    /// SQLite said no.
    #[error("{act} failed: {reason}.")]
    Sqlite {
        /// What was being done.
        act: &'static str,
        /// What SQLite said.
        reason: String,
    },
}

impl StoreError {
    /// True if it is one exchange that can't be had, and trying again helps nothing: whoever walks goes on with the next.
    pub(crate) fn is_of_one(&self) -> bool {
        matches!(self, Self::NotFound(_) | Self::Damaged(_))
    }

    /// Tells a full disk and a read-only file from everything else that SQLite says no to.
    pub(super) fn from_sqlx(act: &'static str, error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolClosed => Self::Sqlite { act, reason: "the workspace was closed meanwhile".into() },
            error => Self::from_code(act, super::open::sqlite_code(error), error),
        }
    }

    /// As [`Self::from_sqlx`], for the connection that exchanges are written with.
    pub(super) fn from_rusqlite(act: &'static str, error: &rusqlite::Error) -> Self {
        Self::from_code(act, error.sqlite_error().map(|error| super::open::primary_code(error.extended_code)), error)
    }

    fn from_code(act: &'static str, code: Option<i32>, error: &dyn std::error::Error) -> Self {
        match code {
            Some(13) => Self::DiskFull,
            Some(8) => Self::Sqlite { act, reason: "the workspace file can't be written any more".into() },
            Some(5) => Self::Sqlite { act, reason: "another process has kept the workspace locked for 5 s".into() },
            _ => Self::Sqlite { act, reason: error.to_string() },
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::Busy => Self::new(ErrorCode::Failed, message, "Try again in a second."),
            StoreError::DiskFull => Self::new(ErrorCode::Failed, message, "Free some space; nothing stored is lost."),
            StoreError::NotAWorkspace(_) => {
                Self::new(ErrorCode::Invalid, message, "Choose another file; this one was not touched.")
            }
            StoreError::Newer { .. } => {
                Self::new(ErrorCode::Invalid, message, "Update Pushpull to open it; the file was not touched.")
            }
            StoreError::ReadOnly(_) => {
                Self::new(ErrorCode::Failed, message, "Make the file and its folder writable, or choose another.")
            }
            StoreError::NotFound(_) => Self::plain(ErrorCode::NotFound, message),
            StoreError::Damaged(_) => {
                Self::new(ErrorCode::Failed, message, "A backup may still have it; everything else can be read.")
            }
            StoreError::Invalid(_) => Self::plain(ErrorCode::Invalid, message),
            StoreError::Sqlite { .. } => Self::plain(ErrorCode::Failed, message),
        }
    }
}

//! What keeps a request from being sent or kept.

use crate::api::{ApiError, ApiFieldProblem};
use crate::store::StoreError;

/// What is wrong with one field of a request. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FieldProblem {
    /// `url`, `method`, `headers.2`, `body.parts.0` …
    pub field: String,
    /// What is wrong and what would be right: one sentence.
    pub message: String,
}

impl FieldProblem {
    pub(super) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl From<FieldProblem> for ApiFieldProblem {
    fn from(problem: FieldProblem) -> Self {
        Self { field: problem.field, message: problem.message }
    }
}

/// Why a send left no exchange. A send that fails on the network is an exchange, not an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// What was typed can't be sent.
    #[error(transparent)]
    Field(#[from] FieldProblem),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SendError> for ApiError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Field(problem) => Self::invalid(problem.message),
            SendError::Store(error) => error.into(),
        }
    }
}

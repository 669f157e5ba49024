//! Holding things against each other.

use super::Api;
use crate::api::{ApiError, HeaderRows};
use crate::compare::{
    ChangesQuery, CompareQuery, CompareRows, CompareRowsQuery, CompareTextQuery, Comparison, TextChanges,
};

impl Api {
    pub async fn compare(&self, _query: CompareQuery) -> Result<Comparison, ApiError> {
        Err(ApiError::failed("x"))
    }
    pub async fn compare_rows(&self, _query: CompareRowsQuery) -> Result<CompareRows, ApiError> {
        Err(ApiError::failed("x"))
    }
    pub async fn compare_headers(&self, _query: CompareQuery) -> Result<HeaderRows, ApiError> {
        Err(ApiError::failed("x"))
    }
    pub async fn compare_changes(&self, _query: ChangesQuery) -> Result<TextChanges, ApiError> {
        Err(ApiError::failed("x"))
    }
    pub async fn compare_text(&self, _query: CompareTextQuery) -> Result<Vec<u8>, ApiError> {
        Err(ApiError::failed("x"))
    }
}

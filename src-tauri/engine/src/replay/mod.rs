//! Sending a captured push again to a URL of the user's, the bytes as they came.
use crate::api::ApiError;
use crate::{exchange::ExchangeId, send::Sender, store::Store};
pub async fn replay(
    _: &Store,
    _: &Sender,
    _: i64,
    _: &str,
    _: tokio_util::sync::CancellationToken,
) -> Result<ExchangeId, ApiError> {
    Err(ApiError::failed("x"))
}
pub async fn forward(_: &Store, _: &Sender, _: i64, _: &str) -> Result<ExchangeId, ApiError> {
    Err(ApiError::failed("x"))
}

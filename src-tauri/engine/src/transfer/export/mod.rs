//! Export: which exchanges, in which format.

mod view;

use crate::{api::*, store::Store};
use tokio_util::sync::CancellationToken;
pub use view::*;
pub async fn preview(_: &Store, _: &ExportQuery) -> Result<ExportPreview, ApiError> {
    Err(ApiError::failed("x"))
}
pub async fn to_text(_: &Store, _: &ExportQuery) -> Result<String, ApiError> {
    Err(ApiError::failed("x"))
}
pub async fn to_file(
    _: &Store,
    _: &ExportQuery,
    _: &std::path::Path,
    _: &(dyn Fn(u64, u64) + Sync),
    _: &CancellationToken,
) -> Result<Exported, ApiError> {
    Err(ApiError::failed("x"))
}
pub async fn to_writer(
    _: &Store,
    _: &ExportQuery,
    _: &mut tokio::io::Stdout,
    _: &(dyn Fn(u64, u64) + Sync),
    _: &CancellationToken,
) -> Result<Exported, ApiError> {
    Err(ApiError::failed("x"))
}

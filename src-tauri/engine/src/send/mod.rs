//! A saved request made ready and put on the wire.

mod definition;

use crate::api::*;
use crate::exchange::*;
use crate::store::*;
pub use definition::*;
use tokio_util::sync::CancellationToken;
#[derive(Debug, Clone)]
pub struct Sender(Store);
pub struct SendJob;
impl SendJob {
    pub fn new(_: RequestDefinition) -> Self {
        Self
    }
    pub fn of_request(self, _: Option<i64>) -> Self {
        self
    }
    pub fn with_variables(self, _: std::collections::HashMap<String, String>) -> Self {
        self
    }
}
impl Sender {
    pub fn new(s: Store) -> Self {
        Self(s)
    }
    pub fn set_own_ports(&self, _: Vec<u16>) {}
    pub async fn send(&self, _: SendJob, _: CancellationToken) -> Result<ExchangeId, ApiError> {
        Err(ApiError::failed("x"))
    }
}
pub fn preview_head(_: &RequestDefinition) -> HeadPreview {
    HeadPreview { line: String::new(), headers: vec![], problem: None }
}
pub fn read_curl(_: &str) -> Result<ImportedRequest, ApiError> {
    Err(ApiError::failed("x"))
}
pub fn definition_of(_: &ExchangeSummary, _: &bytes::Bytes, _: &bytes::Bytes) -> ImportedRequest {
    panic!()
}

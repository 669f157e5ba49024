//! The commands, one method each: what the window and the command line call.

use super::ApiError;
use super::types::*;
use crate::compare::*;
use crate::exchange::{Exchange, ExchangeSummary};
use crate::inspect::*;
use crate::send::RequestDefinition;
use crate::transfer::export::{ExportPreview, ExportQuery};
use crate::tunnel::{TunnelConfig, TunnelProbe};

/// What serves the commands: the workspace that is open now.
#[derive(Debug)]
pub struct Api {}

#[allow(clippy::unused_async, missing_docs)]
impl Api {
    pub async fn status(&self, _args: Nothing) -> Result<Status, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn settings(&self, _args: Nothing) -> Result<Settings, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn save_settings(&self, _args: Settings) -> Result<Settings, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn open_workspace(&self, _args: OpenWorkspace) -> Result<Status, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn start_listening(&self, _args: ListenOptions) -> Result<Status, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn stop_listening(&self, _args: Nothing) -> Result<Status, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn list(&self, _args: ListQuery) -> Result<ListPage, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn count(&self, _args: CountQuery) -> Result<Count, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn exchange(&self, _args: ById) -> Result<Exchange, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn body_info(&self, _args: BodyRef) -> Result<BodyInfo, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn text_rows(&self, _args: TextQuery) -> Result<TextPage, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn tree_rows(&self, _args: TreeQuery) -> Result<TreePage, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn tree_node(&self, _args: NodeQuery) -> Result<NodePlace, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn hex_rows(&self, _args: HexQuery) -> Result<HexPage, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn raw_rows(&self, _args: RawQuery) -> Result<TextPage, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn find(&self, _args: FindQuery) -> Result<FindResult, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn parts(&self, _args: BodyRef) -> Result<Parts, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn sources(&self, _args: Nothing) -> Result<Sources, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn create_source(&self, _args: NewSource) -> Result<Source, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn send_sample(&self, _args: SampleQuery) -> Result<ExchangeSummary, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn compare(&self, _args: CompareQuery) -> Result<Comparison, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn compare_rows(&self, _args: CompareRowsQuery) -> Result<CompareRows, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn compare_headers(&self, _args: CompareQuery) -> Result<HeaderRows, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn compare_changes(&self, _args: ChangesQuery) -> Result<TextChanges, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn collections(&self, _args: Nothing) -> Result<Collections, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn create_folder(&self, _args: NewFolder) -> Result<CollectionNode, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn rename_node(&self, _args: RenameNode) -> Result<Nothing, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn move_node(&self, _args: MoveNode) -> Result<Nothing, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn delete_node(&self, _args: ById) -> Result<Nothing, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn saved_request(&self, _args: ById) -> Result<SavedRequest, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn save_request(&self, _args: SaveRequest) -> Result<SavedRequest, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn drafts(&self, _args: Nothing) -> Result<Drafts, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn save_draft(&self, _args: Draft) -> Result<Nothing, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn close_draft(&self, _args: DraftKey) -> Result<Nothing, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn preview_head(&self, _args: RequestDefinition) -> Result<HeadPreview, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn read_curl(&self, _args: CurlText) -> Result<ImportedRequest, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn definition_of(&self, _args: ById) -> Result<ImportedRequest, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn send(&self, _args: SendCommand) -> Result<ExchangeSummary, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn cancel(&self, _args: Ticket) -> Result<Nothing, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn replay(&self, _args: ReplayCommand) -> Result<Replayed, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn preview_export(&self, _args: ExportQuery) -> Result<ExportPreview, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn export(&self, _args: ExportCommand) -> Result<Exported, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn export_text(&self, _args: ExportQuery) -> Result<ExportedText, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn start_tunnel(&self, _args: TunnelConfig) -> Result<Status, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn stop_tunnel(&self, _args: Nothing) -> Result<Status, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn test_tunnel(&self, _args: Nothing) -> Result<TunnelProbe, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn body_bytes(&self, _args: BytesQuery) -> Result<Vec<u8>, ApiError> {
        Err(ApiError::failed("not built"))
    }
    pub async fn compare_text(&self, _args: CompareTextQuery) -> Result<Vec<u8>, ApiError> {
        Err(ApiError::failed("not built"))
    }
}

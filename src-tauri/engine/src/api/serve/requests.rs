//! Saved requests, tabs, sending, and replaying.

use super::Api;
use crate::api::{
    ApiError, ById, CollectionNode, Collections, CurlText, Draft, DraftKey, Drafts, ErrorCode, HeadPreview,
    ImportedRequest, MoveNode, NewFolder, NodeDeletion, NotSent, Nothing, RenameNode, ReplayCommand, Replayed,
    SaveRequest, SavedRequest, SendCommand, Ticket,
};
use crate::exchange::{ExchangeSummary, Side};
use crate::inspect::BodyRef;
use crate::send::{RequestDefinition, SendJob, Target};

impl Api {
    pub(in crate::api) async fn collections(&self, _: Nothing) -> Result<Collections, ApiError> {
        Ok(Collections { nodes: self.engine().await?.store.collections().await? })
    }

    pub(in crate::api) async fn create_folder(&self, new: NewFolder) -> Result<CollectionNode, ApiError> {
        let engine = self.engine().await?;
        let node = engine.store.create_folder(new).await?;
        engine.notice_change(true);
        Ok(node)
    }

    pub(in crate::api) async fn rename_node(&self, rename: RenameNode) -> Result<Nothing, ApiError> {
        let engine = self.engine().await?;
        engine.store.rename_node(rename).await?;
        engine.notice_change(true);
        Ok(Nothing {})
    }

    pub(in crate::api) async fn move_node(&self, to: MoveNode) -> Result<Nothing, ApiError> {
        let engine = self.engine().await?;
        engine.store.move_node(to).await?;
        engine.notice_change(true);
        Ok(Nothing {})
    }

    pub(in crate::api) async fn delete_node(&self, by: ById) -> Result<NodeDeletion, ApiError> {
        let engine = self.engine().await?;
        let deletion = engine.store.delete_node(by.id).await?;
        engine.notice_change(true);
        Ok(deletion)
    }

    pub(in crate::api) async fn undo_node_deletion(&self, by: ById) -> Result<Nothing, ApiError> {
        let engine = self.engine().await?;
        engine.store.undo_node_deletion(by.id).await?;
        engine.notice_change(true);
        Ok(Nothing {})
    }

    pub(in crate::api) async fn saved_request(&self, by: ById) -> Result<SavedRequest, ApiError> {
        Ok(self.engine().await?.store.saved_request(by.id).await?)
    }

    pub(in crate::api) async fn save_request(&self, save: SaveRequest) -> Result<SavedRequest, ApiError> {
        let engine = self.engine().await?;
        let saved = engine.store.save_request(save).await?;
        engine.notice_change(true);
        Ok(saved)
    }

    pub(in crate::api) async fn drafts(&self, _: Nothing) -> Result<Drafts, ApiError> {
        Ok(self.engine().await?.store.drafts().await?)
    }

    pub(in crate::api) async fn save_draft(&self, draft: Draft) -> Result<Nothing, ApiError> {
        self.engine().await?.store.save_draft(draft).await?;
        Ok(Nothing {})
    }

    pub(in crate::api) async fn close_draft(&self, draft: DraftKey) -> Result<Nothing, ApiError> {
        self.engine().await?.store.close_draft(draft.key).await?;
        Ok(Nothing {})
    }

    pub(in crate::api) async fn preview_head(&self, definition: RequestDefinition) -> Result<HeadPreview, ApiError> {
        Ok(crate::send::preview_head(&definition))
    }

    pub(in crate::api) async fn read_curl(&self, curl: CurlText) -> Result<ImportedRequest, ApiError> {
        crate::send::read_curl(&curl.text)
    }

    pub(in crate::api) async fn definition_of(&self, by: ById) -> Result<ImportedRequest, ApiError> {
        let engine = self.engine().await?;
        let exchange = engine.store.exchange(by.id).await?;
        let body = engine.documents.get(&engine.store, BodyRef { id: by.id, side: Side::Request }).await?;
        let head = engine.store.message(by.id, Side::Request).await?.unwrap_or_default().head;
        Ok(crate::send::definition_of(&exchange.summary, &head, body.decoded()))
    }

    pub(in crate::api) async fn send(&self, command: SendCommand) -> Result<ExchangeSummary, ApiError> {
        let engine = self.engine().await?;
        let ticket = engine.tickets.open(&command.ticket);
        let job = SendJob::new(command.definition).of_request(command.request_id);
        let id = engine.sender.send(job, ticket.token.clone()).await?;
        Ok(engine.store.summary(id).await?)
    }

    pub(in crate::api) async fn cancel(&self, ticket: Ticket) -> Result<Nothing, ApiError> {
        self.engine().await?.tickets.cancel(&ticket.ticket);
        Ok(Nothing {})
    }

    /// Sends captured pushes again, the bytes as they came. One that can't be is left out and named, so that it is known
    /// of each whether it went.
    ///
    /// # Errors
    /// `Invalid` if the URL can't be used; nothing is sent then.
    pub async fn replay(&self, command: ReplayCommand) -> Result<Replayed, ApiError> {
        let engine = self.engine().await?;
        let ticket = engine.tickets.open(&command.ticket);
        Target::parse(&command.to).map_err(ApiError::invalid)?;
        let mut replayed = Replayed { exchanges: Vec::with_capacity(command.ids.len()), not_sent: Vec::new() };
        for push in command.ids {
            if ticket.token.is_cancelled() {
                break;
            }
            let cancel = ticket.token.clone();
            let sent = async {
                let id = crate::replay::replay(&engine.store, &engine.sender, push, &command.to, cancel).await?;
                Ok::<_, ApiError>(engine.store.summary(id).await?)
            };
            match sent.await {
                Ok(exchange) => replayed.exchanges.push(exchange),
                Err(problem) => {
                    // What the workspace has no room for is no reason to send more of it.
                    let is_over = problem.code == ErrorCode::Failed;
                    replayed.not_sent.push(NotSent { id: push, problem });
                    if is_over {
                        break;
                    }
                }
            }
        }
        Ok(replayed)
    }
}

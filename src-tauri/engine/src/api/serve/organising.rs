//! Pins, read marks, notes and tags.

use super::Api;
use crate::api::{ApiError, Note, Nothing, PinCommand, ReadCommand, TagCommand, Tags};

impl Api {
    pub(in crate::api) async fn pin(&self, command: PinCommand) -> Result<Nothing, ApiError> {
        self.engine().await?.store.pin(&command.ids, command.on).await?;
        Ok(Nothing {})
    }

    pub(in crate::api) async fn mark_read(&self, command: ReadCommand) -> Result<Nothing, ApiError> {
        let engine = self.engine().await?;
        match command.ids {
            Some(ids) => engine.store.mark_read(&ids, command.read).await?,
            None if command.read => engine.store.mark_all_read().await?,
            None => return Err(ApiError::invalid("Everything at once can only be marked as read, not as unread.")),
        }
        Ok(Nothing {})
    }

    pub(in crate::api) async fn tags(&self, _: Nothing) -> Result<Tags, ApiError> {
        Ok(Tags { tags: self.engine().await?.store.tags().await? })
    }

    pub(in crate::api) async fn tag(&self, command: TagCommand) -> Result<Nothing, ApiError> {
        self.engine().await?.store.tag(&command.ids, command.add, command.remove).await?;
        Ok(Nothing {})
    }

    pub(in crate::api) async fn save_note(&self, note: Note) -> Result<Nothing, ApiError> {
        self.engine().await?.store.save_note(note.id, note.text).await?;
        Ok(Nothing {})
    }
}

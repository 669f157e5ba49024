//! Pins, read marks, notes, tags, views, columns, counts, deletions.

use super::Api;
use crate::api::{
    ApiError, ById, CellRows, CellsQuery, CountQuery, DeleteCommand, Deletion, Exchanges, Histogram, HistogramQuery,
    JobKind, ListColumns, MoveView, Note, Nothing, PinCommand, ReadCommand, SaveView, TagCommand, Tags, Tallies, View,
    Views,
};
use crate::store::{Doomed, FilterQuery, FilterReading};
use crate::transfer::export::ExportScope;

impl Api {
    pub(in crate::api) async fn whole_deliveries(&self, of: Exchanges) -> Result<Exchanges, ApiError> {
        Ok(Exchanges { ids: self.engine().await?.store.whole_deliveries(&of.ids).await? })
    }

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

    pub(in crate::api) async fn read_filter(&self, query: FilterQuery) -> Result<FilterReading, ApiError> {
        Ok(self.engine().await?.store.read_filter(&query).await?)
    }

    pub(in crate::api) async fn tallies(&self, query: CountQuery) -> Result<Tallies, ApiError> {
        Ok(self.engine().await?.store.tallies(&query).await?)
    }

    pub(in crate::api) async fn histogram(&self, query: HistogramQuery) -> Result<Histogram, ApiError> {
        Ok(self.engine().await?.store.histogram(&query).await?)
    }

    pub(in crate::api) async fn views(&self, _: Nothing) -> Result<Views, ApiError> {
        Ok(Views { views: self.engine().await?.store.views().await? })
    }

    pub(in crate::api) async fn save_view(&self, save: SaveView) -> Result<View, ApiError> {
        let engine = self.engine().await?;
        let view = engine.store.save_view(save).await?;
        engine.notice_change(true);
        Ok(view)
    }

    pub(in crate::api) async fn move_view(&self, to: MoveView) -> Result<Nothing, ApiError> {
        let engine = self.engine().await?;
        engine.store.move_view(to).await?;
        engine.notice_change(true);
        Ok(Nothing {})
    }

    pub(in crate::api) async fn delete_view(&self, by: ById) -> Result<Nothing, ApiError> {
        let engine = self.engine().await?;
        engine.store.delete_view(by.id).await?;
        engine.notice_change(true);
        Ok(Nothing {})
    }

    pub(in crate::api) async fn columns(&self, _: Nothing) -> Result<ListColumns, ApiError> {
        Ok(self.engine().await?.store.columns().await?.unwrap_or_default())
    }

    pub(in crate::api) async fn save_columns(&self, columns: ListColumns) -> Result<Nothing, ApiError> {
        let engine = self.engine().await?;
        engine.store.save_columns(&columns).await?;
        engine.notice_change(true);
        Ok(Nothing {})
    }

    pub(in crate::api) async fn cells(&self, query: CellsQuery) -> Result<CellRows, ApiError> {
        Ok(CellRows { rows: self.engine().await?.store.cells(&query).await? })
    }

    /// Hides exchanges; for ten seconds that can be taken back.
    ///
    /// # Errors
    /// `Invalid` if the filter can't be read.
    pub async fn delete(&self, command: DeleteCommand) -> Result<Deletion, ApiError> {
        let engine = self.engine().await?;
        let ticket = engine.tickets.open(&command.ticket);
        let progress = |done, total| engine.tell(&command.ticket, JobKind::Delete, done, total);
        let doomed = match command.scope {
            ExportScope::Selection { ids } => Doomed::Selection(ids),
            ExportScope::Filter { filter } => Doomed::Filter(filter, command.upto),
        };
        let deleted = engine.store.delete(&doomed, &progress, &ticket.token).await;
        engine.jobs.end(&command.ticket);
        let (id, exchanges) = deleted?;
        Ok(Deletion { id, exchanges })
    }

    /// Shows again what a deletion hides.
    ///
    /// # Errors
    /// `NotFound` if it can't be taken back any more.
    pub async fn undo_deletion(&self, by: ById) -> Result<Deletion, ApiError> {
        let exchanges = self.engine().await?.store.undo_deletion(by.id).await?;
        Ok(Deletion { id: by.id, exchanges })
    }
}

//! Exports.

use super::Api;
use crate::api::{ApiError, ExportCommand, Exported, ExportedText, JobKind};
use crate::engine::Engine;
use crate::transfer::export::{self, ExportPreview, ExportQuery};
use std::path::Path;

impl Api {
    pub(in crate::api) async fn preview_export(&self, mut query: ExportQuery) -> Result<ExportPreview, ApiError> {
        let engine = self.engine().await?;
        know_secrets(&engine, &mut query).await?;
        Ok(export::preview(&engine.store, &query).await?)
    }

    /// Exports into a file.
    ///
    /// # Errors
    /// If the file can't be written, or the format does not take the selection.
    pub async fn export(&self, mut command: ExportCommand) -> Result<Exported, ApiError> {
        let engine = self.engine().await?;
        know_secrets(&engine, &mut command.query).await?;
        let ticket = engine.tickets.open(&command.ticket);
        let progress = |done, total| engine.tell(&command.ticket, JobKind::Export, done, total);
        let path = Path::new(&command.path);
        let exported = export::to_file(&engine.store, &command.query, path, &progress, &ticket.token).await;
        engine.jobs.end(&command.ticket);
        Ok(exported?)
    }

    pub(in crate::api) async fn export_text(&self, mut query: ExportQuery) -> Result<ExportedText, ApiError> {
        let engine = self.engine().await?;
        know_secrets(&engine, &mut query).await?;
        Ok(ExportedText { text: export::to_text(&engine.store, &query).await? })
    }
}

/// Fills in what is to be masked wherever it stands, if anything is.
async fn know_secrets(engine: &Engine, query: &mut ExportQuery) -> Result<(), ApiError> {
    if query.redact {
        query.known = engine.known_secrets().await?;
    }
    Ok(())
}

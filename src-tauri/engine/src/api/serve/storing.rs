//! The size of the workspace, compacting it, copies of it.

use super::Api;
use crate::api::{ApiError, BackedUp, BackupCommand, Compacted, JobKind, Nothing, Ticket, WorkspaceSize};
use std::path::Path;

impl Api {
    pub(in crate::api) async fn size(&self, _: Nothing) -> Result<WorkspaceSize, ApiError> {
        Ok(self.engine().await?.store.size().await?)
    }

    /// Makes the file as small as it can be.
    ///
    /// # Errors
    /// What the store says.
    pub async fn compact(&self, job: Ticket) -> Result<Compacted, ApiError> {
        let engine = self.engine().await?;
        let ticket = engine.tickets.open(&job.ticket);
        let progress = |done, total| engine.tell(&job.ticket, JobKind::Compact, done, total);
        let compacted = engine.store.compact(&progress, &ticket.token).await;
        engine.jobs.end(&job.ticket);
        engine.notice_change(false);
        let (before, after) = compacted?;
        Ok(Compacted { before, after })
    }

    /// Copies the workspace to another file and checks the copy.
    ///
    /// # Errors
    /// `Invalid` if the file is there already; else what the store says.
    pub async fn back_up(&self, command: BackupCommand) -> Result<BackedUp, ApiError> {
        let engine = self.engine().await?;
        let ticket = engine.tickets.open(&command.ticket);
        let progress = |done, total| engine.tell(&command.ticket, JobKind::BackUp, done, total);
        let bytes = engine.store.back_up(Path::new(&command.path), &progress, &ticket.token).await;
        engine.jobs.end(&command.ticket);
        engine.notice_change(false);
        Ok(BackedUp { bytes: bytes? })
    }
}

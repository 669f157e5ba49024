//! Deleting what can be taken back: rows are hidden at once and gone for good ten seconds later.
//!
//! ```text
//! hide (a few at a time) ─ due in 10 s ─┬─ undo: shown again
//!                                       │  (no longer due)
//!                                       └─ purge (a few at a time, by whoever has the workspace open)
//! ```
//!
//! Only a deletion that is whole has a time at which it is due. While rows are being hidden it has minus the time at which
//! it counts as broken off; while they are shown again it has none. What breaks off either way is shown again by whoever
//! has the workspace open, as soon as it can be.

use super::organise::joined;
use super::{Progress, Store, StoreError, micros_now, remove};
use crate::exchange::{ExchangeId, Micros};
use sqlx::AssertSqlSafe;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a deletion can be taken back, µs.
const UNDO: Micros = 10_000_000;

/// A deletion of which nothing more is hidden counts as broken off after this, µs.
const ABANDONED: Micros = 600_000_000;

/// Rows hidden or shown again in one transaction.
const HIDE_AT_ONCE: u32 = 1_000;

/// Exchanges deleted in one transaction: few, so that a capture never waits long behind them.
const PURGE_AT_ONCE: u32 = 64;

/// How long captures have the writer to themselves between two transactions.
const BREATH: Duration = Duration::from_millis(5);

/// How often deletions of other processes are looked for.
const LOOK: Duration = Duration::from_secs(5);

/// What is deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doomed {
    /// These.
    Selection(Vec<ExchangeId>),
    /// All that a filter finds, up to the newest exchange of a view if there is one.
    Filter(String, Option<ExchangeId>),
}

impl Store {
    /// Hides exchanges; answers the number of the deletion and how many rows it hides. If it is cancelled, all are
    /// shown again.
    ///
    /// # Errors
    /// `Invalid` if the filter can't be read; else what SQLite says.
    pub async fn delete(
        &self,
        doomed: &Doomed,
        progress: Progress<'_>,
        cancel: &CancellationToken,
    ) -> Result<(i64, u64), StoreError> {
        if let Doomed::Filter(filter, _) = doomed {
            self.plan(filter).await?; // what can't be read deletes nothing
        }
        let abandoned = -(micros_now() + ABANDONED);
        let id: i64 = self
            .writer
            .job("Deleting", move |connection| {
                Box::pin(async move {
                    let sql = "INSERT INTO deletion (due_at) VALUES ($1) RETURNING id";
                    sqlx::query_scalar(sql).bind(abandoned).fetch_one(connection).await
                })
            })
            .await?;
        let hidden = match doomed {
            Doomed::Selection(ids) => self.hide_selection(id, ids, progress, cancel).await,
            Doomed::Filter(filter, upto) => self.hide_filter(id, filter, *upto, progress, cancel).await,
        };
        let whole = match hidden {
            Ok(hidden) if !cancel.is_cancelled() => {
                self.set_due(id, micros_now() + UNDO).await.map(|()| Some((id, hidden)))
            }
            stopped => stopped.map(|_| None),
        };
        match whole {
            Ok(Some(whole)) => Ok(whole),
            Ok(None) => self.undo_deletion(id).await.map(|_| (id, 0)),
            Err(error) => {
                let _ = self.undo_deletion(id).await; // else whoever purges shows it again
                Err(error)
            }
        }
    }

    async fn set_due(&self, id: i64, due: Micros) -> Result<(), StoreError> {
        match self.changing("Deleting", format!("UPDATE deletion SET due_at = {due} WHERE id = {id}")).await? {
            0 => Err(not_there(id)), // it has been taken for one that broke off
            _ => Ok(()),
        }
    }

    async fn hide_selection(
        &self,
        deletion: i64,
        ids: &[ExchangeId],
        progress: Progress<'_>,
        cancel: &CancellationToken,
    ) -> Result<u64, StoreError> {
        let mut hidden = 0;
        for some in ids.chunks(HIDE_AT_ONCE as usize).take_while(|_| !cancel.is_cancelled()) {
            hidden += self.hide(deletion, some).await?;
            progress(hidden, ids.len() as u64);
        }
        Ok(hidden)
    }

    async fn hide_filter(
        &self,
        deletion: i64,
        filter: &str,
        upto: Option<ExchangeId>,
        progress: Progress<'_>,
        cancel: &CancellationToken,
    ) -> Result<u64, StoreError> {
        let upto = self.upto(upto).await?;
        let query = crate::api::CountQuery { filter: filter.to_owned(), upto: Some(upto) };
        let total = self.count(&query).await?.rows;
        let (mut hidden, mut pages) = (0, self.id_pages(filter, upto, 0));
        // The search is cancelled as well: it may take long until it finds something.
        while let Some(ids) = cancel.run_until_cancelled(pages.next(HIDE_AT_ONCE)).await {
            let ids = ids?;
            if ids.is_empty() {
                break;
            }
            hidden += self.hide(deletion, &ids).await?;
            progress(hidden, total.max(hidden));
            tokio::time::sleep(BREATH).await;
        }
        Ok(hidden)
    }

    async fn hide(&self, deletion: i64, ids: &[ExchangeId]) -> Result<u64, StoreError> {
        self.set_due(deletion, -(micros_now() + ABANDONED)).await?;
        let list = joined(ids);
        let sql = format!("UPDATE exchange SET deletion = {deletion} WHERE id IN ({list}) AND deletion IS NULL");
        self.changing("Deleting", sql).await
    }

    /// Shows again what a deletion hides; answers how many rows.
    ///
    /// # Errors
    /// `NotFound` if it can't be taken back any more.
    pub async fn undo_deletion(&self, id: i64) -> Result<u64, StoreError> {
        // Taken from the purge first, for good.
        let is_there =
            self.changing("Taking a deletion back", format!("UPDATE deletion SET due_at = NULL WHERE id = {id}"));
        if is_there.await? == 0 {
            return Err(not_there(id));
        }
        // Counted before: whoever purges shows some of them, if it comes by.
        let hidden: i64 = sqlx::query_scalar("SELECT count(*) FROM exchange WHERE deletion = $1")
            .bind(id)
            .fetch_one(&self.readers)
            .await
            .map_err(|e| StoreError::from_sqlx("Taking a deletion back", &e))?;
        self.show_again(id).await?;
        Ok(hidden as u64)
    }

    /// Shows again what was being taken back, or hidden, when it broke off.
    async fn finish_undoing(&self) -> Result<(), StoreError> {
        let sql = "SELECT id FROM deletion WHERE due_at IS NULL OR (due_at < 0 AND due_at >= $1)";
        let ids = sqlx::query_scalar(sql).bind(-micros_now()).fetch_all(&self.readers).await;
        for id in ids.map_err(|e| StoreError::from_sqlx("Reading what is deleted", &e))? {
            self.show_again(id).await?;
        }
        Ok(())
    }

    async fn show_again(&self, id: i64) -> Result<(), StoreError> {
        loop {
            let sql = format!(
                "UPDATE exchange SET deletion = NULL WHERE id IN
                     (SELECT id FROM exchange WHERE deletion = {id} LIMIT {HIDE_AT_ONCE})"
            );
            let rows = self.changing("Taking a deletion back", sql).await?;
            if rows == 0 {
                return self.run("Taking a deletion back", format!("DELETE FROM deletion WHERE id = {id}")).await;
            }
            tokio::time::sleep(BREATH).await;
        }
    }

    /// Deletes for good what is due, shows again what broke off, and takes back bodies that no exchange took, until the
    /// store is dropped.
    pub(super) async fn keep_purged(self) {
        let mut committed = self.writer.committed.clone();
        loop {
            let shown = self.finish_undoing().await;
            let taken_back = self.take_back().await;
            let due = self.purge_due(micros_now()).await;
            // An error ends the round, not the task. The next is not at once: what fails counts as a commit too.
            let waits_for_commits = shown.is_ok() && taken_back.is_ok() && due == Ok(None);
            let due = due.unwrap_or(None);
            let wait = due.map_or(LOOK, |due| Duration::from_micros((due - micros_now()).max(1) as u64).min(LOOK));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.writer.leftovers.added() => {}
                changed = committed.changed(), if waits_for_commits => if changed.is_err() { return },
            }
            if self.writer.is_closed() {
                return;
            }
        }
    }

    /// Deletes for good what is due at `now`; answers when the next deletion is due.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn purge_due(&self, now: Micros) -> Result<Option<Micros>, StoreError> {
        loop {
            let next = sqlx::query_as("SELECT id, due_at FROM deletion WHERE due_at >= 0 ORDER BY due_at LIMIT 1");
            let next: Option<(i64, Micros)> = next
                .fetch_optional(&self.readers)
                .await
                .map_err(|e| StoreError::from_sqlx("Reading what is deleted", &e))?;
            match next {
                Some((id, due)) if due <= now => self.purge(id).await?,
                next => return Ok(next.map(|(_, due)| due)),
            }
        }
    }

    async fn purge(&self, id: i64) -> Result<(), StoreError> {
        loop {
            let now = micros_now();
            let more: bool = self
                .writer
                .job("Deleting", move |connection| {
                    Box::pin(async move {
                        // Still due: an undo takes it first.
                        let sql = "SELECT e.id FROM deletion d JOIN exchange e ON e.deletion = d.id
                                    WHERE d.id = $1 AND d.due_at BETWEEN 0 AND $2 LIMIT $3";
                        let query = sqlx::query_scalar(sql).bind(id).bind(now).bind(PURGE_AT_ONCE);
                        let ids: Vec<ExchangeId> = query.fetch_all(&mut *connection).await?;
                        if ids.is_empty() {
                            let sql = "DELETE FROM deletion WHERE id = $1 AND due_at BETWEEN 0 AND $2";
                            sqlx::query(sql).bind(id).bind(now).execute(connection).await?;
                            return Ok(false);
                        }
                        remove::rows(connection, &joined(&ids)).await.map(|()| true)
                    })
                })
                .await?;
            if !more {
                return Ok(());
            }
            self.remove_bodies().await?;
            tokio::time::sleep(BREATH).await;
        }
    }

    /// Runs one statement; answers how many rows it changed.
    async fn changing(&self, act: &'static str, sql: String) -> Result<u64, StoreError> {
        self.writer
            .job(act, move |connection| {
                Box::pin(async move {
                    sqlx::query(AssertSqlSafe(sql))
                        .persistent(false)
                        .execute(connection)
                        .await
                        .map(|done| done.rows_affected())
                })
            })
            .await
    }
}

fn not_there(id: i64) -> StoreError {
    StoreError::NotFound(format!("Deletion {id}"))
}

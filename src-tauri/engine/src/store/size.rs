//! What the workspace takes on the disk and what for, making it smaller, and copies of it.

use super::{Progress, Store, StoreError};
use crate::api::{SizePart, SourceSize, WorkspaceSize};
use crate::exchange::Side;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Records that are opened to tell how heads and bodies share what records take.
const SAMPLES: i64 = 256;

/// Pages of the word index that are merged in one transaction.
const MERGED: i64 = 64;

/// Pages given back in one transaction.
const PAGES_AT_ONCE: i64 = 512;

/// How long it is tried to empty the log while others use it.
const LOG_PATIENCE: Duration = Duration::from_secs(10);

/// How long others have the log to themselves between two tries.
const LOG_PAUSE: Duration = Duration::from_millis(50);

impl Store {
    /// What the workspace takes, and what for. It reads the whole file.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn size(&self) -> Result<WorkspaceSize, StoreError> {
        let act = "Measuring the workspace";
        let (rows, file, free) = self.pages().await.map_err(|e| StoreError::from_sqlx(act, &e))?;
        let bytes = |is: fn(&str) -> bool| -> u64 {
            rows.iter().filter(|row| is(row.get(0))).map(|row| row.get::<i64, _>(1) as u64).sum()
        };
        let (heads, bodies) = self.head_share(bytes(|name| name == "wire")).await?;
        let named = [
            ("bodies", bodies + bytes(|name| name == "chunk")),
            ("heads", heads),
            ("list", bytes(|name| name == "exchange" || name.starts_with("exchange_"))),
            ("index", bytes(|name| name.starts_with("search"))),
            ("dictionaries", bytes(|name| name == "dictionary")),
            ("free", free),
        ];
        let others = file.saturating_sub(named.iter().map(|(_, bytes)| bytes).sum());
        let part = |(name, bytes): (&str, u64)| SizePart { name: name.into(), bytes };
        let sources = self.source_sizes().await?;
        Ok(WorkspaceSize {
            file,
            log: self.log_bytes(),
            stored: sources.iter().map(|source| source.stored).sum(),
            parts: named.into_iter().chain([("others", others)]).map(part).collect(),
            sources,
        })
    }

    /// The bytes of each table and index, of all pages, and of those that are free, at one moment. Some of the pages may
    /// stand in the log alone, and the file be shorter for that.
    async fn pages(&self) -> Result<(Vec<SqliteRow>, u64, u64), sqlx::Error> {
        let mut read = self.readers.begin().await?;
        let sql = "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE";
        let parts = sqlx::query(sql).fetch_all(&mut *read).await?;
        let sql = "SELECT page_count * page_size, freelist_count * page_size
                   FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
        let row = sqlx::query(sql).fetch_one(&mut *read).await?;
        Ok((parts, row.get::<i64, _>(0) as u64, row.get::<i64, _>(1) as u64))
    }

    /// What heads and bodies take of the bytes of all records, told by some of them.
    async fn head_share(&self, bytes: u64) -> Result<(u64, u64), StoreError> {
        let sql = "SELECT record FROM wire WHERE id IN (SELECT id FROM exchange ORDER BY random() LIMIT $1)";
        let rows: Vec<Vec<u8>> = sqlx::query_scalar(sql)
            .bind(SAMPLES)
            .fetch_all(&self.readers)
            .await
            .map_err(|e| StoreError::from_sqlx("Measuring the workspace", &e))?;
        let (mut heads, mut bodies) = (0, 0);
        for row in rows {
            let record = match self.decoded(&row).await {
                Err(error) if error.is_of_one() => continue, // damaged: the others tell the share
                record => record?,
            };
            for part in [Side::Request, Side::Response].into_iter().filter_map(|side| record.side(side)) {
                heads += part.head.len() as u64;
                bodies += part.body.as_ref().map_or(0, |body| body.len() as u64);
            }
        }
        let share = bytes as f64 * heads as f64 / (heads + bodies).max(1) as f64;
        Ok((share as u64, bytes - share as u64))
    }

    async fn source_sizes(&self) -> Result<Vec<SourceSize>, StoreError> {
        let sql = "SELECT s.name, count(*), sum(e.request_size + e.response_size),
                          sum(length(w.record)
                              + coalesce((SELECT sum(length(bytes)) FROM chunk WHERE key = w.request_key), 0)
                              + coalesce((SELECT sum(length(bytes)) FROM chunk WHERE key = w.response_key), 0))
                     FROM exchange e JOIN wire w USING (id) LEFT JOIN source s ON s.id = e.source_id
                    GROUP BY e.source_id ORDER BY 4 DESC";
        let rows = sqlx::query(sql).fetch_all(&self.readers).await;
        let rows = rows.map_err(|e| StoreError::from_sqlx("Measuring the workspace", &e))?;
        let source = |row: &sqlx::sqlite::SqliteRow| SourceSize {
            source: row.get(0),
            exchanges: row.get::<i64, _>(1) as u64,
            stored: row.get::<i64, _>(2) as u64,
            bytes: row.get::<i64, _>(3) as u64,
        };
        Ok(rows.iter().map(source).collect())
    }

    /// Makes the file as small as it can be, in steps between which captures go on: packs anew what is packed badly,
    /// merges the word index, gives free pages back. Answers the bytes before and after; what is done stays done if it
    /// is cancelled.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn compact(&self, progress: Progress<'_>, cancel: &CancellationToken) -> Result<(u64, u64), StoreError> {
        const STEPS: u64 = 1000; // of each of the three parts
        let before = self.file_bytes();
        let newest = self.newest().await?;
        if newest > 0 && !cancel.is_cancelled() {
            let _ = self.learn(newest).await?;
        }
        let mut done = 0;
        while let Some(upto) = self.repack_better(done).await?.filter(|_| !cancel.is_cancelled()) {
            done = upto;
            progress(STEPS * done.min(newest) as u64 / newest.max(1) as u64, 3 * STEPS);
        }
        let mut merged = 0;
        while !cancel.is_cancelled() && self.merge_index(merged == 0).await? {
            merged += 1;
            progress(STEPS + merged.min(STEPS), 3 * STEPS);
        }
        let free = self.free_pages().await?.max(1);
        while !cancel.is_cancelled() && self.give_back(PAGES_AT_ONCE).await? {
            let given = free - self.free_pages().await?.min(free);
            progress(2 * STEPS + STEPS * given as u64 / free as u64, 3 * STEPS);
        }
        self.write_log_back().await?;
        Ok((before, self.file_bytes()))
    }

    /// Merges a part of the word index; true if there may be more to merge.
    async fn merge_index(&self, first: bool) -> Result<bool, StoreError> {
        // A negative number begins a merge of everything; positive ones carry it on (sqlite.org, FTS5, "merge").
        let pages = if first { -MERGED } else { MERGED };
        self.writer
            .job("Merging the word index", move |connection| {
                Box::pin(async move {
                    let changes = "SELECT total_changes()";
                    let before: i64 = sqlx::query_scalar(changes).fetch_one(&mut *connection).await?;
                    sqlx::query("INSERT INTO search (search, rank) VALUES ('merge', $1)")
                        .bind(pages)
                        .execute(&mut *connection)
                        .await?;
                    let after: i64 = sqlx::query_scalar(changes).fetch_one(connection).await?;
                    Ok(after - before >= 2)
                })
            })
            .await
    }

    /// Writes the log back into the file and empties it. SQLite waits for readers, and does not for another process that
    /// is writing a part of it back at this moment: then it is tried again, for a while.
    pub(super) async fn write_log_back(&self) -> Result<(), StoreError> {
        let mut connection = super::open::open_checkpointer(&self.path).await?;
        let end = Instant::now() + LOG_PATIENCE;
        loop {
            let busy = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut connection).await;
            let busy: i64 = busy.map_err(|e| StoreError::from_sqlx("Writing the log back", &e))?;
            if busy == 0 || Instant::now() > end {
                return Ok(());
            }
            tokio::time::sleep(LOG_PAUSE).await;
        }
    }

    /// Copies the workspace as it is now to another file and checks the copy; answers its bytes.
    ///
    /// # Errors
    /// `Invalid` if the file is there already; what SQLite says. No copy is left then.
    pub async fn back_up(
        &self,
        to: &Path,
        progress: Progress<'_>,
        cancel: &CancellationToken,
    ) -> Result<u64, StoreError> {
        super::open::copy(&self.path, to, progress, cancel).await
    }
}

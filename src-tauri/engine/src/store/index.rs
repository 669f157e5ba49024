//! The word index, filled in the background. It yields to everything else that is written: an exchange that is not
//! indexed yet is found all the same, by reading it.

use super::background::{Steps, keep_up};
use super::check::has_words;
use super::filter::{LATELY, index_words};
use super::search::TYPES;
use super::{Store, StoreError};
use crate::exchange::ExchangeId;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use std::collections::{BTreeMap, HashMap};

/// Exchanges indexed at a time.
const STEPS: Steps = Steps { busy: 4, quiet: 128 };

/// Exchanges that are read at once: their bodies are in memory meanwhile.
const READ_AT_ONCE: usize = 16;

/// Bytes of texts that are written at once: what packs well is far longer than it came.
const TEXT_AT_ONCE: usize = 8 * 1024 * 1024;

impl Store {
    /// The newest exchange up to which all words are in the index.
    pub(super) fn indexed(&self) -> ExchangeId {
        self.indexed.load(std::sync::atomic::Ordering::Acquire)
    }

    pub(super) async fn read_indexed(&self) -> Result<ExchangeId, StoreError> {
        let row = sqlx::query("SELECT value FROM meta WHERE name = 'indexed'").fetch_one(&self.readers).await;
        Ok(row.map_err(|e| StoreError::from_sqlx("Reading the index", &e))?.get(0))
    }

    /// Indexes until the store is closed.
    pub(super) async fn keep_indexed(self) {
        keep_up(self.committed(), STEPS, |count| self.index_step(count)).await;
    }

    /// True if the words of everything that is stored are in the index.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn is_indexed(&self) -> Result<bool, StoreError> {
        Ok(self.read_indexed().await? >= self.newest().await?)
    }

    /// Indexes everything that is stored now.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn finish_indexing(&self) -> Result<(), StoreError> {
        while self.index_step(STEPS.quiet).await? {}
        Ok(())
    }

    /// The exchanges after one, hidden ones too: they may be shown again.
    async fn ids_after(&self, from: ExchangeId, count: u32) -> Result<Vec<ExchangeId>, StoreError> {
        let sql = format!("SELECT id FROM exchange WHERE id > $1 ORDER BY id LIMIT {count}");
        let rows = sqlx::query_scalar(AssertSqlSafe(sql)).bind(from).fetch_all(&self.readers).await;
        rows.map_err(|e| StoreError::from_sqlx("Reading the list", &e))
    }

    /// True if there may be more to do.
    pub(super) async fn index_step(&self, count: u32) -> Result<bool, StoreError> {
        let from = self.read_indexed().await?;
        self.indexed.store(from, std::sync::atomic::Ordering::Release);
        let ids = self.ids_after(from, count).await?;
        let (texts, upto) = self.texts_at_once(&ids).await?;
        let Some(upto) = upto else { return self.renamed_step(from, count).await };
        let done = self
            .writer
            .finding("Indexing", move |connection| {
                Box::pin(async move {
                    // Another process that works on the same file may have been faster.
                    let raced = sqlx::query("UPDATE meta SET value = $1 WHERE name = 'indexed' AND value = $2")
                        .bind(upto)
                        .bind(from)
                        .execute(&mut *connection)
                        .await?;
                    if raced.rows_affected() == 0 {
                        return Ok(false);
                    }
                    super::counts::count_in(connection, from, upto).await?;
                    // The types of an exchange may have been found while it was read. A row of values, not of a
                    // SELECT: before each of those FTS5 writes out what it has gathered.
                    let sql = format!(
                        "INSERT INTO search (rowid, text) VALUES ($1,
                         concat_ws(char(10), $2, (SELECT {TYPES} FROM exchange e WHERE e.id = $1)))"
                    );
                    for (id, text) in texts {
                        let query = sqlx::query(AssertSqlSafe(sql.clone())).bind(id).bind(text);
                        query.execute(&mut *connection).await?;
                    }
                    Ok(true)
                })
            })
            .await?;
        if done {
            self.indexed.store(upto, std::sync::atomic::Ordering::Release);
        }
        Ok(true)
    }
}

impl Store {
    /// Indexes some of the exchanges of a source that was given another name, those that were indexed before; true if
    /// there may be more to do.
    async fn renamed_step(&self, indexed: ExchangeId, count: u32) -> Result<bool, StoreError> {
        let sql = "SELECT r.source_id, r.done, s.name FROM renamed r JOIN source s ON s.id = r.source_id LIMIT 1";
        let renamed: Option<(i64, ExchangeId, String)> = sqlx::query_as(sql)
            .fetch_optional(&self.readers)
            .await
            .map_err(|e| StoreError::from_sqlx("Reading the index", &e))?;
        let Some((source, done, name)) = renamed else { return Ok(false) };
        let sql =
            format!("SELECT id FROM exchange WHERE source_id = $1 AND id > $2 AND id <= $3 ORDER BY id LIMIT {count}");
        let ids = sqlx::query_scalar(AssertSqlSafe(sql)).bind(source).bind(done).bind(indexed);
        let ids = ids.fetch_all(&self.readers).await.map_err(|e| StoreError::from_sqlx("Reading the list", &e))?;
        let (texts, upto) = self.texts_at_once(&ids).await?;
        self.writer
            .finding("Indexing", move |connection| {
                Box::pin(async move {
                    let Some(upto) = upto else {
                        let sql = "DELETE FROM renamed WHERE source_id = $1 AND done = $2";
                        sqlx::query(sql).bind(source).bind(done).execute(&mut *connection).await?;
                        return search_anew(connection).await;
                    };
                    // It may have been given another name meanwhile, or another process was faster.
                    let sql = "UPDATE renamed SET done = $1 WHERE source_id = $2 AND done = $3
                                  AND (SELECT name FROM source WHERE id = $2) = $4";
                    let query = sqlx::query(sql).bind(upto).bind(source).bind(done).bind(name);
                    if query.execute(&mut *connection).await?.rows_affected() == 0 {
                        return Ok(());
                    }
                    for (id, text) in texts {
                        let query = sqlx::query("UPDATE search SET text = $2 WHERE rowid = $1").bind(id).bind(text);
                        query.execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        Ok(true)
    }

    /// The texts of the first of these exchanges, as many as are written at once, and the last that was read.
    async fn texts_at_once(
        &self,
        ids: &[ExchangeId],
    ) -> Result<(Vec<(ExchangeId, String)>, Option<ExchangeId>), StoreError> {
        let (mut texts, mut bytes, mut upto) = (Vec::with_capacity(ids.len()), 0, None);
        for some in ids.chunks(READ_AT_ONCE) {
            let read = self.texts(some).await?;
            bytes += read.iter().map(|(_, text)| text.len()).sum::<usize>();
            texts.extend(read);
            upto = some.last().copied();
            if bytes > TEXT_AT_ONCE {
                break;
            }
        }
        Ok((texts, upto))
    }

    /// The texts of exchanges.
    async fn texts(&self, ids: &[ExchangeId]) -> Result<Vec<(ExchangeId, String)>, StoreError> {
        let candidates = self.read_candidates(ids).await?;
        let reading = tokio::task::spawn_blocking(move || {
            candidates.into_iter().map(|candidate| (candidate.id, candidate.text())).collect()
        });
        reading.await.map_err(|_| StoreError::Busy)
    }

    /// The texts of exchanges of which these words were found after they were stored, the words added; only of those
    /// that do not have them anyway.
    pub(super) async fn texts_with(
        &self,
        found: BTreeMap<ExchangeId, String>,
    ) -> Result<HashMap<ExchangeId, String>, StoreError> {
        let mut texts = HashMap::new();
        let ids: Vec<ExchangeId> = found.keys().copied().collect();
        for some in ids.chunks(READ_AT_ONCE) {
            for (id, text) in self.texts(some).await? {
                let more = &found[&id];
                if !has_words(&text, &index_words(more)) {
                    texts.insert(id, format!("{text}\n{more}"));
                }
            }
        }
        Ok(texts)
    }
}

/// Lets remembered searches begin anew: what they looked at reads otherwise.
pub(super) async fn search_anew(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let sql = "UPDATE meta SET value = value + 1 WHERE name = 'shown'";
    sqlx::query(sql).execute(connection).await.map(drop)
}

/// Puts the words of an exchange into the index anew; of one that is not in it, they are when its turn comes.
pub(super) async fn index_anew(
    connection: &mut SqliteConnection,
    id: ExchangeId,
    text: &str,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE search SET text = $2 WHERE rowid = $1 AND (SELECT value FROM meta WHERE name = 'indexed') >= $1";
    sqlx::query(sql).bind(id).bind(text).execute(&mut *connection).await?;
    // Searches look at the newest again; where an older one reads otherwise, they begin anew.
    let sql = "UPDATE meta SET value = value + 1
                WHERE name = 'shown' AND $1 <= (SELECT max(id) FROM exchange) - $2";
    sqlx::query(sql).bind(id).bind(LATELY).execute(connection).await.map(drop)
}

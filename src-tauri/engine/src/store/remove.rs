//! Taking exchanges away for good, a few at a time, so that no capture waits long behind it.

use super::organise::joined;
use super::{Store, StoreError};
use crate::exchange::ExchangeId;
use sqlx::{AssertSqlSafe, SqliteConnection};

/// Exchanges taken away in one transaction.
const AT_ONCE: usize = 32;

/// Chunks of large bodies taken away in one transaction: 4 MiB before packing.
const CHUNKS: i64 = 16;

impl Store {
    /// Takes exchanges away with their bodies, their words in the index and all that was added to them. One that was
    /// pinned meanwhile stays. Answers how many went.
    ///
    /// # Errors
    /// What SQLite says; those before are gone then.
    pub(super) async fn remove(&self, ids: &[ExchangeId]) -> Result<u64, StoreError> {
        let mut gone = 0;
        for some in ids.chunks(AT_ONCE) {
            let list = joined(some);
            gone += self
                .writer
                .job("Deleting exchanges", move |connection| {
                    Box::pin(async move {
                        let sql = format!("SELECT id FROM exchange WHERE id IN ({list}) AND pinned = 0");
                        let ids: Vec<ExchangeId> =
                            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut *connection).await?;
                        rows(connection, &joined(&ids)).await.map(|()| ids.len() as u64)
                    })
                })
                .await?;
            self.remove_bodies().await?;
        }
        Ok(gone)
    }

    /// Takes away the chunks of large bodies that no exchange has any more, or ever will.
    pub(super) async fn remove_bodies(&self) -> Result<(), StoreError> {
        let some = || self.writer.finding("Deleting bodies", |connection| Box::pin(chunks(connection)));
        while some().await? {}
        Ok(())
    }
}

/// Deletes exchanges with all that is kept of them; notes, tags and counts go by the triggers of the schema. Large
/// bodies become such that no exchange has: they go afterwards, or at the next start.
pub(super) async fn rows(connection: &mut SqliteConnection, list: &str) -> Result<(), sqlx::Error> {
    let sql = format!(
        "INSERT INTO spool SELECT request_key, 0 FROM wire WHERE id IN ({list}) AND request_key IS NOT NULL
             UNION SELECT response_key, 0 FROM wire WHERE id IN ({list}) AND response_key IS NOT NULL;
         DELETE FROM wire WHERE id IN ({list});
         DELETE FROM search WHERE rowid IN ({list})
             AND rowid <= (SELECT value FROM meta WHERE name = 'indexed');
         DELETE FROM exchange WHERE id IN ({list});"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)
}

/// Takes some chunks away of what [`rows`] has left; true if there may be more.
async fn chunks(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let key: Option<i64> = sqlx::query_scalar("SELECT key FROM spool WHERE started_at = 0 LIMIT 1")
        .fetch_optional(&mut *connection)
        .await?;
    let Some(key) = key else { return Ok(false) };
    let sql = "DELETE FROM chunk WHERE key = $1
                  AND seq IN (SELECT seq FROM chunk WHERE key = $1 ORDER BY seq DESC LIMIT $2)";
    let gone = sqlx::query(sql).bind(key).bind(CHUNKS).execute(&mut *connection).await?.rows_affected();
    if gone < CHUNKS as u64 {
        sqlx::query("DELETE FROM spool WHERE key = $1").bind(key).execute(connection).await?;
    }
    Ok(true)
}

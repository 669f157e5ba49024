//! Pushes that wait for the vault to be checked. They stand in the file: the process that looked at them may have its
//! vault closed for ever while that of another is open.

use super::again::NEWEST_CHANGE;
use super::follow::{Followed, write};
use super::list::{SUMMARY, summary};
use super::{Store, StoreError};
use crate::exchange::ExchangeSummary;
use sqlx::AssertSqlSafe;

/// What is done here, for those who read an error.
const WAITING: &str = "Reading the pushes that wait for the vault";

impl Store {
    /// The sources that have some.
    pub(crate) async fn sources_waiting(&self) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT id FROM source s WHERE EXISTS (SELECT 1 FROM waiting w WHERE w.source_id = s.id) ORDER BY id";
        let ids = sqlx::query_scalar(sql).fetch_all(&self.readers).await;
        ids.map_err(|e| StoreError::from_sqlx(WAITING, &e))
    }

    /// Those of a source, the newest first.
    pub(crate) async fn waiting(&self, source: i64, count: u32) -> Result<Vec<ExchangeSummary>, StoreError> {
        let sql = format!(
            "{SUMMARY} WHERE e.id IN (SELECT id FROM waiting WHERE source_id = $1 ORDER BY id DESC LIMIT $2) ORDER BY e.id DESC"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(source).bind(count).fetch_all(&self.readers).await;
        Ok(rows.map_err(|e| StoreError::from_sqlx(WAITING, &e))?.iter().map(summary).collect())
    }

    /// Keeps what was found out about pushes with what was set up to `change`: where something is set otherwise since,
    /// nothing, and those of `waited` wait on. Else they wait no longer, nor does what can't be looked at any more.
    pub(crate) async fn keep_as_set(
        &self,
        change: i64,
        waited: Vec<ExchangeSummary>,
        found: Vec<Followed>,
    ) -> Result<(), StoreError> {
        let texts = self.texts_of(&found).await?;
        self.writer
            .finding("Checking pushes", move |connection| {
                Box::pin(async move {
                    let newest = sqlx::query_scalar(AssertSqlSafe(format!("SELECT {NEWEST_CHANGE}")));
                    let newest: i64 = newest.fetch_one(&mut *connection).await?;
                    if newest != change {
                        return Ok(());
                    }
                    for row in waited {
                        sqlx::query("DELETE FROM waiting WHERE id = $1").bind(row.id).execute(&mut *connection).await?;
                    }
                    write(connection, found, &texts).await // one that waits on is noted anew
                })
            })
            .await
    }
}

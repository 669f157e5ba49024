//! What is found out about pushes after they are stored: verdicts, and what their events are called.

use super::again::NEWEST_CHANGE;
use super::codes::verdict_code;
use super::index::index_anew;
use super::list::{SUMMARY, summary};
use super::organise::CHANGED;
use super::{Store, StoreError};
use crate::exchange::{ExchangeId, ExchangeSummary};
use crate::inspect::signature::VerdictKind;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use std::collections::HashMap;

/// What came of checking a push.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Judged {
    /// It was not asked: the verdict that it has stays.
    #[default]
    Not,
    /// It waits for the vault; the verdict that it has stays until then.
    Later,
    /// There is nothing to check it by, or not enough of it.
    Never,
    /// This verdict.
    As(VerdictKind),
}

/// What was found out about one push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Followed {
    pub(crate) id: ExchangeId,
    pub(crate) verdict: Judged,
    /// What the event is called, or that it has no name, where that is not what stands with it.
    pub(crate) event_type: Option<Option<String>>,
}

impl Store {
    /// The newest exchange up to which everything was looked at.
    pub(crate) async fn followed(&self) -> Result<ExchangeId, StoreError> {
        let row = sqlx::query("SELECT value FROM meta WHERE name = 'followed'").fetch_one(&self.readers).await;
        Ok(row.map_err(|e| StoreError::from_sqlx("Following pushes", &e))?.get(0))
    }

    /// Keeps what was found out about the exchanges after `from` up to `upto` with what was set up to a change. False,
    /// and nothing kept, if another process was faster, or something else is set by now.
    pub(crate) async fn keep_followed(
        &self,
        from: ExchangeId,
        upto: ExchangeId,
        change: i64,
        found: Vec<Followed>,
    ) -> Result<bool, StoreError> {
        let texts = self.texts_of(&found).await?;
        self.writer
            .finding("Following pushes", move |connection| {
                Box::pin(async move {
                    let sql = format!(
                        "UPDATE meta SET value = $1 WHERE name = 'followed' AND value = $2 AND {NEWEST_CHANGE} = $3"
                    );
                    let query = sqlx::query(AssertSqlSafe(sql)).bind(upto).bind(from).bind(change);
                    let moved = query.execute(&mut *connection).await?;
                    if moved.rows_affected() == 0 {
                        return Ok(false);
                    }
                    write(connection, found, &texts).await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Keeps what was found out about pushes that were looked at before.
    pub(crate) async fn keep_found(&self, found: Vec<Followed>) -> Result<(), StoreError> {
        let texts = self.texts_of(&found).await?;
        self.writer
            .finding("Following pushes", move |connection| {
                Box::pin(async move { write(connection, found, &texts).await })
            })
            .await
    }

    /// The texts of pushes whose event type was found.
    pub(super) async fn texts_of(&self, found: &[Followed]) -> Result<HashMap<ExchangeId, String>, StoreError> {
        let typed = found.iter().filter_map(|one| Some((one.id, one.event_type.clone()??)));
        self.texts_with(typed.collect()).await
    }

    /// Keeps the verdict of one push.
    pub(crate) async fn note_verdict(&self, id: ExchangeId, verdict: VerdictKind) -> Result<(), StoreError> {
        self.keep_found(vec![Followed { id, verdict: Judged::As(verdict), ..Followed::default() }]).await
    }

    /// The newest pushes of a source below one, newest first.
    pub(crate) async fn pushes_of(
        &self,
        source: i64,
        below: ExchangeId,
        count: u32,
    ) -> Result<Vec<ExchangeSummary>, StoreError> {
        // The plus keeps SQLite on the index of sources.
        let sql =
            format!("{SUMMARY} WHERE e.source_id = $1 AND e.id < $2 AND +e.direction = 0 ORDER BY e.id DESC LIMIT $3");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(source).bind(below).bind(count).fetch_all(&self.readers).await;
        let rows = rows.map_err(|e| StoreError::from_sqlx("Reading the pushes of a source", &e))?;
        Ok(rows.iter().map(summary).collect())
    }
}

/// `texts` are those of the pushes that are found by more words now.
pub(super) async fn write(
    connection: &mut SqliteConnection,
    found: Vec<Followed>,
    texts: &HashMap<ExchangeId, String>,
) -> Result<(), sqlx::Error> {
    let mut changed = false;
    for one in found {
        let verdict = match one.verdict {
            Judged::Not => None,
            Judged::Later => {
                let sql =
                    "INSERT INTO waiting SELECT id, source_id FROM exchange WHERE id = $1 AND source_id IS NOT NULL
                           ON CONFLICT DO NOTHING";
                sqlx::query(sql).bind(one.id).execute(&mut *connection).await?;
                None
            }
            Judged::Never => Some(None),
            Judged::As(verdict) => Some(Some(verdict_code(verdict))),
        };
        if let Some(code) = verdict {
            sqlx::query("DELETE FROM waiting WHERE id = $1").bind(one.id).execute(&mut *connection).await?;
            // What stays as it is costs nothing, and a push that is gone meanwhile stays gone.
            let sql = "UPDATE exchange SET verdict = $1 WHERE id = $2 AND verdict IS NOT $1";
            changed |= sqlx::query(sql).bind(code).bind(one.id).execute(&mut *connection).await?.rows_affected() > 0;
        }
        if let Some(event_type) = one.event_type {
            let sql = "UPDATE exchange SET event_type = $1 WHERE id = $2 AND event_type IS NOT $1";
            let named = sqlx::query(sql).bind(event_type).bind(one.id).execute(&mut *connection).await?;
            if named.rows_affected() > 0 {
                changed = true;
                if let Some(text) = texts.get(&one.id) {
                    index_anew(connection, one.id, text).await?;
                }
            }
        }
    }
    if changed {
        sqlx::raw_sql(CHANGED).execute(connection).await?;
    }
    Ok(())
}

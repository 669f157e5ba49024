//! What is found out about pushes after they are stored: verdicts, and what their events are called.

use super::again::NEWEST_CHANGE;
use super::codes::{failure_code, marks_code, origin_code, verdict_code};
use super::index::index_anew;
use super::list::{SUMMARY, summary};
use super::organise::CHANGED;
use super::{Store, StoreError};
use crate::exchange::{ExchangeId, ExchangeSummary, FailureKind, Mark, Origin};
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

/// How many pushes of a source have which verdict. A handshake need not be signed, and counts only if it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdicts {
    /// Signed as its service signs.
    pub valid: u64,
    /// Signed otherwise.
    pub invalid: u64,
    /// Not signed.
    pub unsigned: u64,
    /// Those that can't be checked: for want of a secret, of a provider, or of a signature that can be.
    pub unchecked: u64,
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

    /// The texts of pushes whose event type was found.
    pub(super) async fn texts_of(&self, found: &[Followed]) -> Result<HashMap<ExchangeId, String>, StoreError> {
        let typed = found.iter().filter_map(|one| Some((one.id, one.event_type.clone()??)));
        self.texts_with(typed.collect()).await
    }

    /// How many pushes of a source have which verdict, samples left out.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn verdicts(&self, source: &str) -> Result<Verdicts, StoreError> {
        let count = |condition: String| format!("count(*) FILTER (WHERE {condition})");
        let is = |kind| format!("verdict = {}", verdict_code(kind));
        let handshake = format!("marks & {} <> 0", marks_code(&[Mark::Handshake]));
        let [valid, invalid, unsigned] = [VerdictKind::Valid, VerdictKind::Invalid, VerdictKind::Unsigned].map(is);
        let sql = format!(
            "SELECT {}, {}, {}, {} FROM exchange e JOIN source s ON s.id = e.source_id
              WHERE s.name = $1 AND s.deleted_at IS NULL AND e.direction = 0 AND e.origin <> {} AND e.deletion IS NULL",
            count(valid.clone()),
            count(invalid.clone()),
            count(format!("{unsigned} AND NOT {handshake}")),
            count(format!("({valid} OR {invalid} OR {unsigned}) IS NOT 1 AND NOT {handshake}")),
            origin_code(Origin::Sample),
        );
        let row = sqlx::query(AssertSqlSafe(sql)).bind(source).fetch_one(&self.readers).await;
        let row = row.map_err(|e| StoreError::from_sqlx("Counting the verdicts", &e))?;
        let number = |at: usize| row.get::<i64, _>(at) as u64;
        Ok(Verdicts { valid: number(0), invalid: number(1), unsigned: number(2), unchecked: number(3) })
    }

    /// Notes why the senders of pushes did not get our whole answers: to whoever sent one, it was never answered.
    pub(crate) async fn note_missed(&self, missed: Vec<(ExchangeId, FailureKind)>) -> Result<(), StoreError> {
        self.writer
            .finding("Noting an answer that nobody waited for", move |connection| {
                Box::pin(async move {
                    for (id, why) in missed {
                        let sql = "UPDATE exchange SET failure = $2 WHERE id = $1 AND failure IS NULL";
                        sqlx::query(sql).bind(id).bind(failure_code(why)).execute(&mut *connection).await?;
                    }
                    sqlx::raw_sql(CHANGED).execute(connection).await.map(drop)
                })
            })
            .await
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

#[cfg(test)]
mod tests {
    use super::super::NewExchange;
    use super::super::tests::{push, store};
    use super::*;

    #[tokio::test]
    async fn verdicts_are_counted_of_what_a_service_sent_to_this_very_source() {
        let (_folder, store) = store().await;
        let handshake = || NewExchange { marks: vec![Mark::Handshake], ..push("shop", "e", "") };
        let sample = NewExchange { origin: Origin::Sample, ..push("shop", "e", "") };
        for new in [push("shop", "e", ""), push("shop", "e", ""), push("shop", "e", ""), handshake(), handshake()] {
            store.save(new).await.unwrap();
        }
        for new in [sample, push("Shop", "e", "")] {
            store.save(new).await.unwrap();
        }
        for (id, verdict) in [(1, VerdictKind::Valid), (2, VerdictKind::Invalid), (4, VerdictKind::Valid)] {
            store.note_verdict(id, verdict).await.unwrap();
        }
        for (id, verdict) in [(5, VerdictKind::Unsigned), (6, VerdictKind::Unsigned), (7, VerdictKind::Invalid)] {
            store.note_verdict(id, verdict).await.unwrap();
        }
        let expected = Verdicts { valid: 2, invalid: 1, unsigned: 0, unchecked: 1 };
        assert_eq!(store.verdicts("shop").await.unwrap(), expected);
        store.note_verdict(3, VerdictKind::Unsigned).await.unwrap();
        assert_eq!(store.verdicts("shop").await.unwrap(), Verdicts { unsigned: 1, unchecked: 0, ..expected });
    }
}

//! Counts that are kept: pushes, pulls, failures, unread, and how many of them in which minute. They cover the exchanges
//! up to `meta.indexed`; triggers of the schema keep them right when exchanges change or go.

use super::places::visible_after;
use crate::exchange::ExchangeId;
use sqlx::{AssertSqlSafe, SqliteConnection};

/// What counts as failed, for a query over `exchange e`.
pub(super) const FAILED: &str =
    "(e.failure IS NOT NULL OR e.status >= 400 OR e.forward_status >= 400 OR e.forward_failure IS NOT NULL)";

/// What counts as unread, for a query over `exchange e`.
pub(super) const UNREAD: &str = "(e.direction = 0 AND (e.seen = 2 OR e.seen = 0 AND e.id > \
     (SELECT value FROM meta WHERE name = 'read_upto')))";

/// SQL that counts the visible exchanges: those that are counted, and those after them.
pub(super) fn visible() -> String {
    let rest = visible_after("(SELECT value FROM meta WHERE name = 'indexed')");
    format!("(SELECT sum(value) FROM meta WHERE name IN ('pushes', 'pulls')) + {rest}")
}

/// Adds the exchanges after `from` up to `upto`; part of the transaction that indexes them.
pub(super) async fn count_in(
    connection: &mut SqliteConnection,
    from: ExchangeId,
    upto: ExchangeId,
) -> Result<(), sqlx::Error> {
    let all = format!("FROM exchange e WHERE e.id > {from} AND e.id <= {upto}");
    let rows = format!("{all} AND e.deletion IS NULL");
    let sql = format!(
        "INSERT INTO bucket SELECT e.started_at / 60000000, e.direction, sum(e.deletion IS NULL),
                sum(e.deletion IS NULL AND coalesce({FAILED}, 0)), min(e.id), max(e.id) {all}
             GROUP BY 1, 2
             ON CONFLICT DO UPDATE SET total = total + excluded.total, failed = failed + excluded.failed,
                first = min(first, excluded.first), last = max(last, excluded.last);
         UPDATE meta SET value = value + CASE name
                WHEN 'pushes' THEN (SELECT count(*) {rows} AND e.direction = 0)
                WHEN 'pulls' THEN (SELECT count(*) {rows} AND e.direction = 1)
                WHEN 'failed' THEN (SELECT count(*) {rows} AND {FAILED})
                ELSE (SELECT count(*) {rows} AND {UNREAD}) END
          WHERE name IN ('pushes', 'pulls', 'failed', 'unread');"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)
}

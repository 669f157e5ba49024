//! The list: pages of rows, newest first, and how many there are.

use super::codes;
use super::filter::{Filter, Plan};
use super::{Store, StoreError};
use crate::api::{Anchor, Count, CountQuery, ListPage, ListQuery};
use crate::exchange::{ExchangeId, ExchangeSummary, Micros};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _};

/// Rows of one page at most.
const PAGE: u32 = 500;

/// Rows that are walked over without looking for a nearer place to begin.
const FAR: u64 = 2048;

pub(super) const SUMMARY: &str = "SELECT e.id, e.direction, e.origin, e.started_at, e.duration, e.method, e.path, e.url, \
     s.name, e.event_type, e.status, e.request_size, e.response_size, e.failure, e.parent, e.request_id, e.marks, \
     e.forward_status, e.forward_failure, e.pinned, \
     e.direction = 0 AND (e.seen = 2 OR e.seen = 0 AND e.id > (SELECT value FROM meta WHERE name = 'read_upto')), \
     EXISTS (SELECT 1 FROM note n WHERE n.exchange = e.id), \
     (SELECT group_concat(t.name, char(10) ORDER BY t.name) FROM tagged g JOIN tag t ON t.id = g.tag \
       WHERE g.exchange = e.id), e.verdict, \
     e.delivery, e.repeats, e.attempt, e.overtaken_by, \
     (SELECT count(*) FROM exchange m WHERE m.delivery = coalesce(e.delivery, e.id)), \
     (SELECT count(*) FROM exchange m WHERE m.delivery = coalesce(e.delivery, e.id) \
       AND (m.seen = 2 OR m.seen = 0 AND m.id > (SELECT value FROM meta WHERE name = 'read_upto'))), \
     (SELECT sum(b.events) FROM batch b WHERE b.exchange = e.id) \
     FROM exchange e LEFT JOIN source s ON s.id = e.source_id";

/// A row of the list from a row of [`SUMMARY`].
pub(super) fn summary(row: &SqliteRow) -> ExchangeSummary {
    let path: String = row.get(6);
    ExchangeSummary {
        id: row.get(0),
        direction: codes::direction(row.get(1)),
        origin: codes::origin(row.get(2)),
        started_at: row.get(3),
        duration: row.get(4),
        method: row.get(5),
        url: row.get::<Option<String>, _>(7).unwrap_or_else(|| path.clone()),
        path,
        source: row.get(8),
        event_type: row.get(9),
        status: row.get(10),
        request_size: row.get::<i64, _>(11) as u64,
        response_size: row.get::<i64, _>(12) as u64,
        failure: row.get::<Option<i64>, _>(13).and_then(codes::failure),
        parent: row.get(14),
        request_id: row.get(15),
        marks: codes::marks(row.get(16)),
        forward_status: row.get(17),
        forward_failure: row.get::<Option<i64>, _>(18).and_then(codes::failure),
        pinned: row.get(19),
        unread: row.get(20),
        has_note: row.get(21),
        tags: row.get::<Option<String>, _>(22).map(|all| all.lines().map(Into::into).collect()).unwrap_or_default(),
        verdict: row.get::<Option<i64>, _>(23).and_then(codes::verdict),
        delivery: super::deliveries::mark(row, 24),
        events: row.get::<Option<u32>, _>(30).unwrap_or(1),
    }
}

impl Store {
    /// A page of the list, newest first.
    ///
    /// # Errors
    /// `Invalid` if the filter can't be read.
    pub async fn list(&self, query: &ListQuery) -> Result<ListPage, StoreError> {
        let plan = self.plan(&query.filter).await?;
        let count = query.count.min(PAGE);
        let upto = self.upto(query.upto).await?;
        if plan.is_checked() {
            let wanted = query.from..query.from.saturating_add(u64::from(count));
            let end = wanted.end;
            let found = self.found(&query.filter, plan, upto, wanted).await?;
            let complete = found.complete || found.ids.len() == count as usize;
            let last = found.complete && found.total <= end;
            return Ok(ListPage { rows: self.summaries(&found.ids).await?, complete, last });
        }
        self.page(&plan, upto, query.from, count, query.near).await
    }

    /// How many rows a filter finds.
    ///
    /// # Errors
    /// `Invalid` if the filter can't be read.
    pub async fn count(&self, query: &CountQuery) -> Result<Count, StoreError> {
        let plan = self.plan(&query.filter).await?;
        let upto = self.upto(query.upto).await?;
        if plan.is_checked() {
            let found = self.found(&query.filter, plan, upto, u64::MAX..u64::MAX).await?;
            return Ok(Count { rows: found.total, complete: found.complete });
        }
        if plan.is_everything() {
            return Ok(Count { rows: self.count_upto(upto).await?, complete: true });
        }
        let bounds = plan.bounds(None, upto);
        let sql = format!("SELECT count(*) FROM exchange e WHERE {} {}", bounds.sql, plan.conditions());
        let row = plan.bind(bounds.bind(sqlx::query(AssertSqlSafe(sql)))).fetch_one(&self.readers).await;
        let rows: i64 = row.map_err(|e| StoreError::from_sqlx("Counting exchanges", &e))?.get(0);
        Ok(Count { rows: rows as u64, complete: true })
    }

    /// The rows stored after one, oldest first: what a follower reads.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn stored_after(&self, id: ExchangeId, count: u32) -> Result<Vec<ExchangeSummary>, StoreError> {
        let recent = self.writer.recent.after(id, count);
        if !recent.is_empty() {
            return Ok(recent);
        }
        let sql = AssertSqlSafe(format!("{SUMMARY} WHERE e.id > $1 ORDER BY e.id LIMIT {count}"));
        let rows = sqlx::query(sql).bind(id).fetch_all(&self.readers).await;
        Ok(rows.map_err(|e| StoreError::from_sqlx("Reading the list", &e))?.iter().map(summary).collect())
    }

    /// Rows of a plan that SQLite can answer alone. `near` is a row whose place is known: the way to a page deep in
    /// the list is walked from there.
    async fn page(
        &self,
        plan: &Plan,
        upto: ExchangeId,
        from: u64,
        count: u32,
        near: Option<Anchor>,
    ) -> Result<ListPage, StoreError> {
        let near = near.filter(|anchor| anchor.row.abs_diff(from) < from);
        let is_far = near.map_or(from, |anchor| anchor.row.abs_diff(from)) > FAR;
        let near = if is_far && plan.is_everything() { self.anchor(upto, from).await?.or(near) } else { near };
        let (above, upto, order, skip) = match near {
            Some(anchor) if anchor.row <= from => (None, upto.min(anchor.id), "DESC", from - anchor.row),
            // Backwards: the page ends before the anchor, so walk up from it and turn the rows round.
            Some(anchor) => (Some(anchor.id), upto, "ASC", (anchor.row - from).saturating_sub(u64::from(count))),
            None => (None, upto, "DESC", from),
        };
        let bounds = plan.bounds(above, upto);
        let ahead = near.filter(|anchor| anchor.row > from).map(|anchor| (anchor.row - from).min(u64::from(count)));
        let limit = ahead.unwrap_or(u64::from(count));
        // The limit stands in the text: SQLite makes a new plan each time that it is bound.
        let sql = format!(
            "{SUMMARY} WHERE e.id IN (SELECT e.id FROM exchange e WHERE {} {} ORDER BY e.id {order} \
             LIMIT {limit} OFFSET ?) ORDER BY e.id DESC",
            bounds.sql,
            plan.conditions()
        );
        let query = bounds.bind(sqlx::query(AssertSqlSafe(sql)));
        let rows = plan.bind(query).bind(skip as i64).fetch_all(&self.readers).await;
        let mut rows: Vec<_> =
            rows.map_err(|e| StoreError::from_sqlx("Reading the list", &e))?.iter().map(summary).collect();
        let mut last = ahead.is_none() && (rows.len() as u64) < limit;
        if let (Some(ahead), Some(anchor)) = (ahead, near)
            && ahead < u64::from(count)
        {
            // The page reaches past the anchor: the rest stands from it downwards.
            let rest = Box::pin(self.page(plan, upto, anchor.row, count - ahead as u32, Some(anchor))).await?;
            rows.extend(rest.rows);
            last = rest.last;
        }
        Ok(ListPage { rows, complete: true, last })
    }

    /// The rows with these numbers that are there, newest first.
    pub(super) async fn summaries(&self, ids: &[ExchangeId]) -> Result<Vec<ExchangeSummary>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let list = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let sql = AssertSqlSafe(format!("{SUMMARY} WHERE e.id IN ({list}) ORDER BY e.id DESC"));
        let rows = sqlx::query(sql).persistent(false).fetch_all(&self.readers).await;
        Ok(rows.map_err(|e| StoreError::from_sqlx("Reading the list", &e))?.iter().map(summary).collect())
    }

    /// A view without an end of its own ends at what is stored now.
    pub(super) async fn upto(&self, upto: Option<ExchangeId>) -> Result<ExchangeId, StoreError> {
        match upto {
            Some(upto) => Ok(upto),
            None => self.newest().await,
        }
    }

    /// The number of the newest exchange; 0 if there is none.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn newest(&self) -> Result<ExchangeId, StoreError> {
        let newest = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM exchange").fetch_one(&self.readers).await;
        newest.map_err(|e| StoreError::from_sqlx("Reading the list", &e))
    }

    pub(super) async fn plan(&self, filter: &str) -> Result<Plan, StoreError> {
        let filter = Filter::parse(filter).map_err(|problem| StoreError::Invalid(problem.message))?;
        let mut plan = filter.plan(self.indexed(), super::micros_now());
        // Only while something is hidden: the condition keeps SQLite from answering out of an index alone.
        let sql = "SELECT EXISTS (SELECT 1 FROM exchange WHERE deletion IS NOT NULL),
                          (SELECT value FROM meta WHERE name = 'revision'),
                          (SELECT value FROM meta WHERE name = 'indexed'),
                          (SELECT max(id) FROM exchange),
                          (SELECT min(first) FROM bucket WHERE minute >= $1),
                          (SELECT max(last) FROM bucket WHERE minute <= $2),
                          (SELECT value FROM meta WHERE name = 'grouped'),
                          (SELECT value FROM meta WHERE name = 'followed'),
                          (SELECT value FROM meta WHERE name = 'shown'),
                          (SELECT value FROM meta WHERE name = 'forwarded')";
        let minute = |at: Option<Micros>, otherwise: i64| at.map_or(otherwise, |at| at.div_euclid(60_000_000));
        let row = sqlx::query(sql).bind(minute(plan.since, i64::MAX)).bind(minute(plan.before, i64::MIN));
        let row = row.fetch_one(&self.readers).await.map_err(|e| StoreError::from_sqlx("Reading the list", &e))?;
        plan.take_state(row.get(0), row.get(8), row.get(1), row.get(9));
        let (indexed, newest): (i64, Option<i64>) = (row.get(2), row.get(3));
        (plan.newest, plan.looked_at) = (newest.unwrap_or(0), [row.get(6), row.get(7)]);
        // The minutes know which exchanges they hold: the rest need not be looked at.
        if plan.since.is_some() {
            let first = row.get::<Option<i64>, _>(4).unwrap_or(indexed + 1).min(indexed + 1);
            plan.after = Some(first - 1);
        }
        if plan.before.is_some() && newest.is_none_or(|newest| newest <= indexed) {
            plan.upto = Some(row.get::<Option<i64>, _>(5).unwrap_or(0));
        }
        Ok(plan)
    }
}

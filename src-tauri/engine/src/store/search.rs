//! Finding what a plain query can't: the word index is asked first, then candidates are read, newest first, within a
//! time budget. What was found is remembered, so that asking again carries on.

use super::check::Candidate;
use super::filter::Plan;
use super::{Store, StoreError};
use crate::exchange::{ExchangeId, Side};
use crate::inspect::{content_codings, decode};
use crate::wire::LooseHead;
use sqlx::{AssertSqlSafe, Row as _};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long one question may take before it is answered with what was found so far.
const BUDGET: Duration = Duration::from_millis(120);

/// Candidates taken at a time.
const STEP: i64 = 500;

/// Searches that are remembered.
const REMEMBERED: usize = 4;

/// Bytes of a body that are indexed and searched.
pub(super) const SEARCHED: u64 = 1024 * 1024;

/// Searches that were asked for lately, the newest last.
#[derive(Debug, Default)]
pub(super) struct Searches(std::sync::Mutex<Vec<(SearchKey, Arc<Mutex<Scan>>)>>);

type SearchKey = (String, ExchangeId, (i64, i64));

/// A search on its way down the list.
#[derive(Debug)]
pub(super) struct Scan {
    plan: Plan,
    below: ExchangeId,
    found: Vec<ExchangeId>,
    done: bool,
}

/// What a search has found so far, newest first.
pub(super) struct Found {
    pub(super) ids: Vec<ExchangeId>,
    pub(super) complete: bool,
}

impl Store {
    /// Carries a search on until `wanted` rows are found, the end is reached or the budget is used up.
    pub(super) async fn found(
        &self,
        filter: &str,
        plan: Plan,
        upto: ExchangeId,
        wanted: u64,
    ) -> Result<Found, StoreError> {
        let scan = self.searches.take((filter.to_owned(), upto, plan.stamp), || Scan {
            plan,
            below: upto.saturating_add(1),
            found: Vec::new(),
            done: false,
        });
        let mut scan = scan.lock().await;
        let start = Instant::now();
        while !scan.done && (scan.found.len() as u64) < wanted && start.elapsed() < BUDGET {
            self.step(&mut scan).await?;
        }
        Ok(Found { ids: scan.found.clone(), complete: scan.done })
    }

    async fn step(&self, scan: &mut Scan) -> Result<(), StoreError> {
        let in_tail = scan.below > scan.plan.indexed + 1;
        let ids = self.candidates(&scan.plan, scan.below, in_tail).await?;
        let full = ids.len() as i64 == STEP;
        let last = ids.last().copied();
        let kept = self.checked(&scan.plan, ids).await?;
        scan.found.extend(kept);
        match last {
            Some(last) if full => scan.below = last,
            _ if in_tail => scan.below = scan.plan.indexed + 1,
            _ => scan.done = true,
        }
        Ok(())
    }

    /// The next exchanges that may fit, newest first: from the word index where it has them, else one by one.
    async fn candidates(&self, plan: &Plan, below: ExchangeId, in_tail: bool) -> Result<Vec<ExchangeId>, StoreError> {
        let conditions = plan.conditions();
        let rows = match plan.words().filter(|_| !in_tail) {
            Some(words) => {
                let sql = AssertSqlSafe(format!(
                    "SELECT e.id FROM search f JOIN exchange e ON e.id = f.rowid WHERE f.search MATCH ? \
                     AND f.rowid < ? {conditions} ORDER BY f.rowid DESC LIMIT {STEP}"
                ));
                plan.bind(sqlx::query(sql).bind(words).bind(below)).fetch_all(&self.readers).await
            }
            None => {
                let floor = if in_tail { plan.indexed } else { 0 };
                let sql = AssertSqlSafe(format!(
                    "SELECT e.id FROM exchange e WHERE e.id < ? AND e.id > ? {conditions} \
                     ORDER BY e.id DESC LIMIT {STEP}"
                ));
                plan.bind(sqlx::query(sql).bind(below).bind(floor)).fetch_all(&self.readers).await
            }
        };
        Ok(rows.map_err(|e| StoreError::from_sqlx("Searching", &e))?.iter().map(|row| row.get(0)).collect())
    }

    /// Those of `ids` for which every check of the plan holds.
    pub(super) async fn checked(&self, plan: &Plan, ids: Vec<ExchangeId>) -> Result<Vec<ExchangeId>, StoreError> {
        let mut kept = Vec::with_capacity(ids.len());
        for id in ids {
            if plan.checks.iter().all(|check| check.is_answered(id)) {
                kept.push(id);
                continue;
            }
            let candidate = self.candidate(id).await?;
            if plan.checks.iter().all(|check| check.holds(&candidate)) {
                kept.push(id);
            }
        }
        Ok(kept)
    }

    /// What is searched of an exchange.
    pub(super) async fn candidate(&self, id: ExchangeId) -> Result<Candidate, StoreError> {
        let summary = self.summary(id).await?;
        let mut candidate = Candidate { id, ..Candidate::default() };
        let mut text = format!("{} {}", summary.method, summary.url);
        for word in [summary.source, summary.event_type].into_iter().flatten() {
            text.push('\n');
            text.push_str(&word);
        }
        for (place, side) in [Side::Request, Side::Response].into_iter().enumerate() {
            let Some(message) = self.message(id, side).await? else { continue };
            text.push('\n');
            text.push_str(&String::from_utf8_lossy(&message.head));
            let raw = self.body(id, side, 0..SEARCHED).await?;
            let headers = LooseHead::parse(&message.head).headers;
            let body = decode(&raw, &content_codings(&headers)).bytes;
            if is_text(&body) {
                text.push_str(&String::from_utf8_lossy(&body));
            }
            candidate.heads[place] = message.head;
            candidate.bodies[place] = body;
        }
        candidate.text = text;
        Ok(candidate)
    }
}

/// Text has no NUL in it; words of anything else would only be noise.
fn is_text(body: &[u8]) -> bool {
    memchr::memchr(0, &body[..body.len().min(1024)]).is_none()
}

impl Searches {
    fn take(&self, key: SearchKey, start: impl FnOnce() -> Scan) -> Arc<Mutex<Scan>> {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(place) = all.iter().position(|(known, _)| *known == key) {
            let known = all.remove(place);
            all.push(known);
        } else {
            if all.len() == REMEMBERED {
                all.remove(0);
            }
            all.push((key, Arc::new(Mutex::new(start()))));
        }
        all.last().map(|(_, scan)| scan.clone()).unwrap_or_else(|| unreachable!("one was just added"))
    }
}

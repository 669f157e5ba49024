//! Finding what a plain query can't: candidates are taken, read and looked at, newest first, within a time budget. What
//! was found is remembered, so that asking again carries on.

use super::candidates::{Walk, Weighed};
use super::check::Candidate;
use super::filter::Plan;
use super::scan::Scan;
use super::{Store, StoreError};
use crate::exchange::{ExchangeId, Side};
use crate::inspect::{SEARCHED, as_utf8, content_codings, decode_front};
use crate::wire::LooseHead;
use bytes::Bytes;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long one question may take before it is answered with what was found so far.
const BUDGET: Duration = Duration::from_millis(120);

/// Candidates looked at in one step.
const STEP: u32 = 500;

/// Bytes that are read at once: more is no faster, and the bodies stay in memory while they are looked at.
const READ_AT_ONCE: u64 = 4 * 1024 * 1024;

/// Candidates are read and looked at in two halves at once.
const HALVES: usize = 2;

/// What a search has found so far, newest first.
pub(super) struct Found {
    /// Those that were asked for.
    pub(super) ids: Vec<ExchangeId>,
    /// All that were found.
    pub(super) total: u64,
    pub(super) complete: bool,
}

impl Store {
    /// Carries a search on until the rows of `wanted` are found, the end is reached or the budget is used up.
    pub(super) async fn found(
        &self,
        filter: &str,
        plan: Plan,
        upto: ExchangeId,
        wanted: std::ops::Range<u64>,
    ) -> Result<Found, StoreError> {
        let scan = self.searches.take(filter, plan.stamp());
        let mut scan = scan.lock().await;
        scan.go_on(plan, upto);
        let start = Instant::now();
        while !scan.is_done() && (scan.found(upto).len() as u64) < wanted.end && start.elapsed() < BUDGET {
            self.step(&mut scan).await?;
        }
        let found = scan.found(upto);
        let total = found.len() as u64;
        let place = |at: u64| at.min(total) as usize;
        let ids = found[place(wanted.start)..place(wanted.end).max(place(wanted.start))].to_vec();
        Ok(Found { ids, total, complete: scan.is_done() })
    }

    async fn step(&self, scan: &mut Scan) -> Result<(), StoreError> {
        let (plan, gap) = (scan.plan.clone(), scan.gap());
        let Some(taken) = scan.taken() else { return Ok(()) };
        if taken.is_empty() {
            self.take(taken, plan, gap, Walk::Down(STEP)).await?;
        }
        let most = if taken.is_answered() { taken.len() } else { STEP as usize };
        let candidates = taken.next(most);
        let count = candidates.len();
        let kept = self.checked(&taken.plan, candidates).await?;
        let down_to = taken.looked_at(count);
        scan.looked(down_to, kept);
        Ok(())
    }

    /// Those of the candidates for which every check of the plan holds, in their order.
    pub(super) async fn checked(
        &self,
        plan: &Arc<Plan>,
        candidates: Vec<Weighed>,
    ) -> Result<Vec<ExchangeId>, StoreError> {
        if candidates.iter().all(|(id, _)| plan.checks.iter().all(|check| check.is_answered(*id))) {
            return Ok(candidates.into_iter().map(|(id, _)| id).collect());
        }
        let half = candidates.len().div_ceil(HALVES).max(1);
        let halves = candidates.chunks(half).map(|half| {
            let (store, plan, half) = (self.clone(), plan.clone(), half.to_vec());
            tokio::spawn(async move { store.check(plan, half).await })
        });
        let mut kept = Vec::with_capacity(candidates.len());
        for half in futures_util::future::join_all(halves).await {
            kept.extend(half.map_err(|_| StoreError::Busy)??); // it is not cancelled, and a panic ends the process
        }
        Ok(kept)
    }

    async fn check(&self, plan: Arc<Plan>, candidates: Vec<Weighed>) -> Result<Vec<ExchangeId>, StoreError> {
        let mut kept = Vec::with_capacity(candidates.len());
        for ids in portions(&candidates) {
            let (plan, candidates) = (plan.clone(), self.read_candidates(&ids).await?);
            let passing = tokio::task::spawn_blocking(move || {
                let holds = |candidate: &Candidate| plan.checks.iter().all(|check| check.holds(candidate));
                candidates.iter().filter(|one| holds(one)).map(|one| one.id).collect::<Vec<_>>()
            });
            kept.extend(passing.await.map_err(|_| StoreError::Busy)?);
        }
        Ok(kept)
    }

    /// What is searched of exchanges, in the order of `ids`, which is that of their numbers, up or down.
    pub(super) async fn read_candidates(&self, ids: &[ExchangeId]) -> Result<Vec<Candidate>, StoreError> {
        let list = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let order = if ids.first() < ids.last() { "ASC" } else { "DESC" };
        let sql = AssertSqlSafe(format!(
            "SELECT e.id, concat_ws(char(10), e.method || ' ' || coalesce(e.url, e.path), s.name, {TYPES}), \
             w.record, w.request_key, w.response_key \
             FROM exchange e JOIN wire w ON w.id = e.id LEFT JOIN source s ON s.id = e.source_id \
             WHERE e.id IN ({list}) ORDER BY e.id {order}"
        ));
        let rows = sqlx::query(sql).persistent(false).fetch_all(&self.readers).await;
        let rows = rows.map_err(|e| StoreError::from_sqlx("Searching", &e))?;
        let mut candidates = Vec::with_capacity(rows.len());
        for row in rows {
            let id = row.get(0);
            let mut candidate = Candidate { id, about: row.get(1), ..Candidate::default() };
            match self.read_wire(&row, &mut candidate).await {
                // What of it can be read is searched.
                Err(error) if error.is_of_one() => {}
                read => read?,
            }
            candidates.push(candidate);
        }
        let decoding = tokio::task::spawn_blocking(move || {
            for Candidate { heads, bodies, .. } in &mut candidates {
                for (head, body) in heads.iter().zip(bodies) {
                    *body = decoded(head, std::mem::take(body));
                }
            }
            candidates
        });
        decoding.await.map_err(|_| StoreError::Busy)
    }

    async fn read_wire(&self, row: &SqliteRow, candidate: &mut Candidate) -> Result<(), StoreError> {
        let record = self.decoded(row.get(2)).await?;
        for (place, side) in [Side::Request, Side::Response].into_iter().enumerate() {
            let part = record.side(side).cloned().unwrap_or_default();
            let raw = match row.get::<Option<i64>, _>(3 + place) {
                Some(key) => self.chunks(key, 0..SEARCHED).await?,
                None => part.body.unwrap_or_default(),
            };
            candidate.bodies[place] = raw;
            candidate.heads[place] = part.head;
        }
        Ok(())
    }
}

/// The event types of an exchange and of the events in it, for a query over `exchange e`.
pub(super) const TYPES: &str = "concat_ws(char(10), e.event_type, \
     (SELECT group_concat(b.event_type, char(10)) FROM batch b WHERE b.exchange = e.id))";

/// The ids in portions that are read at once.
fn portions(candidates: &[Weighed]) -> Vec<Vec<ExchangeId>> {
    let mut portions = vec![Vec::new()];
    let mut bytes = 0;
    for (id, weight) in candidates {
        bytes += weight;
        if bytes > READ_AT_ONCE && portions.last().is_some_and(|portion| !portion.is_empty()) {
            portions.push(Vec::new());
            bytes = *weight;
        }
        portions.last_mut().unwrap_or_else(|| unreachable!("there is always one")).push(*id);
    }
    portions
}

/// The start of the body without its content codings, as UTF-8 without a byte order mark. Most are that already, which
/// is told without reading the head.
fn decoded(head: &Bytes, raw: Bytes) -> Bytes {
    let raw = raw.slice(..raw.len().min(SEARCHED as usize));
    let has = |text: &[u8]| memchr::memmem::find(head, text).is_some();
    let encodings = has(b"ncoding") || has(b"NCODING");
    let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    let is_marked = marks.iter().any(|mark| raw.starts_with(mark));
    // A document may say in itself what it is in.
    let is_markup = raw.trim_ascii_start().starts_with(b"<");
    if raw.is_empty() || !(encodings || is_marked || is_markup || names_charset(head)) {
        return raw;
    }
    let headers = LooseHead::parse(head).headers;
    as_utf8(&headers, &decode_front(&raw, &content_codings(&headers), SEARCHED as usize).bytes)
}

/// True if a head may name a charset that is not UTF-8.
fn names_charset(head: &[u8]) -> bool {
    let is_other = |at: usize| {
        let label = head[at..].strip_prefix(b"\"").unwrap_or(&head[at..]);
        !label.get(..5).is_some_and(|label| label.eq_ignore_ascii_case(b"utf-8"))
    };
    let found = |name: &'static [u8]| memchr::memmem::find_iter(head, name).any(|at| is_other(at + name.len()));
    found(b"harset=") || found(b"HARSET=")
}

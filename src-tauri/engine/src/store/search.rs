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
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long one question may take before it is answered with what was found so far.
const BUDGET: Duration = Duration::from_millis(120);

/// What is left of it for looking at candidates at least: taking them may have used it up.
const LEAST: Duration = Duration::from_millis(30);

/// Candidates looked at in one step.
const STEP: u32 = 500;

/// Bytes that are read at once: more is no faster, and they stay in memory while they are looked at.
const READ_AT_ONCE: u64 = 4 * 1024 * 1024;

/// Candidates are read and looked at by so many at once, each its share.
const SHARES: usize = 2;

/// What a search has found so far, newest first.
pub(super) struct Found {
    /// Those that were asked for.
    pub(super) ids: Vec<ExchangeId>,
    /// All that were found.
    pub(super) total: u64,
    pub(super) complete: bool,
}

/// What came of looking at candidates.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// Those that fit, in their order.
    pub(super) kept: Vec<ExchangeId>,
    /// So many of them were looked at: all, or the first ones until the time was up.
    pub(super) count: usize,
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
        let until = Instant::now() + BUDGET;
        while !scan.is_done() && (scan.found(upto).len() as u64) < wanted.end && Instant::now() < until {
            self.step(&mut scan, until).await?;
        }
        let found = scan.found(upto);
        let total = found.len() as u64;
        let place = |at: u64| at.min(total) as usize;
        let ids = found[place(wanted.start)..place(wanted.end).max(place(wanted.start))].to_vec();
        Ok(Found { ids, total, complete: scan.is_done() })
    }

    async fn step(&self, scan: &mut Scan, until: Instant) -> Result<(), StoreError> {
        let (plan, gap) = (scan.plan.clone(), scan.gap());
        let Some(taken) = scan.taken() else { return Ok(()) };
        if taken.is_empty() {
            self.take(taken, plan, gap, Walk::Down(STEP)).await?;
        }
        let until = until.max(Instant::now() + LEAST);
        let most = if taken.is_answered() { taken.len() } else { STEP as usize };
        let looked = self.checked(&taken.plan, &taken.next(most), Some(until)).await?;
        let down_to = taken.looked_at(looked.count);
        scan.looked(down_to, looked.kept);
        Ok(())
    }

    /// Looks at candidates, at some of them however little time there is: for which of them does every check of the plan
    /// hold?
    pub(super) async fn checked(
        &self,
        plan: &Arc<Plan>,
        candidates: &[Weighed],
        until: Option<Instant>,
    ) -> Result<Looked, StoreError> {
        if candidates.iter().all(|(id, _)| plan.checks.iter().all(|check| check.is_answered(*id))) {
            return Ok(Looked { kept: candidates.iter().map(|(id, _)| *id).collect(), count: candidates.len() });
        }
        // One after another goes to each, not the first half to one: where the time is up, all are as far.
        let shares = (0..SHARES).map(|place| {
            let share = candidates.iter().skip(place).step_by(SHARES).copied().collect();
            let (store, plan) = (self.clone(), plan.clone());
            tokio::spawn(async move { store.check(plan, share, until).await })
        });
        let (mut fitting, mut count) = (HashSet::new(), candidates.len());
        for (place, share) in futures_util::future::join_all(shares).await.into_iter().enumerate() {
            let share: Looked = share.map_err(|_| StoreError::Busy)??; // it is not cancelled, and a panic ends the process
            fitting.extend(share.kept);
            count = count.min(place + SHARES * share.count);
        }
        let kept = candidates[..count].iter().map(|(id, _)| *id).filter(|id| fitting.contains(id)).collect();
        Ok(Looked { kept, count })
    }

    async fn check(
        &self,
        plan: Arc<Plan>,
        candidates: Vec<Weighed>,
        until: Option<Instant>,
    ) -> Result<Looked, StoreError> {
        let mut looked = Looked::default();
        for ids in portions(&candidates) {
            let (plan, coded) = (plan.clone(), self.read_coded(&ids).await?);
            let looking = tokio::task::spawn_blocking(move || look(&plan, coded, until));
            let (kept, next) = looking.await.map_err(|_| StoreError::Busy)?;
            looked.kept.extend(kept);
            looked.count += next.and_then(|next| ids.iter().position(|id| *id == next)).unwrap_or(ids.len());
            if is_past(until) {
                break;
            }
        }
        Ok(looked)
    }

    /// What is searched of exchanges, in the order of `ids`, which is that of their numbers, up or down. Few at once: their
    /// bodies are in memory, and what packs well is far longer than it came.
    pub(super) async fn read_candidates(&self, ids: &[ExchangeId]) -> Result<Vec<Candidate>, StoreError> {
        let coded = self.read_coded(ids).await?;
        let decoding = tokio::task::spawn_blocking(move || coded.into_iter().map(Coded::decoded).collect());
        decoding.await.map_err(|_| StoreError::Busy)
    }

    /// The same with the bodies as they came.
    async fn read_coded(&self, ids: &[ExchangeId]) -> Result<Vec<Coded>, StoreError> {
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
            candidates.push(Coded(candidate));
        }
        Ok(candidates)
    }

    async fn read_wire(&self, row: &SqliteRow, candidate: &mut Candidate) -> Result<(), StoreError> {
        let record = self.decoded(row.get(2)).await?;
        let is_framed = [&record.request, &record.response].into_iter().flatten().any(|part| !part.framing.is_empty());
        // What is cut out of the record keeps all of it in memory: its framing may be far longer, and is not searched.
        let cut_out = |bytes: Bytes| if is_framed { Bytes::copy_from_slice(&bytes) } else { bytes };
        for (place, side) in [Side::Request, Side::Response].into_iter().enumerate() {
            let part = record.side(side).cloned().unwrap_or_default();
            let raw = match row.get::<Option<i64>, _>(3 + place) {
                Some(key) => self.chunks(key, 0..SEARCHED).await?,
                None => cut_out(part.body.unwrap_or_default()),
            };
            candidate.bodies[place] = raw;
            candidate.heads[place] = cut_out(part.head);
        }
        Ok(())
    }
}

/// The event types of an exchange and of the events in it, for a query over `exchange e`.
pub(super) const TYPES: &str = "concat_ws(char(10), e.event_type, \
     (SELECT group_concat(b.event_type, char(10)) FROM batch b WHERE b.exchange = e.id))";

/// A candidate whose bodies are as they came.
struct Coded(Candidate);

impl Coded {
    fn decoded(self) -> Candidate {
        let Self(mut candidate) = self;
        for (head, body) in candidate.heads.iter().zip(&mut candidate.bodies) {
            *body = decoded(head, std::mem::take(body));
        }
        candidate
    }
}

/// Those for which every check holds, and the first that there was no time for. One is decoded at a time: a body may be a
/// thousand times as long as it came.
fn look(plan: &Plan, coded: Vec<Coded>, until: Option<Instant>) -> (Vec<ExchangeId>, Option<ExchangeId>) {
    let mut kept = Vec::new();
    for (place, coded) in coded.into_iter().enumerate() {
        if place > 0 && is_past(until) {
            return (kept, Some(coded.0.id));
        }
        let candidate = coded.decoded();
        if plan.checks.iter().all(|check| check.holds(&candidate)) {
            kept.push(candidate.id);
        }
    }
    (kept, None)
}

fn is_past(until: Option<Instant>) -> bool {
    until.is_some_and(|until| Instant::now() >= until)
}

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

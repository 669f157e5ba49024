//! Exchanges that may fit a filter: taken out of the word index where it has them, else along the list, before any of
//! them is read.

use super::filter::Plan;
use super::{Store, StoreError};
use crate::exchange::ExchangeId;
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::VecDeque;
use std::sync::Arc;

/// Candidates taken out of the word index at once at most: 1 MiB of them, a tenth of a second.
const MOST: u32 = 65_536;

/// An exchange that may fit, and the bytes of it that would be read.
pub(super) type Weighed = (ExchangeId, u64);

/// Which way exchanges are walked along, and how many at a time at least.
#[derive(Debug, Clone, Copy)]
pub(super) enum Walk {
    /// Newest first.
    Down(u32),
    /// Oldest first.
    Up(u32),
}

/// Candidates that were taken and have not been looked at yet, the next first.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// What they were taken for: what the index has answered for them is told by it, and by no later one.
    pub(super) plan: Arc<Plan>,
    candidates: VecDeque<Weighed>,
    /// The last exchange on the way that was thought of.
    end: ExchangeId,
    /// How many were asked for.
    count: u32,
}

impl Taken {
    pub(super) fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.candidates.len()
    }

    /// The next ones, at most so many.
    pub(super) fn next(&self, most: usize) -> Vec<Weighed> {
        self.candidates.iter().take(most).copied().collect()
    }

    /// True if the index has answered for them: they need not be read.
    pub(super) fn is_answered(&self) -> bool {
        let is_answered = |(id, _): &Weighed| self.plan.checks.iter().all(|check| check.is_answered(*id));
        self.candidates.iter().all(is_answered)
    }

    /// Takes the next ones away that were looked at, one at least if there are any; answers the last exchange on the way
    /// that need not be thought of any more.
    pub(super) fn looked_at(&mut self, count: usize) -> ExchangeId {
        let last = self.candidates.drain(..count).next_back();
        last.filter(|_| !self.candidates.is_empty()).map_or(self.end, |(last, _)| last)
    }

    /// How many are taken out of the word index next. It gathers all that the start of a word finds, for whatever part of
    /// the list: twice as many each time, so that it is asked a few times however many there are.
    fn more(&self, least: u32) -> u32 {
        self.count.saturating_mul(2).min(MOST).max(least)
    }
}

impl Store {
    /// Takes the next candidates behind one exchange up to another, when those taken before are all looked at. The index
    /// is walked along its rows: asked row by row, it would gather all that a word finds each time.
    pub(super) async fn take(
        &self,
        taken: &mut Taken,
        plan: Arc<Plan>,
        (after, upto): (ExchangeId, ExchangeId),
        walk: Walk,
    ) -> Result<(), StoreError> {
        // Newer ones than the index has, and those that it has, are taken apart.
        let (after, upto, words) = match (plan.words(), walk) {
            (None, _) => (after, upto, None),
            (Some(_), Walk::Down(_)) if upto > plan.indexed => (after.max(plan.indexed), upto, None),
            (Some(_), Walk::Up(_)) if after >= plan.indexed => (after, upto, None),
            (words, _) => (after, upto.min(plan.indexed), words),
        };
        let (order, least, end) = match walk {
            Walk::Down(least) => ("DESC", least, after + 1),
            Walk::Up(least) => ("ASC", least, upto),
        };
        let count = if words.is_some() { taken.more(least) } else { least };
        let (bounds, conditions) = (plan.bounds((after > 0).then_some(after), upto), plan.conditions());
        let rows = match words {
            Some(words) => {
                let sql = format!(
                    "SELECT e.id, {WEIGHT} FROM search f JOIN exchange e ON e.id = f.rowid WHERE f.search MATCH ? \
                     AND {} {conditions} ORDER BY f.rowid {order} LIMIT {count}",
                    bounds.sql.replace("e.id", "f.rowid")
                );
                plan.bind(bounds.bind(sqlx::query(AssertSqlSafe(sql)).bind(words))).fetch_all(&self.readers).await
            }
            None => {
                let sql = format!(
                    "SELECT e.id, {WEIGHT} FROM exchange e WHERE {} {conditions} ORDER BY e.id {order} LIMIT {count}",
                    bounds.sql
                );
                plan.bind(bounds.bind(sqlx::query(AssertSqlSafe(sql)))).fetch_all(&self.readers).await
            }
        };
        let rows = rows.map_err(|e| StoreError::from_sqlx("Searching", &e))?;
        let candidates: VecDeque<Weighed> = rows.iter().map(|row| (row.get(0), row.get::<i64, _>(1) as u64)).collect();
        let is_full = candidates.len() == count as usize;
        let end = candidates.back().filter(|_| is_full).map_or(end, |(last, _)| *last);
        *taken = Taken { plan, candidates, end, count };
        Ok(())
    }
}

/// The bytes of an exchange that a search reads.
const WEIGHT: &str = "min(e.request_size, 1048576) + min(e.response_size, 1048576)";

#[cfg(test)]
mod tests {
    use super::super::tests::{push, store};
    use super::super::{Filter, Store};
    use super::*;

    /// Takes all candidates of a filter, without looking at them; answers how many there are, and how often it asked.
    async fn take_all(store: &Store, filter: &str, walk: Walk) -> (usize, u32) {
        let plan = Arc::new(Filter::parse(filter).unwrap().plan(store.indexed(), 0));
        let (mut after, mut upto) = (0, store.newest().await.unwrap());
        let (mut taken, mut count, mut asked) = (Taken::default(), 0, 0);
        while after < upto {
            store.take(&mut taken, plan.clone(), (after, upto), walk).await.unwrap();
            (count, asked) = (count + taken.len(), asked + 1);
            let end = taken.looked_at(taken.len());
            match walk {
                Walk::Down(_) => upto = end - 1,
                Walk::Up(_) => after = end,
            }
        }
        (count, asked)
    }

    #[tokio::test]
    async fn the_index_is_asked_a_few_times_for_what_it_has_much_of() {
        let (_folder, store) = store().await;
        futures_util::future::join_all((0..700).map(|_| store.save(push("a", "e", "needle")))).await;
        store.finish_indexing().await.unwrap();
        for _ in 0..3 {
            store.save(push("a", "e", "needle")).await.unwrap();
        }
        for walk in [Walk::Down(10), Walk::Up(10)] {
            let (count, asked) = take_all(&store, "need", walk).await;
            assert_eq!(count, 703, "{walk:?}");
            assert!(asked <= 8, "10, 20, 40 to 640, and the rest: {asked} times, {walk:?}");
            assert_eq!(take_all(&store, "\"eedle\"", walk).await, (703, 71), "read one by one, {walk:?}");
        }
    }

    #[tokio::test]
    async fn what_was_taken_is_left_where_it_was_looked_at() {
        let (_folder, store) = store().await;
        for _ in 0..5 {
            store.save(push("a", "e", "needle")).await.unwrap();
        }
        let plan = Arc::new(Filter::parse("\"eedle\"").unwrap().plan(0, 0));
        let mut taken = Taken::default();
        store.take(&mut taken, plan.clone(), (0, 5), Walk::Down(3)).await.unwrap();
        let ids = |taken: &Taken, most| taken.next(most).iter().map(|(id, _)| *id).collect::<Vec<_>>();
        assert_eq!(ids(&taken, 2), [5, 4]);
        assert_eq!(taken.looked_at(1), 5);
        assert_eq!(ids(&taken, 9), [4, 3]);
        assert_eq!(taken.looked_at(2), 3);
        store.take(&mut taken, plan, (0, 2), Walk::Down(3)).await.unwrap();
        assert_eq!(ids(&taken, 9), [2, 1]);
        assert_eq!(taken.looked_at(2), 1, "and nothing is left below");
    }
}

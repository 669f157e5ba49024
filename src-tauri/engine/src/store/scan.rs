//! How far a search has come down the list and what it found on the way: kept, so that asking again carries on, and so
//! that only what came since is looked at when more comes.

use super::candidates::Taken;
use super::filter::{Plan, Stamp};
use super::views::VIEWS;
use crate::exchange::ExchangeId;
use std::sync::{Arc, PoisonError};
use tokio::sync::Mutex;

/// Searches that are remembered at most: those of all views, which are counted again whenever more comes, and what is
/// asked for besides.
const SEARCHES: usize = VIEWS as usize + 56;

/// Exchanges that are remembered at most, 8 bytes each: eight searches that find all of a million. The search that was
/// asked for last may find more.
const FOUND: usize = 8_000_000;

/// Searches that were asked for lately, the newest last: one of each filter.
#[derive(Debug, Default)]
pub(super) struct Searches(std::sync::Mutex<Vec<Search>>);

#[derive(Debug)]
struct Search {
    filter: String,
    stamp: Stamp,
    scan: Arc<Mutex<Scan>>,
}

/// A search on its way down the list.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) plan: Arc<Plan>,
    /// What it has looked through, the oldest first. The newest grows down until it meets the one before it.
    stretches: Vec<Stretch>,
}

/// Exchanges one after another, all of them looked at.
#[derive(Debug, Default)]
struct Stretch {
    /// The newest of them.
    top: ExchangeId,
    /// The oldest of them; the one behind `top` while there is none.
    down_to: ExchangeId,
    /// Those that fit, newest first.
    found: Vec<ExchangeId>,
    /// The next below it that may fit.
    taken: Taken,
}

impl Searches {
    /// What is known of this search: it holds for whatever part of the list is asked for. Of the same filter under another
    /// stamp nothing does any more.
    pub(super) fn take(&self, filter: &str, stamp: Stamp) -> Arc<Mutex<Scan>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.iter().position(|search| search.filter == filter).map(|place| all.remove(place));
        let search = known.filter(|search| search.stamp == stamp).unwrap_or_else(|| Search {
            filter: filter.to_owned(),
            stamp,
            scan: Arc::default(),
        });
        let scan = search.scan.clone();
        all.push(search);
        forget_oldest(&mut all, FOUND);
        scan
    }
}

/// Keeps the newest searches, the last one in any case: so many, as long as they have found no more than this.
fn forget_oldest(all: &mut Vec<Search>, most: usize) {
    let mut found = 0;
    let fits = |search: &&Search| {
        // What is searched for just now is counted the next time.
        found += search.scan.try_lock().map_or(0, |scan| scan.len());
        found <= most
    };
    let kept = all.iter().rev().take(SEARCHES).take_while(fits).count().max(1);
    all.drain(..all.len().saturating_sub(kept));
}

impl Scan {
    /// Goes on with the same search as it is planned now, from the exchange `upto`.
    pub(super) fn go_on(&mut self, plan: Plan, upto: ExchangeId) {
        if plan.looked_at != self.plan.looked_at {
            self.forget_after(self.plan.settled());
        }
        // What is not stored yet was not looked at either.
        let upto = upto.clamp(0, plan.newest);
        if self.stretches.last().is_none_or(|newest| newest.top < upto) {
            self.stretches.push(Stretch { top: upto, down_to: upto + 1, ..Stretch::default() });
        }
        self.plan = Arc::new(plan);
    }

    /// Where it goes on: behind the first of these, up to the second.
    pub(super) fn gap(&self) -> (ExchangeId, ExchangeId) {
        let mut newest_first = self.stretches.iter().rev();
        let upto = newest_first.next().map_or(0, |newest| newest.down_to - 1);
        (newest_first.next().map_or(0, |met| met.top), upto)
    }

    /// What was taken out of the gap; None before it is begun.
    pub(super) fn taken(&mut self) -> Option<&mut Taken> {
        self.stretches.last_mut().map(|newest| &mut newest.taken)
    }

    /// Takes what was found in the gap, looked through from its upper end down to this exchange.
    pub(super) fn looked(&mut self, down_to: ExchangeId, found: Vec<ExchangeId>) {
        let (after, _) = self.gap();
        let Some(mut newest) = self.stretches.pop() else { return };
        newest.found.extend(found);
        newest.down_to = down_to;
        if down_to == after + 1
            && let Some(mut met) = self.stretches.pop()
        {
            newest.found.append(&mut met.found);
            (newest.down_to, newest.taken) = (met.down_to, met.taken);
        }
        self.stretches.push(newest);
    }

    /// How many exchanges it keeps in memory.
    fn len(&self) -> usize {
        self.stretches.iter().map(|stretch| stretch.found.len() + 2 * stretch.taken.len()).sum()
    }

    /// True if it has looked at everything.
    pub(super) fn is_done(&self) -> bool {
        matches!(&self.stretches[..], [all] if all.down_to <= 1)
    }

    /// What it has found so far, up to this exchange, newest first.
    pub(super) fn found(&self, upto: ExchangeId) -> &[ExchangeId] {
        let found = self.stretches.last().map_or(&[][..], |newest| &newest.found);
        &found[found.partition_point(|id| *id > upto)..]
    }

    fn forget_after(&mut self, last: ExchangeId) {
        self.stretches.retain(|stretch| stretch.down_to <= last);
        for stretch in &mut self.stretches {
            stretch.top = stretch.top.min(last);
            stretch.found.drain(..stretch.found.partition_point(|id| *id > last));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plan(newest: ExchangeId, grouped: ExchangeId) -> Plan {
        let mut plan = Plan::default();
        (plan.newest, plan.looked_at) = (newest, [grouped, newest]);
        plan
    }

    /// Looks at no more than `most` exchanges, of which every third fits.
    fn step(scan: &mut Scan, most: i64) {
        let (after, upto) = scan.gap();
        let down_to = (upto + 1 - most).max(after + 1);
        scan.looked(down_to, (down_to..=upto).rev().filter(|id| id % 3 == 0).collect());
    }

    fn fitting(upto: ExchangeId) -> Vec<ExchangeId> {
        (1..=upto).rev().filter(|id| id % 3 == 0).collect()
    }

    proptest! {
        #[test]
        fn it_finds_the_same_however_often_more_comes(
            turns in prop::collection::vec((0..40_i64, 0..30_i64, 0..4_usize, 1..25_i64), 1..20),
            upto in 0..200_i64,
        ) {
            let mut scan = Scan::default();
            let (mut newest, mut looked_at) = (0, 0);
            for (came, followed, steps, most) in turns {
                newest += came;
                looked_at = (looked_at + followed).min(newest);
                scan.go_on(plan(newest, looked_at), upto.max(newest));
                for _ in 0..steps {
                    step(&mut scan, most);
                }
                let found = scan.found(newest).to_vec();
                prop_assert_eq!(&found[..], &fitting(newest)[..found.len()], "none is left out on the way");
            }
            while !scan.is_done() {
                step(&mut scan, 7);
            }
            prop_assert_eq!(scan.found(upto), &fitting(upto.min(newest))[..]);
        }
    }

    #[test]
    fn only_what_came_since_is_looked_at() {
        let mut scan = Scan::default();
        scan.go_on(plan(100, 100), 100);
        step(&mut scan, 40);
        scan.go_on(plan(103, 103), 103);
        assert_eq!(scan.gap(), (100, 103));
        step(&mut scan, 40);
        assert_eq!(scan.gap(), (0, 60), "and then it goes on where it was");
        step(&mut scan, 100);
        assert!(scan.is_done());
        scan.go_on(plan(103, 103), 50);
        assert!(scan.is_done(), "a view that ends earlier is a part of it");
        assert_eq!(scan.found(50), fitting(50));
    }

    #[test]
    fn what_something_was_found_out_about_since_is_looked_at_again() {
        let mut scan = Scan::default();
        scan.go_on(plan(1_000, 990), 1_000);
        step(&mut scan, 1_000);
        scan.go_on(plan(1_000, 1_000), 1_000);
        assert_eq!(scan.gap(), (990, 1_000));
    }

    /// A search that has found so many.
    fn search(filter: &str, found: i64) -> Search {
        let stretch = Stretch { found: (0..found).collect(), ..Stretch::default() };
        let scan = Scan { stretches: vec![stretch], ..Scan::default() };
        Search { filter: filter.into(), stamp: Stamp::default(), scan: Arc::new(Mutex::new(scan)) }
    }

    #[test]
    fn the_searches_that_were_asked_for_last_are_remembered_as_far_as_they_fit() {
        let left = |all: Vec<Search>| {
            let mut all = all;
            forget_oldest(&mut all, 10);
            all.into_iter().map(|search| search.filter).collect::<Vec<_>>()
        };
        assert_eq!(left(vec![search("a", 5), search("b", 5), search("c", 5)]), ["b", "c"]);
        assert_eq!(left(vec![search("a", 1), search("b", 11), search("c", 5)]), ["c"]);
        assert_eq!(left(vec![search("a", 1), search("b", 11)]), ["b"], "the last in any case");
        assert_eq!(left((0..1_000).map(|_| search("a", 0)).collect()).len(), SEARCHES);
    }

    #[test]
    fn of_one_filter_only_the_newest_stamp_is_remembered() {
        let searches = Searches::default();
        let first = searches.take("a", [1, 0, 0, 0, 0]);
        assert!(Arc::ptr_eq(&first, &searches.take("a", [1, 0, 0, 0, 0])));
        assert!(!Arc::ptr_eq(&first, &searches.take("a", [2, 0, 0, 0, 0])));
        assert_eq!(searches.0.lock().unwrap().len(), 1);
    }
}

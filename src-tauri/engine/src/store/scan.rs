//! How far a search has come down the list and what it found on the way: kept, so that asking again carries on, and so
//! that only what came since is looked at when more comes.

use super::candidates::Taken;
use super::filter::{Plan, Stamp};
use crate::exchange::ExchangeId;
use std::sync::{Arc, PoisonError};
use tokio::sync::Mutex;

/// Searches that are remembered.
const REMEMBERED: usize = 8;

/// Searches that were asked for lately, the newest last.
#[derive(Debug, Default)]
pub(super) struct Searches(std::sync::Mutex<Vec<(SearchKey, Arc<Mutex<Scan>>)>>);

type SearchKey = (String, Stamp);

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
    /// What is known of this search: it holds for whatever part of the list is asked for.
    pub(super) fn take(&self, key: SearchKey) -> Arc<Mutex<Scan>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.iter().position(|(known, _)| *known == key).map(|place| all.remove(place));
        if known.is_none() && all.len() == REMEMBERED {
            all.remove(0);
        }
        let (key, scan) = known.unwrap_or_else(|| (key, Arc::default()));
        all.push((key, scan.clone()));
        scan
    }
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
}

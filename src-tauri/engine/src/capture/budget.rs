//! The bytes of all requests that are in memory at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that are taken from the budget at a time; a connection keeps the first step, so that small requests never
/// touch the counter that all share.
const STEP: usize = 64 * 1024;

/// What there is for all connections together.
#[derive(Debug)]
pub(super) struct Budget {
    left: AtomicUsize,
}

impl Budget {
    pub(super) fn new(bytes: usize) -> Arc<Self> {
        Arc::new(Self { left: AtomicUsize::new(bytes) })
    }

    fn take(&self, bytes: usize) -> bool {
        self.left.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(bytes)).is_ok()
    }
}

/// What one connection has of it; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    budget: Arc<Budget>,
    held: usize,
}

impl Share {
    pub(super) fn new(budget: Arc<Budget>) -> Self {
        Self { budget, held: 0 }
    }

    /// Makes it hold at least `bytes`; false if the budget has not so much.
    pub(super) fn grow_to(&mut self, bytes: usize) -> bool {
        if bytes <= self.held {
            return true;
        }
        let wanted = bytes.next_multiple_of(STEP) - self.held;
        let taken = self.budget.take(wanted);
        self.held += if taken { wanted } else { 0 };
        taken
    }

    /// Gives back all but the first step.
    pub(super) fn settle(&mut self) {
        if self.held > STEP {
            self.give_back(self.held - STEP);
        }
    }

    fn give_back(&mut self, bytes: usize) {
        self.held -= bytes;
        self.budget.left.fetch_add(bytes, Ordering::AcqRel);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back(self.held);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_hold_more_than_the_budget_and_give_it_back() {
        let budget = Budget::new(3 * STEP);
        let (mut a, mut b) = (Share::new(budget.clone()), Share::new(budget.clone()));
        assert!(a.grow_to(2 * STEP) && b.grow_to(1));
        assert!(!b.grow_to(STEP + 1));
        a.settle();
        assert!(b.grow_to(STEP + 1));
        drop((a, b));
        assert_eq!(budget.left.load(Ordering::Acquire), 3 * STEP);
    }
}

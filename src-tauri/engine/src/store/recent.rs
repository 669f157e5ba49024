//! The exchanges that were stored last, as rows of the list: whoever follows along need not read them back. What is
//! found out about them later is not in these rows.

use super::pen::Row;
use crate::exchange::{ExchangeId, ExchangeSummary};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Rows that are kept: what comes in at full speed while a follower waits for its turn on a busy machine. One that falls
/// further behind reads from the file, and slows the captures down that it follows.
const KEPT: usize = 8192;

/// Rows without a gap in their numbers, the newest last.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<VecDeque<ExchangeSummary>>);

impl Recent {
    /// Adds what was just committed, `first` being the number of the first.
    pub(super) fn add(&self, first: ExchangeId, rows: impl Iterator<Item = Row>) {
        let mut kept = self.lock();
        // Another process has stored some in between.
        if kept.back().is_some_and(|last| last.id + 1 != first) {
            kept.clear();
        }
        kept.extend((first..).zip(rows).map(|(id, row)| row.into_summary(id)));
        let over = kept.len().saturating_sub(KEPT);
        kept.drain(..over);
    }

    /// Some rows after one, oldest first; none if the next is not here.
    pub(super) fn after(&self, id: ExchangeId, count: u32) -> Vec<ExchangeSummary> {
        let kept = self.lock();
        let place = kept.front().map_or(-1, |first| id + 1 - first.id);
        let Ok(place) = usize::try_from(place) else { return Vec::new() };
        kept.iter().skip(place).take(count as usize).cloned().collect()
    }

    /// Forgets all: something about them was changed.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<ExchangeSummary>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Sources with pushes that have no verdict because they waited for the vault. This process looks at them when the vault
//! opens here; what is to be looked at because something else is set stands in the file.

use crate::exchange::ExchangeId;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// How far the pushes of one source are looked at, from the newest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) source: i64,
    /// Those below this one are still to be looked at.
    pub(super) below: ExchangeId,
    /// Tells it from the same one begun anew.
    number: u64,
}

/// What waited for the vault, and the way to wake whoever looks again.
#[derive(Debug, Default)]
pub(super) struct Again {
    waits: Mutex<(u64, Vec<Wait>)>,
    asked: Notify,
}

impl Again {
    /// Has the pushes of a source looked at that waited, from the newest on.
    pub(super) fn ask(&self, source: i64) {
        let (number, waits) = &mut *self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        *number += 1;
        waits.retain(|wait| wait.source != source);
        waits.push(Wait { source, below: ExchangeId::MAX, number: *number });
    }

    /// Says that there may be something to look at.
    pub(super) fn wake(&self) {
        self.asked.notify_one();
    }

    /// Returns once there may be something to look at.
    pub(super) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// The first source that can be looked at now.
    pub(super) fn next(&self, is_ready: impl Fn(i64) -> bool) -> Option<Wait> {
        let all = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        all.1.iter().find(|wait| is_ready(wait.source)).cloned()
    }

    /// Notes where it goes on; None if it is at its end. One that was asked for anew meanwhile begins anew.
    pub(super) fn note(&self, done: &Wait, next: Option<ExchangeId>) {
        let (_, waits) = &mut *self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = waits.iter().position(|wait| wait == done) else { return };
        match next {
            Some(below) => waits[place].below = below,
            None => drop(waits.remove(place)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_while_it_is_looked_at_is_looked_at_from_the_start() {
        let again = Again::default();
        again.ask(1);
        let wait = again.next(|_| true).unwrap();
        again.note(&wait, Some(50));
        let wait = again.next(|_| true).unwrap();
        assert_eq!(wait.below, 50);
        again.ask(1);
        again.note(&wait, None);
        let wait = again.next(|_| true).unwrap();
        assert_eq!(wait.below, ExchangeId::MAX);
        again.note(&wait, None);
        assert_eq!(again.next(|_| true), None);
    }

    #[test]
    fn one_that_waits_holds_up_no_other() {
        let again = Again::default();
        again.ask(1);
        again.ask(2);
        assert_eq!(again.next(|source| source != 1).unwrap().source, 2);
        assert_eq!(again.next(|source| source > 2), None);
    }
}

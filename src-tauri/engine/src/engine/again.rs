//! Sources whose pushes have to be looked at again, because their settings or secrets changed. The follower does it in
//! its own steps, from the newest push to the oldest, so that none of them sees two books at once.

use crate::exchange::ExchangeId;
use crate::store::Regrouping;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// Which pushes of a source are looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// Those without a verdict: they waited for the vault.
    Unchecked,
    /// All: what they are checked with has changed.
    All,
}

/// Where a turn is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It looks at the newest push below this one.
    Looking { below: ExchangeId },
    /// All are looked at; they are put into their deliveries anew.
    Grouping(Regrouping),
}

/// How far the pushes of one source are looked at again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) source: i64,
    pub(super) scope: Scope,
    pub(super) place: Place,
    /// Tells a turn from the same one begun anew.
    number: u64,
}

/// What is still to be looked at again.
#[derive(Debug, Default)]
pub(super) struct Again {
    turns: Mutex<(u64, Vec<Turn>)>,
    asked: Notify,
}

impl Again {
    /// Has the pushes of a source looked at again, from the newest on.
    pub(super) fn ask(&self, source: i64, scope: Scope) {
        let (number, turns) = &mut *self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        *number += 1;
        let before = turns.iter().position(|turn| turn.source == source).map(|place| turns.remove(place));
        let scope = before.map_or(scope, |before| before.scope.max(scope));
        turns.push(Turn { source, scope, place: Place::Looking { below: ExchangeId::MAX }, number: *number });
        self.asked.notify_one();
    }

    /// Returns once something has been asked for.
    pub(super) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// The first turn of a source that can be looked at now.
    pub(super) fn next(&self, is_ready: impl Fn(i64) -> bool) -> Option<Turn> {
        let all = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        all.1.iter().find(|turn| is_ready(turn.source)).cloned()
    }

    /// Notes where a turn goes on; None if it is at its end. One that was asked for anew meanwhile begins anew.
    pub(super) fn note(&self, done: &Turn, next: Option<Place>) {
        let (_, turns) = &mut *self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = turns.iter().position(|turn| turn == done) else { return };
        match next {
            Some(next) => turns[place].place = next,
            None => drop(turns.remove(place)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_while_it_is_looked_at_is_looked_at_from_the_start() {
        let again = Again::default();
        again.ask(1, Scope::All);
        let turn = again.next(|_| true).unwrap();
        again.note(&turn, Some(Place::Looking { below: 50 }));
        let turn = again.next(|_| true).unwrap();
        assert_eq!((turn.place, turn.scope), (Place::Looking { below: 50 }, Scope::All));
        again.ask(1, Scope::Unchecked);
        again.note(&turn, None);
        let turn = again.next(|_| true).unwrap();
        let start = Place::Looking { below: ExchangeId::MAX };
        assert_eq!((turn.place, turn.scope), (start, Scope::All), "what was asked for before is not done");
        again.note(&turn, None);
        assert_eq!(again.next(|_| true), None);
    }

    #[test]
    fn one_that_waits_holds_up_no_other() {
        let again = Again::default();
        again.ask(1, Scope::All);
        again.ask(2, Scope::Unchecked);
        assert_eq!(again.next(|source| source != 1).unwrap().source, 2);
        assert_eq!(again.next(|source| source > 2), None);
    }
}

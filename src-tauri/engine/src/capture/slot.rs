//! The place of a connection among those that are open, and who must leave when they are too many.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::{AbortHandle, Id};

/// The connection serves a request.
const BUSY: u64 = u64::MAX;

/// The connection was told to leave.
const LEFT: u64 = u64::MAX - 1;

/// Set while the connection waits for the rest of a body rather than for a head.
const BODY: u64 = 1;

/// How long a body may come in before its connection may be ended in favour of a new one.
const BODY_GRACE: Duration = Duration::from_secs(1);

/// What a connection says of itself: that it serves a request, or since when it waits for its sender, and for what.
#[derive(Debug)]
pub(super) struct Slot {
    state: AtomicU64,
    epoch: Instant,
}

impl Slot {
    fn new(epoch: Instant) -> Self {
        Self { state: AtomicU64::new(stamp(epoch)), epoch }
    }

    /// All that was waited for is here. False if the connection was told to leave in the meantime.
    pub(super) fn begin(&self) -> bool {
        self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, |state| (state != LEFT).then_some(BUSY)).is_ok()
    }

    /// The connection waits for a head, or for nothing that matters, from now on.
    pub(super) fn wait(&self) {
        self.state.store(stamp(self.epoch), Ordering::Release);
    }

    /// The connection waits for the rest of a body from now on.
    pub(super) fn wait_for_body(&self) {
        self.state.store(stamp(self.epoch) | BODY, Ordering::Release);
    }

    /// Tells the connection to leave if its state is still this one.
    fn leave(&self, state: u64) -> bool {
        self.state.compare_exchange(state, LEFT, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn state(&self) -> u64 {
        self.state.load(Ordering::Acquire)
    }
}

/// Microseconds since `epoch` in all bits but the last.
fn stamp(epoch: Instant) -> u64 {
    u64::try_from(epoch.elapsed().as_micros()).unwrap_or(0) << 1
}

/// The open connections of a listener.
#[derive(Debug)]
pub(super) struct Slots {
    open: HashMap<Id, (Arc<Slot>, AbortHandle)>,
    epoch: Instant,
}

impl Slots {
    pub(super) fn new() -> Self {
        Self { open: HashMap::new(), epoch: Instant::now() }
    }

    /// A slot for a connection that has just been accepted.
    pub(super) fn fresh(&self) -> Arc<Slot> {
        Arc::new(Slot::new(self.epoch))
    }

    pub(super) fn insert(&mut self, slot: Arc<Slot>, task: AbortHandle) {
        self.open.insert(task.id(), (slot, task));
    }

    pub(super) fn remove(&mut self, id: Id) {
        self.open.remove(&id);
    }

    pub(super) fn len(&self) -> usize {
        self.open.len()
    }

    /// Ends the connection that has waited longest for a head; if none does, the one that has waited longest for a
    /// body, beyond a grace. False if there is none either.
    pub(super) fn make_room(&mut self) -> bool {
        let too_fresh = stamp(self.epoch).saturating_sub(2 * BODY_GRACE.as_micros() as u64);
        let oldest = self.waiting().filter(|&(_, state)| state & BODY == 0 || state < too_fresh);
        match oldest.min_by_key(|&(_, state)| (state & BODY, state)) {
            Some((id, state)) => self.end_if_still(id, state),
            None => false,
        }
    }

    /// Ends every connection that waits for a head.
    pub(super) fn end_waiting(&mut self) {
        let waiting: Vec<_> = self.waiting().filter(|&(_, state)| state & BODY == 0).collect();
        for (id, state) in waiting {
            self.end_if_still(id, state);
        }
    }

    fn waiting(&self) -> impl Iterator<Item = (Id, u64)> {
        self.open.iter().map(|(&id, (slot, _))| (id, slot.state())).filter(|&(_, state)| state < LEFT)
    }

    fn end_if_still(&mut self, id: Id, state: u64) -> bool {
        let Some((slot, task)) = self.open.get(&id) else { return false };
        let left = slot.leave(state);
        if left {
            task.abort();
            self.open.remove(&id);
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Connections that have been open for a minute.
    fn open() -> Slots {
        let epoch = Instant::now().checked_sub(Duration::from_secs(60)).expect("the machine runs for a minute");
        Slots { open: HashMap::new(), epoch }
    }

    /// A connection in a state that was told at this second of the minute; its slot and its task.
    fn with(
        slots: &mut Slots,
        state: impl FnOnce(u64) -> u64,
        second: u64,
    ) -> (Arc<Slot>, tokio::task::JoinHandle<()>) {
        let slot = slots.fresh();
        slot.state.store(state((second * 1_000_000) << 1), Ordering::Release);
        let task = tokio::spawn(std::future::pending());
        slots.insert(slot.clone(), task.abort_handle());
        (slot, task)
    }

    fn head(at: u64) -> u64 {
        at
    }

    fn body(at: u64) -> u64 {
        at | BODY
    }

    #[tokio::test]
    async fn who_has_waited_longest_for_a_head_goes_first_then_for_a_body_and_never_who_is_served() {
        let mut slots = open();
        let (_, busy) = with(&mut slots, |_| BUSY, 0);
        let (later_body, later_task) = with(&mut slots, body, 20);
        let (first_body, first_task) = with(&mut slots, body, 10);
        let (later_head, later_head_task) = with(&mut slots, head, 40);
        let (first_head, first_head_task) = with(&mut slots, head, 30);
        for (slot, task) in [
            (first_head, first_head_task),
            (later_head, later_head_task),
            (first_body, first_task),
            (later_body, later_task),
        ] {
            let left = slots.len();
            assert!(slots.make_room());
            assert_eq!(slots.len(), left - 1);
            assert!(!slot.begin(), "it was told to leave");
            assert!(task.await.unwrap_err().is_cancelled());
        }
        assert!(!slots.make_room() && !busy.is_finished());
        assert_eq!(slots.len(), 1);
    }

    #[tokio::test]
    async fn a_body_that_has_just_begun_is_not_ended_for_another_connection() {
        let mut slots = open();
        let (fresh, task) = with(&mut slots, head, 0);
        fresh.wait_for_body();
        assert!(!slots.make_room(), "its grace is not over");
        assert!(fresh.begin() && !task.is_finished());
        fresh.wait();
        assert!(slots.make_room(), "for a head there is no grace");
        assert!(task.await.unwrap_err().is_cancelled());
    }

    #[tokio::test]
    async fn at_the_end_those_go_that_wait_for_a_head() {
        let mut slots = open();
        let (waiting, waits) = with(&mut slots, head, 10);
        let (_, sends) = with(&mut slots, body, 10);
        let (_, served) = with(&mut slots, |_| BUSY, 10);
        slots.end_waiting();
        assert!(!waiting.begin() && waits.await.unwrap_err().is_cancelled());
        assert!(slots.len() == 2 && !sends.is_finished() && !served.is_finished());
    }
}

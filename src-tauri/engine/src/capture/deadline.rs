//! A deadline that can be moved at every request without touching the runtime's timer.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// The longest pause between two looks at the clock: a deadline is noticed at most this late.
const TICK: Duration = Duration::from_secs(1);

/// A point in time that is polled for. A slow tick looks whether it has passed, so that moving it costs nothing.
#[derive(Debug)]
pub(super) struct Deadline {
    at: Instant,
    tick: Pin<Box<Sleep>>,
    every: Duration,
}

impl Deadline {
    /// For times of which `shortest` is the shortest that will be set.
    pub(super) fn new(shortest: Duration) -> Self {
        let every = (shortest / 4).clamp(Duration::from_millis(1), TICK);
        Self { at: Instant::now() + every, tick: Box::pin(tokio::time::sleep(every)), every }
    }

    /// Moves it.
    pub(super) fn set(&mut self, at: Instant) {
        self.at = at;
    }

    /// Ready once it has passed.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.tick.as_mut().poll(cx));
            let now = Instant::now();
            if now >= self.at {
                return Poll::Ready(());
            }
            self.tick.as_mut().reset(now + self.every);
        }
    }
}

//! How long a send may go on: until its time is up or the user cancels it.

use std::future::{Future, pending};
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::CancellationToken;

/// Why a send was stopped from this side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Its time was up.
    Timeout,
    /// The user cancelled it.
    Cancelled,
}

/// The time and the cancellation of one send, all hops together.
#[derive(Debug)]
pub(super) struct Patience {
    /// Given at the start; zero is no limit.
    pub(super) limit: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
    cancel: CancellationToken,
}

impl Patience {
    /// Starts now. 0 is no limit.
    pub(super) fn new(timeout_ms: u32, cancel: CancellationToken) -> Self {
        let limit = Duration::from_millis(timeout_ms.into());
        let sleep = (timeout_ms > 0).then(|| Box::pin(sleep_until(Instant::now() + limit)));
        Self { limit, sleep, cancel }
    }

    /// Waits for `step`, but no longer than there is patience. What `step` was at is lost then, so it must be safe to
    /// drop.
    pub(super) async fn wait<T>(&mut self, step: impl Future<Output = T>) -> Result<T, Stop> {
        if self.cancel.is_cancelled() {
            return Err(Stop::Cancelled);
        }
        if self.sleep.as_ref().is_some_and(|sleep| sleep.deadline() <= Instant::now()) {
            return Err(Stop::Timeout);
        }
        let sleep = self.sleep.as_mut();
        let time_up = async {
            match sleep {
                Some(sleep) => sleep.await,
                None => pending().await,
            }
        };
        tokio::select! {
            biased;
            value = step => Ok(value),
            () = self.cancel.cancelled() => Err(Stop::Cancelled),
            () = time_up => Err(Stop::Timeout),
        }
    }
}

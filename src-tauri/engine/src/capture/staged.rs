//! Answers that are held back or made wrong on purpose, once what they answer is stored.
//!
//! They keep their connections, so there is a number of them at a time and a time for each: beyond the number an answer
//! leaves at once, beyond the time the connection is closed.

use super::answer::Answer;
use super::limits::HELD_SHARE;
use super::rules::Decided;
use super::socket::Socket;
use crate::exchange::{FailureKind, Fault};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

/// How often a dripping answer lets bytes go, if it is to let go more than one.
const TICK: Duration = Duration::from_millis(50);

/// What happens between the commit and the last byte of an answer.
#[derive(Debug)]
pub(super) struct Staging {
    delay: Duration,
    fault: Option<Fault>,
    /// How long it may take in all.
    longest: Duration,
    /// Its place among those that are held; None if it holds nothing.
    _place: Option<OwnedSemaphorePermit>,
    /// False if there was no place for one that would have been held.
    may_wait: bool,
}

/// What became of an answer.
#[derive(Debug)]
pub(super) struct Delivered {
    /// The connection, if it may go on or is to be ended the usual way.
    pub(super) socket: Option<Box<Socket>>,
    /// Why the sender did not get all of it, where it was to.
    pub(super) missed: Option<FailureKind>,
}

impl Delivered {
    /// It went out as it was meant to, and nothing can follow.
    const ENDED: Self = Self { socket: None, missed: None };

    fn missed(error: &io::Error) -> Self {
        let why = if error.kind() == io::ErrorKind::TimedOut { FailureKind::Timeout } else { FailureKind::Left };
        Self { socket: None, missed: Some(why) }
    }
}

/// Answers at once.
pub(super) async fn at_once(mut socket: Box<Socket>, answer: &Answer) -> Delivered {
    match socket.write(&answer.wire).await {
        Ok(()) => Delivered { socket: Some(socket), missed: None },
        Err(error) => Delivered::missed(&error),
    }
}

/// The places for answers that are held on `connections` connections: so many that others are still answered.
pub(super) fn places(connections: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new((connections / HELD_SHARE).max(1)))
}

impl Staging {
    /// What a decision asks for; None if nothing. Notes in the decision if there was no place to wait.
    pub(super) fn of(decided: &mut Decided, places: &Arc<Semaphore>, longest: Duration) -> Option<Arc<Self>> {
        let answered = &mut decided.answered;
        let delay = Duration::from_millis(answered.delay_ms.into()).min(longest);
        let holds =
            !delay.is_zero() || matches!(answered.fault, Some(Fault::Hang | Fault::HalfClose | Fault::Drip { .. }));
        if !holds && answered.fault.is_none() {
            return None;
        }
        let place = if holds { places.clone().try_acquire_owned().ok() } else { None };
        answered.at_once = holds && place.is_none();
        let may_wait = !answered.at_once;
        Some(Arc::new(Self { delay, fault: answered.fault, longest, _place: place, may_wait }))
    }

    /// How long so many bytes take; None if the answer never ends.
    pub(super) fn takes(&self, bytes: usize) -> Option<Duration> {
        match self.fault {
            Some(fault) if fault.is_silent() => None,
            _ if !self.may_wait => Some(Duration::ZERO),
            Some(Fault::Drip { bytes_per_second }) => {
                let (at_once, pause) = pace(bytes_per_second);
                let pauses = u32::try_from(bytes.div_ceil(at_once).saturating_sub(1)).unwrap_or(u32::MAX);
                Some(self.delay.saturating_add(pause.saturating_mul(pauses)))
            }
            _ => Some(self.delay),
        }
        .filter(|takes| *takes <= self.longest)
    }

    /// Answers. Once the listener is `stopping`, what is to come of the answer goes out at once.
    pub(super) async fn deliver(
        &self,
        mut socket: Box<Socket>,
        answer: &Answer,
        stopping: &CancellationToken,
    ) -> Delivered {
        socket.settle();
        let ends = Instant::now() + self.longest;
        if self.may_wait && !self.delay.is_zero() {
            until(sleep(self.delay), stopping).await;
        }
        match self.fault {
            Some(Fault::Reset) => socket.reset(),
            Some(Fault::HalfClose) => {
                socket.finish().await;
                self.wait_for_end(socket, ends, stopping).await;
            }
            Some(Fault::Hang) => self.wait_for_end(socket, ends, stopping).await,
            Some(Fault::Drip { bytes_per_second }) if self.may_wait => {
                let written = drip(&mut socket, &answer.wire, bytes_per_second, ends, stopping).await;
                return awaited(socket, written).await;
            }
            _ => {
                let written = socket.write(&answer.wire).await;
                return awaited(socket, written).await;
            }
        }
        Delivered::ENDED
    }

    async fn wait_for_end(&self, mut socket: Box<Socket>, ends: Instant, stopping: &CancellationToken) {
        if self.may_wait {
            tokio::select! {
                () = socket.until_gone() => {}
                () = until(sleep_until(ends), stopping) => {}
            }
        }
    }
}

/// Finds out whether the sender was still there when a held answer was written, or what could be of it.
async fn awaited(mut socket: Box<Socket>, written: io::Result<()>) -> Delivered {
    match written {
        Ok(()) if !socket.has_ended() => Delivered { socket: Some(socket), missed: None },
        Ok(()) => Delivered { socket: None, missed: socket.is_refused().await.then_some(FailureKind::Left) },
        Err(error) => Delivered::missed(&error),
    }
}

/// Waits for a time, or until the listener is being shut down.
async fn until(time: Sleep, stopping: &CancellationToken) {
    tokio::select! {
        () = time => {}
        () = stopping.cancelled() => {}
    }
}

/// How many bytes go at once, and the time between two times.
fn pace(per_second: u32) -> (usize, Duration) {
    let at_once = (f64::from(per_second) * TICK.as_secs_f64()).max(1.0) as usize;
    (at_once, Duration::from_secs_f64(at_once as f64 / f64::from(per_second.max(1))))
}

/// Lets so many bytes go a second.
async fn drip(
    socket: &mut Socket,
    bytes: &[u8],
    per_second: u32,
    ends: Instant,
    stopping: &CancellationToken,
) -> io::Result<()> {
    let (at_once, pause) = pace(per_second);
    let (mut rest, mut next) = (bytes, Instant::now());
    while !rest.is_empty() {
        until(sleep_until(next), stopping).await;
        let count = match stopping.is_cancelled() {
            true => rest.len(),
            false if next > ends => return Err(io::ErrorKind::TimedOut.into()),
            false => at_once.min(rest.len()),
        };
        let (piece, more) = rest.split_at(count);
        socket.write(piece).await?;
        (rest, next) = (more, next + pause);
    }
    Ok(())
}

//! The limits of the port, each with its reason.

use std::time::Duration;

/// How long a head may take from its first byte, and how long a new connection may be silent.
pub const HEAD_TIME: Duration = Duration::from_secs(5);

/// How long a connection may wait for its next request.
pub const KEEP_ALIVE_TIME: Duration = Duration::from_secs(60);

/// How long a body may pause.
pub const BODY_IDLE_TIME: Duration = Duration::from_secs(10);

/// How long a body may take in all.
pub const BODY_TIME: Duration = Duration::from_secs(60);

/// How long an answer may wait for its reader.
pub const ANSWER_TIME: Duration = Duration::from_secs(10);

/// How long what follows a refused request is read and thrown away, so that the answer is not lost to a reset.
pub const LINGER_TIME: Duration = Duration::from_secs(3);

/// How long it may take to hear that the sender of a request had left before its answer: more than the way to the other
/// end of a tunnel and back.
pub const RESET_TIME: Duration = Duration::from_secs(1);

/// How long requests in flight may go on when the listener is shut down.
pub const SHUTDOWN_TIME: Duration = Duration::from_secs(2);

/// How long an answer of a rule may be held back, hang or drip.
pub const HELD_TIME: Duration = Duration::from_secs(120);

/// One of so many connections may be one whose answer is held by a rule; what is beyond is answered at once.
pub const HELD_SHARE: usize = 4;

/// Connections at a time.
pub const CONNECTIONS: usize = 512;

/// Bytes of a head.
pub const HEAD_BYTES: usize = 64 * 1024;

/// Bytes of all requests that are in memory at a time.
pub const IN_FLIGHT_BYTES: usize = 256 * 1024 * 1024;

/// Bytes of a body unless the user says otherwise.
pub const BODY_BYTES: u64 = 25 * 1024 * 1024;

/// Bytes of a body that the user can't go beyond.
pub const HARD_BODY_BYTES: u64 = 512 * 1024 * 1024;

/// Bytes that are kept of a body over the cap.
pub const STUB_BYTES: usize = 64 * 1024;

/// Pushes a second that one source takes: above what one machine's disk commits, below what would only fill memory.
pub const PUSHES_PER_SECOND: u32 = 100_000;

/// The limits that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// See [`HEAD_TIME`].
    pub head_time: Duration,
    /// See [`KEEP_ALIVE_TIME`].
    pub keep_alive_time: Duration,
    /// See [`BODY_IDLE_TIME`].
    pub body_idle_time: Duration,
    /// See [`BODY_TIME`].
    pub body_time: Duration,
    /// See [`ANSWER_TIME`].
    pub answer_time: Duration,
    /// See [`HELD_TIME`].
    pub held_time: Duration,
    /// See [`CONNECTIONS`].
    pub connections: usize,
    /// See [`IN_FLIGHT_BYTES`].
    pub in_flight_bytes: usize,
    /// See [`BODY_BYTES`]; never more than [`HARD_BODY_BYTES`].
    pub body_bytes: u64,
    /// See [`PUSHES_PER_SECOND`].
    pub pushes_per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_time: HEAD_TIME,
            keep_alive_time: KEEP_ALIVE_TIME,
            body_idle_time: BODY_IDLE_TIME,
            body_time: BODY_TIME,
            answer_time: ANSWER_TIME,
            held_time: HELD_TIME,
            connections: CONNECTIONS,
            in_flight_bytes: IN_FLIGHT_BYTES,
            body_bytes: BODY_BYTES,
            pushes_per_second: PUSHES_PER_SECOND,
        }
    }
}

impl Limits {
    /// The most bytes of a body, where the engine says this of it.
    pub(super) fn body_cap(&self, said: Option<u64>) -> u64 {
        said.unwrap_or(self.body_bytes).min(HARD_BODY_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::MAX_HEADERS;

    #[test]
    fn a_sender_is_held_to_what_a_public_port_may_take() {
        const MIB: u64 = 1024 * 1024;
        let seconds = Duration::from_secs;
        let Limits { head_time, body_idle_time, body_time, connections, in_flight_bytes, body_bytes, .. } =
            Limits::default();
        assert_eq!((head_time, body_idle_time, body_time), (seconds(5), seconds(10), seconds(60)));
        assert_eq!((connections, MAX_HEADERS, HEAD_BYTES, STUB_BYTES), (512, 100, 64 * 1024, 64 * 1024));
        assert_eq!((in_flight_bytes as u64, body_bytes, HARD_BODY_BYTES), (256 * MIB, 25 * MIB, 512 * MIB));
        assert_eq!(Limits { body_bytes: u64::MAX, ..Limits::default() }.body_cap(None), HARD_BODY_BYTES);
        assert_eq!(Limits::default().body_cap(Some(u64::MAX)), HARD_BODY_BYTES);
        assert_eq!(Limits::default().body_cap(Some(5)), 5);
    }
}

//! Chance that can be repeated.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// A small generator of random numbers (xorshift64*). Not for secrets.
#[derive(Debug, Clone)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// A new seed at every start, or the one in `PUSHPULL_SEED`; printed, so that a failure can be repeated.
    #[must_use]
    pub fn new() -> Self {
        let given = std::env::var("PUSHPULL_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| RandomState::new().hash_one("dice")).max(1);
        println!("PUSHPULL_SEED={seed}");
        Self { state: seed }
    }

    /// A number below `end`, which is at least 1.
    pub fn below(&mut self, end: u64) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) % end.max(1)
    }

    /// A time below `end`, to the microsecond.
    pub fn time_below(&mut self, end: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(end.as_micros()).unwrap_or(u64::MAX)))
    }
}

impl Default for Dice {
    fn default() -> Self {
        Self::new()
    }
}

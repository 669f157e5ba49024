//! How long reading a format may take.

use std::time::{Duration, Instant};

/// The time that one tree may take to be read.
const TIME: Duration = Duration::from_secs(2);

/// Steps between two looks at the clock, and bytes that are written between them.
const STEPS: u32 = 4_096;
const WRITTEN: usize = 1024 * 1024;

/// Runs out after a while.
#[derive(Debug)]
pub(super) struct Patience {
    end: Instant,
    steps: u32,
    /// Bytes that were written at the last look.
    seen: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self { end: Instant::now() + TIME, steps: 0, seen: 0 }
    }
}

impl Patience {
    /// True once the time is up, with so many bytes written. Cheap: the clock is looked at now and then.
    pub(super) fn is_over(&mut self, written: usize) -> bool {
        self.steps += 1;
        if self.steps < STEPS && written.abs_diff(self.seen) < WRITTEN {
            return false;
        }
        (self.steps, self.seen) = (0, written);
        Instant::now() > self.end
    }

    /// What to tell the reader then.
    pub(super) fn notice() -> String {
        format!("Reading the tree stopped after {} s; it shows what was read by then.", TIME.as_secs())
    }
}

//! How long reading a format may take.

use std::time::{Duration, Instant};

/// The time that one tree may take to be read.
const TIME: Duration = Duration::from_secs(2);

/// Steps between two looks at the clock.
const STEPS: u32 = 4_096;

/// Runs out after a while.
#[derive(Debug)]
pub(super) struct Patience {
    end: Instant,
    steps: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { end: Instant::now() + TIME, steps: 0 }
    }
}

impl Patience {
    /// True once the time is up. Cheap: the clock is looked at now and then.
    pub(super) fn is_over(&mut self) -> bool {
        self.steps = self.steps.wrapping_add(1);
        self.steps.is_multiple_of(STEPS) && Instant::now() > self.end
    }

    /// What to tell the reader then.
    pub(super) fn notice() -> String {
        format!("Reading the tree stopped after {} s; it shows what was read by then.", TIME.as_secs())
    }
}

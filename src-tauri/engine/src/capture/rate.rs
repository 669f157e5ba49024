//! How many pushes a second one source takes: a token bucket for each name.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Names that are remembered; beyond that all buckets start full again.
const NAMES: usize = 10_000;

/// The buckets of all sources. Not by address: behind a tunnel every sender has the same.
#[derive(Debug)]
pub(super) struct RateCap {
    per_second: u32,
    buckets: Mutex<HashMap<Box<str>, Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl RateCap {
    /// A bucket holds what comes in a second.
    pub(super) fn new(per_second: u32) -> Self {
        Self { per_second, buckets: Mutex::default() }
    }

    /// Takes a token of this name; false if there is none.
    pub(super) fn take(&self, name: &str, now: Instant) -> bool {
        let full = f64::from(self.per_second);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bucket) = buckets.get_mut(name) else {
            if buckets.len() >= NAMES {
                buckets.clear();
            }
            buckets.insert(name.into(), Bucket { tokens: full - 1.0, at: now });
            return true;
        };
        let passed: Duration = now.saturating_duration_since(bucket.at);
        bucket.tokens = (bucket.tokens + passed.as_secs_f64() * full).min(full);
        bucket.at = now;
        let enough = bucket.tokens >= 1.0;
        bucket.tokens -= if enough { 1.0 } else { 0.0 };
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_over_its_rate_waits_and_others_do_not() {
        let (cap, start) = (RateCap::new(10), Instant::now());
        assert_eq!((0..20).filter(|_| cap.take("a", start)).count(), 10);
        assert!(cap.take("b", start));
        assert_eq!((0..20).filter(|_| cap.take("a", start + Duration::from_millis(500))).count(), 5);
    }
}

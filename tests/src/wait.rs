//! Waiting for something to become true, with an end.

use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// How long the suites wait for anything, on a slow machine under load.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often a condition is looked at that nobody announces.
pub(crate) const LOOK: Duration = Duration::from_millis(20);

/// Looks again and again until `look` finds something, at most [`PATIENCE`] long.
///
/// # Errors
/// If it is not found in time, naming `what`; or what `look` fails with.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if start.elapsed() > PATIENCE {
            bail!("Waited {} s in vain for {what}.", PATIENCE.as_secs());
        }
        tokio::time::sleep(LOOK).await;
    }
}

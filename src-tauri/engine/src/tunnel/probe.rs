//! The test through the public URL: a request that only our own listener can recognise.

use super::{ProbeError, TunnelProbe, http};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// The path of a test on the listener, up to its nonce.
pub const PROBE_PATH: &str = "/.pushpull/probe/";

/// How long a test waits for its answer.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The tests that are under way: shared by the tunnel, which issues them, and the listener, which sees them arrive.
#[derive(Debug, Default)]
pub struct Probes(Mutex<HashMap<String, oneshot::Sender<Instant>>>);

impl Probes {
    /// Starts a test: its nonce, and when the listener saw it.
    pub fn issue(&self) -> (String, oneshot::Receiver<Instant>) {
        let (to, seen) = oneshot::channel();
        let nonce = nonce();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Tests that were given up leave their nonce behind.
        waiting.retain(|_, to| !to.is_closed());
        waiting.insert(nonce.clone(), to);
        (nonce, seen)
    }

    /// Called by the listener for a request to [`PROBE_PATH`]: true if it is a test of ours, once.
    pub fn seen(&self, nonce: &str) -> bool {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(nonce);
        waiting.is_some_and(|to| to.send(Instant::now()).is_ok())
    }
}

/// 128 random bits in hex.
fn nonce() -> String {
    let mut bytes = [0; 16];
    // Without a random source a clash with another test is all that could come of it.
    getrandom::fill(&mut bytes).ok();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends a request through `url` and says how long it took to be seen and answered.
///
/// # Errors
/// If it can't be sent, is answered by something else, or is not answered within 15 s.
pub async fn probe(url: &str, probes: &Probes) -> Result<TunnelProbe, ProbeError> {
    let unreachable = |error: &reqwest::Error| ProbeError::Unreachable { url: url.into(), reason: http::reason(error) };
    let client = http::client(TIMEOUT).map_err(|error| unreachable(&error))?;
    let (nonce, mut seen) = probes.issue();
    let started = Instant::now();
    let answer = client.get(format!("{}{PROBE_PATH}{nonce}", url.trim_end_matches('/'))).send().await;
    let answered = started.elapsed();
    let seen = seen.try_recv();
    match (answer, seen) {
        (Ok(_), Ok(seen)) => Ok(TunnelProbe { seen: micros(seen - started), answered: micros(answered) }),
        (Ok(answer), Err(_)) => Err(ProbeError::SomethingElse { url: url.into(), status: answer.status().as_u16() }),
        (Err(error), seen) if error.is_timeout() => Err(ProbeError::TimedOut { url: url.into(), seen: seen.is_ok() }),
        (Err(error), _) => Err(unreachable(&error)),
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

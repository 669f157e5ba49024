//! What gives the listener a public URL: bore, built in, and cloudflared, a program of its own.
//!
//! ```text
//! Off ── start ──> Starting ──> Up ──> Lost ──> Retrying(n) ──> Up …
//!                     │                             │
//!                     └──────────> Failed <─────────┘  (what another try can't mend)
//! ```

mod board;
mod bore;
mod cloudflared;
mod error;
mod http;
mod lines;
mod probe;
mod run;
mod view;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

pub use error::{ProbeError, TunnelError};
pub use http::use_ring;
pub use probe::{PROBE_PATH, Probes, probe};
pub use view::*;

use board::Board;
use std::sync::Arc;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The one tunnel of an engine: by default one that nobody asked for yet. Cheap to clone; dropping the last clone ends
/// what runs.
#[derive(Debug, Clone, Default)]
pub struct Tunnel {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    board: Board,
    running: Mutex<Option<Running>>,
}

/// A tunnel that was asked for and not stopped since.
#[derive(Debug)]
struct Running {
    config: TunnelConfig,
    local_port: u16,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Tunnel {
    /// Starts a tunnel to `127.0.0.1:local_port` in place of the one there is. Returns once the first try is under way;
    /// what becomes of it is in the status.
    ///
    /// # Errors
    /// If no try is possible: the program is not there, or no server is named. The status says so too.
    pub async fn start(&self, config: TunnelConfig, local_port: u16) -> Result<(), TunnelError> {
        let mut running = self.inner.running.lock().await;
        end(&mut running).await;
        self.inner.board.clear();
        self.begin(&mut running, config, local_port)
    }

    fn begin(&self, running: &mut Option<Running>, config: TunnelConfig, local_port: u16) -> Result<(), TunnelError> {
        let plan = run::plan(config.clone(), local_port).inspect_err(|error| self.inner.board.fail(error))?;
        self.inner.board.set(TunnelState::Starting);
        let stop = CancellationToken::new();
        let task = tokio::spawn(run::run(plan, self.inner.board.clone(), stop.clone()));
        *running = Some(Running { config, local_port, stop, task });
        Ok(())
    }

    /// Has the tunnel that runs, if one does, lead to another port, or ends it where nothing listens any more: whatever
    /// takes the old port next is not for the public.
    pub async fn lead_to(&self, port: Option<u16>) {
        let mut running = self.inner.running.lock().await;
        let Some((config, before)) = running.as_ref().map(|now| (now.config.clone(), now.local_port)) else { return };
        match port {
            Some(port) if port == before => {}
            Some(port) => {
                end(&mut running).await;
                self.inner.board.say(format!("The listener moved to port {port}: starting anew."));
                // The status says it if that is not possible.
                let _ = self.begin(&mut running, config, port);
            }
            None => {
                end(&mut running).await;
                self.inner.board.say("Stopped: nothing listens here any more.");
                self.inner.board.set(TunnelState::Off);
            }
        }
    }

    /// Stops the tunnel. When it returns, nothing of it is left running.
    pub async fn stop(&self) {
        let mut running = self.inner.running.lock().await;
        if end(&mut running).await {
            self.inner.board.say("Stopped.");
        }
        self.inner.board.set(TunnelState::Off);
    }

    /// The state and the log as they are now.
    pub fn status(&self) -> TunnelStatus {
        self.inner.board.status()
    }

    /// The status and every change of it; changes in quick succession are seen as one.
    pub fn watch(&self) -> watch::Receiver<TunnelStatus> {
        self.inner.board.watch()
    }
}

/// Ends what runs and waits for it. False if nothing did.
async fn end(running: &mut Option<Running>) -> bool {
    let Some(Running { stop, task, .. }) = running.take() else { return false };
    stop.cancel();
    if let Err(error) = task.await {
        tracing::error!(%error, "The task of the tunnel did not end by itself");
    }
    true
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(running) = self.running.get_mut() {
            running.stop.cancel();
        }
    }
}

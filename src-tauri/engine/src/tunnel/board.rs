//! What is shown of the tunnel: its state and its last lines, and a notice of every change.

use super::{TunnelError, TunnelLine, TunnelState, TunnelStatus};
use tokio::sync::watch;

/// Lines of the log that are kept.
const LOG_LINES: usize = 200;

/// The status that the tunnel writes and others read. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Board(watch::Sender<TunnelStatus>);

impl Board {
    pub(super) fn status(&self) -> TunnelStatus {
        self.0.borrow().clone()
    }

    pub(super) fn watch(&self) -> watch::Receiver<TunnelStatus> {
        self.0.subscribe()
    }

    pub(super) fn set(&self, state: TunnelState) {
        self.0.send_if_modified(|status| {
            let changed = status.state != state;
            status.state = state;
            changed
        });
    }

    /// Adds a line to the log.
    pub(super) fn say(&self, text: impl Into<String>) {
        let line = TunnelLine { at: now(), text: text.into() };
        self.0.send_modify(|status| {
            let over = (status.log.len() + 1).saturating_sub(LOG_LINES);
            status.log.drain(..over);
            status.log.push(line);
        });
    }

    /// Forgets the log of the tunnel before.
    pub(super) fn clear(&self) {
        self.0.send_modify(|status| status.log.clear());
    }

    pub(super) fn fail(&self, error: &TunnelError) {
        self.say(error.to_string());
        self.set(TunnelState::Failed { message: error.to_string(), hint: error.hint() });
    }
}

/// The time, µs since 1970 UTC.
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

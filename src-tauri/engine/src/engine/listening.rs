//! Starting and stopping the listener.

use super::{Engine, ListenerLock, Parts};
use crate::api::{ApiError, ErrorCode, ListenOptions, ListenerStatus};
use crate::capture::{Limits, ListenError, Listener};
use std::sync::PoisonError;
use std::time::Duration;
use tokio::time::timeout;

/// How long the listener waits for a vault that is opening, so that the first push finds its secrets. A key store that
/// asks its user keeps no push waiting.
const SETTLING: Duration = Duration::from_secs(1);

impl Engine {
    /// Starts the listener, in place of the one there is.
    ///
    /// # Errors
    /// `PortTaken` if the port is and `fallback` is off; `Invalid` for an address that is none; else what the system
    /// says. The status tells the same.
    pub async fn start_listening(&self, options: ListenOptions) -> Result<ListenerStatus, ApiError> {
        let _ = timeout(SETTLING, self.vault.settled()).await; // pushes are taken either way
        // Held from the stop to the start: a second start would meet our own lock and take it for another process's.
        let mut listening = self.listening.lock().await;
        self.stop(&mut listening).await;
        let status = match self.try_listening(&options, &mut listening).await {
            Ok(status) => status,
            Err(error) => {
                self.tunnel.lead_to(None).await;
                self.set_listener(ListenerStatus::Failed { message: error.message.clone(), hint: error.hint.clone() });
                return Err(error);
            }
        };
        let port = if let ListenerStatus::Listening { port, .. } = &status { Some(*port) } else { None };
        self.tunnel.lead_to(port).await;
        self.set_listener(status.clone());
        Ok(status)
    }

    async fn try_listening(
        &self,
        options: &ListenOptions,
        listening: &mut Option<(Listener, ListenerLock)>,
    ) -> Result<ListenerStatus, ApiError> {
        self.read_sources().await?;
        let lock = ListenerLock::take(self.store.path())
            .map_err(|error| ApiError::failed(format!("The listener's lock could not be made: {error}.")))?;
        let Some(mut lock) = lock else {
            self.sender.set_own_ports(Vec::from_iter(ListenerLock::port_of_another(self.store.path())));
            return Ok(ListenerStatus::Elsewhere);
        };
        let listener = Listener::bind(options, Limits::default(), self.store.clone(), self.doorway.clone()).await?;
        let port = listener.address().port();
        // On a full disk other processes do without the port: the mark in what they send stops what goes round.
        let _ = lock.tell(port);
        let address = listener.address().ip().to_string();
        let status = ListenerStatus::Listening { url: listener.url(), address, port, wanted: listener.wanted() };
        self.sender.set_own_ports(vec![port]);
        *listening = Some((listener, lock));
        Ok(status)
    }

    /// Stops the listener, and the tunnel that leads to it: no new connections, what it has taken is answered.
    pub async fn stop_listening(&self) {
        self.stop(&mut *self.listening.lock().await).await;
        self.tunnel.lead_to(None).await;
    }

    async fn stop(&self, listening: &mut Option<(Listener, ListenerLock)>) {
        if let Some((listener, _lock)) = listening.take() {
            listener.shutdown().await;
        }
        self.sender.set_own_ports(Vec::new());
        self.set_listener(ListenerStatus::Off);
    }
}

impl Parts {
    /// The state of the listener.
    pub fn listener(&self) -> ListenerStatus {
        self.listener.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// True while this process listens.
    pub fn is_listening(&self) -> bool {
        matches!(self.listener(), ListenerStatus::Listening { .. })
    }

    fn set_listener(&self, status: ListenerStatus) {
        *self.listener.write().unwrap_or_else(PoisonError::into_inner) = status;
        self.notice_change(false);
    }

    /// Says that nobody listens, where it was another process until now.
    pub(super) fn left_alone(&self) {
        let mut listener = self.listener.write().unwrap_or_else(PoisonError::into_inner);
        if *listener == ListenerStatus::Elsewhere {
            *listener = ListenerStatus::Off;
        }
        drop(listener);
        self.notice_change(false);
    }
}

impl From<ListenError> for ApiError {
    fn from(error: ListenError) -> Self {
        let code = match error {
            ListenError::Taken(_) => ErrorCode::PortTaken,
            ListenError::NotAnAddress(_) => ErrorCode::Invalid,
            _ => ErrorCode::Failed,
        };
        Self::new(code, error.to_string(), error.hint())
    }
}

//! Starting and stopping the listener.

use super::{Engine, ListenerLock, Parts};
use crate::api::{ApiError, ErrorCode, ListenOptions, ListenerStatus};
use crate::capture::{Limits, ListenError, Listener};
use std::net::{IpAddr, SocketAddr};
use std::sync::PoisonError;

/// Ports tried after the wanted one is found taken.
const TRIED: u16 = 50;

impl Engine {
    /// Starts the listener, in place of the one there is.
    ///
    /// # Errors
    /// `PortTaken` if the port is and `fallback` is off; `Invalid` for an address that is none; else what the system
    /// says. The status tells the same.
    pub async fn start_listening(&self, options: ListenOptions) -> Result<ListenerStatus, ApiError> {
        let status = match self.try_listening(&options).await {
            Ok(status) => status,
            Err(error) => {
                self.set_listener(ListenerStatus::Failed { message: error.message.clone(), hint: error.hint.clone() });
                return Err(error);
            }
        };
        self.set_listener(status.clone());
        Ok(status)
    }

    async fn try_listening(&self, options: &ListenOptions) -> Result<ListenerStatus, ApiError> {
        let address: IpAddr = options.bind.parse().map_err(|_| {
            ApiError::invalid(format!("{:?} is not an address to listen on. Write 127.0.0.1.", options.bind))
        })?;
        self.stop_listening().await;
        let mut listening = self.listening.lock().await;
        let lock = ListenerLock::take(self.store.path())
            .map_err(|error| ApiError::failed(format!("The listener's lock could not be made: {error}.")))?;
        let Some(lock) = lock else { return Ok(ListenerStatus::Elsewhere) };
        let limits = Limits { body_bytes: self.settings().body_cap, ..Limits::default() };
        let (listener, wanted) = self.bind(address, options, limits).await?;
        let bound = listener.local_addr();
        self.sender.set_own_ports(vec![bound.port()]);
        *listening = Some((listener, lock));
        Ok(ListenerStatus::Listening { url: format!("http://{}", shown(bound)), port: bound.port(), wanted })
    }

    /// Binds the wanted port, or the next free one; the second value is the wanted one if it was taken.
    async fn bind(
        &self,
        address: IpAddr,
        options: &ListenOptions,
        limits: Limits,
    ) -> Result<(Listener, Option<u16>), ApiError> {
        let last = if options.fallback && options.port != 0 { options.port.saturating_add(TRIED) } else { options.port };
        for port in options.port..=last {
            let bound = Listener::bind(
                SocketAddr::new(address, port),
                self.store.clone(),
                self.doorway.clone(),
                limits.clone(),
            )
            .await;
            match bound {
                Ok(listener) => return Ok((listener, (port != options.port).then_some(options.port))),
                Err(ListenError::Taken(_)) if port < last => {}
                Err(error) => return Err(refused(&error, port)),
            }
        }
        Err(ApiError::failed("No port was tried."))
    }

    /// Stops the listener: no new connections, what it has taken is answered.
    pub async fn stop_listening(&self) {
        let listening = self.listening.lock().await.take();
        if let Some((listener, _lock)) = listening {
            listener.stop().await;
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

    fn set_listener(&self, status: ListenerStatus) {
        *self.listener.write().unwrap_or_else(PoisonError::into_inner) = status;
        self.notice_change(false);
    }
}

fn refused(error: &ListenError, port: u16) -> ApiError {
    match error {
        ListenError::Taken(_) => ApiError::new(
            ErrorCode::PortTaken,
            format!("Port {port} is in use."),
            format!("Listen on another port, or stop the program that has port {port}."),
        ),
        other => ApiError::failed(other.to_string()),
    }
}

/// What a browser takes: an address for every network is reached at the loopback one.
fn shown(bound: SocketAddr) -> SocketAddr {
    match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new(IpAddr::from([127, 0, 0, 1]), bound.port()),
        _ => bound,
    }
}

//! Getting a port to listen on.

use crate::api::ListenOptions;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use tokio::net::TcpListener;

/// Ports that are tried after the one that is taken.
const NEXT_PORTS: u16 = 100;

/// Why the listener could not be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListenError {
    /// What was typed is no address.
    #[error("{0} is not an IP address to listen on.")]
    NotAnAddress(String),
    /// Somebody else listens there.
    #[error("Port {} on {} is taken by another program.", .0.port(), .0.ip())]
    Taken(SocketAddr),
    /// The system does not allow it.
    #[error("Listening on port {} of {} is not allowed.", .0.port(), .0.ip())]
    NotAllowed(SocketAddr),
    /// This machine does not have the address.
    #[error("This machine does not have the address {0}.")]
    NotOurs(IpAddr),
    /// Anything else.
    #[error("Listening on {address} failed: {reason}.")]
    Other {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        reason: String,
    },
}

impl ListenError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotAnAddress(_) | Self::NotOurs(_) => "Use 127.0.0.1 for this machine only, 0.0.0.0 for its network.",
            Self::Taken(_) => "Choose another port, or 0 for any free one.",
            Self::NotAllowed(_) => "Choose a port above 1023.",
            Self::Other { .. } => "Choose another address or port.",
        }
    }
}

/// Binds what was asked for, or the next free port if that is allowed.
pub(super) async fn bind(options: &ListenOptions) -> Result<TcpListener, ListenError> {
    let ip: IpAddr = options.bind.parse().map_err(|_| ListenError::NotAnAddress(options.bind.clone()))?;
    let wanted = SocketAddr::new(ip, options.port);
    let more = if options.fallback && options.port != 0 { NEXT_PORTS } else { 0 };
    let mut taken = ListenError::Taken(wanted);
    for port in options.port..=options.port.saturating_add(more) {
        match TcpListener::bind(SocketAddr::new(ip, port)).await.map_err(|error| explain(wanted, &error)) {
            Err(error @ ListenError::Taken(_)) => taken = error,
            bound => return bound,
        }
    }
    Err(taken)
}

fn explain(address: SocketAddr, error: &std::io::Error) -> ListenError {
    match error.kind() {
        ErrorKind::AddrInUse => ListenError::Taken(address),
        ErrorKind::PermissionDenied => ListenError::NotAllowed(address),
        ErrorKind::AddrNotAvailable => ListenError::NotOurs(address.ip()),
        _ => ListenError::Other { address, reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(port: u16, fallback: bool) -> ListenOptions {
        ListenOptions { port, bind: "127.0.0.1".into(), fallback }
    }

    #[tokio::test]
    async fn the_next_free_port_is_taken_only_where_that_is_allowed() {
        let first = bind(&at(0, true)).await.unwrap();
        let taken = first.local_addr().unwrap();
        let refused = bind(&at(taken.port(), false)).await.unwrap_err();
        assert_eq!(refused, ListenError::Taken(taken));
        // Each of them goes beyond those that are taken already.
        let mut held = vec![first];
        for _ in 0..3 {
            let next = bind(&at(taken.port(), true)).await.unwrap();
            let place = next.local_addr().unwrap();
            let last = held.last().unwrap().local_addr().unwrap();
            let tried = last.port() + 1..=taken.port().saturating_add(NEXT_PORTS);
            assert!(tried.contains(&place.port()), "{place} after {last}");
            held.push(next);
        }
    }

    #[tokio::test]
    async fn what_is_no_port_of_ours_is_not_looked_for_elsewhere() {
        let elsewhere = ListenOptions { port: 4400, bind: "nowhere".into(), fallback: true };
        assert_eq!(bind(&elsewhere).await.unwrap_err(), ListenError::NotAnAddress("nowhere".into()));
        // An address of the documentation (RFC 5737): no machine has it.
        let stranger = ListenOptions { bind: "192.0.2.1".into(), ..elsewhere };
        assert_eq!(bind(&stranger).await.unwrap_err(), ListenError::NotOurs([192, 0, 2, 1].into()));
    }
}

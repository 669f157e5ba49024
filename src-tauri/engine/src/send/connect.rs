//! The way to a server: the name looked up, TCP opened, TLS shaken hands on, each phase timed.

use super::address::Reach;
use super::failure;
use super::patience::{Patience, Stop};
use super::pool::Pool;
use super::stream::Stream;
use super::target::Target;
use super::tls::Tls;
use crate::exchange::{Failure, Timing};
use crate::wire::Wire;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rustls::pki_types::ServerName;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Host;

/// How long one address has the floor before the next one is tried beside it (RFC 8305, section 5).
const STAGGER: Duration = Duration::from_millis(250);

/// Looks up host names. The system's resolver outside of tests.
pub trait Resolve: fmt::Debug + Send + Sync {
    /// The addresses of a name, best first; none if it has none.
    ///
    /// # Errors
    /// What the resolver says; a name that is not there may be an error, too.
    fn resolve(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
}

/// The resolver of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// An open connection to a server.
#[derive(Debug)]
pub(super) struct Connection {
    /// Its bytes.
    pub(super) wire: Wire<Stream>,
    /// The server's address.
    pub(super) peer: SocketAddr,
    /// The address at this end.
    pub(super) local: SocketAddr,
    /// True if it has carried a request before.
    pub(super) reused: bool,
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum NoConnection {
    Failed(Box<Failure>),
    Stopped(Stop),
}

impl From<Failure> for NoConnection {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

impl From<Stop> for NoConnection {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop)
    }
}

/// Opens connections and keeps idle ones.
#[derive(Debug)]
pub(super) struct Connector {
    pub(super) pool: Pool,
    pub(super) tls: Tls,
    pub(super) resolver: Arc<dyn Resolve>,
}

impl Connector {
    /// An idle connection to the target's server, if there is one that `reach` allows.
    pub(super) fn idle(&self, target: &Target, reach: &Reach) -> Option<Connection> {
        let connection = self.pool.take(target)?;
        reach.check_open(target, connection.peer, connection.local).is_ok().then_some(connection)
    }

    /// Opens a connection to the target's server and notes how long its phases took.
    pub(super) async fn open(
        &self,
        target: &Target,
        reach: &Reach,
        patience: &mut Patience,
        timing: &mut Timing,
    ) -> Result<Connection, NoConnection> {
        let addresses = self.resolve(target, patience, timing).await?;
        for &address in &addresses {
            reach.check(target, address)?;
        }
        let start = Instant::now();
        let dialled = patience.wait(dial(&addresses)).await;
        timing.connect = Some(micros_since(start));
        let (tcp, peer) = dialled?.map_err(|(address, error)| failure::unconnected(target, address, &error))?;
        let ready = tcp.set_nodelay(true).and_then(|()| tcp.local_addr());
        let local = ready.map_err(|error| failure::unconnected(target, peer, &error))?;
        reach.check_open(target, peer, local)?;
        let stream = if target.secure { self.secure(target, tcp, patience, timing).await? } else { Stream::Plain(tcp) };
        Ok(Connection { wire: Wire::new(stream), peer, local, reused: false })
    }

    async fn resolve(
        &self,
        target: &Target,
        patience: &mut Patience,
        timing: &mut Timing,
    ) -> Result<Vec<SocketAddr>, NoConnection> {
        let name = match &target.host {
            Host::Ipv4(ip) => return Ok(vec![SocketAddr::from((*ip, target.port))]),
            Host::Ipv6(ip) => return Ok(vec![SocketAddr::from((*ip, target.port))]),
            Host::Domain(name) => name,
        };
        let start = Instant::now();
        let found = patience.wait(self.resolver.resolve(name.clone())).await;
        timing.dns = Some(micros_since(start));
        match found? {
            Ok(ips) if !ips.is_empty() => Ok(ips.into_iter().map(|ip| SocketAddr::new(ip, target.port)).collect()),
            _ => Err(failure::unresolved(name).into()),
        }
    }

    async fn secure(
        &self,
        target: &Target,
        tcp: TcpStream,
        patience: &mut Patience,
        timing: &mut Timing,
    ) -> Result<Stream, NoConnection> {
        let name = match &target.host {
            Host::Ipv4(ip) => Ok(ServerName::from(IpAddr::V4(*ip))),
            Host::Ipv6(ip) => Ok(ServerName::from(IpAddr::V6(*ip))),
            Host::Domain(name) => ServerName::try_from(name.clone()),
        };
        let name = name.map_err(|_| failure::unresolved(&target.host.to_string()))?;
        let connector = TlsConnector::from(patience.wait(self.tls.config()).await?);
        let start = Instant::now();
        let shaken = patience.wait(connector.connect(name, tcp)).await;
        timing.tls = Some(micros_since(start));
        let stream = shaken?.map_err(|error| failure::tls(target, &error))?;
        Ok(Stream::Tls(Box::new(stream)))
    }
}

/// Microseconds since `start`.
pub(super) fn micros_since(start: Instant) -> i64 {
    i64::try_from(start.elapsed().as_micros()).unwrap_or(i64::MAX)
}

/// Opens TCP to the first address that answers. Every address has a head start on the next one.
async fn dial(addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), (SocketAddr, io::Error)> {
    let attempt = |address: SocketAddr| async move {
        TcpStream::connect(address).await.map(|tcp| (tcp, address)).map_err(|error| (address, error))
    };
    let mut waiting = addresses.iter().copied();
    let mut attempts = FuturesUnordered::new();
    let mut failed = None;
    loop {
        let next = waiting.next();
        attempts.extend(next.map(attempt));
        tokio::select! {
            biased;
            done = attempts.next() => match done {
                Some(Ok(connected)) => return Ok(connected),
                Some(Err(error)) => failed = Some(error),
                None => return Err(failed.unwrap_or_else(no_address)),
            },
            () = tokio::time::sleep(STAGGER), if next.is_some() => {}
        }
    }
}

fn no_address() -> (SocketAddr, io::Error) {
    (SocketAddr::from(([0, 0, 0, 0], 0)), io::Error::from(io::ErrorKind::AddrNotAvailable))
}

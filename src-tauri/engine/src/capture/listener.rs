//! The accept loop: takes connections up to their number, makes room, backs off, ends.

use super::answer::{Answer, Manner};
use super::bind::{self, ListenError};
use super::budget::Budget;
use super::connection::Connection;
use super::hooks::Hooks;
use super::limits::{Limits, SHUTDOWN_TIME};
use super::missed::Missed;
use super::rate::RateCap;
use super::slot::Slots;
use super::{Shared, router, staged};
use crate::api::ListenOptions;
use crate::store::Store;
use crate::wire::READ_SIZE;
use axum::Router;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

/// How long accepting pauses when the system has no descriptor or memory for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A running listener. Dropping it ends it at once; [`Listener::shutdown`] lets requests in flight end first.
#[derive(Debug)]
pub struct Listener {
    address: SocketAddr,
    wanted: Option<u16>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    #[cfg(test)]
    held: Arc<tokio::sync::Semaphore>,
}

impl Listener {
    /// Binds and begins to listen. When it returns, a connection is taken.
    ///
    /// # Errors
    /// See [`ListenError`].
    pub async fn bind(
        options: &ListenOptions,
        limits: Limits,
        store: Store,
        hooks: Arc<dyn Hooks>,
    ) -> Result<Self, ListenError> {
        let socket = bind::bind(options).await?;
        let address = socket.local_addr().map_err(|error| ListenError::Other {
            address: SocketAddr::from(([0, 0, 0, 0], options.port)),
            reason: error.to_string(),
        })?;
        let shared = Arc::new(Shared {
            store,
            hooks,
            limits,
            budget: Budget::new(limits.in_flight_bytes),
            rate: RateCap::new(limits.pushes_per_second),
            held: staged::places(limits.connections),
            missed: Missed::default(),
            stopping: CancellationToken::new(),
        });
        let (stop, stopped) = oneshot::channel();
        #[cfg(test)]
        let held = shared.held.clone();
        let accepting = Accepting { router: router::router(shared.clone()), shared, slots: Slots::new() };
        let task = tokio::spawn(accepting.run(socket, stopped));
        let wanted = (options.port != 0 && options.port != address.port()).then_some(options.port);
        Ok(Self {
            address,
            wanted,
            stop: Some(stop),
            task,
            #[cfg(test)]
            held,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port that was wanted, if it was taken and this is the next free one.
    pub fn wanted(&self) -> Option<u16> {
        self.wanted
    }

    /// The URL under which this machine reaches it, without a path.
    pub fn url(&self) -> String {
        match self.address.ip() {
            ip if ip.is_unspecified() => format!("http://127.0.0.1:{}", self.address.port()),
            _ => format!("http://{}", self.address),
        }
    }

    /// The places for answers that are held.
    #[cfg(test)]
    pub(super) fn places(&self) -> &tokio::sync::Semaphore {
        &self.held
    }

    /// Stops accepting, lets requests in flight end for a while, then closes what is left.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that the task has ended already.
            _ = stop.send(());
        }
        // An error means that it was cancelled or has panicked; either way nothing listens any more.
        _ = (&mut self.task).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The state of the accept loop.
struct Accepting {
    shared: Arc<Shared>,
    router: Router,
    slots: Slots,
}

impl Accepting {
    async fn run(mut self, socket: TcpListener, mut stopped: oneshot::Receiver<()>) {
        let mut tasks = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                _ = &mut stopped => break,
                Some(ended) = tasks.join_next_with_id() => self.ended(ended),
                accepted = socket.accept() => match accepted {
                    Ok((stream, peer)) => self.admit(stream, peer, &mut tasks),
                    Err(error) if concerns_one_connection(&error) => {}
                    Err(error) => {
                        tracing::warn!(%error, "Accepting a connection failed");
                        self.slots.make_room();
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(socket);
        self.shared.stopping.cancel();
        self.slots.end_waiting();
        let ending = async { while tasks.join_next().await.is_some() {} };
        // What is not done by now is closed with the set of tasks.
        _ = tokio::time::timeout(SHUTDOWN_TIME, ending).await;
    }

    fn admit(&mut self, stream: TcpStream, peer: SocketAddr, tasks: &mut JoinSet<()>) {
        while let Some(ended) = tasks.try_join_next_with_id() {
            self.ended(ended);
        }
        if self.slots.len() >= self.shared.limits.connections && !self.slots.make_room() {
            return refuse(&stream);
        }
        // Answers are one write each; waiting to fill a segment would only delay them.
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let slot = self.slots.fresh();
        let connection = Connection::new(self.shared.clone(), self.router.clone(), slot.clone(), peer);
        let task = tasks.spawn(connection.serve(stream));
        self.slots.insert(slot, task);
    }

    fn ended(&mut self, ended: Result<(tokio::task::Id, ()), tokio::task::JoinError>) {
        match ended {
            Ok((id, ())) => self.slots.remove(id),
            Err(error) => {
                if error.is_panic() {
                    tracing::error!(%error, "A connection ended with a panic");
                }
                self.slots.remove(error.id());
            }
        }
    }
}

/// Tells a sender that there is no room. One try, no waiting: it must cost nothing.
fn refuse(stream: &TcpStream) {
    let answer = Answer::try_again(Manner::LAST, "Too many connections. Send it again.", "1");
    // What has come already is taken off, since closing with unread bytes would reset the connection before the answer
    // is read. Whether it arrives is of no account: the connection is closed either way.
    _ = stream.try_read(&mut [0; READ_SIZE]);
    _ = stream.try_write(&answer.wire);
}

/// Errors of a connection that was cut before it was accepted; the next one may be fine.
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(error.kind(), K::ConnectionAborted | K::ConnectionReset | K::ConnectionRefused | K::Interrupted)
}

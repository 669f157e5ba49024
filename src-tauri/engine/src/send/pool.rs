//! Idle connections that can carry another request.

use super::connect::Connection;
use super::target::Target;
use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};
use url::Host;

/// Idle connections to one server.
const PER_SERVER: usize = 6;

/// Idle connections in all.
const IN_ALL: usize = 64;

/// How long a connection may be idle.
const LONGEST_IDLE: Duration = Duration::from_secs(60);

/// Which server a connection leads to.
type Key = (bool, Host<String>, u16);

/// The idle connections of a sender.
#[derive(Debug, Default)]
pub(super) struct Pool(Mutex<HashMap<Key, Vec<Idle>>>);

#[derive(Debug)]
struct Idle {
    since: Instant,
    connection: Connection,
}

impl Pool {
    /// Takes an idle connection to the target's server that is still open.
    pub(super) fn take(&self, target: &Target) -> Option<Connection> {
        loop {
            let idle = self.lock().get_mut(&key(target))?.pop()?;
            let mut connection = idle.connection;
            if idle.since.elapsed() < LONGEST_IDLE && is_quiet(&mut connection) {
                connection.reused = true;
                return Some(connection);
            }
        }
    }

    /// Keeps a connection for the next request; the oldest ones make room.
    pub(super) fn put(&self, target: &Target, mut connection: Connection) {
        connection.wire.settle();
        let mut servers = self.lock();
        servers.retain(|_, idle| {
            idle.retain(|idle| idle.since.elapsed() < LONGEST_IDLE);
            !idle.is_empty()
        });
        if servers.values().map(Vec::len).sum::<usize>() >= IN_ALL {
            drop_oldest(&mut servers);
        }
        let server = servers.entry(key(target)).or_default();
        if server.len() >= PER_SERVER {
            server.remove(0);
        }
        server.push(Idle { since: Instant::now(), connection });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Vec<Idle>>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn key(target: &Target) -> Key {
    (target.secure, target.host.clone(), target.port)
}

fn drop_oldest(servers: &mut HashMap<Key, Vec<Idle>>) {
    let oldest = servers.values_mut().filter(|idle| !idle.is_empty()).min_by_key(|idle| idle[0].since);
    if let Some(idle) = oldest {
        idle.remove(0);
    }
}

/// True if the server has neither closed the connection nor said anything on it.
fn is_quiet(connection: &mut Connection) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    pin!(connection.wire.fill()).poll(&mut context).is_pending()
}

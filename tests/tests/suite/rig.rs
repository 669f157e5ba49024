//! A listener on a workspace of its own, and raw sockets to it.

#![allow(clippy::unwrap_used, reason = "a rig that fails is a test that fails")]

use pushpull_engine::api::{ListQuery, ListenOptions};
use pushpull_engine::capture::{Hooks, Limits, Listener, Presence};
use pushpull_engine::exchange::{ExchangeSummary, Micros, Side};
use pushpull_engine::store::Store;
use pushpull_engine::wire::{BodyReader, Framing, ResponseHead, Wire};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No answer takes longer than this, but for a broken listener.
const PATIENCE: Duration = Duration::from_secs(20);

/// Every byte of a body.
pub(super) const ALL: std::ops::Range<u64> = 0..1 << 40;

/// The time of every exchange.
pub(super) const NOW: Micros = 1_795_000_000_000_000;

/// The nonce that was issued.
pub(super) const NONCE: &str = "4f5e6d";

/// A listener with its workspace.
pub(super) struct Rig {
    pub(super) store: Store,
    pub(super) listener: Listener,
    pub(super) hooks: Arc<House>,
    pub(super) _folder: TempDir,
}

/// The engine as the tests play it: every source but `closed` is taken.
#[derive(Default)]
pub(super) struct House {
    pub(super) unknown_paths: AtomicU64,
    pub(super) probes: AtomicU64,
}

impl Hooks for House {
    fn now(&self) -> Micros {
        NOW
    }

    fn accepts(&self, source: &str) -> bool {
        source != "closed"
    }

    fn still_takes(&self, source: &str) -> Option<Presence> {
        self.accepts(source).then_some(Presence::New)
    }

    fn unknown_path(&self) {
        self.unknown_paths.fetch_add(1, Ordering::AcqRel);
    }

    fn public_host(&self) -> Option<Arc<str>> {
        Some("public.example:7".into())
    }

    fn probed(&self, nonce: &str) -> bool {
        let known = nonce == NONCE;
        self.probes.fetch_add(u64::from(known), Ordering::AcqRel);
        known
    }

    fn instance(&self) -> &str {
        "this-instance"
    }
}

/// What came back on a connection.
#[derive(Debug)]
pub(super) struct Answers {
    /// The statuses in order, interim ones too.
    pub(super) statuses: Vec<u16>,
    /// The bytes as they came.
    pub(super) wire: Vec<u8>,
}

impl Rig {
    pub(super) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub(super) async fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
        let hooks = Arc::new(House::default());
        let options = ListenOptions { port: 0, bind: "127.0.0.1".into(), fallback: false };
        let listener = Listener::bind(&options, limits, store.clone(), hooks.clone()).await.unwrap();
        Self { store, listener, hooks, _folder: folder }
    }

    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.listener.address()).await.unwrap()
    }

    /// Sends the bytes, ends the sending half, and reads what comes back to its end.
    pub(super) async fn send(&self, bytes: &[u8]) -> Answers {
        self.converse(bytes, true).await
    }

    /// Sends the bytes and reads what comes back to its end, which the listener must make.
    pub(super) async fn send_and_stay(&self, bytes: &[u8]) -> Answers {
        self.converse(bytes, false).await
    }

    async fn converse(&self, bytes: &[u8], ends: bool) -> Answers {
        let (mut read, mut write) = self.connect().await.into_split();
        let bytes = bytes.to_vec();
        let writing = tokio::spawn(async move {
            // A listener that refuses stops reading; that shows in its answer.
            let written = write.write_all(&bytes).await;
            if ends && written.is_ok() {
                write.shutdown().await.ok();
            }
            write
        });
        let mut wire = Vec::new();
        timeout(PATIENCE, read.read_to_end(&mut wire)).await.expect("the connection ends").ok();
        writing.abort();
        Answers { statuses: statuses(&wire).await, wire }
    }

    /// The rows of the list, oldest first.
    pub(super) async fn stored(&self) -> Vec<ExchangeSummary> {
        let mut rows = Vec::new();
        loop {
            let from = rows.len() as u64;
            let query = ListQuery { filter: String::new(), upto: None, from, count: 500, near: None };
            let page = self.store.list(&query).await.unwrap().rows;
            if page.is_empty() {
                rows.reverse();
                return rows;
            }
            rows.extend(page);
        }
    }

    /// The rows behind this one, oldest first.
    pub(super) async fn newer_than(&self, id: i64) -> Vec<ExchangeSummary> {
        let query = ListQuery { filter: String::new(), upto: None, from: 0, count: 20, near: None };
        let mut rows = self.store.list(&query).await.unwrap().rows;
        rows.retain(|row| row.id > id);
        rows.reverse();
        rows
    }

    /// Waits until so many exchanges are stored.
    pub(super) async fn stored_at_least(&self, count: usize) -> Vec<ExchangeSummary> {
        let mut commits = self.store.committed();
        let rows = async {
            loop {
                let rows = self.stored().await;
                if rows.len() >= count {
                    return rows;
                }
                commits.changed().await.unwrap();
            }
        };
        timeout(PATIENCE, rows).await.expect("it is stored")
    }

    /// A stored message as it was on the wire.
    pub(super) async fn wire(&self, id: i64, side: Side) -> Vec<u8> {
        let message = self.store.message(id, side).await.unwrap().unwrap();
        let body = self.store.body(id, side, ALL).await.unwrap();
        let framing = Framing::decode(message.framing).unwrap();
        [&message.head[..], &framing.interleave(&body)].concat()
    }
}

/// The statuses of the answers in these bytes. The answer to a HEAD, which has no body, is the last.
async fn statuses(bytes: &[u8]) -> Vec<u16> {
    let mut wire = Wire::new(bytes);
    let mut statuses = Vec::new();
    while let Some(raw) = wire.read_head(64 * 1024).await.unwrap() {
        let head = ResponseHead::parse(raw).unwrap();
        let mut body = BodyReader::new(head.framing("GET").unwrap());
        statuses.push(head.status);
        while body.next(&mut wire).await.is_ok_and(|piece| piece.is_some()) {}
    }
    statuses
}

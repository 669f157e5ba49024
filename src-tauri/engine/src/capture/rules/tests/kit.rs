//! A listener whose one source answers as a test says.

use crate::api::ListenOptions;
use crate::capture::rules::{Plan, RuleCount, RuleSet, check};
use crate::capture::{HELD_SHARE, Hooks, Limits, Listener, Presence};
use crate::exchange::{Exchange, ExchangeId, Failure, Micros};
use crate::store::Store;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The time of every request: 2026-01-02 03:04:05.678 UTC.
pub(super) const NOW: Micros = 1_767_323_045_678_901;

pub(super) struct Rig {
    pub(super) store: Store,
    listener: Listener,
    connections: usize,
    doorman: Arc<Doorman>,
    folder: tempfile::TempDir,
}

struct Doorman(Mutex<Option<Arc<Plan>>>);

impl Hooks for Doorman {
    fn now(&self) -> Micros {
        NOW
    }

    fn accepts(&self, _: &str) -> bool {
        true
    }

    fn still_takes(&self, _: &str) -> Option<Presence> {
        Some(Presence::New)
    }

    fn plan(&self, _: &str) -> Option<Arc<Plan>> {
        self.0.lock().unwrap().clone()
    }

    fn unknown_path(&self) {}

    fn instance(&self) -> &str {
        "test"
    }
}

impl Rig {
    pub(super) async fn new(rules: Value) -> Self {
        Self::limited(rules, Limits::default()).await
    }

    pub(super) async fn limited(rules: Value, limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
        let doorman = Arc::new(Doorman(Mutex::new(None)));
        let options = ListenOptions { port: 0, bind: "127.0.0.1".into(), fallback: false };
        let listener = Listener::bind(&options, limits, store.clone(), doorman.clone()).await.unwrap();
        let rig = Self { store, listener, connections: limits.connections, doorman, folder };
        rig.set(rules);
        rig
    }

    /// Brings other rules into force.
    pub(super) fn set(&self, rules: Value) {
        self.set_at(rules, 0);
    }

    /// The same, with sequences that begin again where `resets` is another than before.
    pub(super) fn set_at(&self, rules: Value, resets: i64) {
        let set: RuleSet = serde_json::from_value(rules).unwrap();
        let problems = check(&set);
        assert!(problems.iter().all(|problem| !problem.blocks), "{problems:?}");
        let mut plan = self.doorman.0.lock().unwrap();
        *plan = Some(Arc::new(Plan::new(&set, resets, plan.as_deref())));
    }

    /// How often its rules have answered.
    pub(super) fn counts(&self) -> Vec<RuleCount> {
        self.doorman.0.lock().unwrap().as_ref().map(|plan| plan.counts()).unwrap_or_default()
    }

    /// Stops listening, and lets what is in flight come to its end.
    pub(super) async fn stop(self) -> (Store, tempfile::TempDir) {
        self.listener.shutdown().await;
        (self.store, self.folder)
    }

    /// Changes the file past the store, such as to have it refuse what comes.
    pub(super) fn refuse(&self, sql: &str) {
        let file = rusqlite::Connection::open(self.folder.path().join("w.pushpull")).unwrap();
        file.execute_batch(sql).unwrap();
    }

    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.listener.address()).await.unwrap()
    }

    /// Sends a request with these head lines and reads the answer until it is whole or the connection ends.
    pub(super) async fn ask(&self, first: &str, fields: &str, body: &str) -> Answer {
        let mut stream = self.connect().await;
        send(&mut stream, first, fields, body).await;
        let mut bytes = Vec::new();
        // A reset is an end as well.
        let _ = stream.read_to_end(&mut bytes).await;
        Answer::of(&bytes)
    }

    pub(super) async fn post(&self, path: &str, body: &str) -> Answer {
        self.ask(&format!("POST {path}"), "Content-Type: application/json\r\n", body).await
    }

    pub(super) async fn stored(&self, id: ExchangeId) -> Exchange {
        self.store.exchange(id).await.unwrap()
    }

    pub(super) async fn count(&self) -> u64 {
        self.store.stored().await.unwrap().exchanges
    }

    /// Places for answers that could be held now.
    pub(super) fn free(&self) -> usize {
        self.listener.places().available_permits()
    }

    /// Waits until no answer is held any more: other requests are answered meanwhile, and that it takes so many of them
    /// means that somebody holds on.
    pub(super) async fn until_free(&self) {
        let all = (self.connections / HELD_SHARE).max(1);
        for _ in 0..200 {
            if self.free() == all {
                return;
            }
            assert_eq!(self.post("/in/a", "{}").await.status, 200);
        }
        panic!("{} of {all} places are free", self.free());
    }

    /// Waits until no answer is held any more, and what became of each is noted.
    pub(super) async fn until_settled(&self) {
        let all = (self.connections / HELD_SHARE).max(1) as u32;
        drop(self.listener.places().acquire_many(all).await.unwrap());
    }

    /// Waits until the newest exchange has failed.
    pub(super) async fn until_newest_failed(&self) -> Failure {
        let mut committed = self.store.committed();
        loop {
            let newest = self.count().await;
            if let Some(why) = self.stored(newest as ExchangeId).await.failure {
                return why;
            }
            committed.changed().await.unwrap();
        }
    }

    /// Waits until so many exchanges are stored.
    pub(super) async fn until_stored(&self, count: u64) {
        let mut committed = self.store.committed();
        while self.count().await < count {
            committed.changed().await.unwrap();
        }
    }
}

pub(super) async fn send(stream: &mut TcpStream, first: &str, fields: &str, body: &str) {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let head = format!("{first} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{fields}{length}\r\n{body}");
    stream.write_all(head.as_bytes()).await.unwrap();
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Answer {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) =
            text.split_once("\r\n\r\n").map_or((text.clone(), ""), |(head, body)| (head.to_owned(), body));
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        Self { status, body: body.to_owned(), head }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

//! The feed: tells whoever shows the workspace that something changed, at most 20 times a second.

use super::{Engine, ListenerLock, Parts};
use crate::api::{ApiError, FeedEvent, JobKind, ListenerStatus, Status};
use crate::exchange::ExchangeId;
use crate::store::FileWatch;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, broadcast};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::task::AbortOnDropHandle;

/// The shortest time between two events.
const PAUSE: Duration = Duration::from_millis(50);

/// How often the file is looked at for what other processes have stored and changed.
const LOOK: Duration = Duration::from_millis(250);

/// Events that a slow reader may be behind; it is told that it missed some, and reads the status anew.
const BEHIND: usize = 32;

/// The changed exchanges that one event names at most.
const CHANGED: i64 = 1_000;

/// Up to where the feed has told.
#[derive(Debug, Default)]
struct Told {
    status: Option<Status>,
    newest: ExchangeId,
    /// The exchange up to which pushes were grouped; None before it was read.
    grouped: Option<ExchangeId>,
}

/// Where events are sent to; it outlives the workspace that is open.
#[derive(Debug, Clone)]
pub(crate) struct Feed(broadcast::Sender<FeedEvent>);

impl Default for Feed {
    fn default() -> Self {
        Self(broadcast::channel(BEHIND).0)
    }
}

impl Feed {
    /// The events from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<FeedEvent> {
        self.0.subscribe()
    }

    pub(crate) fn send(&self, event: FeedEvent) {
        let _ = self.0.send(event); // nobody may be listening
    }
}

impl Parts {
    /// Wakes the feed. `lists` says that sources, collections or settings changed.
    pub(crate) fn notice_change(&self, lists: bool) {
        if lists {
            self.jobs.note_lists();
        }
        self.changed.notify_one();
    }

    /// Tells the feed how far a job is.
    pub(crate) fn tell(&self, ticket: &str, kind: JobKind, done: u64, total: u64) {
        self.jobs.set(ticket, kind, done, total);
        self.notice_change(false);
    }

    /// What runs, and what is stored.
    ///
    /// # Errors
    /// What the store says.
    pub async fn status(&self) -> Result<Status, ApiError> {
        Ok(Status {
            workspace: self.store.path().to_string_lossy().into_owned(),
            listener: self.listener(),
            tunnel: self.tunnel.status(),
            stored: self.store.stored().await?,
            auto_source: self.doorway.is_auto(),
            unknown_paths: self.doorway.unknown_paths(),
            notice: self.store.trouble().map(|error| ApiError::from(error).sentences()).or_else(|| self.unretained()),
            version: env!("CARGO_PKG_VERSION").into(),
        })
    }
}

impl Engine {
    /// Sends events until the engine is closed. Runs as a task of its own.
    pub(crate) async fn keep_feeding(self, feed: Feed) {
        let mut tunnel = self.tunnel.watch();
        let mut committed = self.store.committed();
        let mut unretained = self.unretained.clone();
        let mut file = loop {
            match self.store.watch_others().await {
                Ok(file) => break file,
                Err(_) => sleep(LOOK).await, // no descriptor for it yet
            }
        };
        let mut version = file.version().await.unwrap_or_default();
        let mut elsewhere = 0;
        let mut is_behind = false;
        // Beside: what keeps its key may ask the user, who may be away.
        let other_vault = Arc::new(Notify::new());
        let _opening =
            AbortOnDropHandle::new(tokio::spawn(keep_looking_for_a_vault(self.clone(), other_vault.clone())));
        let mut told = Told::default();
        let mut looked = Instant::now();
        loop {
            let next = Instant::now() + PAUSE;
            let news = self.news(&mut told).await;
            let is_read = news.is_ok();
            if let Ok(Some(event)) = news {
                feed.send(event);
            }
            sleep_until(next).await;
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                let changes = self.store.changes_elsewhere().await.unwrap_or(elsewhere);
                if changes > elsewhere {
                    other_vault.notify_one();
                    is_behind = self.read_lists_again().await.is_err();
                    if !is_behind {
                        elsewhere = changes;
                        continue; // nothing else may come that would end the wait below
                    }
                }
            }
            tokio::select! {
                () = self.changed.notified() => {}
                done = committed.changed() => if done.is_err() { return },
                _ = tunnel.changed() => {}
                Ok(()) = unretained.changed() => {}
                () = any_commit(&mut file, &mut version) => {
                    let _ = self.take_up_what_waits().await; // what can't be done now is at the next commit
                }
                () = self.other_listener_ended(), if self.listener() == ListenerStatus::Elsewhere => {}
                () = sleep(LOOK), if !is_read || is_behind => {}
            }
        }
    }

    /// What is new since it was told last, if anything is. What can't be read now is new until it can.
    async fn news(&self, told: &mut Told) -> Result<Option<FeedEvent>, ApiError> {
        let status = self.status().await?;
        // Pushes that were there before and have a replay or forward since.
        let mut changed = self.store.parents_since(told.newest, CHANGED).await?;
        let grouped = self.store.grouped().await?;
        if let Some(before) = told.grouped.filter(|before| *before != grouped) {
            // Pushes that were found to be repeats, with the first of their deliveries.
            changed.extend(self.store.repeats_between(before, grouped).await?);
        }
        (told.newest, told.grouped) = (status.stored.newest, Some(grouped));
        let (lists, jobs) = (self.jobs.take_lists(), self.jobs.progress());
        let is_new = told.status.as_ref() != Some(&status) || lists || !changed.is_empty() || !jobs.is_empty();
        told.status = Some(status.clone());
        Ok(is_new.then_some(FeedEvent { status, changed, lists, missed: false, jobs }))
    }

    /// Returns once the process that listened in our place does so no longer, and says that nobody does. Its port is not
    /// taken over unasked: it may be about to start again.
    async fn other_listener_ended(&self) {
        while ListenerLock::is_held(self.store.path()) {
            sleep(LOOK).await;
        }
        self.left_alone();
    }

    /// Another process may have made sources, rules, requests or settings.
    async fn read_lists_again(&self) -> Result<(), ApiError> {
        self.read_sources().await?;
        self.read_rules().await?;
        self.read_settings().await?;
        self.jobs.note_lists();
        Ok(())
    }
}

/// Opens the vault that another process made, each time it may have made one.
async fn keep_looking_for_a_vault(engine: Engine, told: Arc<Notify>) {
    loop {
        told.notified().await;
        engine.vault.look_again().await;
    }
}

/// Returns once the file has another version than before. At least [`LOOK`] after it was called.
async fn any_commit(file: &mut FileWatch, version: &mut i64) {
    loop {
        sleep(LOOK).await;
        match file.version().await {
            Ok(now) if now != *version => {
                *version = now;
                return;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::push;

    #[tokio::test]
    async fn what_could_not_be_read_for_a_moment_is_told_once_it_can() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.pushpull");
        let engine = Engine::open(&path).await.unwrap();
        let file = rusqlite::Connection::open(path).unwrap();
        let id = engine.store.save(push("a", "e", "")).await.unwrap();
        let mut told = Told::default();
        engine.news(&mut told).await.unwrap();
        engine
            .store
            .save(crate::store::NewExchange { parent: Some(id), ..push("a", "e", "another event") })
            .await
            .unwrap();
        file.execute_batch("ALTER TABLE exchange RENAME COLUMN parent TO away").unwrap();
        assert!(engine.news(&mut told).await.is_err());
        file.execute_batch("ALTER TABLE exchange RENAME COLUMN away TO parent").unwrap();
        let changed = engine.news(&mut told).await.unwrap().map(|event| event.changed);
        assert_eq!(changed, Some(vec![id]));
        engine.close().await;
    }
}

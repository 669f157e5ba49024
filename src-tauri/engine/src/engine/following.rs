//! After the commit: walks along what is stored, in the order of its numbers, and finds out what follows from each
//! push. It yields to captures and waits without turning while nothing comes; where it is stands in the workspace, so
//! that it goes on there after a restart. Never on the way of a push.
//!
//! ```text
//! committed ─ rows after the mark ─ a step each: secrets of handshakes, verdict and name ─ one transaction, mark moved
//! none left ─ secrets of handshakes that waited for the vault
//! none left ─ pushes of sources that are set otherwise, newest first ─ a step each ─ one transaction, place moved
//! none left ─ pushes that waited for the vault, newest first ─ a step each ─ one transaction
//! ```

use super::signatures::{Push, look};
use super::sources::SourceConfig;
use super::{Engine, Parts};
use crate::api::ApiError;
use crate::exchange::{Direction, ExchangeId, ExchangeSummary, Mark, Origin};
use crate::store::{Followed, Judged, Place, Regrouping, Steps, Turn, keep_up_with};
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use tokio::task::JoinHandle;

/// Pushes looked at before what was found is written.
const STEPS: Steps = Steps { busy: 16, quiet: 256 };

/// What is left to be looked at again.
#[derive(Debug)]
enum Again {
    /// There may be more.
    More,
    Done,
    /// Nothing but a secret of a handshake that could not be kept: it holds up nothing else.
    Unkept(ApiError),
}

impl Engine {
    /// Starts following what is stored. The task ends when it is aborted, or with the engine.
    pub(super) fn start_following(&self) -> JoinHandle<()> {
        tokio::spawn(follow(Arc::downgrade(&self.0)))
    }
}

async fn follow(parts: Weak<Parts>) {
    let Some((committed, again)) = parts.upgrade().map(|parts| (parts.store.committed(), parts.again.clone())) else {
        return;
    };
    let step = |count| {
        let engine = parts.upgrade(); // held for this step alone
        async move {
            match engine {
                Some(engine) => engine.follow_step(count).await,
                None => Ok(false),
            }
        }
    };
    keep_up_with(committed, || again.notified(), STEPS, step).await;
}

impl Parts {
    /// Follows everything that is stored now, and looks at everything again that has to be.
    ///
    /// # Errors
    /// What the store says.
    pub async fn finish_following(&self) -> Result<(), ApiError> {
        while self.follow_step(STEPS.quiet).await? {}
        Ok(())
    }

    /// True if there may be more to do.
    async fn follow_step(&self, count: u32) -> Result<bool, ApiError> {
        let _turn = self.following_turn.lock().await;
        let from = self.store.followed().await?;
        let rows = self.store.stored_after(from, count).await?;
        let Some(upto) = rows.last().map(|row| row.id) else {
            return match self.look_again_step(count).await? {
                Again::More => Ok(true),
                Again::Done => Ok(false),
                Again::Unkept(error) => Err(error), // it is tried again after a rest
            };
        };
        self.learn_of_sources(&rows).await?;
        self.learn_secrets(&rows).await?;
        if self.store.newest_change().await? != self.book.change() {
            self.read_sources().await?;
        }
        let change = self.book.change();
        let found = self.look_at(&rows).await?;
        if self.store.keep_followed(from, upto, change, found).await? {
            self.notice_change(false);
        }
        Ok(true)
    }

    /// A first push makes its source, or tells its provider: the book is read anew then.
    async fn learn_of_sources(&self, rows: &[ExchangeSummary]) -> Result<(), ApiError> {
        let has_provider = |name: &String| self.book.get(name).map(|source| source.provider.is_some());
        let open = rows.iter().filter_map(|row| row.source.as_ref()).map(|name| (name, has_provider(name)));
        let open: HashMap<_, _> = open.filter(|(_, known)| *known != Some(true)).collect();
        if !open.is_empty() {
            self.read_sources().await?;
        }
        if open.into_iter().any(|(name, before)| has_provider(name) != before) {
            self.notice_change(true);
        }
        Ok(())
    }

    /// Before they are looked at: a secret that one gives is the key of what came after it.
    async fn learn_secrets(&self, rows: &[ExchangeSummary]) -> Result<(), ApiError> {
        for row in rows.iter().filter(|row| row.marks.contains(&Mark::Handshake)) {
            match Push::read(&self.store, row).await {
                Err(error) if error.is_of_one() => {} // deleted meanwhile, or damaged
                push => drop(self.keep_learnt(&push?).await?),
            }
        }
        Ok(())
    }

    async fn look_at(&self, rows: &[ExchangeSummary]) -> Result<Vec<Followed>, ApiError> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows.iter().filter(|row| row.direction == Direction::Push) {
            let push = match Push::read(&self.store, row).await {
                Err(error) if error.is_of_one() => continue, // deleted meanwhile, or damaged
                read => read?,
            };
            if row.origin != Origin::Sample {
                self.learn_provider(&push).await?;
            }
            let (book, addresses) = (self.book.clone(), self.addresses());
            let looked = said(row.id, move || look(&push, &book, addresses)).await?;
            found.push(looked.unwrap_or(Followed { id: row.id, verdict: Judged::Never, event_type: None }));
        }
        Ok(found)
    }

    /// A source whose first pushes nobody recognised, or a provider that is gone by now, may be that of a provider which
    /// the user wrote since. What they chose for it stands, whether that is there or not.
    async fn learn_provider(&self, push: &Push) -> Result<(), ApiError> {
        let is_open = |source: &Arc<SourceConfig>| source.provider.is_none() && source.row.chosen.is_none();
        let Some(source) = self.book.get(&push.source).filter(is_open) else { return Ok(()) };
        let (book, pushed) = (self.book.clone(), push.clone());
        let recognise = move || book.recognise(&pushed.source, &pushed.headers, &pushed.body).provider;
        let Some(key) = said(push.id, recognise).await?.flatten() else { return Ok(()) };
        let before = source.row.recognised.clone();
        if self.store.note_recognised(source.row.id, before, key.into_owned()).await? {
            self.read_sources().await?;
            self.notice_change(true);
        }
        Ok(())
    }

    /// Looks at everything again that has to be, and can be now.
    ///
    /// # Errors
    /// What the store says.
    pub async fn finish_looking_again(&self) -> Result<(), ApiError> {
        loop {
            let _turn = self.following_turn.lock().await;
            if !matches!(self.look_again_step(STEPS.quiet).await?, Again::More) {
                return Ok(());
            }
        }
    }

    /// Looks at some pushes again of a source that is set otherwise, or that waited for the vault. One that needs a closed
    /// vault waits until it opens.
    async fn look_again_step(&self, count: u32) -> Result<Again, ApiError> {
        let learnt = self.learn_step(count).await;
        if matches!(learnt, Ok(true)) {
            self.notice_change(true);
            return Ok(Again::More);
        }
        let turns = self.store.turns().await?;
        if turns.iter().any(|turn| turn.number > self.book.change()) {
            self.read_sources().await?;
        }
        let is_ready = |source| self.is_ready(source);
        if let Some(turn) = turns.into_iter().find(|turn| is_ready(turn.source)) {
            self.take_turn(turn, count).await?;
        } else if let Some(source) = self.store.sources_waiting().await?.into_iter().find(|&source| is_ready(source)) {
            if self.store.newest_change().await? != self.book.change() {
                self.read_sources().await?;
            }
            let change = self.book.change();
            let rows = self.store.waiting(source, count).await?;
            let found = self.look_at(&rows).await?;
            self.store.keep_as_set(change, rows, found).await?;
        } else {
            return Ok(learnt.map_or_else(Again::Unkept, |_| Again::Done));
        }
        self.notice_change(false);
        Ok(Again::More)
    }

    /// True if no push of a source waits for the vault.
    pub(super) fn is_ready(&self, source: i64) -> bool {
        self.book.of_id(source).is_none_or(|source| !source.is_waiting())
    }

    async fn take_turn(&self, turn: Turn, count: u32) -> Result<(), ApiError> {
        let below = match turn.place {
            Place::Looking { below } => below,
            Place::Grouping(from) => return Ok(self.store.group_again(turn, from, count).await?),
        };
        let rows = self.store.pushes_of(turn.source, below, count).await?;
        let found = self.look_at(&rows).await?;
        // What was read otherwise may be another delivery.
        let next = rows.last().map_or(Place::Grouping(Regrouping::default()), |row| Place::Looking { below: row.id });
        if self.is_ready(turn.source) {
            self.store.keep_looked_at(turn, found, Some(next)).await?;
        }
        Ok(())
    }
}

/// What one push says; None where a fault of ours stops the look at it, so that it keeps none of those behind it waiting.
pub(super) async fn said<T: Send + 'static>(
    id: ExchangeId,
    look: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, ApiError> {
    match tokio::task::spawn_blocking(look).await {
        Ok(said) => Ok(Some(said)),
        Err(error) if error.is_panic() => {
            // What a panic says may hold what the push does.
            tracing::error!(id, "A push could not be looked at: please report this fault");
            Ok(None)
        }
        Err(_) => Err(ApiError::failed("The push could not be looked at: Pushpull is ending.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::signature::VerdictKind;
    use crate::store::tests::push;

    /// An engine that follows only when it is asked to, and a way to the file past it.
    async fn engine(folder: &std::path::Path) -> (Engine, rusqlite::Connection) {
        let path = folder.join("w.pushpull");
        let engine = Engine::open(&path).await.unwrap();
        engine.following.get().unwrap().iter().for_each(JoinHandle::abort);
        (engine, rusqlite::Connection::open(path).unwrap())
    }

    async fn save(engine: &Engine) -> ExchangeId {
        let mut new = push("github", "push", "{}");
        let head = "POST /in/github HTTP/1.1\r\nHost: a\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: d\r\n\r\n";
        new.request.head = head.into();
        engine.store.save(new).await.unwrap()
    }

    /// Those that were looked at: a push that is not signed has a verdict that says so.
    fn followed(file: &rusqlite::Connection) -> Vec<ExchangeId> {
        let mut rows = file.prepare("SELECT id FROM exchange WHERE verdict IS NOT NULL ORDER BY id").unwrap();
        rows.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[tokio::test]
    async fn a_push_that_cannot_be_read_for_a_moment_is_looked_at_when_it_can() {
        let folder = tempfile::tempdir().unwrap();
        let (engine, file) = engine(folder.path()).await;
        let id = save(&engine).await;
        file.execute_batch("ALTER TABLE wire RENAME TO away").unwrap();
        assert!(engine.finish_following().await.is_err(), "the step is taken again");
        file.execute_batch("ALTER TABLE away RENAME TO wire").unwrap();
        engine.finish_following().await.unwrap();
        assert_eq!(followed(&file), [id]);
        engine.close().await;
    }

    #[tokio::test]
    async fn what_was_found_with_older_settings_is_not_kept_of_a_push_that_waited_for_the_vault() {
        let folder = tempfile::tempdir().unwrap();
        let (engine, file) = engine(folder.path()).await;
        let id = save(&engine).await;
        engine.finish_following().await.unwrap();
        file.execute_batch(
            "UPDATE exchange SET verdict = NULL; INSERT INTO waiting SELECT id, source_id FROM exchange",
        )
        .unwrap();
        let source = engine.store.sources_waiting().await.unwrap()[0];
        let rows = engine.store.waiting(source, 9).await.unwrap();
        let found = || vec![Followed { id, verdict: Judged::As(VerdictKind::Valid), ..Followed::default() }];
        let before = engine.book.change();
        let set = r#"{"name": "github", "provider": "github", "tolerance": 60, "handshakes": true}"#;
        engine.save_source(serde_json::from_str(set).unwrap()).await.unwrap();
        engine.store.keep_as_set(before, rows.clone(), found()).await.unwrap();
        assert_eq!(followed(&file), [0; 0]);
        assert_eq!(engine.store.sources_waiting().await.unwrap(), [source], "it waits on");
        engine.store.keep_as_set(engine.book.change(), rows, found()).await.unwrap();
        assert_eq!((followed(&file), engine.store.sources_waiting().await.unwrap()), (vec![id], vec![]));
        engine.close().await;
    }

    #[tokio::test]
    async fn a_push_that_is_damaged_or_gone_keeps_none_of_the_others_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let (engine, file) = engine(folder.path()).await;
        for _ in 0..4 {
            save(&engine).await;
        }
        file.execute_batch("UPDATE wire SET record = x'0007' WHERE id = 2; DELETE FROM wire WHERE id = 3").unwrap();
        engine.finish_following().await.unwrap();
        assert_eq!(followed(&file), [1, 4]);
        engine.close().await;
    }

    #[tokio::test]
    async fn what_was_not_looked_at_again_before_the_end_is_after_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let (before, file) = engine(folder.path()).await;
        for _ in 0..4 {
            save(&before).await;
        }
        before.finish_following().await.unwrap();
        before.store.finish_grouping().await.unwrap();
        file.execute_batch("UPDATE exchange SET verdict = NULL").unwrap();
        let set = r#"{"name": "github", "provider": "github", "tolerance": 60, "handshakes": true}"#;
        before.save_source(serde_json::from_str(set).unwrap()).await.unwrap();
        before.look_again_step(2).await.unwrap();
        assert_eq!(followed(&file), [3, 4]);
        before.close().await;

        let (after, file) = engine(folder.path()).await;
        after.look_again_step(1).await.unwrap();
        assert_eq!(followed(&file), [2, 3, 4], "it goes on where it was");
        after.finish_following().await.unwrap();
        assert_eq!(followed(&file), [1, 2, 3, 4]);
        assert_eq!(after.store.turns().await.unwrap(), []);
        after.close().await;
    }

    #[tokio::test]
    async fn a_push_that_can_not_be_looked_at_without_a_fault_of_ours_is_not_looked_at_for_ever() {
        assert_eq!(said(7, || -> Followed { panic!("a fault") }).await.unwrap(), None);
        assert_eq!(said(7, Followed::default).await.unwrap(), Some(Followed::default()));
    }
}

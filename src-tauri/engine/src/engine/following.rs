//! After the commit: walks along what is stored, in the order of its numbers, and finds out what follows from each
//! push. It yields to captures and waits without turning while nothing comes; where it is stands in the workspace, so
//! that it goes on there after a restart. Never on the way of a push.
//!
//! ```text
//! committed ─ rows after the mark ─ a step each: verdict and name, secrets of handshakes ─ one transaction, mark moved
//! none left ─ pushes of sources that have changed, newest first ─ a step each, likewise ─ one transaction
//! ```

use super::again::{Place, Scope};
use super::documents::off_thread;
use super::signatures::{Checking, Push, look};
use super::{Engine, Parts};
use crate::api::ApiError;
use crate::exchange::{Direction, ExchangeSummary, Mark, Origin};
use crate::store::{Followed, NewSealed, Regrouping, Steps, keep_up_with};
use secrecy::ExposeSecret as _;
use std::collections::HashMap;
use std::sync::Weak;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

/// Pushes looked at before what was found is written.
const STEPS: Steps = Steps { busy: 16, quiet: 256 };

/// Secrets from handshakes that a source keeps at most: whoever knows its URL can send one.
const LEARNT_LIMIT: usize = 8;

/// What a secret is called that came in a handshake.
const LEARNT: &str = "from the handshake";

impl Engine {
    /// Starts following what is stored. The task ends when it is aborted, or with the engine.
    pub(super) fn start_following(&self) -> JoinHandle<()> {
        tokio::spawn(follow(std::sync::Arc::downgrade(&self.0)))
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
    keep_up_with(committed, || again.asked(), STEPS, step).await;
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
        let Some(upto) = rows.last().map(|row| row.id) else { return self.look_again_step(count).await };
        self.learn_of_sources(&rows).await?;
        let found = self.look_at(&rows).await?;
        if self.store.keep_followed(from, upto, found).await? {
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

    async fn look_at(&self, rows: &[ExchangeSummary]) -> Result<Vec<Followed>, ApiError> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows.iter().filter(|row| row.direction == Direction::Push) {
            let push = match Push::read(&self.store, row).await {
                Err(error) if error.is_of_one() => continue, // deleted meanwhile, or damaged
                read => read?,
            };
            if row.marks.contains(&Mark::Handshake) {
                self.keep_learnt(&push).await;
            }
            if row.origin != Origin::Sample {
                self.learn_provider(&push).await?;
            }
            let (book, addresses) = (self.book.clone(), self.addresses());
            found.push(off_thread(move || look(&push, &book, addresses)).await?);
        }
        Ok(found)
    }

    /// A source whose first pushes nobody recognised may be that of a provider which the user wrote since.
    async fn learn_provider(&self, push: &Push) -> Result<(), ApiError> {
        let Some(source) = self.book.get(&push.source).filter(|source| source.provider.is_none()) else {
            return Ok(());
        };
        let Some(key) = self.book.recognise(&push.source, &push.headers, &push.body).provider else { return Ok(()) };
        self.store.note_recognised(source.row.id, key.into_owned()).await?;
        self.read_sources().await?;
        self.notice_change(true);
        Ok(())
    }

    /// Looks at everything again that has to be, and can be now.
    ///
    /// # Errors
    /// What the store says.
    pub async fn finish_looking_again(&self) -> Result<(), ApiError> {
        loop {
            let _turn = self.following_turn.lock().await;
            if !self.look_again_step(STEPS.quiet).await? {
                return Ok(());
            }
        }
    }

    /// Looks at some pushes again of a source whose settings or secrets have changed; true if there may be more to do.
    /// One that needs a closed vault waits until it opens.
    async fn look_again_step(&self, count: u32) -> Result<bool, ApiError> {
        let is_ready = |source| self.book.of_id(source).is_none_or(|source| !source.is_waiting());
        let Some(turn) = self.again.next(is_ready) else { return Ok(false) };
        match turn.place {
            Place::Looking { below } => {
                let rows = self.store.pushes_of(turn.source, below, turn.scope == Scope::Unchecked, count).await?;
                let found = self.look_at(&rows).await?;
                self.store.keep_found(found).await?;
                if is_ready(turn.source) {
                    let next = rows.last().map(|row| Place::Looking { below: row.id });
                    // What was read otherwise may be another delivery; what only waited for the vault is not.
                    let regroup = (turn.scope == Scope::All).then(|| Place::Grouping(Regrouping::default()));
                    self.again.note(&turn, next.or(regroup));
                }
            }
            Place::Grouping(from) => {
                let next = self.store.group_again(turn.source, from, count).await?;
                self.again.note(&turn, next.map(Place::Grouping));
            }
        }
        self.notice_change(false);
        Ok(true)
    }

    /// Puts the secret that a service gave in its handshake into the vault, unless it is there. While the vault is
    /// closed it stays in the stored handshake, and is taken from there when the vault opens.
    pub(super) async fn keep_learnt(&self, push: &Push) {
        let _turn = self.learning.lock().await;
        let Some(source) = self.book.get(&push.source) else { return };
        if source.is_waiting() || source.secrets.iter().filter(|secret| secret.learnt).count() >= LEARNT_LIMIT {
            return;
        }
        let Some(secret) = Checking::of(&source, self.addresses()).and_then(|checking| checking.learnt(push)) else {
            return;
        };
        let known = |value: &secrecy::SecretString| value.expose_secret() == secret;
        if source.secrets.iter().filter_map(|secret| secret.value.as_ref()).any(known) {
            return;
        }
        let new = NewSealed {
            source: push.source.clone(),
            label: LEARNT.into(),
            secret: Zeroizing::new(secret),
            learnt: true,
        };
        match self.seal_secret(new).await {
            Ok(()) => {
                let _ = self.read_sources().await;
                self.notice_change(true);
            }
            Err(error) => tracing::warn!(%error, "The secret of a handshake could not be kept"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::ExchangeId;
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
}

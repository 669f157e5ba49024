//! Secrets that services give in their handshakes: each is kept when its handshake comes, or when the vault opens if it
//! was closed or not made then, and at no other time, so that one that the user removed stays away.

use super::Parts;
use super::documents::off_thread;
use super::following::said;
use super::signatures::{Checking, Push};
use super::sources::SourceConfig;
use crate::api::ApiError;
use crate::exchange::Mark;
use crate::store::NewSealed;
use secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

/// Secrets from handshakes that a source keeps at most: whoever knows its URL can send one.
const LEARNT_LIMIT: usize = 8;

/// What a secret is called that came in a handshake.
const LEARNT: &str = "from the handshake";

/// What became of a secret from a handshake.
#[derive(Debug)]
pub(super) enum Kept {
    /// It is among those of the source, or has no place there.
    Yes,
    /// The vault takes it only later.
    Later,
    /// It could not be kept, and waits as well.
    Failed(ApiError),
    /// The source has others meanwhile, and is gone or may have this one.
    Overtaken,
}

impl SourceConfig {
    /// True if it keeps no more secrets from handshakes.
    fn is_full(&self) -> bool {
        self.secrets.iter().filter(|secret| secret.learnt).count() >= LEARNT_LIMIT
    }

    fn has(&self, secret: &str) -> bool {
        self.secrets.iter().filter_map(|known| known.value.as_ref()).any(|known| known.expose_secret() == secret)
    }
}

impl Parts {
    /// Puts the secret that a service gave in its handshake into the vault, unless it is there or the source keeps no
    /// more. One that can't be kept now waits in the stored handshake until the vault opens. One at a time: the turn of
    /// what follows.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn keep_learnt(&self, push: &Push) -> Result<Kept, ApiError> {
        loop {
            // Another process may have kept it just now.
            if self.store.newest_change().await? != self.book.change() {
                self.read_sources().await?;
            }
            // One that is not known here is gone, or new: then it is known soon.
            let Some(source) = self.book.get(&push.source) else { return Ok(Kept::Later) };
            let (checking, pushed) = (Checking::of(&source, self.addresses()), push.clone());
            let secret = said(push.id, move || checking?.learnt(&pushed)).await?.flatten();
            let kept = match secret.filter(|secret| !source.is_full() && !source.has(secret)) {
                Some(secret) => self.keep_secret(&source, secret).await?,
                None => Kept::Yes,
            };
            if !matches!(kept, Kept::Overtaken) {
                let waits = !matches!(kept, Kept::Yes);
                if waits != self.store.is_unlearnt(push.id).await? {
                    self.store.note_unlearnt(push.id, source.row.id, waits).await?;
                }
                return Ok(kept);
            }
        }
    }

    async fn keep_secret(&self, source: &SourceConfig, secret: String) -> Result<Kept, ApiError> {
        // A stranger may have sent it: no vault is made for it, and nobody is asked for the key.
        let Some(sealer) = self.vault.sealer_at_hand().await?.filter(|_| !source.is_waiting()) else {
            return Ok(Kept::Later);
        };
        let new = NewSealed {
            source: source.row.name.clone(),
            label: LEARNT.into(),
            secret: Zeroizing::new(secret),
            learnt: Some(source.secrets.iter().map(|known| known.id).max().unwrap_or(0)),
        };
        let added = match self.store.add_secret(new, sealer).await {
            Ok(added) => added,
            Err(error) => {
                tracing::warn!(%error, "The secret of a handshake could not be kept");
                return Ok(Kept::Failed(error.into()));
            }
        };
        self.read_sources().await?;
        self.notice_change(true);
        Ok(if added.is_some() { Kept::Yes } else { Kept::Overtaken })
    }

    /// Keeps the secrets that handshakes gave while the vault was closed; true if there may be more.
    ///
    /// # Errors
    /// What the store says; why one could not be kept, if none could.
    pub(super) async fn learn_step(&self, count: u32) -> Result<bool, ApiError> {
        if !self.vault.is_open() {
            return Ok(false);
        }
        let mut learnt = false;
        let mut failed = None;
        for id in self.store.unlearnt(count).await? {
            // Another process may have kept it just now, and the user may have removed it since.
            if !self.store.is_unlearnt(id).await? {
                continue;
            }
            let push = match self.store.summary(id).await {
                Ok(row) => Push::read(&self.store, &row).await,
                Err(error) => Err(error),
            };
            match push {
                // Deleted meanwhile, or damaged.
                Err(error) if error.is_of_one() => {
                    self.store.note_unlearnt(id, 0, false).await?;
                    learnt = true;
                }
                push => match self.keep_learnt(&push?).await? {
                    Kept::Yes => learnt = true,
                    Kept::Failed(error) => failed = Some(error),
                    Kept::Later | Kept::Overtaken => {}
                },
            }
        }
        match failed {
            Some(error) if !learnt => Err(error),
            _ => Ok(learnt),
        }
    }

    /// What became of secrets from handshakes that are not among those of a source; None if nothing is to be said.
    pub(super) async fn unkept(&self, source: &SourceConfig) -> Result<Option<String>, ApiError> {
        if self.store.unlearnt_of(source.row.id).await? > 0 {
            return Ok(Some(format!(
                "A handshake gave a secret that is not kept yet: it is once {}.",
                self.then_kept()
            )));
        }
        Ok(source.is_full().then(|| {
            format!(
                "{LEARNT_LIMIT} secrets from handshakes are kept, and no more are taken: whoever knows the URL can send \
                 one. Remove those that are not the service's."
            )
        }))
    }

    /// When a secret of a handshake is kept that waits for the vault.
    fn then_kept(&self) -> &'static str {
        match self.vault.is_absent() {
            true => "there is a vault: the first secret that you add makes it",
            false => "the vault is open",
        }
    }

    /// What became of the secret that a handshake gave, if it is not among those of its source.
    pub(super) async fn unkept_of(&self, source: &SourceConfig, push: &Push) -> Result<Option<String>, ApiError> {
        let checking = Checking::of(source, self.addresses()).filter(|_| push.marks.contains(&Mark::Handshake));
        let Some(checking) = checking else { return Ok(None) };
        let handshake = push.clone();
        let secret = off_thread(move || checking.learnt(&handshake)).await?;
        if secret.is_none_or(|secret| source.has(&secret)) {
            return Ok(None);
        }
        let why = if !self.vault.is_open() {
            format!(" yet: it is once {}.", self.then_kept())
        } else if source.is_full() {
            format!(
                ": the source has {LEARNT_LIMIT} from handshakes, and takes no more. If it is the service's, add it, and \
                 remove those that are not."
            )
        } else {
            ". If it is the service's, add it.".to_owned()
        };
        Ok(Some(format!("The secret of this handshake is not among those of the source{why}")))
    }
}

#[cfg(test)]
mod tests {
    use crate::api::SourceSettings;
    use crate::engine::Engine;
    use crate::engine::signatures::Given;
    use crate::exchange::{ExchangeId, Mark, Origin};
    use crate::store::NewExchange;
    use crate::store::tests::push;
    use crate::vault::{KeyPlace, Keys, MakeVault, VaultState};
    use std::path::Path;

    /// An engine with a source of Asana's, whose vault would have its key in a file.
    async fn engine(folder: &Path) -> Engine {
        let keys = Keys { file: Some(folder.join("key")), ..Keys::default() };
        let engine = Engine::open_with(&folder.join("w.pushpull"), keys).await.unwrap();
        engine.create_source("asana").await.unwrap();
        let set = r#"{"name": "asana", "provider": "asana", "handshakes": true}"#;
        engine.save_source(serde_json::from_str(set).unwrap()).await.unwrap();
        engine
    }

    async fn make_vault(engine: &Engine) {
        engine.vault.make(MakeVault { place: KeyPlace::KeyFile, passphrase: None, key_file: None }).await.unwrap();
    }

    /// A handshake that gives a secret.
    async fn save(engine: &Engine, origin: Origin) -> ExchangeId {
        let mut new = NewExchange { origin, marks: vec![Mark::Handshake], ..push("asana", "e", "") };
        new.request.head = "POST /in/asana HTTP/1.1\r\nHost: a\r\nX-Hook-Secret: 0123456789abcdef\r\n\r\n".into();
        engine.store.save(new).await.unwrap()
    }

    async fn settings(engine: &Engine) -> SourceSettings {
        engine.finish_following().await.unwrap();
        engine.source_settings("asana").await.unwrap()
    }

    #[tokio::test]
    async fn a_handshake_that_is_tried_gives_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path()).await;
        make_vault(&engine).await;
        let id = save(&engine, Origin::Sample).await;
        let settings = settings(&engine).await;
        assert_eq!((settings.secrets, settings.notice), (vec![], None));
        let notes = engine.verify(id, &Given::default()).await.unwrap().notes;
        assert!(!notes.iter().any(|note| note.contains("not among those of the source")), "{notes:?}");
        engine.close().await;
    }

    #[tokio::test]
    async fn a_stranger_makes_no_vault_and_what_a_handshake_gave_is_kept_once_there_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path()).await;
        let id = save(&engine, Origin::Captured).await;
        let before = settings(&engine).await;
        assert_eq!(engine.vault.status().await.unwrap().state, VaultState::Absent);
        assert!(!folder.path().join("key").exists());
        let notice = before.notice.unwrap();
        assert!(before.secrets.is_empty() && notice.contains("not kept yet"), "{notice}");
        assert!(notice.ends_with("once there is a vault: the first secret that you add makes it."), "{notice}");
        let notes = engine.verify(id, &Given::default()).await.unwrap().notes;
        assert!(notes.iter().any(|note| note.contains("once there is a vault")), "{notes:?}");
        make_vault(&engine).await;
        let after = settings(&engine).await;
        assert_eq!((after.secrets[0].learnt, after.notice), (true, None));
        engine.close().await;
    }
}

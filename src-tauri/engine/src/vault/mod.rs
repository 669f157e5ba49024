//! Secrets: sealed in the workspace under one master key that is kept outside of it.
//!
//! ```text
//! no row ──── make: the key goes where the user chose (key store, key file, passphrase) ───> Unlocked
//! a row ───── the key is fetched from that place and from nowhere else ──┬─────────────────> Unlocked
//!                                                                        ├─ locked, asked for ─> Locked
//!                                                                        ├─ not there ─> KeyMissing (recovery)
//!                                                                        └─ another one ─> WrongKey
//! ```
//!
//! Opening never holds up the workspace: it goes on beside it, and only what needs a secret waits. A new key is never
//! made while a sealed secret is there.

mod custody;
mod error;
mod file;
mod key;
mod keystore;
mod passphrase;
mod seal;
mod view;

#[cfg(test)]
pub(crate) mod tests;

pub use custody::Keys;
pub use error::VaultError;
pub use key::MasterKey;
pub use keystore::{KeyStore, SystemKeyStore};
pub(crate) use passphrase::Derivation;
pub use passphrase::PASSPHRASE_LENGTH;
pub use seal::Place;
pub(crate) use seal::Sealer;
pub use view::*;

use crate::store::{Store, VaultRecord};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Mutex, watch};

/// The vault of one open workspace. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vault(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    keys: Keys,
    state: RwLock<Known>,
    /// Counts changes of the state.
    changes: watch::Sender<u64>,
    /// Held while the vault is made, opened or given up.
    turn: Mutex<()>,
}

/// What is known of the vault.
#[derive(Debug, Clone)]
struct Known {
    state: VaultState,
    /// Which vault it is; None if there is none, or none could be read.
    id: Option<String>,
    place: Option<KeyPlace>,
    key_file: Option<String>,
    message: Option<String>,
    sealer: Option<Arc<Sealer>>,
}

impl Known {
    fn without_vault(state: VaultState, message: Option<String>) -> Self {
        Self { state, id: None, place: None, key_file: None, message, sealer: None }
    }
}

impl Vault {
    /// The vault of a workspace. If there is one it is being opened when this returns; nothing waits for it.
    pub(crate) fn start(store: Store, keys: Keys) -> Self {
        let state = Known::without_vault(VaultState::Opening, None);
        let inner =
            Inner { store, keys, state: RwLock::new(state), changes: watch::channel(0).0, turn: Mutex::default() };
        let vault = Self(Arc::new(inner));
        let opening = vault.clone();
        tokio::spawn(async move {
            let keys = opening.0.keys.clone();
            opening.open(keys).await;
        });
        vault
    }

    /// Wakes on every change of the state.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// Waits until it is clear whether the vault opens.
    pub async fn settled(&self) {
        let mut changes = self.watch();
        while self.known().state == VaultState::Opening {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// The state as the window shows it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn status(&self) -> Result<VaultStatus, VaultError> {
        let known = self.known();
        Ok(VaultStatus {
            state: known.state,
            place: known.place,
            key_store: self.0.keys.store.name().to_owned(),
            key_file: known.key_file,
            message: known.message,
            secrets: self.0.store.sealed_secrets().await?,
        })
    }

    /// True if secrets can be read now.
    pub(crate) fn is_open(&self) -> bool {
        self.known().state == VaultState::Unlocked
    }

    /// True if there is none yet.
    pub(crate) fn is_absent(&self) -> bool {
        self.known().state == VaultState::Absent
    }

    /// What seals and opens, if the vault is open now. Never waits.
    pub(crate) fn sealer(&self) -> Option<Arc<Sealer>> {
        self.known().sealer
    }

    /// What seals, if the vault is open now and is still that of the workspace. Nobody is asked for a key.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn sealer_at_hand(&self) -> Result<Option<Arc<Sealer>>, VaultError> {
        let known = self.known();
        let id = self.0.store.vault().await?.map(|record| record.id);
        Ok(known.sealer.filter(|_| known.id == id))
    }

    /// What seals, for a new secret: the first one makes the vault, with its key where the start of this process said
    /// or else in the key store.
    pub(crate) async fn sealer_for_new(&self) -> Result<Arc<Sealer>, VaultError> {
        self.settled().await;
        // What is sealed with the key of a vault that is gone could never be read again.
        self.look_again().await;
        if self.is_absent() {
            let _turn = self.0.turn.lock().await;
            let make = MakeVault { place: self.place_chosen(), passphrase: None, key_file: None };
            self.make_or_open(make).await?;
        }
        self.sealer().ok_or_else(|| self.closed())
    }

    /// Makes a vault, its key kept where the user chose.
    ///
    /// # Errors
    /// `Absent` if the key store can't take the key: another place has to be chosen. `KeyMissing` if sealed secrets
    /// are there. `Invalid` if a passphrase or path is missing.
    pub async fn make(&self, make: MakeVault) -> Result<(), VaultError> {
        let _turn = self.0.turn.lock().await;
        if self.0.store.vault().await?.is_some() || !self.make_or_open(make).await? {
            return Err(VaultError::Invalid("This workspace has a vault already.".into()));
        }
        Ok(())
    }

    /// Makes the vault where there is none. False if another process has made it meanwhile, while the place of the key
    /// was asked: then that one is opened.
    async fn make_or_open(&self, make: MakeVault) -> Result<bool, VaultError> {
        if self.0.store.vault().await?.is_none() {
            let (record, key) = custody::make(make, &self.0.keys).await?;
            if self.0.store.make_vault(record.clone()).await? {
                self.opened(&record, key);
                return Ok(true);
            }
            if self.0.store.vault().await?.is_none() {
                return Err(VaultError::KeyMissing(NO_ROW.into()));
            }
        }
        // One that is open already may have been opened with what was typed.
        if self.sealer_at_hand().await?.is_none() {
            self.open_now(self.0.keys.clone()).await;
        }
        Ok(false)
    }

    /// Opens the vault, with what the user typed if that is needed.
    ///
    /// # Errors
    /// Why it stays closed.
    pub async fn unlock(&self, unlock: UnlockVault) -> Result<(), VaultError> {
        let file = unlock.key_file.filter(|path| !path.is_empty()).map(PathBuf::from);
        let keys = Keys {
            store: self.0.keys.store.clone(),
            file: file.or_else(|| self.0.keys.file.clone()),
            passphrase: unlock.passphrase.or_else(|| self.0.keys.passphrase.clone()),
        };
        self.open(keys).await;
        if self.known().state == VaultState::Unlocked { Ok(()) } else { Err(self.closed()) }
    }

    /// Forgets the key until the vault is unlocked again.
    pub async fn lock(&self) {
        let _turn = self.0.turn.lock().await;
        let known = self.known();
        if known.state == VaultState::Unlocked {
            self.set(Known {
                state: VaultState::Locked,
                message: Some("Locked here. Unlock it to read secrets.".into()),
                sealer: None,
                ..known
            });
        }
    }

    /// Gives the vault up with every secret in it, so that a new one can be made.
    ///
    /// # Errors
    /// What the store says.
    pub async fn forget(&self) -> Result<(), VaultError> {
        let _turn = self.0.turn.lock().await;
        self.0.store.forget_vault().await?;
        self.set(Known::without_vault(VaultState::Absent, None));
        Ok(())
    }

    /// Looks again if another process may have made a vault, or given it up. One that is closed stays closed: its key is
    /// fetched again when the user says so, since whatever keeps it may ask them.
    pub(crate) async fn look_again(&self) {
        let known = self.known();
        let Ok(record) = self.0.store.vault().await else { return };
        if known.state != VaultState::Opening && known.id != record.map(|record| record.id) {
            self.open(self.0.keys.clone()).await;
        }
    }

    /// A secret that belongs to no source; None if it was never kept.
    ///
    /// # Errors
    /// Why the vault is not open; `Damaged` if the secret is.
    pub async fn item(&self, name: &str) -> Result<Option<SecretString>, VaultError> {
        let Some(sealed) = self.0.store.vault_item(name).await? else { return Ok(None) };
        self.settled().await;
        let sealer = self.sealer().ok_or_else(|| self.closed())?;
        sealer.open_text(item_place(name), &sealed).map(Some)
    }

    /// Keeps a secret that belongs to no source; the first secret makes the vault.
    ///
    /// # Errors
    /// Why the vault is not open.
    pub async fn keep_item(&self, name: &str, secret: &SecretString) -> Result<(), VaultError> {
        let sealer = self.sealer_for_new().await?;
        let sealed = sealer.seal(item_place(name), secret.expose_secret().as_bytes())?;
        Ok(self.0.store.set_vault_item(name.to_owned(), Some(sealed)).await?)
    }

    /// All secrets that belong to no source, if the vault is open now.
    pub(crate) async fn items(&self) -> Result<Vec<SecretString>, VaultError> {
        let Some(sealer) = self.sealer() else { return Ok(Vec::new()) };
        let all = self.0.store.vault_items().await?;
        Ok(all.iter().filter_map(|(name, sealed)| sealer.open_text(item_place(name), sealed).ok()).collect())
    }

    /// Takes a secret that belongs to no source away.
    ///
    /// # Errors
    /// What the store says.
    pub async fn drop_item(&self, name: &str) -> Result<(), VaultError> {
        Ok(self.0.store.set_vault_item(name.to_owned(), None).await?)
    }

    /// Why nothing can be sealed or opened now.
    pub(crate) fn closed(&self) -> VaultError {
        let known = self.known();
        let message = known.message.unwrap_or_else(|| "The vault is locked.".into());
        match known.state {
            VaultState::Absent => VaultError::Absent("There is no vault yet.".into()),
            VaultState::KeyMissing => VaultError::KeyMissing(message),
            VaultState::WrongKey => VaultError::WrongKey(message),
            VaultState::Opening | VaultState::Locked | VaultState::Unlocked => VaultError::Locked(message),
        }
    }

    fn place_chosen(&self) -> KeyPlace {
        match &self.0.keys {
            Keys { file: Some(_), .. } => KeyPlace::KeyFile,
            Keys { passphrase: Some(_), .. } => KeyPlace::Passphrase,
            _ => KeyPlace::KeyStore,
        }
    }

    async fn open(&self, keys: Keys) {
        let _turn = self.0.turn.lock().await;
        self.open_now(keys).await;
    }

    /// Fetches the key from its place and notes what came of it. The turn is held.
    async fn open_now(&self, keys: Keys) {
        let record = match self.0.store.vault().await {
            Ok(Some(record)) => record,
            Ok(None) => return self.set(self.without_row().await),
            Err(error) => return self.note(VaultState::Locked, None, error.to_string()),
        };
        let shown = record.clone();
        match custody::fetch(record, keys).await {
            Ok(key) => self.opened(&shown, key),
            Err(error) => {
                let state = match error {
                    VaultError::KeyMissing(_) => VaultState::KeyMissing,
                    VaultError::WrongKey(_) | VaultError::Damaged => VaultState::WrongKey,
                    _ => VaultState::Locked,
                };
                self.note(state, Some(&shown), error.to_string());
            }
        }
    }

    /// No row: there is no vault yet, or its row is gone while what it sealed is still there.
    async fn without_row(&self) -> Known {
        let sealed = self.0.store.sealed_secrets().await.unwrap_or_default();
        let (state, message) = match sealed {
            0 => (VaultState::Absent, None),
            _ => (VaultState::KeyMissing, Some(NO_ROW.to_owned())),
        };
        Known::without_vault(state, message)
    }

    fn opened(&self, record: &VaultRecord, key: MasterKey) {
        self.set(Known {
            state: VaultState::Unlocked,
            id: Some(record.id.clone()),
            place: Some(record.place),
            key_file: record.key_file.clone(),
            message: None,
            sealer: Some(Arc::new(Sealer::new(&record.id, key))),
        });
    }

    fn note(&self, state: VaultState, record: Option<&VaultRecord>, message: String) {
        self.set(Known {
            state,
            id: record.map(|record| record.id.clone()),
            place: record.map(|record| record.place),
            key_file: record.and_then(|record| record.key_file.clone()),
            message: Some(message),
            sealer: None,
        });
    }

    fn known(&self) -> Known {
        self.0.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, known: Known) {
        *self.0.state.write().unwrap_or_else(PoisonError::into_inner) = known;
        self.0.changes.send_modify(|count| *count += 1);
    }
}

fn item_place(name: &str) -> Place<'_> {
    Place { table: "vault_item", row: name, column: "sealed" }
}

const NO_ROW: &str = "This workspace holds sealed secrets, but no longer says where their key is.";

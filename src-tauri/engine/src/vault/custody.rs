//! Where the master key is kept outside of the workspace: how it gets there, and how it is fetched.

use super::passphrase::{Derivation, PASSPHRASE_LENGTH};
use super::{KeyPlace, KeyStore, MakeVault, MasterKey, Place, Sealer, SystemKeyStore, VaultError, file};
use crate::store::VaultRecord;
use secrecy::{ExposeSecret as _, SecretString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Where keys may come from in this process.
#[derive(Debug, Clone)]
pub struct Keys {
    /// The key store of the system, or a test's.
    pub store: Arc<dyn KeyStore>,
    /// The key file that was named at the start. Naming one is a choice: a new vault's key goes there.
    pub file: Option<PathBuf>,
    /// The passphrase that was given at the start. Giving one is a choice as well.
    pub passphrase: Option<SecretString>,
}

impl Default for Keys {
    fn default() -> Self {
        Self { store: Arc::new(SystemKeyStore), file: None, passphrase: None }
    }
}

/// What the verifier of a vault holds: that it opens tells that the key is the right one.
const VERIFIER: &[u8] = b"Pushpull vault";

const VERIFIER_PLACE: Place<'_> = Place { table: "vault", row: "1", column: "verifier" };
const WRAPPED_PLACE: Place<'_> = Place { table: "vault", row: "1", column: "wrapped" };

/// A new vault, its key kept where the user chose.
///
/// # Errors
/// `Absent` if the key store can't take the key, `Invalid` if a passphrase or path is missing.
pub(super) async fn make(make: MakeVault, keys: &Keys) -> Result<(VaultRecord, MasterKey), VaultError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| VaultError::NoRandom(error.to_string()))?;
    let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let keys = keys.clone();
    blocking(move || {
        let mut record = VaultRecord {
            id,
            place: make.place,
            key_file: None,
            derivation: None,
            wrapped: None,
            verifier: Vec::new(),
        };
        let key = match make.place {
            KeyPlace::KeyStore => put_in_store(keys.store.as_ref(), &record.id)?,
            KeyPlace::KeyFile => {
                let path = make.key_file.filter(|path| !path.is_empty()).map(PathBuf::from).or(keys.file);
                let path = path.ok_or_else(|| VaultError::Invalid("Name the key file.".into()))?;
                record.key_file = Some(whole(&path)?);
                put_in_file(&path)?
            }
            KeyPlace::Passphrase => {
                let passphrase = make.passphrase.or(keys.passphrase);
                let passphrase = passphrase.ok_or_else(|| VaultError::Invalid("Type a passphrase.".into()))?;
                wrap(&mut record, &passphrase)?
            }
        };
        record.verifier = Sealer::new(&record.id, key.clone()).seal(VERIFIER_PLACE, VERIFIER)?;
        Ok((record, key))
    })
    .await
}

/// Gets the key from the place that the workspace names, and makes sure that it is the right one.
///
/// # Errors
/// `KeyMissing` or `WrongKey`, `Damaged` if the workspace does not say enough, `Locked` if it can't be fetched now.
pub(super) async fn fetch(record: VaultRecord, keys: Keys) -> Result<MasterKey, VaultError> {
    blocking(move || fetch_now(&record, &keys)).await
}

fn fetch_now(record: &VaultRecord, keys: &Keys) -> Result<MasterKey, VaultError> {
    let key = match record.place {
        KeyPlace::KeyStore => {
            let name = keys.store.name();
            let found = keys.store.get(&record.id).map_err(VaultError::Locked)?;
            found.ok_or_else(|| {
                VaultError::KeyMissing(format!("The key of this workspace's secrets is no longer in {name}."))
            })?
        }
        KeyPlace::KeyFile => {
            let path = keys.file.clone().or_else(|| record.key_file.as_ref().map(PathBuf::from));
            let path = path.unwrap_or_default();
            file::read(&path)?
                .ok_or_else(|| VaultError::KeyMissing(format!("The key file {} is not there.", path.display())))?
        }
        KeyPlace::Passphrase => unwrap(record, keys.passphrase.as_ref())?,
    };
    let verified = Sealer::new(&record.id, key.clone()).open(VERIFIER_PLACE, &record.verifier);
    match verified {
        Ok(text) if text.as_slice() == VERIFIER => Ok(key),
        _ => Err(VaultError::WrongKey(match record.place {
            KeyPlace::KeyStore => format!("The key in {} is not this workspace's.", keys.store.name()),
            KeyPlace::KeyFile => "The key file holds the key of another workspace.".into(),
            KeyPlace::Passphrase => WRONG_PASSPHRASE.into(),
        })),
    }
}

const WRONG_PASSPHRASE: &str = "The passphrase is not the one this workspace's secrets were sealed with.";

fn put_in_store(store: &dyn KeyStore, id: &str) -> Result<MasterKey, VaultError> {
    let key = MasterKey::random()?;
    store.put(id, &key).map_err(|why| VaultError::Absent(format!("The key can't be kept here: {why}")))?;
    // A key that can't be read back would be a vault that never opens again.
    match store.get(id) {
        Ok(Some(kept)) if kept.bytes() == key.bytes() => Ok(key),
        Ok(_) => Err(VaultError::Absent(format!("{} took the key but does not give it back.", store.name()))),
        Err(why) => Err(VaultError::Absent(format!("The key can't be kept here: {why}"))),
    }
}

fn put_in_file(path: &Path) -> Result<MasterKey, VaultError> {
    if let Some(key) = file::read(path)? {
        return Ok(key);
    }
    let key = MasterKey::random()?;
    file::write(path, &key)?;
    Ok(key)
}

fn whole(path: &Path) -> Result<String, VaultError> {
    let whole = std::path::absolute(path).map_err(|error| VaultError::Invalid(format!("The key file: {error}.")))?;
    Ok(whole.to_string_lossy().into_owned())
}

fn wrap(record: &mut VaultRecord, passphrase: &SecretString) -> Result<MasterKey, VaultError> {
    if passphrase.expose_secret().chars().count() < PASSPHRASE_LENGTH {
        return Err(VaultError::Invalid(format!("A passphrase has at least {PASSPHRASE_LENGTH} characters.")));
    }
    let key = MasterKey::random()?;
    let derivation = Derivation::fresh()?;
    let wrapper = Sealer::new(&record.id, derivation.key(passphrase)?);
    record.wrapped = Some(wrapper.seal(WRAPPED_PLACE, key.bytes())?);
    record.derivation = Some(derivation);
    Ok(key)
}

fn unwrap(record: &VaultRecord, passphrase: Option<&SecretString>) -> Result<MasterKey, VaultError> {
    let passphrase = passphrase.ok_or_else(|| VaultError::Locked("The vault opens with a passphrase.".into()))?;
    let (Some(derivation), Some(wrapped)) = (&record.derivation, &record.wrapped) else {
        return Err(VaultError::Damaged);
    };
    let wrapper = Sealer::new(&record.id, derivation.key(passphrase)?);
    let key = wrapper.open(WRAPPED_PLACE, wrapped).map_err(|_| VaultError::WrongKey(WRONG_PASSPHRASE.into()))?;
    MasterKey::from_bytes(&key).ok_or(VaultError::Damaged)
}

/// How long a key store may take: it may be asking the user.
const PATIENCE: Duration = Duration::from_secs(120);

/// Key stores ask the user, files and derivations take their time: none of it on a thread that serves. The thread is
/// its own, so that a question nobody answers does not keep the program from ending.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    let (done, answer) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = done.send(work()); // whoever asked may have gone away
    });
    match timeout(PATIENCE, answer).await {
        Ok(Ok(result)) => result,
        _ => Err(VaultError::Locked("The key could not be fetched: what keeps it does not answer.".into())),
    }
}

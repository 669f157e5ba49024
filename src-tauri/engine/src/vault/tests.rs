//! The vault over real workspace files. The key store of the system is stood in for at its seam; the suite of the
//! command line tries a real one where there is one.

use super::*;
use std::collections::HashMap;
use std::sync::Mutex as SyncMutex;
use tempfile::TempDir;

mod processes;
mod sealed;

const CANARY: &str = "whsec_canary_9f8e7d6c5b4a39281706";

/// A key store in memory that can be locked.
#[derive(Debug, Default)]
pub(crate) struct TestKeyStore {
    keys: SyncMutex<HashMap<String, String>>,
    locked: SyncMutex<bool>,
}

impl TestKeyStore {
    fn set_locked(&self, locked: bool) {
        *self.locked.lock().unwrap() = locked;
    }

    fn check(&self) -> Result<(), String> {
        if *self.locked.lock().unwrap() { Err("The test's key store is locked.".into()) } else { Ok(()) }
    }
}

impl KeyStore for TestKeyStore {
    fn name(&self) -> &'static str {
        "the test's key store"
    }

    fn get(&self, vault: &str) -> Result<Option<MasterKey>, String> {
        self.check()?;
        Ok(self.keys.lock().unwrap().get(vault).and_then(|text| MasterKey::from_hex(text)))
    }

    fn put(&self, vault: &str, key: &MasterKey) -> Result<(), String> {
        self.check()?;
        self.keys.lock().unwrap().insert(vault.to_owned(), key.to_hex().to_string());
        Ok(())
    }
}

struct House {
    folder: TempDir,
    key_store: Arc<TestKeyStore>,
}

impl House {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), key_store: Arc::default() }
    }

    fn keys(&self) -> Keys {
        Keys { store: self.key_store.clone(), file: None, passphrase: None }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn open(&self, keys: Keys) -> (Store, Vault) {
        let store = Store::open(&self.path("w.pushpull")).await.unwrap();
        let vault = Vault::start(store.clone(), keys);
        vault.settled().await;
        (store, vault)
    }
}

fn passphrase(text: &str) -> Option<SecretString> {
    Some(SecretString::from(text))
}

fn make(place: KeyPlace) -> MakeVault {
    MakeVault { place, passphrase: None, key_file: None }
}

async fn put(vault: &Vault, secret: &str) {
    vault.keep_item("x", &SecretString::from(secret)).await.unwrap();
}

async fn take(vault: &Vault) -> String {
    vault.item("x").await.unwrap().unwrap().expose_secret().to_owned()
}

async fn state(vault: &Vault) -> VaultState {
    vault.status().await.unwrap().state
}

async fn execute(house: &House, sql: &str) {
    use sqlx::{ConnectOptions as _, Connection as _};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(house.path("w.pushpull"));
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn the_first_secret_makes_a_vault_in_the_key_store_and_it_opens_again_by_itself() {
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    assert_eq!(state(&vault).await, VaultState::Absent);
    put(&vault, CANARY).await;
    store.close().await;
    let (store, vault) = house.open(house.keys()).await;
    assert_eq!(state(&vault).await, VaultState::Unlocked);
    assert_eq!(take(&vault).await, CANARY);
    store.close().await;
}

#[tokio::test]
async fn a_locked_key_store_makes_no_vault_elsewhere() {
    let house = House::new();
    house.key_store.set_locked(true);
    let (store, vault) = house.open(house.keys()).await;
    let error = vault.sealer_for_new().await.unwrap_err();
    assert!(matches!(error, VaultError::Absent(_)), "{error:?}");
    assert_eq!(store.vault().await.unwrap(), None);
    store.close().await;
}

/// Takes every key, and gives none back.
#[derive(Debug)]
struct Forgetful;

impl KeyStore for Forgetful {
    fn name(&self) -> &'static str {
        "the forgetful key store"
    }

    fn get(&self, _: &str) -> Result<Option<MasterKey>, String> {
        Ok(None)
    }

    fn put(&self, _: &str, _: &MasterKey) -> Result<(), String> {
        Ok(())
    }
}

#[tokio::test]
async fn a_key_store_that_does_not_give_a_key_back_makes_no_vault() {
    let house = House::new();
    let (store, vault) = house.open(Keys { store: Arc::new(Forgetful), ..house.keys() }).await;
    let Err(VaultError::Absent(why)) = vault.sealer_for_new().await else { panic!("a vault was made") };
    assert!(why.contains("does not give it back"), "{why}");
    assert_eq!((store.vault().await.unwrap(), state(&vault).await), (None, VaultState::Absent));
    store.close().await;
}

#[tokio::test]
async fn a_vault_that_was_locked_here_stays_locked() {
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    put(&vault, CANARY).await;
    vault.lock().await;
    vault.look_again().await;
    assert_eq!(state(&vault).await, VaultState::Locked);
    store.close().await;
}

#[tokio::test]
async fn a_key_store_that_is_locked_later_is_opened_later_with_the_same_key() {
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    put(&vault, CANARY).await;
    store.close().await;
    house.key_store.set_locked(true);
    let (store, vault) = house.open(house.keys()).await;
    assert_eq!(state(&vault).await, VaultState::Locked);
    assert!(matches!(vault.sealer_for_new().await, Err(VaultError::Locked(_))));
    house.key_store.set_locked(false);
    vault.unlock(UnlockVault { passphrase: None, key_file: None }).await.unwrap();
    assert_eq!(take(&vault).await, CANARY);
    store.close().await;
}

#[tokio::test]
async fn a_key_that_is_gone_is_recovery_and_never_a_new_key() {
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    put(&vault, CANARY).await;
    store.close().await;
    let kept = std::mem::take(&mut *house.key_store.keys.lock().unwrap());
    let (store, vault) = house.open(house.keys()).await;
    assert_eq!(state(&vault).await, VaultState::KeyMissing);
    assert!(matches!(vault.sealer_for_new().await, Err(VaultError::KeyMissing(_))));
    assert!(vault.make(make(KeyPlace::KeyStore)).await.is_err());
    assert!(house.key_store.keys.lock().unwrap().is_empty());
    *house.key_store.keys.lock().unwrap() = kept;
    vault.unlock(UnlockVault { passphrase: None, key_file: None }).await.unwrap();
    assert_eq!(take(&vault).await, CANARY);
    store.close().await;
}

#[tokio::test]
async fn a_vault_whose_row_is_gone_is_recovery_too() {
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    put(&vault, CANARY).await;
    store.close().await;
    execute(&house, "DELETE FROM vault").await;
    let (store, vault) = house.open(house.keys()).await;
    assert_eq!(state(&vault).await, VaultState::KeyMissing);
    assert!(matches!(vault.make(make(KeyPlace::KeyStore)).await, Err(VaultError::KeyMissing(_))));
    vault.forget().await.unwrap();
    put(&vault, "another").await;
    assert_eq!(take(&vault).await, "another");
    store.close().await;
}

#[tokio::test]
async fn the_key_of_another_workspace_is_told_from_the_right_one() {
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    put(&vault, CANARY).await;
    for key in house.key_store.keys.lock().unwrap().values_mut() {
        *key = MasterKey::random().unwrap().to_hex().to_string();
    }
    vault.unlock(UnlockVault { passphrase: None, key_file: None }).await.unwrap_err();
    assert_eq!(state(&vault).await, VaultState::WrongKey);
    assert!(vault.sealer().is_none());
    store.close().await;
}

#[tokio::test]
async fn a_passphrase_opens_the_vault_and_a_wrong_one_does_not() {
    let house = House::new();
    let keys = Keys { passphrase: passphrase("correct horse battery"), ..house.keys() };
    let (store, vault) = house.open(keys).await;
    put(&vault, CANARY).await;
    store.close().await;
    assert!(house.key_store.keys.lock().unwrap().is_empty(), "the key store was not chosen");
    let (store, vault) = house.open(house.keys()).await;
    assert_eq!(state(&vault).await, VaultState::Locked);
    let typed = |text| UnlockVault { passphrase: passphrase(text), key_file: None };
    assert!(matches!(vault.unlock(typed("correct horse batterx")).await, Err(VaultError::WrongKey(_))));
    vault.unlock(typed("correct horse battery")).await.unwrap();
    assert_eq!(take(&vault).await, CANARY);
    vault.lock().await;
    assert!(vault.sealer().is_none());
    store.close().await;
}

#[tokio::test]
async fn a_short_passphrase_is_refused() {
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    let short = MakeVault { passphrase: passphrase("seven77"), ..make(KeyPlace::Passphrase) };
    assert!(matches!(vault.make(short).await, Err(VaultError::Invalid(_))));
    assert_eq!(state(&vault).await, VaultState::Absent);
    store.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_file_is_made_for_its_owner_only_and_refused_if_others_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::new();
    let file = house.path("key");
    let keys = Keys { file: Some(file.clone()), ..house.keys() };
    let (store, vault) = house.open(keys.clone()).await;
    put(&vault, CANARY).await;
    store.close().await;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let (store, vault) = house.open(house.keys()).await; // the workspace knows where the file is
    assert_eq!(take(&vault).await, CANARY);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let error = vault.unlock(UnlockVault { passphrase: None, key_file: None }).await.unwrap_err();
    assert!(error.to_string().contains("chmod 600"), "{error}");

    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&file, "not a key").unwrap();
    let error = vault.unlock(UnlockVault { passphrase: None, key_file: None }).await.unwrap_err();
    assert!(error.to_string().contains("64 hexadecimal"), "{error}");

    std::fs::remove_file(&file).unwrap();
    let error = vault.unlock(UnlockVault { passphrase: None, key_file: None }).await.unwrap_err();
    assert!(matches!(error, VaultError::KeyMissing(_)), "{error:?}");
    assert!(!file.exists(), "no new key");
    store.close().await;
}

#[test]
fn a_workspace_can_not_ask_for_endless_work() {
    let greedy = Derivation { salt: vec![0; 16], memory: u32::MAX, passes: 1 };
    assert!(matches!(greedy.key(&SecretString::from("x")), Err(VaultError::Damaged)));
    let patient = Derivation { salt: vec![0; 16], memory: 8, passes: 10_000 };
    assert!(matches!(patient.key(&SecretString::from("x")), Err(VaultError::Damaged)));
}

#[test]
fn a_key_is_what_its_text_says_and_never_shows() {
    let key = MasterKey::random().unwrap();
    assert_eq!(MasterKey::from_hex(&format!(" {}\n", *key.to_hex())).unwrap().bytes(), key.bytes());
    assert!(MasterKey::from_hex("abc").is_none());
    assert!(MasterKey::from_hex(&"ä".repeat(32)).is_none());
    let sealer = Sealer::new("v", key.clone());
    assert!(!format!("{key:?} {sealer:?}").contains(&key.to_hex()[..8]));
}

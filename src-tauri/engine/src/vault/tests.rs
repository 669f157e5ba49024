//! The vault over real workspace files. The key store of the system is stood in for at its seam; the suite of the
//! command line tries a real one where there is one.

use super::*;
use std::collections::HashMap;
use std::sync::Mutex as SyncMutex;
use tempfile::TempDir;

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

/// Says when it is asked to take a key, and takes it when it is told to.
#[derive(Debug)]
struct Slow {
    store: Arc<TestKeyStore>,
    asked: tokio::sync::mpsc::UnboundedSender<()>,
    go_on: SyncMutex<std::sync::mpsc::Receiver<()>>,
}

impl KeyStore for Slow {
    fn name(&self) -> &'static str {
        self.store.name()
    }

    fn get(&self, vault: &str) -> Result<Option<MasterKey>, String> {
        self.store.get(vault)
    }

    fn put(&self, vault: &str, key: &MasterKey) -> Result<(), String> {
        self.asked.send(()).unwrap();
        self.go_on.lock().unwrap().recv().unwrap();
        self.store.put(vault, key)
    }
}

#[tokio::test]
async fn of_two_processes_that_make_the_vault_at_once_the_slower_opens_that_of_the_faster() {
    let house = House::new();
    let (asked, mut is_asked) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, told) = std::sync::mpsc::channel();
    let slow = Arc::new(Slow { store: house.key_store.clone(), asked, go_on: SyncMutex::new(told) });
    let (store, slower) = house.open(Keys { store: slow, ..house.keys() }).await;
    let (other, faster) = house.open(house.keys()).await;
    let first = async {
        is_asked.recv().await.unwrap();
        put(&faster, CANARY).await;
        go_on.send(()).unwrap();
    };
    let (sealer, ()) = tokio::join!(slower.sealer_for_new(), first);
    assert!(sealer.is_ok(), "{sealer:?}");
    assert_eq!(take(&slower).await, CANARY);

    // Whoever chose a place for the key hears that there is a vault, and has it open.
    slower.forget().await.unwrap();
    faster.look_again().await;
    let first = async {
        is_asked.recv().await.unwrap();
        put(&faster, CANARY).await;
        go_on.send(()).unwrap();
    };
    let (made, ()) = tokio::join!(slower.make(make(KeyPlace::KeyStore)), first);
    assert!(matches!(made, Err(VaultError::Invalid(_))), "{made:?}");
    assert_eq!(take(&slower).await, CANARY);
    store.close().await;
    other.close().await;
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
async fn a_vault_that_another_process_made_is_noticed() {
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    let (other, others) = house.open(house.keys()).await;
    put(&others, CANARY).await;
    assert_eq!(state(&vault).await, VaultState::Absent);
    vault.look_again().await;
    assert_eq!(take(&vault).await, CANARY);
    other.close().await;
    store.close().await;
}

#[tokio::test]
async fn a_vault_that_another_process_gave_up_seals_nothing_more() {
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    put(&vault, CANARY).await;
    let (other, others) = house.open(house.keys()).await;
    // Another key from now on.
    others.forget().await.unwrap();
    put(&others, "of the new vault").await;
    put(&vault, "sealed after it").await;
    assert_eq!(take(&others).await, "sealed after it");
    // None at all.
    others.forget().await.unwrap();
    vault.look_again().await;
    assert_eq!(state(&vault).await, VaultState::Absent);
    other.close().await;
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
fn what_is_sealed_opens_only_where_it_was_sealed_for_and_whole() {
    let sealer = Sealer::new("vault", MasterKey::random().unwrap());
    let place = Place { table: "t", row: "1", column: "c" };
    let sealed = sealer.seal(place, CANARY.as_bytes()).unwrap();
    assert_eq!(sealer.open(place, &sealed).unwrap().as_slice(), CANARY.as_bytes());
    for other in [
        Place { row: "2", ..place },
        Place { column: "d", ..place },
        Place { table: "u", ..place },
        Place { table: "t1", row: "", column: "c" },
    ] {
        assert_eq!(sealer.open(other, &sealed), Err(VaultError::Damaged), "{other:?}");
    }
    for end in 0..sealed.len() {
        assert_eq!(sealer.open(place, &sealed[..end]), Err(VaultError::Damaged), "cut at {end}");
    }
    for at in 0..sealed.len() {
        let mut bent = sealed.clone();
        bent[at] ^= 1;
        assert_eq!(sealer.open(place, &bent), Err(VaultError::Damaged), "bent at {at}");
    }
    let other = Sealer::new("vault", MasterKey::random().unwrap());
    assert_eq!(other.open(place, &sealed), Err(VaultError::Damaged));
    assert_eq!(Sealer::new("other", sealer_key(&sealer)).open(place, &sealed), Err(VaultError::Damaged));
    assert_ne!(sealer.seal(place, b"x").unwrap(), sealer.seal(place, b"x").unwrap(), "a nonce is used once");
}

fn sealer_key(sealer: &Sealer) -> MasterKey {
    sealer.key().clone()
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

#[cfg(unix)]
#[tokio::test]
async fn neither_the_file_nor_its_log_nor_a_copy_holds_a_secret_in_plain_sight() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    put(&vault, CANARY).await;
    store.create_source("stripe".into()).await.unwrap();
    let new = crate::store::NewSealed {
        source: "stripe".into(),
        label: "live".into(),
        secret: zeroize::Zeroizing::new(CANARY.into()),
        learnt: None,
    };
    let id = store.add_secret(new, vault.sealer().unwrap()).await.unwrap().unwrap();
    nothing_shows(&house);
    execute(&house, &format!("VACUUM INTO '{}'", house.path("copy.backup").display())).await;
    store.remove_secret("stripe".into(), id).await.unwrap();
    nothing_shows(&house);
    store.close().await;
    nothing_shows(&house);
    let mode = std::fs::metadata(house.path("w.pushpull")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
}

/// Looks through every file of the house for the canary and for the key.
fn nothing_shows(house: &House) {
    let key = house.key_store.keys.lock().unwrap().values().next().unwrap().clone();
    let raw = MasterKey::from_hex(&key).unwrap();
    for entry in std::fs::read_dir(house.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for needle in [CANARY.as_bytes(), &CANARY.as_bytes()[6..], key.as_bytes(), raw.bytes()] {
            assert!(memchr::memmem::find(&bytes, needle).is_none(), "{}", path.display());
        }
    }
}

async fn execute(house: &House, sql: &str) {
    use sqlx::{ConnectOptions as _, Connection as _};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(house.path("w.pushpull"));
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_secret_of_a_handshake_is_kept_only_beside_those_that_it_was_held_against() {
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    let sealer = vault.sealer_for_new().await.unwrap();
    store.create_source("a".into()).await.unwrap();
    store.create_source("b".into()).await.unwrap();
    let add = async |source: &str, learnt| {
        let secret = zeroize::Zeroizing::new("from a handshake".into());
        let new = crate::store::NewSealed { source: source.into(), label: String::new(), secret, learnt };
        store.add_secret(new, sealer.clone()).await.unwrap()
    };
    let first = add("a", Some(0)).await.unwrap();
    assert_eq!(add("a", Some(0)).await, None, "another process kept one meanwhile");
    assert!(add("b", Some(0)).await.is_some(), "that is another source's");
    let second = add("a", Some(first)).await.unwrap();
    assert!(add("a", None).await.is_some(), "what the user adds is kept");
    assert_eq!(add("a", Some(second)).await, None);
    store.delete_source("b".into()).await.unwrap();
    assert_eq!(add("b", None).await, None, "a source that is gone has none");
    let learnt: Vec<bool> = store.secret_rows().await.unwrap().iter().map(|row| row.learnt).collect();
    assert_eq!(learnt, [true, true, false]);
}

#[tokio::test]
async fn rows_that_were_swapped_do_not_open() {
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    let sealer = vault.sealer_for_new().await.unwrap();
    store.create_source("a".into()).await.unwrap();
    for secret in ["first secret", "second secret"] {
        let new = crate::store::NewSealed {
            source: "a".into(),
            label: String::new(),
            secret: zeroize::Zeroizing::new(secret.into()),
            learnt: None,
        };
        store.add_secret(new, sealer.clone()).await.unwrap().unwrap();
    }
    let sql = "CREATE TEMP TABLE was AS SELECT id, sealed FROM source_secret;
               UPDATE source_secret SET sealed = (SELECT sealed FROM was WHERE was.id <> source_secret.id)";
    let rows = store.secret_rows().await.unwrap();
    assert_eq!(rows.len(), 2);
    let open = |row: &crate::store::SecretRow| {
        sealer.open_text(crate::store::secret_place(&row.id.to_string()), &row.sealed).is_ok()
    };
    assert!(rows.iter().all(open));
    execute(&house, sql).await;
    assert!(store.secret_rows().await.unwrap().iter().all(|row| !open(row)));
    store.close().await;
}

//! What is sealed: where it opens, and that it shows nowhere.

use super::*;
use crate::store::{NewSealed, SecretRow, secret_place};
use zeroize::Zeroizing;

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

#[cfg(unix)]
#[tokio::test]
async fn neither_the_file_nor_its_log_nor_a_copy_holds_a_secret_in_plain_sight() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    put(&vault, CANARY).await;
    store.create_source("stripe".into()).await.unwrap();
    let new = NewSealed {
        source: "stripe".into(),
        label: "live".into(),
        secret: Zeroizing::new(CANARY.into()),
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

#[tokio::test]
async fn a_secret_of_a_handshake_is_kept_only_beside_those_that_it_was_held_against() {
    let house = House::new();
    let (store, vault) = house.open(house.keys()).await;
    let sealer = vault.sealer_for_new().await.unwrap();
    store.create_source("a".into()).await.unwrap();
    store.create_source("b".into()).await.unwrap();
    let add = async |source: &str, learnt| {
        let secret = Zeroizing::new("from a handshake".into());
        let new = NewSealed { source: source.into(), label: String::new(), secret, learnt };
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
        let new =
            NewSealed { source: "a".into(), label: String::new(), secret: Zeroizing::new(secret.into()), learnt: None };
        store.add_secret(new, sealer.clone()).await.unwrap().unwrap();
    }
    let sql = "CREATE TEMP TABLE was AS SELECT id, sealed FROM source_secret;
               UPDATE source_secret SET sealed = (SELECT sealed FROM was WHERE was.id <> source_secret.id)";
    let rows = store.secret_rows().await.unwrap();
    assert_eq!(rows.len(), 2);
    let open = |row: &SecretRow| sealer.open_text(secret_place(&row.id.to_string()), &row.sealed).is_ok();
    assert!(rows.iter().all(open));
    execute(&house, sql).await;
    assert!(store.secret_rows().await.unwrap().iter().all(|row| !open(row)));
    store.close().await;
}

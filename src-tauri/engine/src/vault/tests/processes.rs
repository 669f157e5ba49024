//! Several processes on one vault.

use super::*;

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

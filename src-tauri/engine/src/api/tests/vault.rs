//! Secrets of sources: they go into the vault, and never come out in plain.

use super::*;
use crate::engine::Engine;
use crate::vault::tests::TestKeyStore;
use crate::vault::{KeyStore, Keys, MasterKey};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn a_secret_goes_into_the_vault_and_its_value_never_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key").to_string_lossy().into_owned();
    let (api, _) = started(folder.path()).await;
    call(&api, "create_source", json!({"name": "stripe"})).await.unwrap();
    let make = json!({"place": "keyFile", "passphrase": null, "keyFile": file});
    assert_eq!(call(&api, "make_vault", make).await.unwrap()["state"], "unlocked");
    let secret = "whsec_canary0123456789";
    let add = json!({"source": "stripe", "label": " live ", "value": secret});
    let settings = call(&api, "add_secret", add).await.unwrap();
    assert_eq!(settings["secrets"][0]["label"], "live");
    assert_eq!(settings["secrets"][0]["ending"], "6789");

    let save = json!({"name": "stripe", "provider": "stripe", "url": "https://x.example/in/stripe", "tolerance": 60,
        "handshakes": false});
    call(&api, "save_source", save).await.unwrap();
    let settings = call(&api, "source_settings", json!({"name": "stripe"})).await.unwrap();
    assert_eq!((settings["provider"].as_str(), settings["tolerance"].as_u64()), (Some("stripe"), Some(60)));
    assert!(!settings.to_string().contains(&secret[..12]), "{settings}");

    assert_eq!(call(&api, "lock_vault", json!({})).await.unwrap()["state"], "locked");
    let settings = call(&api, "source_settings", json!({"name": "stripe"})).await.unwrap();
    assert_eq!(settings["secrets"][0]["ending"], Value::Null);
    let again = json!({"source": "stripe", "label": "", "value": "another secret"});
    assert_eq!(call(&api, "add_secret", again.clone()).await.unwrap_err().code, ErrorCode::VaultClosed);
    call(&api, "unlock_vault", json!({"passphrase": null, "keyFile": null})).await.unwrap();
    let settings = call(&api, "add_secret", again).await.unwrap();
    let removed = json!({"source": "stripe", "id": settings["secrets"][0]["id"]});
    assert_eq!(call(&api, "remove_secret", removed).await.unwrap()["secrets"].as_array().unwrap().len(), 1);
    api.close().await;
}

#[tokio::test]
async fn what_leaves_the_workspace_shows_no_secret_of_the_vault() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    call(&api, "create_source", json!({"name": "a"})).await.unwrap();
    let secret = "canary/one+two three";
    call(&api, "add_secret", json!({"source": "a", "label": "", "value": secret})).await.unwrap();
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("x:{secret}"));
    let plain = [("X-Plain", secret), ("X-Encoded", encoded.as_str()), ("X-Other", "stays")];
    post(&format!("{url}/in/a?q=canary%2Fone%2Btwo%20three"), &plain, "").await;
    for format in ["ndjson", "har", "curl", "csv", "http"] {
        let query = json!({"scope": {"type": "filter", "filter": ""}, "format": format, "redact": true});
        let text = call(&api, "export_text", query).await.unwrap()["text"].as_str().unwrap().to_owned();
        for form in [secret, "canary%2Fone", &encoded[4..16], "canary\\/one"] {
            assert!(!text.contains(form), "{format}: {text}");
        }
        assert!(text.contains("masked"), "{format}: {text}");
    }
    api.close().await;
}

#[tokio::test]
async fn an_export_says_how_many_secrets_it_could_not_recognise() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    call(&api, "create_source", json!({"name": "a"})).await.unwrap();
    call(&api, "add_secret", json!({"source": "a", "label": "", "value": "canary secret"})).await.unwrap();
    let bore = json!({"provider": "bore", "server": "127.0.0.1", "secret": "tunnel secret", "port": 0, "kept": true});
    call(&api, "start_tunnel", bore).await.unwrap();
    post(&format!("{url}/in/a"), &[("X-Plain", "canary secret")], "").await;
    let query = |redact: bool| json!({"scope": {"type": "filter", "filter": ""}, "format": "http", "redact": redact});
    let preview = async |redact| call(&api, "preview_export", query(redact)).await;
    assert_eq!(preview(true).await.unwrap()["locked"], 0);
    call(&api, "lock_vault", json!({})).await.unwrap();
    assert_eq!(preview(true).await.unwrap()["locked"], 2);
    assert_eq!(preview(false).await.unwrap()["locked"], 0, "nothing is masked anyway");

    // What can't be looked up is no reason to mask less.
    let file = rusqlite::Connection::open(folder.path().join("w.pushpull")).unwrap();
    file.execute_batch("ALTER TABLE vault_item RENAME TO away").unwrap();
    assert_eq!(preview(true).await.unwrap_err().code, ErrorCode::Failed);
    assert_eq!(call(&api, "export_text", query(true)).await.unwrap_err().code, ErrorCode::Failed);
    assert!(preview(false).await.is_ok());
    api.close().await;
}

/// A key store that asks the user, who takes their time.
#[derive(Debug)]
struct Asking {
    keys: Arc<TestKeyStore>,
    answer: Mutex<Receiver<()>>,
}

impl KeyStore for Asking {
    fn name(&self) -> &'static str {
        self.keys.name()
    }

    fn get(&self, vault: &str) -> Result<Option<MasterKey>, String> {
        self.answer.lock().unwrap().recv().map_err(|_| "Nobody answers.".to_owned())?;
        self.keys.get(vault)
    }

    fn put(&self, vault: &str, key: &MasterKey) -> Result<(), String> {
        self.keys.put(vault, key)
    }
}

#[tokio::test]
async fn captures_do_not_wait_for_the_vault_and_are_checked_once_it_is_open() {
    const SIGNED: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.pushpull");
    let keys = Arc::new(TestKeyStore::default());
    let open = async |store: Arc<dyn KeyStore>| {
        Api::of(Engine::open_with(&path, Keys { store, ..Keys::default() }).await.unwrap())
    };
    let api = open(keys.clone()).await;
    call(&api, "create_source", json!({"name": "github"})).await.unwrap();
    let save = json!({"name": "github", "provider": "github", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    let secret = json!({"source": "github", "label": "", "value": "It's a Secret to Everybody"});
    call(&api, "add_secret", secret).await.unwrap();
    api.close().await;

    let (answer, asked) = std::sync::mpsc::channel();
    let api = open(Arc::new(Asking { keys, answer: Mutex::new(asked) })).await;
    let options = json!({"port": 0, "bind": "127.0.0.1", "fallback": false});
    let url = call(&api, "start_listening", options).await.unwrap()["listener"]["url"].as_str().unwrap().to_owned();
    let (status, ..) = post(&format!("{url}/in/github"), &[("X-Hub-Signature-256", SIGNED)], "Hello, World!").await;
    assert_eq!(status, 200);
    assert_eq!(call(&api, "vault", json!({})).await.unwrap()["state"], "opening");
    let settings = call(&api, "source_settings", json!({"name": "github"})).await.unwrap();
    assert_eq!((&settings["provider"], &settings["secrets"][0]["ending"]), (&json!("github"), &Value::Null));
    assert_eq!(found(&api, "is:captured -is:valid").await, [1]);
    let row = call(&api, "exchange", json!({"id": 1})).await.unwrap();
    assert_eq!((&row["summary"]["status"], &row["summary"]["verdict"]), (&json!(200), &Value::Null));

    answer.send(()).unwrap();
    until_found(&api, "is:valid", &[1]).await;
    api.close().await;
}

#[tokio::test]
async fn a_tunnels_secret_is_kept_in_the_vault_only_while_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = with_vault(folder.path()).await;
    let bore = |secret: Option<&str>, kept: bool| json!({"provider": "bore", "server": "127.0.0.1", "secret": secret, "port": 0, "kept": kept});
    call(&api, "start_tunnel", bore(Some("tunnel secret"), true)).await.unwrap();
    let settings = call(&api, "settings", json!({})).await.unwrap();
    assert_eq!((&settings["tunnel"]["secret"], &settings["tunnel"]["kept"]), (&Value::Null, &json!(true)));
    let engine = api.engine().await.unwrap();
    let kept = serde_json::from_value(bore(None, true)).unwrap();
    let ready = serde_json::to_value(engine.with_kept_secret(kept).await.unwrap()).unwrap();
    assert_eq!(ready["secret"], "tunnel secret");
    call(&api, "start_tunnel", bore(None, false)).await.unwrap();
    assert_eq!(call(&api, "vault", json!({})).await.unwrap()["secrets"], 0);
    api.close().await;
}

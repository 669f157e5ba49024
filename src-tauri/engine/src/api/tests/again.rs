//! What is to be looked at again outlives the process that was asked for it.

use super::*;

// The example of GitHub's documentation.
const SECRET: &str = "It's a Secret to Everybody";
const GOOD: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

fn set(provider: &str) -> Value {
    json!({"name": "hub", "provider": provider, "url": null, "tolerance": null, "handshakes": true})
}

#[tokio::test]
async fn what_is_changed_while_the_vault_is_closed_counts_for_whoever_opens_it_later() {
    let folder = tempfile::tempdir().unwrap();
    let passphrase = "a passphrase that is long";
    let (api, url) = started(folder.path()).await;
    let make = json!({"place": "passphrase", "passphrase": passphrase, "keyFile": null});
    call(&api, "make_vault", make).await.unwrap();
    call(&api, "create_source", json!({"name": "hub"})).await.unwrap();
    call(&api, "save_source", set("github")).await.unwrap();
    call(&api, "add_secret", json!({"source": "hub", "label": "", "value": SECRET})).await.unwrap();
    post(&format!("{url}/in/hub"), &[("X-Hub-Signature-256", GOOD)], "Hello, World!").await;
    assert_eq!(found(&api, "is:valid").await, [1]);
    api.close().await;

    let path = folder.path().join("w.pushpull");
    let changes = Api::start(&path).await;
    call(&changes, "save_source", set("stripe")).await.unwrap();
    assert_eq!(found(&changes, "is:valid").await, [1], "it can't be checked yet");
    changes.close().await;

    let opens = Api::start(&path).await;
    assert_eq!(found(&opens, "is:valid").await, [1]);
    call(&opens, "unlock_vault", json!({"passphrase": passphrase, "keyFile": null})).await.unwrap();
    until_found(&opens, "is:unsigned", &[1]).await;
    assert_eq!(found(&opens, "is:valid").await, [0_i64; 0]);
    opens.close().await;
}

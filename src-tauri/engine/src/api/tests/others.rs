//! What another process does with the same workspace is taken up here.

use super::*;
use crate::api::{AutoSource, Retention, Settings};
use crate::exchange::ExchangeId;
use crate::store::Store;

/// No test waits longer for what another process has done.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks after every event of the feed until the answer is as wanted.
async fn until<T: PartialEq + std::fmt::Debug>(api: &Api, wanted: T, ask: impl AsyncFn() -> T) {
    let mut feed = api.subscribe();
    let mut last = None;
    let seen = async {
        loop {
            let answer = ask().await;
            if answer == wanted {
                return;
            }
            last = Some(answer);
            drop(feed.recv().await); // one that was missed is one that came
        }
    };
    if tokio::time::timeout(PATIENCE, seen).await.is_err() {
        panic!("{last:?} and not {wanted:?}");
    }
}

/// Posts a body with these header fields; answers the status.
async fn post(url: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = headers.iter().fold(client.post(url), |request, (name, value)| request.header(*name, *value));
    request.body(body.to_owned()).send().await.unwrap().status().as_u16()
}

/// Another process on the same file.
async fn other(folder: &Path) -> Api {
    Api::start(&folder.join("w.pushpull")).await
}

#[tokio::test]
async fn a_vault_that_another_process_makes_is_opened_here_and_its_secrets_check_what_came() {
    const SIGNED: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let headers = [("X-GitHub-Event", "push"), ("X-Hub-Signature-256", SIGNED)];
    post(&format!("{url}/in/github"), &headers, "Hello, World!").await;
    assert_eq!(call(&api, "vault", json!({})).await.unwrap()["state"], "absent");
    assert_eq!(found(&api, "is:valid").await, [0_i64; 0]);

    let other = other(folder.path()).await;
    let file = folder.path().join("key").to_string_lossy().into_owned();
    let make = json!({"place": "keyFile", "passphrase": null, "keyFile": file});
    call(&other, "make_vault", make).await.unwrap();
    until(&api, json!("unlocked"), async || call(&api, "vault", json!({})).await.unwrap()["state"].clone()).await;

    let secret = json!({"source": "github", "label": "", "value": "It's a Secret to Everybody"});
    call(&other, "add_secret", secret).await.unwrap();
    let ending = async || {
        let settings = call(&api, "source_settings", json!({"name": "github"})).await.unwrap();
        settings["secrets"][0]["ending"].clone()
    };
    until(&api, json!("body"), ending).await;
    post(&format!("{url}/in/github"), &headers, "Hello, World!").await;
    until(&api, vec![2, 1], async || found(&api, "is:valid").await).await;
    other.close().await;
    api.close().await;
}

#[tokio::test]
async fn two_processes_whose_vaults_open_together_keep_the_secret_of_each_handshake_once() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let other = other(folder.path()).await;
    until(&other, json!("unlocked"), async || call(&other, "vault", json!({})).await.unwrap()["state"].clone()).await;
    call(&api, "create_source", json!({"name": "asana"})).await.unwrap();
    let save = json!({"name": "asana", "provider": "asana", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    for turn in 1..=4 {
        for api in [&api, &other] {
            call(api, "lock_vault", json!({})).await.unwrap();
        }
        let secret = format!("0123456789abcdef{turn}");
        post(&format!("{url}/in/asana"), &[("X-Hook-Secret", &secret)], "").await;
        assert_eq!(found(&api, "is:handshake").await.len(), turn);
        let learn = async |api: &Api| {
            call(api, "unlock_vault", json!({"passphrase": null, "keyFile": null})).await.unwrap();
            found(api, "").await;
        };
        tokio::join!(learn(&api), learn(&other));
        let settings = call(&api, "source_settings", json!({"name": "asana"})).await.unwrap();
        assert_eq!(settings["secrets"].as_array().unwrap().len(), turn, "{settings}");
        assert_eq!(settings["notice"], Value::Null);
    }
    other.close().await;
    api.close().await;
}

#[tokio::test]
async fn sources_and_rules_of_another_process_come_into_force_and_go_again() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let mut settings = call(&api, "settings", json!({})).await.unwrap();
    settings["autoSource"] = "never".into();
    call(&api, "save_settings", settings).await.unwrap();
    let status = async |name: &str| post(&format!("{url}/in/{name}"), &[], "{}").await;
    assert_eq!(status("theirs").await, 404);
    let other = other(folder.path()).await;
    call(&other, "create_source", json!({"name": "theirs"})).await.unwrap();
    until(&api, 200, async || status("theirs").await).await;

    let save = |steps: Value| json!({"source": "theirs", "rules": {"rules": [{"steps": steps}]}});
    call(&other, "save_rules", save(json!([{"status": 418}, {"status": 201}]))).await.unwrap();
    until(&api, 418, async || status("theirs").await).await;
    assert_eq!(status("theirs").await, 201);
    call(&other, "reset_rules", json!({"source": "theirs"})).await.unwrap();
    until(&api, 418, async || status("theirs").await).await;

    call(&other, "delete_source", json!({"name": "theirs"})).await.unwrap();
    // Until it is known here that it is gone, pushes are taken. They do not bring it back.
    until(&api, 404, async || status("theirs").await).await;
    let sources = call(&other, "sources", json!({})).await.unwrap();
    assert_eq!(sources["sources"], json!([]));
    other.close().await;
    api.close().await;
}

#[tokio::test]
async fn what_cannot_be_read_for_a_moment_comes_into_force_when_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let mut settings = call(&api, "settings", json!({})).await.unwrap();
    settings["autoSource"] = "never".into();
    call(&api, "save_settings", settings).await.unwrap();
    call(&api, "create_source", json!({"name": "shop"})).await.unwrap();
    let status = async |name: &str| post(&format!("{url}/in/{name}"), &[], "{}").await;
    let file = rusqlite::Connection::open(folder.path().join("w.pushpull")).unwrap();
    file.execute_batch(
        r#"BEGIN IMMEDIATE;
        INSERT INTO source (name, created_at) VALUES ('seen', 0);
        INSERT INTO source_rules SELECT id, '{"rules": [{"steps": [{"status": 418}]}]}', NULL, 0 FROM source;
        ALTER TABLE source_rules RENAME TO away;
        UPDATE meta SET value = value + 1 WHERE name = 'changes';
        COMMIT"#,
    )
    .unwrap();
    until(&api, 200, async || status("seen").await).await;
    assert_eq!(status("shop").await, 200, "its rules can't be read");
    file.execute_batch("ALTER TABLE away RENAME TO source_rules").unwrap();
    until(&api, 418, async || status("shop").await).await;
    api.close().await;
}

#[tokio::test]
async fn settings_of_another_process_come_into_force() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let status = async |name: &str, body: &str| post(&format!("{url}/in/{name}"), &[], body).await;
    for body in ["1", "2"] {
        assert_eq!(status("known", body).await, 200);
    }
    // Nothing but the file: a whole process would take away by itself what is too much.
    let other = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    let retention = Retention { exchanges: Some(1), ..Retention::default() };
    let kept = Settings { auto_source: AutoSource::Never, body_cap: 4, retention, ..Settings::default() };
    other.save_settings(&kept).await.unwrap();
    let engine = api.engine().await.unwrap();
    until(&api, kept, async || engine.settings()).await;
    assert_eq!(status("unknown", "3").await, 404);
    until(&api, vec![2], async || found(&api, "").await).await;
    assert_eq!(status("known", "more than 4").await, 413);
    other.close().await;
    api.close().await;
}

#[tokio::test]
async fn settings_of_another_process_do_not_change_what_the_command_line_says() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    api.engine().await.unwrap().set_auto_source(AutoSource::Always);
    let other = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    let kept = Settings { auto_source: AutoSource::Never, ..Settings::default() };
    other.save_settings(&kept).await.unwrap();
    let engine = api.engine().await.unwrap();
    until(&api, kept, async || engine.settings()).await;
    assert_eq!(post(&format!("{url}/in/new"), &[], "{}").await, 200);
    other.close().await;
    api.close().await;
}

#[tokio::test]
async fn only_the_process_that_listens_says_how_often_a_rule_has_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let other = other(folder.path()).await;
    let rules = json!({"source": "a", "rules": {"rules": [{"id": "r", "steps": [{"status": 201}]}]}});
    let saved = call(&other, "save_rules", rules).await.unwrap();
    assert_eq!(saved["counts"], Value::Null);
    until(&api, 201, async || post(&format!("{url}/in/a"), &[], "{}").await).await;
    let counts = async |api: &Api| call(api, "source_rules", json!({"source": "a"})).await.unwrap()["counts"].clone();
    assert_eq!(counts(&api).await, json!([{"rule": "r", "count": 1}]));
    assert_eq!(counts(&other).await, Value::Null);
    call(&api, "stop_listening", json!({})).await.unwrap();
    assert_eq!(counts(&api).await, Value::Null);
    other.close().await;
    api.close().await;
}

#[tokio::test]
async fn a_check_with_something_else_than_what_is_set_says_its_verdict_and_leaves_the_kept_one() {
    const SIGNED: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    call(&api, "create_source", json!({"name": "github"})).await.unwrap();
    let save = json!({"name": "github", "provider": "github", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    let secret = json!({"source": "github", "label": "", "value": "It's a Secret to Everybody"});
    call(&api, "add_secret", secret).await.unwrap();
    post(&format!("{url}/in/github"), &[("X-Hub-Signature-256", SIGNED)], "Hello, World!").await;
    post(&format!("{url}/in/github"), &[("X-Hub-Signature-256", SIGNED)], "Hello!").await;
    let kept = async || (found(&api, "is:valid").await, found(&api, "is:invalid").await);
    let expected: (Vec<ExchangeId>, Vec<ExchangeId>) = (vec![1], vec![2]);
    assert_eq!(kept().await, expected);
    for (id, provider) in [(1, "stripe"), (1, "shopify"), (2, "stripe")] {
        let verdict = call(&api, "verify_exchange", json!({"id": id, "provider": provider})).await.unwrap();
        assert_ne!(verdict["verdict"], "valid", "{provider}");
        assert_eq!(kept().await, expected, "{id} as {provider}");
    }
    let engine = api.engine().await.unwrap();
    let given = crate::engine::Given { now: Some(1), ..Default::default() };
    engine.verify(1, &given).await.unwrap();
    assert_eq!(kept().await, expected);
    api.close().await;
}

#[tokio::test]
async fn a_check_with_what_is_set_is_kept_where_it_says_something_else_than_before() {
    const SIGNED: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let headers = [("X-GitHub-Event", "push"), ("X-Hub-Signature-256", SIGNED)];
    post(&format!("{url}/in/github"), &headers, "Hello, World!").await;
    assert_eq!(found(&api, "is:valid").await, [0_i64; 0]);
    // Asked without the command, which would have everything looked at again in the background.
    let engine = api.engine().await.unwrap();
    let add = |value: &str| NewSecret { source: "github".into(), label: String::new(), value: value.into() };
    let checked = async || {
        let verdict = call(&api, "verify_exchange", json!({"id": 1, "provider": null})).await.unwrap();
        verdict["verdict"].as_str().unwrap().to_owned()
    };
    for (secret, verdict) in [("another", "invalid"), ("It's a Secret to Everybody", "valid")] {
        engine.add_secret(add(secret)).await.unwrap();
        assert_eq!(checked().await, verdict);
        assert_eq!(found(&api, &format!("is:{verdict}")).await, [1], "{verdict}");
    }
    api.close().await;
}

#[tokio::test]
async fn what_comes_to_a_process_whose_vault_is_closed_is_taken_up_by_one_whose_vault_is_open() {
    const SIGNED: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let folder = tempfile::tempdir().unwrap();
    let (closed, url) = started(folder.path()).await;
    let passphrase = "a passphrase that is long";
    let make = json!({"place": "passphrase", "passphrase": passphrase, "keyFile": null});
    call(&closed, "make_vault", make).await.unwrap();
    for name in ["github", "asana"] {
        call(&closed, "create_source", json!({"name": name})).await.unwrap();
        let save = json!({"name": name, "provider": name, "url": null, "tolerance": null, "handshakes": true});
        call(&closed, "save_source", save).await.unwrap();
    }
    let secret = json!({"source": "github", "label": "", "value": "It's a Secret to Everybody"});
    call(&closed, "add_secret", secret).await.unwrap();
    let open = other(folder.path()).await;
    call(&open, "unlock_vault", json!({"passphrase": passphrase, "keyFile": null})).await.unwrap();
    call(&closed, "lock_vault", json!({})).await.unwrap();

    post(&format!("{url}/in/github"), &[("X-Hub-Signature-256", SIGNED)], "Hello, World!").await;
    post(&format!("{url}/in/asana"), &[("X-Hook-Secret", "0123456789abcdef")], "").await;
    // The closed one has looked at them, and has nothing more to do.
    assert_eq!(found(&closed, "is:valid").await, [0_i64; 0]);
    let valid = async || {
        let query = json!({"filter": "is:valid", "upto": null, "from": 0, "count": 9, "near": null});
        call(&open, "list", query).await.unwrap()["rows"][0]["id"].clone()
    };
    until(&open, json!(1), valid).await;
    let ending = async || {
        let settings = call(&open, "source_settings", json!({"name": "asana"})).await.unwrap();
        settings["secrets"][0]["ending"].clone()
    };
    until(&open, json!("cdef"), ending).await;
    open.close().await;
    closed.close().await;
}

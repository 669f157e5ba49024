//! The commands as the window calls them: by name, over a real file and a real listener.

mod reading;

use super::*;
use serde_json::{Value, json};
use std::path::Path;

/// An API over a file of its own that listens on a free port.
async fn started(folder: &Path) -> (Api, String) {
    let path = folder.join("w.pushpull");
    let api = Api::start(&path).await;
    let options = json!({"port": 0, "bind": "127.0.0.1", "fallback": false});
    let status = call(&api, "start_listening", options).await.unwrap();
    let url = status["listener"]["url"].as_str().unwrap().to_owned();
    (api, url)
}

async fn call(api: &Api, name: &str, args: Value) -> Result<Value, ApiError> {
    match dispatch(api, name, args).await? {
        Answer::Json(value) => Ok(value),
        Answer::Bytes(bytes) => Ok(Value::String(String::from_utf8_lossy(&bytes).into_owned())),
    }
}

fn definition(method: &str, url: &str) -> Value {
    json!({"method": method, "url": url, "query": [], "headers": [], "body": {"type": "none"},
           "options": {"timeoutMs": 5000, "followRedirects": true}})
}

#[test]
fn the_windows_permissions_name_every_command() {
    const NAMES: &[&str] = include!("names.rs");
    assert_eq!(COMMANDS, NAMES);
}

#[tokio::test]
async fn a_sample_arrives_over_http_and_is_read_as_a_tree() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    for provider in ["stripe", "github", "hubspot", "shopify"] {
        let row = call(&api, "send_sample", json!({"provider": provider})).await.unwrap();
        assert_eq!((row["origin"].as_str(), row["source"].as_str()), (Some("sample"), Some(provider)));
        assert!(row["eventType"].is_string(), "{provider} has an event type");
        let body = json!({"id": row["id"], "side": "request"});
        let tree = json!({"body": body, "depth": 3, "toggled": [], "from": 0, "count": 10});
        assert_eq!(call(&api, "tree_rows", tree).await.unwrap()["rows"][0]["depth"], 0, "{provider} is JSON");
    }
    assert_eq!(call(&api, "status", json!({})).await.unwrap()["stored"]["exchanges"], 4);
    api.close().await;
}

#[tokio::test]
async fn a_request_is_saved_sent_found_again_and_compared_with_the_push_it_made() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let mut definition = definition("POST", &format!("{url}/in/own"));
    definition["body"] = json!({"type": "json", "text": "{\"id\": 9007199254740993}"});
    let save = json!({"id": null, "parent": null, "name": "Own", "definition": definition});
    let saved = call(&api, "save_request", save).await.unwrap();
    let send = json!({"ticket": "t", "definition": saved["definition"], "requestId": saved["id"]});
    let pull = call(&api, "send", send).await.unwrap();
    assert_eq!((pull["status"].as_u64(), pull["direction"].as_str()), (Some(200), Some("pull")));
    let push = call(&api, "list", page("source:own")).await.unwrap()["rows"][0].clone();
    let answers = call(&api, "list", page(&format!("request:{}", saved["id"]))).await.unwrap();
    assert_eq!(answers["rows"][0]["id"], pull["id"], "the request finds its answers");

    let sides = json!([{"type": "exchange", "id": push["id"], "side": "request", "root": ""},
                       {"type": "exchange", "id": pull["id"], "side": "request", "root": ""}]);
    let compare = json!({"sides": sides, "ignore": [], "keys": []});
    assert_eq!(call(&api, "compare", compare.clone()).await.unwrap()["differences"], 0);
    let headers = call(&api, "compare_headers", compare).await.unwrap();
    assert!(headers["rows"].as_array().unwrap().iter().all(|row| row["kind"] == "equal"));
    api.close().await;
}

#[tokio::test]
async fn the_window_may_not_name_files_to_compare() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    let sides = json!([{"type": "file", "path": "/etc/passwd"}, {"type": "file", "path": "/etc/passwd"}]);
    let error = call(&api, "compare", json!({"sides": sides, "ignore": [], "keys": []})).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    api.close().await;
}

#[tokio::test]
async fn a_replay_to_our_own_listener_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let sample = call(&api, "send_sample", json!({"provider": "stripe"})).await.unwrap();
    let replay = json!({"ids": [sample["id"]], "to": url, "ticket": "t"});
    let replayed = call(&api, "replay", replay).await.unwrap();
    assert_eq!(replayed["exchanges"][0]["failure"], "forbidden");
    assert_eq!(replayed["exchanges"][0]["parent"], sample["id"]);
    api.close().await;
}

#[tokio::test]
async fn a_workspace_that_cannot_be_opened_is_told_by_the_status_and_another_can_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes.txt");
    std::fs::write(&notes, "not a database, but long enough").unwrap();
    let api = Api::start(&notes).await;
    let status = call(&api, "status", json!({})).await.unwrap();
    assert!(status["notice"].as_str().unwrap().contains("is not a Pushpull workspace"));
    assert!(call(&api, "list", page("")).await.is_err());
    let other = folder.path().join("other.pushpull");
    let status = call(&api, "open_workspace", json!({"path": other.to_string_lossy()})).await.unwrap();
    assert_eq!(status["notice"], Value::Null);
    assert_eq!(call(&api, "list", page("")).await.unwrap()["rows"], json!([]));
    api.close().await;
}

#[tokio::test]
async fn one_process_listens_and_the_other_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let other = Api::start(&folder.path().join("w.pushpull")).await;
    assert_eq!(call(&other, "status", json!({})).await.unwrap()["listener"]["type"], "elsewhere");
    let mut feed = other.subscribe();
    call(&api, "send_sample", json!({"provider": "github"})).await.unwrap();
    let seen = async { while feed.recv().await.unwrap().status.stored.exchanges == 0 {} };
    tokio::time::timeout(std::time::Duration::from_secs(10), seen).await.expect("the other notices what is stored");
    assert!(url.starts_with("http://127.0.0.1:"));
    other.close().await;
    api.close().await;
}

#[tokio::test]
async fn settings_are_checked_and_kept_without_the_tunnels_secret() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    let mut settings = call(&api, "settings", json!({})).await.unwrap();
    settings["tunnel"] = json!({"provider": "bore", "server": "b.example", "secret": "hush", "port": 0});
    let kept = call(&api, "save_settings", settings.clone()).await.unwrap();
    assert_eq!(kept["tunnel"]["secret"], Value::Null);
    settings["bind"] = json!("nowhere");
    assert_eq!(call(&api, "save_settings", settings).await.unwrap_err().code, ErrorCode::Invalid);
    api.close().await;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(4).any(|four| four == b"hush"), "the secret is nowhere in the file");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    assert!(call(&api, "no_such_command", json!({})).await.unwrap_err().message.contains("no_such_command"));
    assert!(call(&api, "list", json!({"filter": 7})).await.unwrap_err().message.contains("list"));
    api.close().await;
}

fn page(filter: &str) -> Value {
    json!({"filter": filter, "upto": null, "from": 0, "count": 50, "near": null})
}

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
async fn what_is_set_for_a_source_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    call(&api, "create_source", json!({"name": "a"})).await.unwrap();
    let set = |name: &str, url: &str| {
        json!({"name": name, "provider": null, "url": url, "tolerance": null,
        "handshakes": true})
    };
    assert_eq!(call(&api, "save_source", set("a", "ftp://x")).await.unwrap_err().code, ErrorCode::Invalid);
    assert_eq!(call(&api, "save_source", set("b", "")).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(call(&api, "save_source", set("a", " ")).await.unwrap()["url"], Value::Null);
    let empty = json!({"source": "a", "label": "", "value": ""});
    assert_eq!(call(&api, "add_secret", empty).await.unwrap_err().code, ErrorCode::Invalid);
    api.close().await;
}

#[tokio::test]
async fn a_provider_of_the_users_own_is_tried_kept_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    let known = call(&api, "providers", json!({})).await.unwrap();
    let github = known["providers"].as_array().unwrap().iter().find(|one| one["key"] == "github").unwrap().clone();
    assert_eq!(github["certainty"], "sdk");
    let mut own = github.clone();
    (own["key"], own["name"]) = ("acme".into(), "Acme".into());
    own["signatures"] = json!([{"method": "hmac", "at": ["header:X-Acme-Signature"], "signed": "{timestamp}.{body}",
        "timestamp": {"at": "header:X-Acme-Time", "tolerance": 300}}]);
    own["event"] = json!(["json:/kind"]);
    let request = "POST /in/acme HTTP/1.1\nHost: a.example\nX-Acme-Time: 5\nX-Acme-Signature: x\n\n{\"kind\":\"made\"}";
    let mut example = json!({"provider": own, "exchange": null, "request": request, "secret": "s", "url": ""});
    let tried = call(&api, "try_provider", example.clone()).await.unwrap();
    assert_eq!((tried["verdict"]["reason"].as_str(), tried["eventType"].as_str()), (Some("mismatch"), Some("made")));
    assert_eq!(tried["verdict"]["signed"]["start"], "5.{\"kind\":\"made\"}");
    let right =
        request.replace("Signature: x", &format!("Signature: {}", tried["verdict"]["expected"].as_str().unwrap()));
    example["request"] = right.into();
    assert_eq!(call(&api, "try_provider", example.clone()).await.unwrap()["verdict"]["verdict"], "valid");
    example["provider"]["signatures"][0]["signed"] = "{nothing}".into();
    let refused = call(&api, "try_provider", example).await.unwrap();
    assert!(refused["problem"].as_str().unwrap().contains("{nothing}"));

    assert_eq!(call(&api, "save_provider", github).await.unwrap_err().code, ErrorCode::Invalid);
    let saved = call(&api, "save_provider", own.clone()).await.unwrap();
    assert_eq!((saved["custom"].as_bool(), saved["certainty"].as_str()), (Some(true), Some("custom")));
    own["name"] = "Acme 2".into();
    call(&api, "save_provider", own).await.unwrap();
    let all = call(&api, "providers", json!({})).await.unwrap();
    assert_eq!(
        (all["providers"][0]["key"].as_str(), all["providers"][0]["name"].as_str()),
        (Some("acme"), Some("Acme 2"))
    );
    call(&api, "delete_provider", json!({"key": "acme"})).await.unwrap();
    assert_eq!(call(&api, "providers", json!({})).await.unwrap(), known);
    api.close().await;
}

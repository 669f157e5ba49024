//! The commands as the window calls them: by name, over a real file and a real listener.

mod again;
mod checks;
mod deliveries;
mod handshakes;
mod listening;
mod others;
mod providers;
mod reading;
mod retaining;
mod sending;
mod sources;
mod vault;

use super::*;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

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

/// Posts a body to a source; answers the status, the header fields and the body.
async fn post(
    url: &str,
    headers: &[(&str, &str)],
    body: impl AsRef<[u8]>,
) -> (u16, reqwest::header::HeaderMap, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.post(url).body(body.as_ref().to_vec());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone(), answer.text().await.unwrap())
}

/// A handshake of a provider of the user's: a challenge in the body comes back.
fn echo() -> Value {
    json!({"kind": "echo-json", "method": "POST", "at": "json:/challenge", "when": [], "key": "challenge", "status": 200,
        "otherwise": null, "body": null, "verify": null, "always": false, "note": "Said once."})
}

/// An API whose vault has its key in a file.
async fn with_vault(folder: &Path) -> (Api, String) {
    let (api, url) = started(folder).await;
    let file = folder.join("key").to_string_lossy().into_owned();
    let make = json!({"place": "keyFile", "passphrase": null, "keyFile": file});
    call(&api, "make_vault", make).await.unwrap();
    (api, url)
}

async fn found(api: &Api, filter: &str) -> Vec<i64> {
    api.engine().await.unwrap().finish_following().await.unwrap();
    let query = json!({"filter": filter, "upto": null, "from": 0, "count": 50, "near": null});
    let page = call(api, "list", query).await.unwrap();
    page["rows"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect()
}

/// Waits until the filter finds these.
async fn until_found(api: &Api, filter: &str, ids: &[i64]) {
    let mut feed = api.subscribe();
    let until = async {
        while found(api, filter).await != ids {
            drop(feed.recv().await);
        }
    };
    tokio::time::timeout(Duration::from_secs(60), until).await.unwrap_or_else(|_| panic!("{filter} finds no {ids:?}"));
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
    let send = json!({"ticket": "t", "definition": definition, "requestId": null});
    let tried = call(&api, "send", send).await.unwrap();
    let save =
        json!({"id": null, "parent": null, "name": "Own", "definition": definition, "answers": [tried["id"].clone()]});
    let saved = call(&api, "save_request", save).await.unwrap();
    let send = json!({"ticket": "t", "definition": saved["definition"], "requestId": saved["id"]});
    let pull = call(&api, "send", send).await.unwrap();
    assert_eq!((pull["status"].as_u64(), pull["direction"].as_str()), (Some(200), Some("pull")));
    let push = call(&api, "list", page("source:own")).await.unwrap()["rows"][0].clone();
    let answers = call(&api, "list", page(&format!("request:{}", saved["id"]))).await.unwrap();
    let ids: Vec<_> = answers["rows"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect();
    assert_eq!(
        ids,
        [pull["id"].clone(), tried["id"].clone()],
        "the request finds its answers, those before it was saved too"
    );

    let sides = json!([{"type": "exchange", "id": push["id"], "side": "request", "root": ""},
                       {"type": "exchange", "id": pull["id"], "side": "request", "root": ""}]);
    let compare = json!({"sides": sides, "ignore": [], "keys": []});
    assert_eq!(call(&api, "compare", compare.clone()).await.unwrap()["differences"], 0);
    let headers = call(&api, "compare_headers", compare).await.unwrap();
    assert!(headers["rows"].as_array().unwrap().iter().all(|row| row["kind"] == "equal"));
    api.close().await;
}

#[tokio::test]
async fn texts_that_are_longer_than_what_is_compared_are_not_called_equal() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let line = "é".repeat(512) + "\n";
    let text = |end: &str| line.repeat(16 * 1024 * 1024 / line.len() + 1) + end;
    for end in ["one", "two"] {
        assert_eq!(post(&format!("{url}/in/a"), &[("Content-Type", "text/plain")], &text(end)).await.0, 200);
    }
    let side = |id: i64| json!({"type": "exchange", "id": id, "side": null, "root": ""});
    let query = json!({"a": side(1), "b": side(2), "pretty": false});
    let changes = call(&api, "compare_changes", query).await.unwrap();
    assert_eq!(changes["changes"], json!([]));
    assert_eq!(changes["notice"], "Only the first 16 MiB of each text are shown and compared.");
    let shown =
        api.compare_text(serde_json::from_value(json!({"side": side(1), "pretty": false})).unwrap()).await.unwrap();
    assert!(shown.len() <= 16 * 1024 * 1024 && text("one").into_bytes().starts_with(&shown));
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
    // The same file can be tried again: once what was wrong is mended, it opens.
    let again = json!({"path": status["workspace"]});
    let problem = call(&api, "open_workspace", again.clone()).await.unwrap_err();
    assert!(problem.message.contains("is not a Pushpull workspace"), "{problem:?}");
    std::fs::remove_file(&notes).unwrap();
    assert_eq!(call(&api, "open_workspace", again).await.unwrap()["notice"], Value::Null);
    assert_eq!(call(&api, "list", page("")).await.unwrap()["rows"], json!([]));
    let other = folder.path().join("other.pushpull");
    let status = call(&api, "open_workspace", json!({"path": other.to_string_lossy()})).await.unwrap();
    assert_eq!(status["notice"], Value::Null);
    assert_eq!(call(&api, "list", page("")).await.unwrap()["rows"], json!([]));
    api.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_asks_for_the_status_while_another_workspace_is_opened_is_told_of_one_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    let opening = async {
        for number in 0..20 {
            let path = folder.path().join(format!("{}.pushpull", number % 2));
            call(&api, "open_workspace", json!({"path": path.to_string_lossy()})).await.unwrap();
        }
    };
    let asking = async {
        loop {
            let status = call(&api, "status", json!({})).await.unwrap();
            assert!(status["workspace"].as_str().unwrap().ends_with(".pushpull"), "{status}");
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = opening => {}
        () = asking => {}
    }
    api.close().await;
    let closed = call(&api, "list", page("")).await.unwrap_err();
    assert!(closed.message.ends_with("the workspace was closed meanwhile."), "{closed:?}");
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
    tokio::time::timeout(Duration::from_secs(10), seen).await.expect("the other notices what is stored");
    assert!(url.starts_with("http://127.0.0.1:"));
    other.close().await;
    api.close().await;
}

#[tokio::test]
async fn what_another_process_does_is_told_also_right_behind_what_it_did_before() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    let other = crate::store::Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    let mut feed = api.subscribe();
    for name in ["a", "b", "c", "d"] {
        other.create_source(name.into()).await.unwrap();
        let told = async { while !feed.recv().await.unwrap().lists {} };
        tokio::time::timeout(Duration::from_secs(10), told).await.expect(name);
    }
    api.close().await;
}

#[tokio::test]
async fn what_this_process_captures_and_finds_out_has_nobody_read_the_lists_again() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    let mut feed = api.subscribe();
    let begun = Instant::now();
    let (mut sent, mut lists) = (0, 0);
    // For longer than others' changes are looked for.
    while begun.elapsed() < Duration::from_secs(2) {
        call(&api, "send_sample", json!({"provider": "github"})).await.unwrap();
        sent += 1;
        let told = async {
            loop {
                let event = feed.recv().await.unwrap();
                lists += usize::from(event.lists);
                if event.status.stored.newest >= sent {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), told).await.unwrap();
    }
    // One made its source, and the vault may open only now.
    assert!(lists <= 2, "told {lists} times in {sent} pushes");
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
    let hard_cap = crate::capture::HARD_BODY_BYTES;
    for (field, value) in [
        ("bind", json!("nowhere")),
        ("bodyCap", json!(0)),
        ("bodyCap", json!(hard_cap + 1)),
        ("retention", json!({"days": 0, "exchanges": null, "bytes": null})),
    ] {
        let mut wrong = settings.clone();
        wrong[field] = value;
        assert_eq!(call(&api, "save_settings", wrong).await.unwrap_err().code, ErrorCode::Invalid, "{field}");
    }
    settings["bodyCap"] = json!(hard_cap);
    assert_eq!(call(&api, "save_settings", settings).await.unwrap()["bodyCap"], hard_cap);
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
async fn rules_are_in_force_at_once_and_what_is_wrong_is_kept_as_typed() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let typed = json!({"method": "POST", "path": "/x?a=1", "headers": [{"name": "X-A", "value": "1"}], "body": "{}"});
    let mut request = typed.clone();
    request["type"] = "typed".into();
    let tried = || call(&api, "try_source", json!({"source": "a", "request": request}));
    let save = |rules: Value| call(&api, "save_rules", json!({"source": "a", "rules": rules}));

    let first = tried().await.unwrap();
    assert_eq!((&first["seen"]["status"], &first["seen"]["end"]), (&json!(200), &json!("whole")));
    let saved = save(json!({"rules": [{"name": "no", "steps": [{"status": 500}, {"status": 201}]}]})).await.unwrap();
    assert_eq!((&saved["inForce"], saved["problems"].as_array().unwrap().len()), (&json!(true), 0));
    let id = saved["rules"]["rules"][0]["id"].as_str().unwrap().to_owned();
    assert!(!id.is_empty());
    let second = tried().await.unwrap();
    assert_eq!((&second["seen"]["status"], &second["exchange"]["status"]), (&json!(500), &json!(500)));
    assert_eq!(second["exchange"]["origin"], "sample");
    let exchange = call(&api, "exchange", json!({"id": second["exchange"]["id"]})).await.unwrap();
    assert_eq!(exchange["answered"]["by"], json!({"type": "rule", "id": id, "name": "no", "step": 1, "steps": 2}));

    let wrong = save(json!({"rules": [{"id": id, "steps": [{"status": 9}]}]})).await.unwrap();
    assert_eq!((&wrong["inForce"], &wrong["problems"][0]["field"]), (&json!(false), &json!("rules.0.steps.0.status")));
    assert_eq!(tried().await.unwrap()["seen"]["status"], 201, "what was in force still is");
    let read = call(&api, "source_rules", json!({"source": "a"})).await.unwrap();
    assert_eq!((&read["rules"]["rules"][0]["steps"][0]["status"], &read["counts"][0]["count"]), (&json!(9), &json!(2)));
    let reset = call(&api, "reset_rules", json!({"source": "a"})).await.unwrap();
    assert_eq!(reset["counts"][0]["count"], 0);
    assert_eq!(tried().await.unwrap()["seen"]["status"], 500);

    let again = json!({"type": "exchange", "id": second["exchange"]["id"]});
    let again = call(&api, "try_source", json!({"source": "b", "request": again})).await.unwrap();
    assert_eq!((&again["seen"]["status"], &again["exchange"]["url"]), (&json!(200), &json!("/in/b/x?a=1")));
    assert!(url.starts_with("http://127.0.0.1:"));
    api.close().await;
}

#[tokio::test]
async fn rules_outlive_the_process_and_those_of_another_come_into_force() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    let other = crate::Engine::open(&folder.path().join("w.pushpull")).await.unwrap();
    let rules = serde_json::from_value(json!({"rules": [{"steps": [{"status": 418}]}]})).unwrap();
    other.save_rules(SaveRules { source: "a".into(), rules }).await.unwrap();
    let request = json!({"type": "sample", "provider": "stripe"});
    let tried = || call(&api, "try_source", json!({"source": "a", "request": request}));
    let seen = async {
        while tried().await.unwrap()["seen"]["status"] != 418 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), seen).await.expect("they come into force");
    other.close().await;
    api.close().await;
    let (api, _) = started(folder.path()).await;
    let tried = call(&api, "try_source", json!({"source": "a", "request": request})).await.unwrap();
    assert_eq!(tried["seen"]["status"], 418);
    api.close().await;
}

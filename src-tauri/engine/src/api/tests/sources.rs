//! Sources, their secrets, providers and what is found out about their pushes.

use super::*;
use crate::engine::Engine;
use crate::vault::tests::TestKeyStore;
use crate::vault::{KeyStore, Keys, MasterKey};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::time::Duration;

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

/// Posts a body to a source; answers the status, the header fields and the body.
async fn post(url: &str, headers: &[(&str, &str)], body: &str) -> (u16, reqwest::header::HeaderMap, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.post(url).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone(), answer.text().await.unwrap())
}

/// An API whose vault has its key in a file.
pub(super) async fn with_vault(folder: &Path) -> (Api, String) {
    let (api, url) = started(folder).await;
    let file = folder.join("key").to_string_lossy().into_owned();
    let make = json!({"place": "keyFile", "passphrase": null, "keyFile": file});
    call(&api, "make_vault", make).await.unwrap();
    (api, url)
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

pub(super) async fn found(api: &Api, filter: &str) -> Vec<i64> {
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

#[tokio::test]
async fn pushes_are_checked_after_they_are_stored_and_again_when_the_secrets_change() {
    // The example of GitHub's documentation.
    const SECRET: &str = "It's a Secret to Everybody";
    const GOOD: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let url = format!("{url}/in/github");
    let event = ("X-GitHub-Event", "push");
    let delivery = ("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958");
    post(&url, &[event, delivery, ("X-Hub-Signature-256", GOOD)], "Hello, World!").await;
    post(&url, &[event, ("X-Hub-Signature-256", GOOD)], "Hello, World!\n").await;
    post(&url, &[event], "Hello, World!").await;
    assert_eq!(found(&api, "is:valid").await, [0_i64; 0]);

    let add = |value: &str| json!({"source": "github", "label": "main", "value": value});
    let settings = call(&api, "add_secret", add("another")).await.unwrap();
    call(&api, "verify_source", json!({"name": "github"})).await.unwrap();
    assert_eq!(found(&api, "is:invalid").await, [2, 1]);
    call(&api, "add_secret", add(SECRET)).await.unwrap();
    call(&api, "remove_secret", json!({"source": "github", "id": settings["secrets"][0]["id"]})).await.unwrap();
    call(&api, "verify_source", json!({"name": "github"})).await.unwrap();
    assert_eq!(found(&api, "is:valid").await, [1]);
    assert_eq!(found(&api, "is:invalid").await, [2]);
    assert_eq!(found(&api, "is:unsigned").await, [3]);
    post(&url, &[event, ("X-Hub-Signature-256", GOOD)], "Hello, World!").await;
    assert_eq!(found(&api, "is:valid").await, [4, 1]);

    let verdict = call(&api, "verify_exchange", json!({"id": 2, "provider": null})).await.unwrap();
    assert_eq!((&verdict["verdict"], &verdict["proven"]["kind"]), (&json!("invalid"), &json!("body_whitespace")));
    assert_eq!(call(&api, "signed_bytes", json!({"id": 1, "provider": null})).await.unwrap(), "Hello, World!");
    call(&api, "lock_vault", json!({})).await.unwrap();
    assert_eq!(
        call(&api, "verify_exchange", json!({"id": 1, "provider": null})).await.unwrap_err().code,
        ErrorCode::VaultClosed
    );
    api.close().await;
}

#[tokio::test]
async fn a_source_takes_everything_along_to_its_new_name_and_leaves_its_exchanges_when_it_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    call(&api, "save_settings", {
        let mut settings = call(&api, "settings", json!({})).await.unwrap();
        settings["autoSource"] = "never".into();
        settings
    })
    .await
    .unwrap();
    for name in ["old", "other"] {
        call(&api, "create_source", json!({ "name": name })).await.unwrap();
    }
    let set = json!({"name": "old", "provider": "github", "url": null, "tolerance": 7, "handshakes": false});
    call(&api, "save_source", set).await.unwrap();
    call(&api, "add_secret", json!({"source": "old", "label": "live", "value": "It's a Secret to Everybody"}))
        .await
        .unwrap();
    let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let signed = [("X-Hub-Signature-256", signature)];
    assert_eq!(post(&format!("{url}/in/old"), &signed, "Hello, World!").await.0, 200);

    let rename = |name: &str, to: &str| json!({"name": name, "to": to});
    for (name, to, code) in
        [("old", "other", ErrorCode::Invalid), ("old", "a b", ErrorCode::Invalid), ("none", "new", ErrorCode::NotFound)]
    {
        assert_eq!(call(&api, "rename_source", rename(name, to)).await.unwrap_err().code, code, "{name} {to}");
    }
    let renamed = call(&api, "rename_source", rename("old", "new")).await.unwrap();
    assert_eq!((&renamed["name"], &renamed["tolerance"]), (&json!("new"), &json!(7)));
    assert_eq!(renamed["secrets"][0]["damaged"], false);
    assert_eq!(post(&format!("{url}/in/old"), &signed, "Hello, World!").await.0, 404);
    assert_eq!(post(&format!("{url}/in/new"), &signed, "Hello, World!").await.0, 200);
    assert_eq!(found(&api, "source:new is:valid").await, [2, 1]);

    call(&api, "delete_source", json!({"name": "new"})).await.unwrap();
    assert_eq!(call(&api, "delete_source", json!({"name": "new"})).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(call(&api, "vault", json!({})).await.unwrap()["secrets"], 0);
    let sources = call(&api, "sources", json!({})).await.unwrap();
    assert_eq!(sources["sources"].as_array().unwrap().len(), 1);
    assert_eq!(post(&format!("{url}/in/new"), &signed, "Hello, World!").await.0, 404);
    assert_eq!(found(&api, "source:new").await, [2, 1]);
    let asked = json!({"id": 1, "provider": "github"});
    assert_eq!(call(&api, "verify_exchange", asked).await.unwrap()["verdict"], "no_secret");

    // Another one may be called as it was, and so may itself again: then its exchanges are its own.
    call(&api, "rename_source", rename("other", "new")).await.unwrap();
    assert_eq!(found(&api, "source:new").await, [0_i64; 0]);
    assert_eq!(found(&api, "").await, [2, 1]);
    call(&api, "delete_source", json!({"name": "new"})).await.unwrap();
    call(&api, "create_source", json!({"name": "new"})).await.unwrap();
    let fresh = call(&api, "source_settings", json!({"name": "new"})).await.unwrap();
    assert_eq!((&fresh["provider"], fresh["secrets"].as_array().unwrap().len()), (&Value::Null, 0));
    assert_eq!(post(&format!("{url}/in/new"), &signed, "Hello, World!").await.0, 200);
    assert_eq!(found(&api, "source:new").await, [3]);
    api.close().await;
}

/// A provider of the user's that takes the hex HMAC of the body.
fn own_provider(key: &str) -> Value {
    json!({"key": key, "name": "Acme", "certainty": "custom", "custom": true,
           "recognise": {"headers": ["X-Acme-Signature"], "body": null},
           "signatures": [{"method": "hmac", "at": ["header:X-Acme-Signature"], "signed": "{body}"}],
           "event": ["json:/kind"], "eventId": ["json:/id"], "deliveryId": [], "attempt": [], "firstAttempt": 0,
           "batch": null, "handshakes": [], "success": null, "retries": null, "notes": []})
}

#[tokio::test]
async fn a_provider_of_the_users_own_is_recognised_and_checked_with() {
    const BODY: &str = r#"{"kind":"made","id":"e1"}"#;
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let provider = own_provider("acme");
    let example = json!({"provider": provider, "exchange": null, "url": "", "secret": "s3cret",
        "request": format!("POST / HTTP/1.1\nX-Acme-Signature: x\n\n{BODY}")});
    let tried = call(&api, "try_provider", example).await.unwrap();
    let signature = tried["verdict"]["expected"].as_str().unwrap();
    let signed = [("X-Acme-Signature", signature)];

    // One came before the provider was written: it is recognised then.
    post(&format!("{url}/in/early"), &signed, BODY).await;
    assert_eq!(found(&api, "type:made").await, [0_i64; 0]);
    call(&api, "save_provider", provider).await.unwrap();
    call(&api, "verify_source", json!({"name": "early"})).await.unwrap();
    assert_eq!(found(&api, "type:made").await, [1]);

    // One that comes after it is recognised as it comes.
    post(&format!("{url}/in/late"), &signed, BODY).await;
    assert_eq!(found(&api, "type:made").await, [2, 1]);
    for source in ["early", "late"] {
        let settings = call(&api, "source_settings", json!({"name": source})).await.unwrap();
        assert_eq!((&settings["recognised"], &settings["provider"]), (&json!("acme"), &Value::Null));
        call(&api, "add_secret", json!({"source": source, "label": "", "value": "s3cret"})).await.unwrap();
        call(&api, "verify_source", json!({"name": source})).await.unwrap();
    }
    assert_eq!(found(&api, "is:valid").await, [2, 1]);

    // Its numbers tell deliveries: the same event again, in another body.
    let again = r#"{"id":"e1","kind":"made","more":true}"#;
    post(&format!("{url}/in/late"), &signed, again).await;
    let store = api.engine().await.unwrap().store.clone();
    store.finish_grouping().await.unwrap();
    let delivery = call(&api, "delivery", json!({"id": 3})).await.unwrap();
    assert_eq!((&delivery["provider"], &delivery["number"]), (&json!("acme"), &json!("e1")));
    assert_eq!((&delivery["first"], &delivery["pushes"]), (&json!(2), &json!(2)));

    // Where it is chosen it is used, whatever the headers say; and a change of it counts at once.
    call(&api, "create_source", json!({"name": "set"})).await.unwrap();
    let set = json!({"name": "set", "provider": "acme", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", set).await.unwrap();
    call(&api, "add_secret", json!({"source": "set", "label": "", "value": "s3cret"})).await.unwrap();
    post(&format!("{url}/in/set"), &[("X-GitHub-Event", "push"), signed[0]], BODY).await;
    assert_eq!(found(&api, "type:made is:valid").await, [4, 2, 1]);
    let mut other = own_provider("acme");
    other["signatures"][0]["encoding"] = "base64".into();
    call(&api, "save_provider", other).await.unwrap();
    until_found(&api, "source:set is:invalid", &[4]).await;
    let verdict = call(&api, "verify_exchange", json!({"id": 4, "provider": null})).await.unwrap();
    assert_eq!((&verdict["provider"], &verdict["verdict"]), (&json!("acme"), &json!("invalid")));
    api.close().await;
}

#[tokio::test]
async fn a_handshake_is_answered_as_the_service_wants_it_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    for name in ["slack", "asana"] {
        call(&api, "create_source", json!({"name": name})).await.unwrap();
        let save = json!({"name": name, "provider": name, "url": null, "tolerance": null, "handshakes": true});
        call(&api, "save_source", save).await.unwrap();
    }
    let body =
        r#"{"token":"t","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}"#;
    let json_type = ("Content-Type", "application/json");
    let (status, _, answer) = post(&format!("{url}/in/slack"), &[json_type], body).await;
    assert_eq!((status, answer.as_str()), (200, "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"));
    let (_, _, answer) = post(&format!("{url}/in/slack"), &[json_type], r#"{"type":"event_callback"}"#).await;
    assert_eq!(answer, "ok\n");

    let key = "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81";
    let (_, headers, _) = post(&format!("{url}/in/asana"), &[("X-Hook-Secret", key)], "").await;
    assert_eq!(headers["x-hook-secret"], key);
    assert_eq!(found(&api, "is:handshake").await, [3, 1]);
    let settings = call(&api, "source_settings", json!({"name": "asana"})).await.unwrap();
    assert_eq!((&settings["secrets"][0]["learnt"], &settings["secrets"][0]["ending"]), (&json!(true), &json!("3e81")));

    // A source whose service nobody knows has no handshakes.
    let (_, headers, answer) = post(&format!("{url}/in/plain"), &[json_type], body).await;
    assert_eq!(answer, "ok\n");
    let (_, more, answer) = post(&format!("{url}/in/plain"), &[("X-Other-Secret", key)], "").await;
    assert!(answer == "ok\n" && headers.get("x-hook-secret").or(more.get("x-hook-secret")).is_none());
    assert_eq!(found(&api, "is:handshake").await, [3, 1]);

    let off = json!({"name": "slack", "provider": "slack", "url": null, "tolerance": null, "handshakes": false});
    call(&api, "save_source", off).await.unwrap();
    let (_, _, answer) = post(&format!("{url}/in/slack"), &[json_type], body).await;
    assert_eq!(answer, "ok\n");
    api.close().await;
}

#[tokio::test]
async fn secrets_of_handshakes_are_kept_once_and_only_so_many() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    call(&api, "create_source", json!({"name": "asana"})).await.unwrap();
    let save = json!({"name": "asana", "provider": "asana", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    let asked = async |number: u32| {
        let key = format!("0123456789abcdef{number:04}");
        post(&format!("{url}/in/asana"), &[("X-Hook-Secret", &key)], "").await;
        found(&api, "").await;
        let settings = call(&api, "source_settings", json!({"name": "asana"})).await.unwrap();
        settings["secrets"].as_array().unwrap().len()
    };
    assert_eq!([asked(1).await, asked(1).await, asked(2).await, asked(1).await], [1, 1, 2, 2]);
    for number in 3..=8 {
        assert_eq!(asked(number).await, number as usize);
    }
    assert_eq!(asked(9).await, 8, "a service gives one now and then, and a stranger any number");
    for number in 9..=32 {
        let secret = json!({"source": "asana", "label": "", "value": format!("own secret {number}")});
        call(&api, "add_secret", secret).await.unwrap();
    }
    let one_more = json!({"source": "asana", "label": "", "value": "one more"});
    assert_eq!(call(&api, "add_secret", one_more).await.unwrap_err().code, ErrorCode::Invalid);
    api.close().await;
}

/// Headers as a service signs a push, seconds ago.
fn signed(provider: &str, secret: &str, url: &str, body: &str, age: i64) -> Vec<(String, String)> {
    use crate::inspect::signature::{Unsigned, sign};
    let headers = crate::exchange::Headers::default();
    let unsigned = Unsigned { method: "POST", url, headers: &headers, body: body.as_bytes(), fields: &[] };
    let now = crate::store::micros_now() / 1_000_000 - age;
    let signed = sign(crate::inspect::provider::find(provider).unwrap(), secret, &unsigned, now).unwrap();
    signed.headers.into_iter().map(|header| (header.name, header.value)).collect()
}

#[tokio::test]
async fn the_tolerance_and_the_url_of_a_source_count() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    for (name, secret) in [("stripe", "whsec_0123456789abcdef"), ("square", "s3cret")] {
        call(&api, "create_source", json!({"name": name})).await.unwrap();
        let save = json!({"name": name, "provider": name, "url": null, "tolerance": null, "handshakes": true});
        call(&api, "save_source", save).await.unwrap();
        call(&api, "add_secret", json!({"source": name, "label": "", "value": secret})).await.unwrap();
    }
    let public = "https://public.example.com/hooks";
    for (name, headers) in [
        ("stripe", signed("stripe", "whsec_0123456789abcdef", "", "{}", 400)),
        ("square", signed("square", "s3cret", public, "{}", 0)),
    ] {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        post(&format!("{url}/in/{name}"), &headers, "{}").await;
    }
    let verdict = async |id: i64| {
        let verdict = call(&api, "verify_exchange", json!({"id": id, "provider": null})).await.unwrap();
        (verdict["verdict"].as_str().unwrap().to_owned(), verdict["reason"].as_str().map(String::from))
    };
    assert_eq!(found(&api, "is:invalid").await, [2, 1]);
    assert_eq!(verdict(1).await, ("invalid".into(), Some("stale_timestamp".into())));
    assert_eq!(verdict(2).await, ("invalid".into(), Some("mismatch".into())));
    for (name, url, tolerance) in [("stripe", None, Some(600)), ("square", Some(public), None)] {
        let save = json!({"name": name, "provider": name, "url": url, "tolerance": tolerance, "handshakes": true});
        call(&api, "save_source", save).await.unwrap();
    }
    assert_eq!([verdict(1).await, verdict(2).await], [("valid".into(), None), ("valid".into(), None)]);
    assert_eq!(found(&api, "is:valid").await, [2, 1], "what a check says is kept");
    api.close().await;
}

#[tokio::test]
async fn what_was_not_kept_whole_is_not_called_valid_or_invalid() {
    use std::io::{Read as _, Write as _};
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    call(&api, "create_source", json!({"name": "github"})).await.unwrap();
    let save = json!({"name": "github", "provider": "github", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    call(&api, "add_secret", json!({"source": "github", "label": "", "value": "s3cret"})).await.unwrap();
    let address = url.trim_start_matches("http://").to_owned();
    let sent = tokio::task::spawn_blocking(move || {
        let mut sender = std::net::TcpStream::connect(address).unwrap();
        let head = "POST /in/github HTTP/1.1\r\nHost: h\r\nX-Hub-Signature-256: sha256=00\r\nContent-Length: 9\r\n\r\n";
        sender.write_all(format!("{head}half").as_bytes()).unwrap();
        sender.shutdown(std::net::Shutdown::Write).unwrap();
        let _ = sender.read_to_end(&mut Vec::new());
    });
    sent.await.unwrap();
    assert_eq!(found(&api, "is:incomplete").await, [1]);
    let refused = call(&api, "verify_exchange", json!({"id": 1, "provider": null})).await.unwrap_err();
    assert!(refused.message.contains("not kept whole"), "{}", refused.message);
    assert_eq!(found(&api, "is:valid").await.len() + found(&api, "is:invalid").await.len(), 0);
    assert_eq!(found(&api, "is:unsigned").await, [0_i64; 0]);
    api.close().await;
}

#[tokio::test]
async fn a_secret_from_a_handshake_waits_for_a_closed_vault() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    call(&api, "lock_vault", json!({})).await.unwrap();
    call(&api, "create_source", json!({"name": "asana"})).await.unwrap();
    let save = json!({"name": "asana", "provider": "asana", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    let (status, ..) = post(&format!("{url}/in/asana"), &[("X-Hook-Secret", "0123456789abcdef")], "").await;
    assert_eq!(status, 200);
    assert_eq!(found(&api, "is:handshake").await, [1]);
    let settings = async || call(&api, "source_settings", json!({"name": "asana"})).await.unwrap();
    assert_eq!(settings().await["secrets"], json!([]));
    call(&api, "unlock_vault", json!({"passphrase": null, "keyFile": null})).await.unwrap();
    api.engine().await.unwrap().look_again_at_all().await.unwrap();
    assert_eq!(settings().await["secrets"][0]["ending"], "cdef");
    assert_eq!(settings().await["secrets"].as_array().unwrap().len(), 1);
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
    assert_eq!(found(&api, "is:captured -is:valid").await, [1]);
    let row = call(&api, "exchange", json!({"id": 1})).await.unwrap();
    assert_eq!((&row["summary"]["status"], &row["summary"]["verdict"]), (&json!(200), &Value::Null));

    answer.send(()).unwrap();
    until_found(&api, "is:valid", &[1]).await;
    api.close().await;
}

#[tokio::test]
async fn what_a_provider_asks_for_beside_a_secret_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    post(&format!("{url}/in/pay"), &[], "{}").await;
    let set = |provider: &str| json!({"name": "pay", "provider": provider, "url": null, "tolerance": null, "handshakes": true});
    assert_eq!(call(&api, "save_source", set("paypal")).await.unwrap()["asked"], json!(["webhook_id"]));
    assert_eq!(call(&api, "save_source", set("github")).await.unwrap()["asked"], json!([]));
}

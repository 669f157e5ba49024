//! Signatures of pushes, checked in the background and when asked.

use super::*;

// The example of GitHub's documentation.
const SECRET: &str = "It's a Secret to Everybody";
const GOOD: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

#[tokio::test]
async fn pushes_are_checked_after_they_are_stored_and_again_when_the_secrets_change() {
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
    for (count, expected) in [(100, "Hello, World!"), (5, "Hello"), (0, "")] {
        let query = json!({"id": 1, "provider": null, "count": count});
        assert_eq!(call(&api, "signed_bytes", query).await.unwrap(), expected);
    }
    call(&api, "lock_vault", json!({})).await.unwrap();
    assert_eq!(
        call(&api, "verify_exchange", json!({"id": 1, "provider": null})).await.unwrap_err().code,
        ErrorCode::VaultClosed
    );
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
async fn a_sample_does_not_say_whose_a_source_is() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let sample = json!({"source": "shop", "request": {"type": "sample", "provider": "stripe"}});
    let tried = call(&api, "try_source", sample).await.unwrap();
    assert_eq!(tried["exchange"]["eventType"], "invoice.paid");
    call(&api, "add_secret", json!({"source": "shop", "label": "", "value": "s3cret"})).await.unwrap();
    call(&api, "verify_source", json!({"name": "shop"})).await.unwrap();
    let settings = call(&api, "source_settings", json!({"name": "shop"})).await.unwrap();
    assert_eq!(settings["recognised"], Value::Null);
    assert_eq!(found(&api, "is:invalid").await, [1], "it is checked as what it looks like all the same");
    let headers = signed("shopify", "s3cret", "", "{}", 0);
    let mut headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
    headers.push(("X-Shopify-Topic", "orders/create"));
    post(&format!("{url}/in/shop"), &headers, "{}").await;
    assert_eq!(found(&api, "is:valid").await, [2]);
    let settings = call(&api, "source_settings", json!({"name": "shop"})).await.unwrap();
    assert_eq!(settings["recognised"], "shopify");
    api.close().await;
}

#[tokio::test]
async fn services_that_share_a_source_are_each_checked_by_their_own_rules() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let shared = format!("{url}/in/shared");
    let send = async |provider: &str, secret: &str, more: &[(&str, &str)], body: &str| {
        let headers = signed(provider, secret, "", body, 0);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        post(&shared, &[&headers[..], more].concat(), body).await
    };
    send("stripe", "whsec_0123456789abcdef", &[], "{}").await;
    for secret in ["whsec_0123456789abcdef", "s3cret"] {
        call(&api, "add_secret", json!({"source": "shared", "label": "", "value": secret})).await.unwrap();
    }
    send("shopify", "s3cret", &[("X-Shopify-Topic", "orders/create")], "{}").await;
    post(&shared, &[], "{}").await;
    call(&api, "verify_source", json!({"name": "shared"})).await.unwrap();
    assert_eq!(found(&api, "is:valid").await, [2, 1]);
    assert_eq!(found(&api, "is:unsigned").await, [3], "what tells nothing is held against the first service");
    let verdict = call(&api, "verify_exchange", json!({"id": 2, "provider": null})).await.unwrap();
    assert_eq!((&verdict["provider"], &verdict["verdict"]), (&json!("shopify"), &json!("valid")));

    // Another service's handshake is answered, but nothing is signed for it with the secrets that are here.
    let (status, headers, _) = post(&shared, &[("X-Hook-Secret", "0123456789abcdef")], "").await;
    assert_eq!((status, headers["x-hook-secret"].to_str().unwrap()), (200, "0123456789abcdef"));
    let challenge = r#"{"event":"endpoint.url_validation","payload":{"plainToken":"1764000000.{}"}}"#;
    let (_, _, answer) = post(&shared, &[("X-Zm-Signature", "v0=x")], challenge).await;
    assert!(!answer.contains("encryptedToken"), "{answer}");
    found(&api, "").await;
    let settings = call(&api, "source_settings", json!({"name": "shared"})).await.unwrap();
    assert_eq!(settings["secrets"].as_array().unwrap().len(), 2, "nor is its secret taken");

    // What is chosen counts for all.
    let set = json!({"name": "shared", "provider": "stripe", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", set).await.unwrap();
    call(&api, "verify_source", json!({"name": "shared"})).await.unwrap();
    assert_eq!(found(&api, "is:valid").await, [1]);
    api.close().await;
}

#[tokio::test]
async fn a_push_that_is_signed_with_the_secret_of_another_source_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    for (name, label, secret) in [("live", "", "live-0123456789"), ("sandbox", "test mode", "test-0123456789")] {
        call(&api, "create_source", json!({"name": name})).await.unwrap();
        let save = json!({"name": name, "provider": "stripe", "url": null, "tolerance": null, "handshakes": true});
        call(&api, "save_source", save).await.unwrap();
        call(&api, "add_secret", json!({"source": name, "label": label, "value": secret})).await.unwrap();
    }
    let headers = signed("stripe", "test-0123456789", "", "{}", 0);
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
    post(&format!("{url}/in/live"), &headers, "{}").await;
    assert_eq!(found(&api, "is:invalid").await, [1]);
    let verdict = call(&api, "verify_exchange", json!({"id": 1, "provider": null})).await.unwrap();
    assert_eq!((&verdict["reason"], &verdict["proven"]["kind"]), (&json!("mismatch"), &json!("other_secret")));
    let said = verdict["explanation"].as_str().unwrap();
    assert_eq!(said, "It was signed with another secret: the secret \"test mode\" of sandbox.");
    assert!(!verdict.to_string().contains("0123456789"), "{verdict}");
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

/// A push as GitHub's documentation signs one.
fn signed_push() -> crate::store::NewExchange {
    let mut new = crate::store::tests::push("github", "push", "Hello, World!");
    new.request.head =
        format!("POST /in/github HTTP/1.1\r\nHost: a\r\nX-GitHub-Event: push\r\nX-Hub-Signature-256: {GOOD}\r\n\r\n")
            .into();
    new
}

#[tokio::test]
async fn a_signature_over_the_url_holds_for_a_request_that_came_with_its_whole_url() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = with_vault(folder.path()).await;
    call(&api, "create_source", json!({"name": "square"})).await.unwrap();
    let save = json!({"name": "square", "provider": "square", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    call(&api, "add_secret", json!({"source": "square", "label": "", "value": SECRET})).await.unwrap();
    let store = api.engine().await.unwrap().store.clone();
    let url = "http://hooks.example/in/square?a=1";
    let headers = crate::exchange::Headers::default();
    let unsigned =
        crate::inspect::signature::Unsigned { method: "POST", url, headers: &headers, body: b"{}", fields: &[] };
    let signed =
        crate::inspect::signature::sign(crate::inspect::provider::find("square").unwrap(), SECRET, &unsigned, 0)
            .unwrap();
    for target in ["/in/square?a=1", url] {
        let mut new = crate::store::tests::push("square", "e", "{}");
        let signature: String =
            signed.headers.iter().map(|field| format!("{}: {}\r\n", field.name, field.value)).collect();
        new.url = target.into();
        new.request.head = format!("POST {target} HTTP/1.1\r\nHost: hooks.example\r\n{signature}\r\n").into();
        let id = store.save(new).await.unwrap();
        let verdict = call(&api, "verify_exchange", json!({"id": id, "provider": null})).await.unwrap();
        assert_eq!(verdict["verdict"], "valid", "{target}: {}", verdict["explanation"]);
    }
    api.close().await;
}

#[tokio::test]
async fn every_push_of_a_source_is_looked_at_again_when_its_secrets_change_however_many_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = with_vault(folder.path()).await;
    call(&api, "create_source", json!({"name": "github"})).await.unwrap();
    let save = json!({"name": "github", "provider": "github", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    let store = api.engine().await.unwrap().store.clone();
    let saves = (0..1_500).map(|_| store.save(signed_push()));
    futures_util::future::join_all(saves).await.into_iter().for_each(|saved| assert!(saved.is_ok()));
    assert_eq!(found(&api, "is:valid").await, [0_i64; 0]);
    call(&api, "add_secret", json!({"source": "github", "label": "", "value": SECRET})).await.unwrap();
    found(&api, "").await;
    let valid = call(&api, "count", json!({"filter": "is:valid", "upto": null})).await.unwrap();
    assert_eq!(valid["rows"], 1_500);
    api.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_added_while_pushes_stream_in_checks_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = with_vault(folder.path()).await;
    call(&api, "create_source", json!({"name": "github"})).await.unwrap();
    let save = json!({"name": "github", "provider": "github", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    let store = api.engine().await.unwrap().store.clone();
    let stream = tokio::spawn(async move {
        for _ in 0..60 {
            let saves = (0..20).map(|_| store.save(signed_push()));
            futures_util::future::join_all(saves).await.into_iter().for_each(|saved| assert!(saved.is_ok()));
        }
    });
    let mut committed = api.engine().await.unwrap().store.committed();
    committed.wait_for(|done| done.newest > 400).await.unwrap();
    call(&api, "add_secret", json!({"source": "github", "label": "", "value": SECRET})).await.unwrap();
    stream.await.unwrap();
    found(&api, "").await;
    let other = call(&api, "count", json!({"filter": "-is:valid", "upto": null})).await.unwrap();
    assert_eq!(other["rows"], 0);
    api.close().await;
}

#[tokio::test]
async fn a_closed_vault_takes_no_verdict_away_and_what_changed_counts_once_it_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    call(&api, "create_source", json!({"name": "hub"})).await.unwrap();
    let save = |provider: &str, url: &str| json!({"name": "hub", "provider": provider, "url": url, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save("github", "https://a.example/in/hub")).await.unwrap();
    call(&api, "add_secret", json!({"source": "hub", "label": "", "value": SECRET})).await.unwrap();
    post(&format!("{url}/in/hub"), &[("X-Hub-Signature-256", GOOD)], "Hello, World!").await;
    assert_eq!(found(&api, "is:valid").await, [1]);

    call(&api, "lock_vault", json!({})).await.unwrap();
    call(&api, "save_source", save("github", "https://b.example/in/hub")).await.unwrap();
    assert_eq!(call(&api, "verify_source", json!({"name": "hub"})).await.unwrap_err().code, ErrorCode::VaultClosed);
    assert_eq!(found(&api, "is:valid").await, [1], "what can't be checked now keeps its verdict");
    call(&api, "save_source", save("stripe", "https://b.example/in/hub")).await.unwrap();
    assert_eq!(found(&api, "is:valid").await, [1]);

    call(&api, "unlock_vault", json!({"passphrase": null, "keyFile": null})).await.unwrap();
    assert_eq!(found(&api, "is:valid").await, [0_i64; 0]);
    assert_eq!(found(&api, "is:unsigned").await, [1], "as the other service would sign it");
    api.close().await;
}

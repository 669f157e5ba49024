//! Handshakes over a real listener: each service gets its answer, each is found afterwards, and secrets they bring are
//! kept.

use super::*;
use crate::inspect::provider::find;
use crate::inspect::signature::{Unsigned, sign};
use reqwest::Method;

const HANDSHAKES: &str = include_str!("../../inspect/signature/tests/handshakes.json");

/// A source of this service with its secrets, and with the values that its rules ask for as secrets of their names.
async fn set_up(api: &Api, case: &Value) {
    let name = case["provider"].as_str().unwrap();
    let endpoint = case["url"].as_str().unwrap().split('?').next();
    call(api, "create_source", json!({"name": name})).await.unwrap();
    let save = json!({"name": name, "provider": name, "url": endpoint, "tolerance": null, "handshakes": true});
    call(api, "save_source", save).await.unwrap();
    let secrets = case["secrets"].as_array().into_iter().flatten().map(|value| ("", value));
    let fields = case["fields"].as_object().into_iter().flatten().map(|(label, value)| (label.as_str(), value));
    for (label, value) in fields.chain(secrets) {
        call(api, "add_secret", json!({"source": name, "label": label, "value": value})).await.unwrap();
    }
}

/// The case's request at our own listener.
async fn asked(url: &str, case: &Value) -> (u16, reqwest::header::HeaderMap, String) {
    let query = case["url"].as_str().unwrap().split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    let url = format!("{url}/in/{}{query}", case["provider"].as_str().unwrap());
    let method = Method::from_bytes(case["method"].as_str().unwrap().as_bytes()).unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.request(method, url).body(case["body"].as_str().unwrap_or_default().to_owned());
    for (name, value) in case["headers"].as_object().into_iter().flatten() {
        request = request.header(name, value.as_str().unwrap());
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone(), answer.text().await.unwrap())
}

#[tokio::test]
async fn every_service_gets_its_answer_and_its_handshake_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let cases: Vec<Value> = serde_json::from_str(HANDSHAKES).unwrap();
    let mut recorded = Vec::new();
    for (id, case) in (1_i64..).zip(&cases) {
        set_up(&api, case).await;
        let name = case["provider"].as_str().unwrap();
        let (status, headers, body) = asked(&url, case).await;
        assert_eq!(status, case["status"].as_u64().unwrap() as u16, "{name}: {body}");
        for (key, value) in case["answer_headers"].as_object().into_iter().flatten() {
            assert_eq!(headers.get(key).and_then(|value| value.to_str().ok()), value.as_str(), "{name}: {key}");
        }
        if let Some(expected) = case["answer_body"].as_str() {
            assert_eq!(body, expected, "{name}");
        }
        if !case["answer_json"].is_null() {
            assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), case["answer_json"], "{name}");
        }
        // What answers every delivery like this has no handshake of its own.
        let provider = find(name).unwrap();
        if provider.handshakes.iter().all(|handshake| !handshake.always) {
            recorded.insert(0, id);
        }
    }
    assert_eq!(found(&api, "is:handshake").await, recorded);
    assert_eq!(found(&api, "is:handshake is:unsigned").await, [0_i64; 0], "most are not signed, and need not be");
    assert_eq!(found(&api, "is:captured").await.len(), cases.len());
    api.close().await;
}

#[tokio::test]
async fn a_handshake_goes_before_rules_and_a_rule_before_the_usual_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let cases: Vec<Value> = serde_json::from_str(HANDSHAKES).unwrap();
    let case = |name: &str| cases.iter().find(|case| case["provider"] == name).unwrap();
    let rules = json!({"methods": ["POST"], "cors": true, "rules": [
        {"when": {"path": "/broken"}, "steps": [{"status": 500}]},
        {"when": {"event": "invoice.*"}, "steps": [{"status": 418}]}
    ]});
    for name in ["nylas", "dropbox-sign"] {
        set_up(&api, case(name)).await;
        call(&api, "save_rules", json!({"source": name, "rules": rules})).await.unwrap();
    }
    let (status, _, body) = asked(&url, case("nylas")).await;
    assert_eq!((status, body.as_str()), (200, "abc123"), "a GET that is a handshake");
    let (status, headers, body) = asked(&url, case("dropbox-sign")).await;
    assert_eq!((status, body.as_str()), (200, "Hello API Event Received"));
    assert_eq!(headers["access-control-allow-origin"], "*", "the usual answer is for other origins, too");
    assert_eq!(post(&format!("{url}/in/dropbox-sign/broken"), &[], "{}").await.0, 500);
    api.close().await;
}

#[tokio::test]
async fn the_usual_answer_is_given_to_a_large_delivery_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let cases: Vec<Value> = serde_json::from_str(HANDSHAKES).unwrap();
    for name in ["dropbox-sign", "adyen", "xero"] {
        set_up(&api, cases.iter().find(|case| case["provider"] == name).unwrap()).await;
    }
    let large = |size: usize| format!(r#"{{"events":["{}"]}}"#, "x".repeat(size));
    let signed = |body: &str| {
        let (headers, fields) = (&crate::exchange::Headers::default(), &[]);
        let unsigned = Unsigned { method: "POST", url: "", headers, body: body.as_bytes(), fields };
        let signed = sign(find("xero").unwrap(), "xeroSigningKey", &unsigned, 0).unwrap();
        signed.headers[0].value.clone()
    };
    let answered = async |name: &str, signature: &str, body: &str| {
        let (status, _, body) = post(&format!("{url}/in/{name}"), &[("x-xero-signature", signature)], body).await;
        (status, body)
    };
    let body = large(200_000);
    for (name, signature, status, answer) in [
        ("dropbox-sign", "", 200, "Hello API Event Received"),
        ("adyen", "", 202, ""),
        ("xero", &signed(&body)[..], 200, ""),
        ("xero", "bm8=", 401, ""),
    ] {
        assert_eq!(answered(name, signature, &body).await, (status, answer.to_owned()), "{name}");
    }
    // What only a body tells that is too large to be looked into is not answered wrong; the others need none of it.
    let body = large(2 * 1024 * 1024);
    assert_eq!(answered("adyen", "", &body).await, (202, String::new()));
    assert_eq!(answered("xero", "bm8=", &body).await, (200, "ok\n".to_owned()));
    api.close().await;
}

#[tokio::test]
async fn a_rule_for_an_event_fits_one_that_stands_in_a_compressed_body() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    call(&api, "create_source", json!({"name": "packed"})).await.unwrap();
    let rules = json!({"rules": [{"when": {"event": "invoice.*"}, "steps": [{"status": 418}]}]});
    call(&api, "save_rules", json!({"source": "packed", "rules": rules})).await.unwrap();
    for (event, status) in [("invoice.paid", 418), ("charge.paid", 200)] {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        write!(gzip, r#"{{"type":"{event}"}}"#).unwrap();
        let headers = [("Stripe-Signature", "t=1"), ("Content-Encoding", "gzip")];
        let answer = post(&format!("{url}/in/packed"), &headers, gzip.finish().unwrap()).await;
        assert_eq!(answer.0, status, "{event}");
    }
    api.close().await;
}

#[tokio::test]
async fn what_the_user_must_do_for_a_handshake_stands_in_the_notes_of_its_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let cases: Vec<Value> = serde_json::from_str(HANDSHAKES).unwrap();
    let case = cases.iter().find(|case| case["provider"] == "aws-sns").unwrap();
    set_up(&api, case).await;
    asked(&url, case).await;
    let verdict = call(&api, "verify_exchange", json!({"id": 1, "provider": null})).await.unwrap();
    let note = format!("Open SubscribeURL to confirm the subscription. It is {}", case["opens"].as_str().unwrap());
    assert!(verdict["notes"].as_array().unwrap().contains(&json!(note)), "{verdict}");
    assert_eq!(verdict["opens"], case["opens"]);
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
    let settings = call(&api, "source_settings", json!({"name": "asana"})).await.unwrap();
    assert!(settings["notice"].as_str().unwrap().starts_with("8 secrets from handshakes are kept, and no more"));
    let notes = async |id: i64| {
        let verdict = call(&api, "verify_exchange", json!({"id": id, "provider": null})).await.unwrap();
        verdict["notes"].to_string()
    };
    assert!(notes(11).await.contains("the source has 8 from handshakes, and takes no more"));
    assert!(!notes(10).await.contains("not among those of the source"), "it is kept");
    for number in 9..=32 {
        let secret = json!({"source": "asana", "label": "", "value": format!("own secret {number}")});
        call(&api, "add_secret", secret).await.unwrap();
    }
    let one_more = json!({"source": "asana", "label": "", "value": "one more"});
    assert_eq!(call(&api, "add_secret", one_more).await.unwrap_err().code, ErrorCode::Invalid);
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
    assert!(settings().await["notice"].as_str().unwrap().contains("it is once the vault is open"));
    call(&api, "unlock_vault", json!({"passphrase": null, "keyFile": null})).await.unwrap();
    found(&api, "").await;
    assert_eq!(settings().await["notice"], Value::Null);
    assert_eq!(settings().await["secrets"][0]["ending"], "cdef");
    assert_eq!(settings().await["secrets"].as_array().unwrap().len(), 1);
    api.close().await;
}

#[tokio::test]
async fn a_secret_from_a_handshake_that_cannot_be_kept_holds_nothing_up_and_is_kept_later() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    for name in ["asana", "github"] {
        call(&api, "create_source", json!({"name": name})).await.unwrap();
        let save = json!({"name": name, "provider": name, "url": null, "tolerance": null, "handshakes": true});
        call(&api, "save_source", save).await.unwrap();
    }
    call(&api, "add_secret", json!({"source": "github", "label": "", "value": "s3cret-of-github"})).await.unwrap();
    call(&api, "lock_vault", json!({})).await.unwrap();
    post(&format!("{url}/in/asana"), &[("X-Hook-Secret", "0123456789abcdef")], "").await;
    let wrong = format!("sha256={}", "0".repeat(64));
    post(&format!("{url}/in/github"), &[("X-Hub-Signature-256", &wrong)], "{}").await;
    assert_eq!(found(&api, "is:invalid").await, [0_i64; 0], "it waits for the vault");
    let file = rusqlite::Connection::open(folder.path().join("w.pushpull")).unwrap();
    file.execute_batch("CREATE TRIGGER refused BEFORE INSERT ON source_secret BEGIN SELECT RAISE(ABORT, 'no'); END")
        .unwrap();
    call(&api, "unlock_vault", json!({"passphrase": null, "keyFile": null})).await.unwrap();
    let engine = api.engine().await.unwrap();
    let why = engine.finish_following().await.unwrap_err();
    assert!(why.message.contains("Keeping a secret failed"), "{why:?}");
    let settings = async || call(&api, "source_settings", json!({"name": "asana"})).await.unwrap();
    assert!(settings().await["notice"].as_str().unwrap().contains("it is once the vault is open"));
    let invalid = json!({"filter": "is:invalid", "upto": null, "from": 0, "count": 50, "near": null});
    assert_eq!(call(&api, "list", invalid).await.unwrap()["rows"][0]["id"], 2, "others are checked all the same");
    file.execute_batch("DROP TRIGGER refused").unwrap();
    found(&api, "").await;
    assert_eq!(settings().await["notice"], Value::Null);
    assert_eq!(settings().await["secrets"][0]["ending"], "cdef");
    api.close().await;
}

#[tokio::test]
async fn a_handshake_of_a_source_that_is_gone_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    call(&api, "lock_vault", json!({})).await.unwrap();
    call(&api, "create_source", json!({"name": "asana"})).await.unwrap();
    let save = json!({"name": "asana", "provider": "asana", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    post(&format!("{url}/in/asana"), &[("X-Hook-Secret", "0123456789abcdef")], "").await;
    found(&api, "").await;
    call(&api, "delete_source", json!({"name": "asana"})).await.unwrap();
    // As another process leaves it that has not heard of the deletion.
    let file = rusqlite::Connection::open(folder.path().join("w.pushpull")).unwrap();
    file.execute("INSERT INTO unlearnt (id, source_id) SELECT 1, id FROM source", ()).unwrap();
    call(&api, "unlock_vault", json!({"passphrase": null, "keyFile": null})).await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(20), found(&api, "")).await;
    assert_eq!(ended.expect("there is an end to following"), [1]);
    api.close().await;
}

#[tokio::test]
async fn a_secret_from_a_handshake_that_was_removed_stays_away() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    call(&api, "create_source", json!({"name": "asana"})).await.unwrap();
    let save = json!({"name": "asana", "provider": "asana", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    post(&format!("{url}/in/asana"), &[("X-Hook-Secret", "0123456789abcdef")], "").await;
    assert_eq!(found(&api, "is:handshake").await, [1]);
    let settings = async || call(&api, "source_settings", json!({"name": "asana"})).await.unwrap();
    let id = settings().await["secrets"][0]["id"].clone();
    call(&api, "remove_secret", json!({"source": "asana", "id": id})).await.unwrap();
    call(&api, "verify_source", json!({"name": "asana"})).await.unwrap();
    found(&api, "").await;
    assert_eq!(settings().await["secrets"], json!([]));
    call(&api, "lock_vault", json!({})).await.unwrap();
    call(&api, "unlock_vault", json!({"passphrase": null, "keyFile": null})).await.unwrap();
    found(&api, "").await;
    assert_eq!(settings().await["secrets"], json!([]));
    let verdict = call(&api, "verify_exchange", json!({"id": 1, "provider": null})).await.unwrap();
    assert!(verdict["notes"].to_string().contains("not among those of the source. If it is the service's, add it."));
    api.close().await;
}

#[tokio::test]
async fn a_provider_of_the_users_own_has_its_handshake_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let provider = json!({"key": "acme", "name": "Acme", "certainty": "custom", "custom": true,
        "recognise": {"headers": ["X-Acme-Signature"], "body": null}, "signatures": [], "event": [], "eventId": [],
        "deliveryId": [], "attempt": [], "firstAttempt": 0, "batch": null, "handshakes": [echo()], "success": null,
        "retries": null, "notes": []});
    call(&api, "save_provider", provider).await.unwrap();
    call(&api, "create_source", json!({"name": "acme"})).await.unwrap();
    let save = json!({"name": "acme", "provider": "acme", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save.clone()).await.unwrap();
    let challenge = r#"{"challenge":"c4"}"#;
    let (status, _, body) = post(&format!("{url}/in/acme"), &[], challenge).await;
    assert_eq!((status, body.as_str()), (200, challenge));
    post(&format!("{url}/in/acme"), &[], "{}").await;
    assert_eq!(found(&api, "is:handshake").await, [1]);
    // Where they are not to be answered, it is a push like any other.
    let mut silent = save;
    silent["handshakes"] = false.into();
    call(&api, "save_source", silent).await.unwrap();
    let (_, _, body) = post(&format!("{url}/in/acme"), &[], challenge).await;
    assert_ne!(body, challenge);
    assert_eq!(found(&api, "is:handshake").await, [1]);
    api.close().await;
}

#[tokio::test]
async fn a_challenge_that_must_be_signed_is_answered_only_if_it_is_where_a_secret_is_known() {
    use crate::exchange::Headers;
    const BODY: &str = r#"{"challenge":"pogchamp","subscription":{"type":"channel.follow"}}"#;
    let kind = ("Twitch-Eventsub-Message-Type", "webhook_callback_verification");
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    call(&api, "create_source", json!({"name": "twitch"})).await.unwrap();
    let save = json!({"name": "twitch", "provider": "twitch", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    let url = format!("{url}/in/twitch");
    let asked = async |secret: Option<&str>| {
        let now = crate::store::micros_now() / 1_000_000;
        let unsigned =
            Unsigned { method: "POST", url: &url, headers: &Headers::default(), body: BODY.as_bytes(), fields: &[] };
        let provider = find("twitch").unwrap();
        let signed = secret.map(|secret| sign(provider, secret, &unsigned, now).unwrap().headers).unwrap_or_default();
        let mut headers: Vec<_> = signed.iter().map(|header| (&header.name[..], &header.value[..])).collect();
        headers.push(kind);
        let (status, _, answer) = post(&url, &headers, BODY).await;
        (status, answer)
    };
    let answered = (200, "pogchamp".to_owned());
    assert_eq!(asked(None).await, answered, "nobody can check it");
    call(&api, "add_secret", json!({"source": "twitch", "label": "", "value": "s3cret-of-twitch"})).await.unwrap();
    assert_eq!(asked(Some("s3cret-of-twitch")).await, answered);
    assert_eq!(asked(Some("another-secret")).await, (403, String::new()));
    assert_eq!(asked(None).await.0, 403);
    assert_eq!(found(&api, "is:handshake").await, [4, 3, 2, 1]);
    // While the vault is closed its secrets can't be read, and no answer waits for them.
    call(&api, "lock_vault", json!({})).await.unwrap();
    assert_eq!(asked(None).await, answered);
    api.close().await;
}

#[tokio::test]
async fn a_text_of_a_strangers_is_signed_only_where_the_provider_was_chosen() {
    let challenge = r#"{"event":"endpoint.url_validation","payload":{"plainToken":"{\"forged\":true}"}}"#;
    let zoom = [("X-Zm-Signature", "v0=x")];
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let asked = async || {
        let (status, _, answer) = post(&format!("{url}/in/mine"), &zoom, challenge).await;
        assert_eq!(status, 200);
        answer
    };
    // Nobody knows whose the secret is.
    call(&api, "create_source", json!({"name": "mine"})).await.unwrap();
    call(&api, "add_secret", json!({"source": "mine", "label": "", "value": "s3cret-of-mine"})).await.unwrap();
    assert_eq!(asked().await, "ok\n");
    // Now the source is recognised as Zoom's, and it was the stranger who said so.
    assert_eq!(found(&api, "is:handshake").await, [0_i64; 0]);
    let settings = call(&api, "source_settings", json!({"name": "mine"})).await.unwrap();
    assert_eq!(settings["recognised"], "zoom");
    assert_eq!(asked().await, "ok\n");
    let save = json!({"name": "mine", "provider": "zoom", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", save).await.unwrap();
    assert!(asked().await.contains("encryptedToken"));
    assert_eq!(found(&api, "is:handshake").await, [3]);
    api.close().await;
}

#[tokio::test]
async fn what_a_stranger_gave_in_a_handshake_proves_nothing_of_other_services_and_masks_nothing() {
    let given = "application/json";
    let signed = async |url: &str, name: &str, header: &str| {
        let headers = Default::default();
        let unsigned = Unsigned { method: "POST", url, headers: &headers, body: b"{}", fields: &[] };
        let signed = sign(find(name).unwrap(), given, &unsigned, 1_795_000_000).unwrap();
        let value = signed.headers.iter().find(|field| field.name.eq_ignore_ascii_case(header)).unwrap().value.clone();
        post(url, &[("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "1"), (header, &value)], "{}").await;
    };
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let provider = async |name: &str| {
        let save = json!({"name": "shop", "provider": name, "url": null, "tolerance": null, "handshakes": true});
        call(&api, "save_source", save).await.unwrap();
        found(&api, "").await;
    };
    call(&api, "create_source", json!({"name": "shop"})).await.unwrap();
    let shop = format!("{url}/in/shop");
    post(&shop, &[("X-Hook-Secret", given)], "").await;
    provider("asana").await;
    let settings = call(&api, "source_settings", json!({"name": "shop"})).await.unwrap();
    assert_eq!(settings["secrets"][0]["learnt"], true);

    signed(&shop, "asana", "X-Hook-Signature").await;
    signed(&shop, "github", "X-Hub-Signature-256").await;
    let verdict = async |id: i64, provider: Option<&str>| {
        call(&api, "verify_exchange", json!({"id": id, "provider": provider})).await.unwrap()
    };
    let asana = verdict(2, None).await;
    assert_eq!((&asana["verdict"], &asana["secret"]), (&json!("valid"), &json!("the secret from the handshake")));
    assert!(asana["notes"].to_string().contains("Whoever knows the URL of the source can send such a handshake"));
    assert_eq!(verdict(3, Some("github")).await["verdict"], "no_secret");
    provider("github").await;
    call(&api, "add_secret", json!({"source": "shop", "label": "", "value": "the real secret"})).await.unwrap();
    assert_eq!(found(&api, "is:valid").await, [0_i64; 0]);
    let github = verdict(3, None).await;
    assert_eq!((&github["verdict"], &github["proven"]), (&json!("invalid"), &Value::Null));
    // Nor does it explain what comes to another source.
    call(&api, "create_source", json!({"name": "other"})).await.unwrap();
    call(&api, "add_secret", json!({"source": "other", "label": "", "value": "of the other"})).await.unwrap();
    signed(&format!("{url}/in/other"), "github", "X-Hub-Signature-256").await;
    found(&api, "").await;
    assert_eq!(verdict(4, Some("github")).await["proven"], Value::Null);

    post(&format!("{url}/in/other"), &[("X-Kind", given)], "{}").await;
    let scope = json!({"type": "selection", "ids": [1, 5]});
    let query = json!({"scope": scope, "format": "curl", "redact": true});
    let text = call(&api, "export_text", query).await.unwrap()["text"].as_str().unwrap().to_owned();
    assert!(text.contains("X-Kind: application/json") || text.contains("x-kind: application/json"), "{text}");
    assert!(text.to_lowercase().contains("x-hook-secret: [masked]"), "{text}");

    // What a service makes is masked wherever it stands.
    let made = "0123456789abcdef0123456789abcdef";
    provider("asana").await;
    post(&shop, &[("X-Hook-Secret", made)], "").await;
    found(&api, "").await;
    post(&format!("{url}/in/other"), &[("X-Kind", made)], "{}").await;
    let query = json!({"scope": {"type": "selection", "ids": [7]}, "format": "curl", "redact": true});
    let text = call(&api, "export_text", query).await.unwrap()["text"].as_str().unwrap().to_owned();
    assert!(!text.contains(made), "{text}");
    api.close().await;
}

//! Every handshake, over a real listener: each service gets its answer, and each is found afterwards.

use super::sources::{found, with_vault};
use super::*;
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
        let provider = crate::inspect::provider::find(name).unwrap();
        if provider.handshakes.iter().all(|handshake| !handshake.always) {
            recorded.insert(0, id);
        }
    }
    assert_eq!(found(&api, "is:handshake").await, recorded);
    assert_eq!(found(&api, "is:captured").await.len(), cases.len());
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
    api.close().await;
}

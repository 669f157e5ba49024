//! Providers, those that are known and the user's own.

use super::*;

/// How many pushes a delivery has.
fn pushes(delivery: &Value) -> usize {
    delivery["attempts"].as_array().unwrap().len()
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
    let mut unclear = own.clone();
    unclear["success"] = json!({"statuses": "2xx or 302", "seconds": null});
    let refused = call(&api, "save_provider", unclear).await.unwrap_err();
    assert!(refused.message.contains("\"2xx or 302\" is no status: write 200"), "{}", refused.message);
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

/// A provider of the user's that takes the hex HMAC of the body.
fn own_provider(key: &str) -> Value {
    json!({"key": key, "name": "Acme", "certainty": "custom", "custom": true,
           "recognise": {"headers": ["X-Acme-Signature"], "body": null},
           "signatures": [{"method": "hmac", "at": ["header:X-Acme-Signature"], "signed": "{body}"}],
           "event": ["json:/kind"], "eventId": ["json:/id"], "deliveryId": [], "attempt": [], "firstAttempt": 0,
           "batch": null, "handshakes": [], "success": null, "retries": null, "notes": []})
}

#[tokio::test]
async fn a_new_provider_takes_nobodys_place() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    let mut new = own_provider("acme");
    new["isNew"] = true.into();
    call(&api, "save_provider", new.clone()).await.unwrap();
    new["name"] = "Another".into();
    let refused = call(&api, "save_provider", new.clone()).await.unwrap_err();
    let told = "key: There is a provider with this key: edit that one, or choose another key.";
    assert_eq!((refused.code, refused.message.as_str()), (ErrorCode::Invalid, told));
    let all = call(&api, "providers", json!({})).await.unwrap();
    assert_eq!(all["providers"][0]["name"], "Acme");
    new["isNew"] = false.into();
    assert_eq!(call(&api, "save_provider", new.clone()).await.unwrap()["name"], "Another");
    new["colour"] = "red".into();
    let refused = call(&api, "save_provider", new).await.unwrap_err();
    assert!(refused.message.contains("colour"), "{}", refused.message);
    api.close().await;
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
    assert_eq!((&delivery["first"], pushes(&delivery)), (&json!(2), 2));

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
async fn the_delivery_id_and_the_attempt_of_a_provider_of_the_users_own_make_two_pushes_one_delivery() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let mut provider = own_provider("acme");
    provider["deliveryId"] = json!(["header:X-Delivery"]);
    (provider["attempt"], provider["firstAttempt"]) = (json!(["header:X-Try"]), json!(1));
    call(&api, "save_provider", provider).await.unwrap();
    // The body and the number in it are others each time: only the delivery's number is the same.
    for (delivery, attempt, event) in [("d1", "1", "e1"), ("d1", "3", "e2"), ("d2", "1", "e2")] {
        let headers = [("X-Acme-Signature", "x"), ("X-Delivery", delivery), ("X-Try", attempt)];
        post(&format!("{url}/in/shop"), &headers, &format!(r#"{{"kind":"made","id":"{event}"}}"#)).await;
    }
    api.engine().await.unwrap().store.clone().finish_grouping().await.unwrap();
    let delivery = call(&api, "delivery", json!({"id": 2})).await.unwrap();
    assert_eq!((&delivery["first"], pushes(&delivery)), (&json!(1), 2), "{delivery}");
    assert_eq!((&delivery["number"], &delivery["toldByBody"]), (&json!("d1"), &json!(false)));
    let attempts = delivery["attempts"].as_array().unwrap();
    let counted: Vec<_> = attempts.iter().map(|one| (one["number"].as_i64(), one["missing"].as_i64())).collect();
    assert_eq!(counted, [(Some(1), Some(0)), (Some(3), Some(1))]);
    let other = call(&api, "delivery", json!({"id": 3})).await.unwrap();
    assert_eq!((&other["first"], pushes(&other), &other["number"]), (&json!(3), 1, &json!("d2")));
    api.close().await;
}

#[tokio::test]
async fn a_push_that_is_signed_the_way_of_a_provider_of_the_users_own_says_so() {
    const BODY: &str = r#"{"kind":"made","id":"e1"}"#;
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let provider = own_provider("acme");
    let example = json!({"provider": provider, "exchange": null, "url": "", "secret": "s3cret",
        "request": format!("POST / HTTP/1.1\nX-Acme-Signature: x\n\n{BODY}")});
    let tried = call(&api, "try_provider", example).await.unwrap();
    let signature = tried["verdict"]["expected"].as_str().unwrap().to_owned();
    call(&api, "save_provider", provider).await.unwrap();
    call(&api, "create_source", json!({"name": "hub"})).await.unwrap();
    let set = json!({"name": "hub", "provider": "github", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", set).await.unwrap();
    call(&api, "add_secret", json!({"source": "hub", "label": "", "value": "s3cret"})).await.unwrap();
    post(&format!("{url}/in/hub"), &[("X-Acme-Signature", &signature)], BODY).await;
    post(&format!("{url}/in/hub"), &[("X-Acme-Signature", &signature)], "{}").await;
    let verdict = async |id: i64| call(&api, "verify_exchange", json!({"id": id, "provider": null})).await.unwrap();
    let proven = verdict(1).await;
    assert_eq!(proven["proven"]["kind"], "other_provider", "{proven}");
    assert_eq!(proven["explanation"], "It is signed the way Acme does, not the way GitHub does; with that it fits.");
    // Without a proof it is only a hint.
    let unproven = verdict(2).await;
    assert_eq!(unproven["proven"], Value::Null);
    assert!(unproven["hint"].as_str().unwrap().contains("looks like one of Acme"), "{unproven}");
    api.close().await;
}

#[tokio::test]
async fn a_known_provider_is_used_where_it_is_chosen_whatever_the_headers_say() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    for (name, provider) in [("graph", "ms-graph"), ("card", "brex")] {
        call(&api, "create_source", json!({"name": name})).await.unwrap();
        let set = json!({"name": name, "provider": provider, "url": null, "tolerance": null, "handshakes": true});
        call(&api, "save_source", set).await.unwrap();
    }
    // Nothing in its headers tells Microsoft Graph, and a batch of it is taken apart all the same.
    let graph = |more: &str| {
        format!(
            r#"{{"value":[{{"changeType":"created","id":"n1","subscriptionId":"s"}},
            {{"changeType":"deleted","id":"n2","subscriptionId":"s"}}]{more}}}"#
        )
    };
    post(&format!("{url}/in/graph"), &[], &graph("")).await;
    post(&format!("{url}/in/graph"), &[], &graph(r#","again":true"#)).await;
    assert_eq!(found(&api, "type:created").await, [2, 1]);
    // Brex signs by Standard Webhooks, and names its events elsewhere.
    let signed = [("webhook-id", "msg_1"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,x")];
    post(&format!("{url}/in/card"), &signed, r#"{"type":"no","event_type":"TRANSFER_PROCESSED"}"#).await;
    assert_eq!(found(&api, "type:TRANSFER_PROCESSED").await, [3]);

    let store = api.engine().await.unwrap().store.clone();
    store.finish_grouping().await.unwrap();
    let delivery = call(&api, "delivery", json!({"id": 2})).await.unwrap();
    assert_eq!((&delivery["provider"], &delivery["number"]), (&json!("ms-graph"), &json!("n1:s n2:s")));
    assert_eq!((&delivery["first"], &delivery["events"][1]["eventType"]), (&json!(1), &json!("deleted")));
    let delivery = call(&api, "delivery", json!({"id": 3})).await.unwrap();
    assert_eq!((&delivery["provider"], &delivery["number"]), (&json!("brex"), &json!("msg_1")));

    // What is chosen is not what was recognised.
    for (name, recognised) in [("graph", Value::Null), ("card", json!("standard-webhooks"))] {
        let settings = call(&api, "source_settings", json!({"name": name})).await.unwrap();
        assert_eq!(settings["recognised"], recognised, "{name}");
    }
    // What came before the choice gets the name of its event from it.
    post(&format!("{url}/in/later"), &[], r#"{"object_type":"activity","aspect_type":"create"}"#).await;
    assert_eq!(found(&api, "type:activity.create").await, [0_i64; 0]);
    let set = json!({"name": "later", "provider": "strava", "url": null, "tolerance": null, "handshakes": true});
    call(&api, "save_source", set).await.unwrap();
    call(&api, "verify_source", json!({"name": "later"})).await.unwrap();
    assert_eq!(found(&api, "type:activity.create").await, [4]);
    api.close().await;
}

#[tokio::test]
async fn what_came_before_a_provider_was_chosen_is_read_and_grouped_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let store = api.engine().await.unwrap().store.clone();
    // Nothing tells Microsoft Graph, and its two tries differ; the third says that it is somebody else's.
    let graph = |more: &str| {
        format!(
            r#"{{"value":[{{"changeType":"created","id":"n1","subscriptionId":"s"}},
            {{"changeType":"deleted","id":"n2","subscriptionId":"s"}}]{more}}}"#
        )
    };
    for (headers, more) in [(&[][..], ""), (&[], r#","again":1"#), (&[("X-GitHub-Event", "push")], r#","again":2"#)] {
        post(&format!("{url}/in/graph"), headers, &graph(more)).await;
    }
    assert_eq!(found(&api, "type:push").await, [3]);
    store.finish_grouping().await.unwrap();
    assert_eq!(found(&api, "source:graph is:first").await, [3, 2, 1]);
    let choose = async |provider: Value| {
        let set = json!({"name": "graph", "provider": provider, "url": null, "tolerance": null, "handshakes": true});
        call(&api, "save_source", set).await.unwrap();
        call(&api, "verify_source", json!({"name": "graph"})).await.unwrap();
    };
    choose(json!("ms-graph")).await;
    assert_eq!(found(&api, "source:graph is:first").await, [1]);
    assert_eq!(found(&api, "delivery:1 is:duplicate").await, [3, 2]);
    assert_eq!(found(&api, "type:deleted").await, [3, 2, 1], "the events of each are known");
    assert_eq!(found(&api, "type:push").await, [0_i64; 0]);
    let delivery = call(&api, "delivery", json!({"id": 2})).await.unwrap();
    assert_eq!((&delivery["first"], pushes(&delivery)), (&json!(1), 3));
    assert_eq!(delivery["number"], "n1:s n2:s");

    // A later try joins them, and nothing of it stays when the choice is taken back.
    post(&format!("{url}/in/graph"), &[], &graph(r#","again":3"#)).await;
    store.finish_grouping().await.unwrap();
    assert_eq!(found(&api, "delivery:1").await, [4, 3, 2, 1]);
    choose(json!("github")).await;
    assert_eq!(found(&api, "source:graph is:first").await, [4, 3, 2, 1]);
    assert_eq!(found(&api, "type:deleted").await, [0_i64; 0]);
    assert_eq!(found(&api, "type:push").await, [3]);
    api.close().await;
}

#[tokio::test]
async fn another_place_of_the_event_counts_for_what_is_here() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    call(&api, "save_provider", own_provider("acme")).await.unwrap();
    post(&format!("{url}/in/shop"), &[("X-Acme-Signature", "x")], r#"{"kind":"made","name":"order.made"}"#).await;
    post(&format!("{url}/in/shop"), &[("X-Acme-Signature", "x")], r#"{"kind":"gone"}"#).await;
    assert_eq!(found(&api, "type:made").await, [1]);
    let mut edited = own_provider("acme");
    edited["event"] = json!(["json:/name"]);
    call(&api, "save_provider", edited).await.unwrap();
    until_found(&api, "type:order.made", &[1]).await;
    until_found(&api, "type:gone", &[]).await;
    assert_eq!(found(&api, "type:made").await, [0_i64; 0]);
    api.close().await;
}

#[tokio::test]
async fn another_place_of_the_attempt_counts_for_the_deliveries_that_are_here() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let mut acme = own_provider("acme");
    acme["deliveryId"] = json!(["header:X-Delivery"]);
    call(&api, "save_provider", acme.clone()).await.unwrap();
    for attempt in ["0", "3", "4"] {
        let headers = [("X-Acme-Signature", "x"), ("X-Delivery", "d"), ("X-Try", attempt)];
        post(&format!("{url}/in/shop"), &headers, "{}").await;
    }
    let engine = api.engine().await.unwrap();
    let attempts = async || {
        engine.finish_following().await.unwrap();
        engine.store.finish_grouping().await.unwrap();
        let delivery = call(&api, "delivery", json!({"id": 1})).await.unwrap();
        let attempts = delivery["attempts"].as_array().unwrap().iter();
        attempts.map(|one| one["number"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(attempts().await[1..], [json!(2), json!(3)], "counted here");
    acme["attempt"] = json!(["header:X-Try"]);
    call(&api, "save_provider", acme).await.unwrap();
    assert_eq!(attempts().await[1..], [json!(4), json!(5)], "counted by the service, from 0 on");
    api.close().await;
}

#[tokio::test]
async fn a_source_of_a_provider_that_is_gone_is_recognised_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    call(&api, "save_provider", own_provider("acme")).await.unwrap();
    post(&format!("{url}/in/shop"), &[("X-Acme-Signature", "x")], r#"{"kind":"made"}"#).await;
    let recognised = async || {
        api.engine().await.unwrap().finish_following().await.unwrap();
        call(&api, "source_settings", json!({"name": "shop"})).await.unwrap()["recognised"].clone()
    };
    assert_eq!(recognised().await, "acme");
    call(&api, "delete_provider", json!({"key": "acme"})).await.unwrap();
    assert_eq!(recognised().await, Value::Null);
    call(&api, "save_provider", own_provider("acme-2")).await.unwrap();
    assert_eq!(recognised().await, "acme-2");
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

#[tokio::test]
async fn an_example_shows_its_attempt_its_events_and_what_a_handshake_gets() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    let mut provider = own_provider("acme");
    provider["signatures"][0]["signed"] = "{field:hook}.{body}".into();
    provider["deliveryId"] = json!(["header:X-Delivery"]);
    provider["attempt"] = json!(["header:X-Try"]);
    provider["batch"] =
        json!({"path": "/events", "form": null, "event": ["json:/kind"], "id": ["json:/id"], "attempt": []});
    provider["handshakes"] = json!([echo()]);
    let tried = async |request: &str, fields: Value| {
        let example = json!({"provider": provider, "exchange": null, "request": request, "secret": "s3cret",
            "fields": fields, "url": ""});
        call(&api, "try_provider", example).await.unwrap()
    };
    let body = r#"{"events":[{"kind":"made","id":"a"},{"kind":"paid","id":"b"}]}"#;
    let request = format!("POST / HTTP/1.1\nX-Try: 2\nX-Delivery: d1\nX-Acme-Signature: x\n\n{body}");
    let lacking = tried(&request, json!({})).await;
    assert_eq!(lacking["asked"], json!(["hook"]));
    assert_eq!(lacking["verdict"]["reason"], "missing_field");
    let whole = tried(&request, json!({"hook": "h1"})).await;
    assert_eq!(whole["verdict"]["signed"]["start"], format!("h1.{body}"));
    assert_eq!((&whole["attempt"], &whole["handshake"]), (&json!(3), &Value::Null));
    assert_eq!((&whole["eventId"], &whole["deliveryId"]), (&json!("a b"), &json!("d1")));
    assert_eq!(whole["events"][1]["eventType"], "paid");
    assert_eq!(whole["events"][1]["eventId"], "b");

    let asked = tried("POST / HTTP/1.1\n\n{\"challenge\":\"c4\"}", json!({})).await;
    assert_eq!((&asked["handshake"]["status"], &asked["events"]), (&json!(200), &json!([])));
    assert_eq!(asked["handshake"]["body"], r#"{"challenge":"c4"}"#);
    assert_eq!(asked["handshake"]["note"], "Said once.");

    // What tells none from a push would answer every push.
    let mut endless = echo();
    endless["at"] = Value::Null;
    endless["method"] = Value::Null;
    let mut wide = own_provider("wide");
    wide["handshakes"] = json!([endless]);
    let refused = call(&api, "save_provider", wide).await.unwrap_err();
    assert!(refused.message.contains("tells a handshake from a push"), "{}", refused.message);
    api.close().await;
}

#[tokio::test]
async fn rules_are_tried_on_a_stored_push_with_what_is_set_for_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    let mut provider = own_provider("acme");
    provider["signatures"][0]["signed"] = "{url}{body}".into();
    let mut example = json!({"provider": provider, "exchange": null, "url": "https://a.example/hook", "secret": "s3cret",
        "fields": {}, "request": "POST / HTTP/1.1\nX-Acme-Signature: x\n\n{}"});
    let expected = call(&api, "try_provider", example.clone()).await.unwrap()["verdict"]["expected"].clone();
    post(&format!("{url}/in/shop"), &[("X-Acme-Signature", expected.as_str().unwrap())], "{}").await;
    let set = json!({"name": "shop", "provider": null, "url": "https://a.example/hook", "tolerance": null, "handshakes": true});
    call(&api, "save_source", set).await.unwrap();
    call(&api, "add_secret", json!({"source": "shop", "label": "live", "value": "s3cret"})).await.unwrap();
    (example["exchange"], example["url"], example["secret"]) = (1.into(), "".into(), "".into());
    let tried = call(&api, "try_provider", example.clone()).await.unwrap();
    assert_eq!(
        (&tried["verdict"]["verdict"], &tried["verdict"]["secret"]),
        (&json!("valid"), &json!("live")),
        "{tried}"
    );
    // As in the check itself one URL is right, and the others only explain.
    example["url"] = "http://a.example/hook".into();
    let other = call(&api, "try_provider", example).await.unwrap();
    assert_eq!(other["verdict"]["proven"]["kind"], "other_url");
    api.close().await;
}

#[tokio::test]
async fn rules_are_tried_with_the_secrets_of_a_source_only_once_the_vault_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = with_vault(folder.path()).await;
    call(&api, "create_source", json!({"name": "acme"})).await.unwrap();
    call(&api, "add_secret", json!({"source": "acme", "label": "", "value": "s3cret"})).await.unwrap();
    post(&format!("{url}/in/acme"), &[("X-Acme-Signature", "x")], "{}").await;
    let example = |secret: &str| json!({"provider": own_provider("acme"), "exchange": 1, "url": "", "secret": secret, "request": ""});
    let tried = async |secret: &str| call(&api, "try_provider", example(secret)).await;
    assert_eq!(tried("").await.unwrap()["verdict"]["reason"], "mismatch");
    call(&api, "lock_vault", json!({})).await.unwrap();
    assert_eq!(tried("").await.unwrap_err().code, ErrorCode::VaultClosed);
    assert_eq!(tried("typed").await.unwrap()["verdict"]["reason"], "mismatch", "it needs no other");
    api.close().await;
}

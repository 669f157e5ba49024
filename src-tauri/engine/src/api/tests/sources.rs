//! What is set for a source, and its names.

use super::*;

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
async fn a_push_that_comes_while_its_source_goes_is_kept_and_does_not_bring_it_back() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    for (auto, name, command, args) in [
        ("never", "gone", "delete_source", json!({"name": "gone"})),
        ("never", "moved", "rename_source", json!({"name": "moved", "to": "there"})),
        ("always", "lost", "delete_source", json!({"name": "lost"})),
        ("always", "left", "rename_source", json!({"name": "left", "to": "here"})),
    ] {
        let mut settings = call(&api, "settings", json!({})).await.unwrap();
        settings["autoSource"] = auto.into();
        call(&api, "save_settings", settings).await.unwrap();
        call(&api, "create_source", json!({"name": name})).await.unwrap();
        let mut sender = tokio::net::TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
        // The body is asked for once its source is known.
        let head = format!("POST /in/{name} HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        sender.write_all(head.as_bytes()).await.unwrap();
        sender.read_exact(&mut [0; 25]).await.unwrap();
        call(&api, command, args).await.unwrap();
        sender.write_all(b"{}").await.unwrap();
        let mut answer = [0; 15];
        sender.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK", "{name}");
    }
    let sources = call(&api, "sources", json!({})).await.unwrap();
    let names: Vec<_> = sources["sources"].as_array().unwrap().iter().map(|source| &source["name"]).collect();
    assert_eq!(names, ["here", "there"]);
    assert_eq!(found(&api, "").await, [4, 3, 2, 1]);
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

#[tokio::test]
async fn sequences_go_along_with_a_source_to_its_new_name_and_stay_where_they_are_while_all_its_rules_are_off() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let save = async |source: &str, enabled: bool| {
        let steps: Vec<Value> = (201..=205).map(|status| json!({ "status": status })).collect();
        let rules = json!({"rules": [{"id": "r", "enabled": enabled, "steps": steps}]});
        call(&api, "save_rules", json!({"source": source, "rules": rules})).await.unwrap();
    };
    let status = async |source: &str| post(&format!("{url}/in/{source}"), &[], "{}").await.0;
    save("old", true).await;
    assert_eq!(status("old").await, 201);
    call(&api, "rename_source", json!({"name": "old", "to": "new"})).await.unwrap();
    assert_eq!(status("new").await, 202);
    save("new", false).await;
    assert_eq!(status("new").await, 200);
    save("new", true).await;
    assert_eq!(status("new").await, 203);
    // Another source that is called so now has nothing of it.
    save("old", true).await;
    assert_eq!((status("old").await, status("new").await), (201, 204));
    api.close().await;
}

#[tokio::test]
async fn a_provider_that_there_is_not_is_refused_and_the_nearest_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    call(&api, "create_source", json!({"name": "a"})).await.unwrap();
    let set = async |provider: &str| {
        let set = json!({"name": "a", "provider": provider, "url": null, "tolerance": null, "handshakes": true});
        call(&api, "save_source", set).await
    };
    for (unknown, told) in [
        ("Shopify", "There is no provider \"Shopify\". Did you mean shopify?"),
        ("shoppify", "There is no provider \"shoppify\". Did you mean shopify?"),
        ("strip", "There is no provider \"strip\". Did you mean stripe?"),
        ("zz", "There is no provider \"zz\". A key is written like github; the window lists them all."),
    ] {
        let refused = set(unknown).await.unwrap_err();
        assert_eq!((refused.code, refused.message.as_str()), (ErrorCode::Invalid, told));
    }
    // One that is kept stays when its provider is gone.
    let mut own = json!({"key": "acme", "name": "Acme", "certainty": "custom"});
    own["recognise"] = json!({"headers": ["X-Acme"], "body": null});
    call(&api, "save_provider", own).await.unwrap();
    assert_eq!(set("acme").await.unwrap()["provider"], "acme");
    call(&api, "delete_provider", json!({"key": "acme"})).await.unwrap();
    assert_eq!(set("acme").await.unwrap()["provider"], "acme");
    assert_eq!(set("shopify").await.unwrap()["provider"], "shopify");
    assert_eq!(set("acme").await.unwrap_err().code, ErrorCode::Invalid);
    api.close().await;
}

#[tokio::test]
async fn a_secret_that_there_is_not_is_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = with_vault(folder.path()).await;
    for name in ["a", "b"] {
        call(&api, "create_source", json!({"name": name})).await.unwrap();
    }
    let added = call(&api, "add_secret", json!({"source": "a", "label": "", "value": "s3cret"})).await.unwrap();
    let id = &added["secrets"][0]["id"];
    for (source, id) in [("a", &json!(99)), ("b", id)] {
        let refused = call(&api, "remove_secret", json!({"source": source, "id": id})).await.unwrap_err();
        let told = format!("{source:?} has no secret {id}.");
        assert_eq!((refused.code, refused.message), (ErrorCode::NotFound, told));
    }
    call(&api, "remove_secret", json!({"source": "a", "id": id})).await.unwrap();
    api.close().await;
}

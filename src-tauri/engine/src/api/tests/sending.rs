//! Sends that do not go the plain way.

use super::*;
use crate::exchange::{FailureKind, Mark};
use crate::send::tests::kit::Server;
use crate::store::Store;
use crate::store::tests::push;

#[tokio::test]
async fn a_replay_of_many_sends_what_it_can_and_names_the_rest_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let store = api.engine().await.unwrap().store.clone();
    let first = store.save(push("a", "e", "{}")).await.unwrap();
    let mut cut = push("a", "e", "{}");
    cut.marks = vec![Mark::Truncated];
    let cut = store.save(cut).await.unwrap();
    let last = store.save(push("a", "e", "{}")).await.unwrap();
    let gone = last + 1_000;
    let command = json!({"ids": [first, cut, gone, last], "to": server.url(""), "ticket": "t"});
    let replayed = call(&api, "replay", command.clone()).await.unwrap();
    let sent: Vec<i64> =
        replayed["exchanges"].as_array().unwrap().iter().map(|row| row["parent"].as_i64().unwrap()).collect();
    assert_eq!(sent, [first, last]);
    let not_sent = replayed["notSent"].as_array().unwrap();
    assert_eq!(not_sent.iter().map(|one| one["id"].as_i64().unwrap()).collect::<Vec<_>>(), [cut, gone]);
    assert!(not_sent[0]["problem"]["message"].as_str().unwrap().contains("over the cap"), "{not_sent:?}");
    assert_eq!(not_sent[1]["problem"]["code"], "notFound", "{not_sent:?}");

    let nowhere = json!({"ids": [first], "to": "nowhere", "ticket": "t"});
    assert_eq!(call(&api, "replay", nowhere).await.unwrap_err().code, ErrorCode::Invalid);
    api.close().await;
}

#[tokio::test]
async fn what_is_being_sent_when_the_workspace_is_closed_is_kept_as_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let (api, _) = started(folder.path()).await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let send = json!({"ticket": "t", "definition": definition("GET", &url), "requestId": null});
    let close = async {
        let _taken = silent.accept().await.unwrap();
        api.close().await;
    };
    let (_sent, ()) = tokio::join!(call(&api, "send", send), close);
    let store = Store::open(&folder.path().join("w.pushpull")).await.unwrap();
    let kept = store.exchange(store.newest().await.unwrap()).await.unwrap();
    assert_eq!(kept.failure.map(|failure| failure.kind), Some(FailureKind::Cancelled));
}

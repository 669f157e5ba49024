//! What a rule does to an answer, and what its sender's next try is taken for.

use super::*;

/// Posts, and leaves a moment later as a sender does that has waited for long enough.
async fn post_impatiently(url: &str, headers: &[(&str, &str)], body: &str) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let url = url::Url::parse(url).unwrap();
    let mut socket = tokio::net::TcpStream::connect(url.socket_addrs(|| None).unwrap()[0]).await.unwrap();
    let fields: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("POST {} HTTP/1.1\r\nHost: h\r\n{fields}Content-Length: {}\r\n\r\n", url.path(), body.len());
    socket.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    drop(tokio::time::timeout(Duration::from_millis(200), socket.read_to_end(&mut Vec::new())).await);
}

#[tokio::test]
async fn what_comes_again_after_an_answer_that_was_held_back_or_broken_is_a_retry() {
    let folder = tempfile::tempdir().unwrap();
    let (api, url) = started(folder.path()).await;
    let mut id = 0;
    for (source, step) in [
        ("held", json!({"delayMs": 10_000})),
        ("dripping", json!({"fault": {"type": "drip", "bytesPerSecond": 1}})),
        ("cut", json!({"body": "ok", "fault": {"type": "closeAfterHeaders"}})),
        ("short", json!({"body": "ok", "fault": {"type": "wrongLength", "by": 7}})),
    ] {
        let rules = json!({"source": source, "rules": {"rules": [{"steps": [step]}]}});
        call(&api, "create_source", json!({"name": source})).await.unwrap();
        assert_eq!(call(&api, "save_rules", rules).await.unwrap()["inForce"], true);
        let body = json!({"type": "event_callback", "event_id": source, "event": {"type": "message"}}).to_string();
        for _ in 0..2 {
            id += 1;
            // Slack waits for 3 s.
            post_impatiently(&format!("{url}/in/{source}"), &[("X-Slack-Signature", "v0=x")], &body).await;
            until_found(
                &api,
                &format!("source:{source} is:captured status:200"),
                &if id % 2 == 1 { vec![id] } else { vec![id, id - 1] },
            )
            .await;
        }
        until_found(&api, &format!("source:{source} is:retry"), &[id]).await;
        let delivery = call(&api, "delivery", json!({"id": id})).await.unwrap();
        assert!(delivery["nextAt"].is_number(), "{source}: it will be tried again");
    }
    // One without a number, whose time is renewed with every try.
    let renewed = |at: u32| json!({"order": 7, "timestamp": at}).to_string();
    for at in 1..=2 {
        post_impatiently(&format!("{url}/in/cut/orders"), &[], &renewed(at)).await;
    }
    until_found(&api, "source:cut path:*orders is:retry", &[id + 2]).await;
    api.close().await;
}

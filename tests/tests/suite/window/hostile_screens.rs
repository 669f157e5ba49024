//! Payload text beside the views of a body is text as well: what is found out about a push, the user's own columns,
//! folded rows, results of filters, the sources screen and the provider editor.

use super::hostile::{TEXTS, WATCH, patience, sentinel, walk};
use anyhow::Result;
use pushpull_tests::{CONTROL, ENTER, ESCAPE, Home, RELEASE, SHIFT, Window};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// Properties may be numbers alone: each hostile name is told in a sentence.
const SCHEMA: &str = r#"{"properties": {"keys": {"additionalProperties": {"type": "number"}}}}"#;

/// Well formed, and wrong: its bytes are shown.
const SIGNATURE: &str = "X-Hub-Signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

#[tokio::test(flavor = "multi_thread")]
async fn no_screen_takes_a_payload_for_more_than_text() -> Result<()> {
    let (hits, count) = sentinel().await?;
    let texts: Vec<String> = TEXTS.iter().map(|text| text.replace("HITS", &hits)).collect();
    Window::with(&Home::new()?, async |window| {
        window.client().update_timeouts(patience()).await?;
        window.find(".first h1").await?;
        set_up(window).await?;
        window.script(WATCH, vec![]).await?;
        send(window, &texts).await?;
        look(window).await?;
        filter(window).await?;
        unfold(window).await?;
        sources(window).await?;
        provider(window, &texts).await?;
        assert_eq!(window.script("return window.ran ?? null", vec![]).await?, json!(null), "something ran");
        assert_eq!(window.script("return window.stopped", vec![]).await?, json!([]), "the policy was asked");
        assert_eq!(count.load(Ordering::SeqCst), 0, "something was fetched");
        Ok(())
    })
    .await
}

/// A source whose schema no push fits, and columns of what is hostile.
async fn set_up(window: &Window) -> Result<()> {
    window.invoke("create_source", json!({ "name": "hostile" })).await?;
    let schema = json!({ "enabled": true, "text": SCHEMA, "reply": { "status": 200 } });
    window.invoke("save_rules", json!({ "source": "hostile", "rules": { "schema": schema } })).await?;
    let columns: Vec<Value> = ["time", "event", "body.texts[4]", "body.objectName", "header.x-text"]
        .iter()
        .map(|id| json!({ "id": id, "shown": true, "width": null }))
        .collect();
    window.invoke("save_columns", json!({ "columns": columns })).await?;
    Ok(())
}

/// A batch of events, and one event twice.
async fn send(window: &Window, texts: &[String]) -> Result<()> {
    let text: String = texts[4].chars().filter(|char| !char.is_control()).collect();
    let events: Vec<Value> = texts
        .iter()
        .map(|text| json!({ "eventId": text, "subscriptionType": text, "objectName": text, "occurredAt": 1 }))
        .collect();
    let fields = format!("Content-Type: application/json\r\nX-HubSpot-Signature-v3: {text}\r\n");
    assert_eq!(window.post("/in/hub", &fields, json!(events).to_string().as_bytes()).await?.status, 200);
    let keys: serde_json::Map<String, Value> = texts.iter().map(|text| (text.clone(), json!(text))).collect();
    let body = json!({ "texts": texts, "keys": keys }).to_string();
    let fields = format!(
        "Content-Type: application/json\r\nX-GitHub-Event: {text}\r\nX-GitHub-Delivery: {text}\r\nX-Text: {text}\r\n{SIGNATURE}\r\n"
    );
    for _ in 0..2 {
        assert_eq!(window.post("/in/hostile", &fields, body.as_bytes()).await?.status, 200);
    }
    window.text(".listfoot", "3 stored").await
}

/// Every view of the pushes: the schema's sentences, the events of the batch, the signed bytes.
async fn look(window: &Window) -> Result<()> {
    window.click("[role=grid] [role=row][aria-rowindex='2']").await?;
    window.text(".detail .note", "/keys/").await?;
    walk(window, ".detail").await?;
    window.click("#detail-panel-tab-signature").await?;
    window.button("Hex").await?;
    window.text(".signature .well", "00000000").await?;
    window.click("[role=grid] [role=row][aria-rowindex='4']").await?;
    window.text(".dhead h1", "script").await?;
    walk(window, ".detail").await?;
    walk(window, "[role=grid]").await.map(drop)
}

/// What a program finds in a body, and what is found in it by a word.
async fn filter(window: &Window) -> Result<()> {
    window.click("[role=grid] [role=row][aria-rowindex='2']").await?;
    window.click("#detail-panel-tab-body").await?;
    for (language, program) in [("jsonpath", "$..*"), ("jq", ".keys | to_entries[]")] {
        window.script("document.activeElement.blur()", vec![]).await?;
        window.press(&format!("{CONTROL}{SHIFT}f{RELEASE}")).await?;
        window.click(&format!(".filterbar [data-value={language}]")).await?;
        window.fill("input[aria-label='Filter the body']", &format!("{program}{ENTER}")).await?;
        window.text(".filterbar [role=status]", " values").await?;
        walk(window, ".bodyview").await?;
        window.click(".filterbar [aria-label='Close the filter']").await?;
    }
    Ok(())
}

/// The event that came twice in one row, and both pushes below it.
async fn unfold(window: &Window) -> Result<()> {
    window.script("document.activeElement.blur()", vec![]).await?;
    window.press("d").await?;
    window.text(".listfoot", "2 in view").await?;
    window.click(".exchange-grid.row .fold").await?;
    window.find(".exchange-grid.row.below").await?;
    walk(window, "[role=grid]").await?;
    window.click("#detail-panel-tab-deliveries").await?;
    walk(window, ".detail").await.map(drop)
}

/// A try of the source, with the newest push as its example, and what became of it.
async fn sources(window: &Window) -> Result<()> {
    window.script("document.activeElement.blur()", vec![]).await?;
    window.keys("go").await?;
    window.text("h1", "hostile").await?;
    window.button("Try it").await?;
    window.text(".got", "200").await.map(drop)
}

/// A push as the example of a provider of the user's own.
async fn provider(window: &Window, texts: &[String]) -> Result<()> {
    window.script("document.activeElement.blur()", vec![]).await?;
    window.keys("gi").await?;
    window.find(".listfoot").await?;
    window.keys("gp").await?;
    window.button("Add provider").await?;
    window.fill("[role=dialog] input[data-first]", &texts[4]).await?;
    window.fill("[role=dialog] input[placeholder^='header:X-Acme-Event']", "header:X-Acme-Event").await?;
    let example = format!("POST /in/a?{0} HTTP/1.1\nHost: h\nX-Acme-Event: {0}\nX-Signature: {0}\n\n{0}", texts[4]);
    window.fill(".example textarea", &example.replace('\n', &ENTER.to_string())).await?;
    window.fill(".example input[type=password]", &texts[0]).await?;
    window.text(".example", "onerror").await?;
    window.press(&ESCAPE.to_string()).await
}

//! The sources screen: what is written there answers real senders, and what answered is shown in the inbox.

use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{ENTER, Home, Window, until};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_that_is_written_in_the_window_answers_a_sender() -> Result<()> {
    Window::with(&Home::new()?, sequence).await
}

async fn sequence(window: &Window) -> Result<()> {
    window.find(".first h1").await?;
    window.keys("go").await?;
    window.button("New source").await?;
    window.fill("aside input[aria-label='Name of the new source']", &format!("shop{ENTER}")).await?;
    window.text("h1", "shop").await?;
    screens::take(window, "sources-new").await?;

    window.button("Add a rule").await?;
    for (place, status) in (1..).zip(["500", "500", "200"]) {
        if place > 1 {
            window.button("Then answer").await?;
        }
        window.fill(&format!(".rule .step:nth-of-type({place}) input[id$='-status']"), status).await?;
    }
    window.text(".rules", "500, 500, 200").await?;
    let saved = until("the rules are kept", async || {
        let read = window.invoke("source_rules", json!({"source": "shop"})).await?;
        let steps = read["rules"]["rules"][0]["steps"].as_array().cloned().unwrap_or_default();
        let statuses: Vec<_> = steps.iter().filter_map(|step| step["status"].as_u64()).collect();
        Ok((statuses == [500, 500, 200]).then_some(()))
    });
    saved.await?;

    for expected in [500, 500, 200, 200] {
        assert_eq!(window.post("/in/shop", "", b"{}").await?.status, expected);
    }
    window.text(".rules .n", "4").await?;
    window.button("Start the sequences again").await?;
    window.text(".rules .n", "0").await?;
    window.button("Try it").await?;
    window.text(".got", "500").await?;
    screens::take(window, "sources").await?;

    methods(window, "PUT", &["PUT"]).await?;
    assert_eq!(window.post("/in/shop", "", b"").await?.status, 405);
    methods(window, " ", &[]).await?;
    window.button("Show exchange 5").await?;
    window.text(".note", "step 1 of 3").await?;
    screens::take(window, "answered").await?;
    renamed(window).await.context("Renaming and deleting it")
}

/// Its provider is chosen; it gets another name, which its rules go along to, and is deleted.
async fn renamed(window: &Window) -> Result<()> {
    window.keys("go").await?;
    window.script("document.querySelector('select[id$=provider]')?.scrollIntoView()", vec![]).await?;
    window.click("select[id$='-provider'] option[value='stripe']").await?;
    window.text(".page", "as success").await?;
    window.script("document.querySelector('.page').scrollTo(0, 1e6)", vec![]).await?;
    screens::take(window, "sources-service").await?;

    window.button("Rename").await?;
    window.find("header input[aria-label='New name of shop']:focus").await?;
    window.press(&format!("store{ENTER}")).await?;
    window.text("h1", "store").await?;
    window.text(".url", "/in/store").await?;
    assert_eq!(window.post("/in/store", "", b"{}").await?.status, 500, "the sequence starts again");

    window.button("Delete").await?;
    window.button("Really delete").await?;
    window.text(".toasts", "store is deleted; its pushes stay").await?;
    window.text(".page", "No source yet").await?;
    let stored = window.invoke("status", json!({})).await?["stored"]["exchanges"].clone();
    assert_eq!(stored, 7);
    Ok(())
}

/// Types the methods that the source takes, and waits until they are kept.
async fn methods(window: &Window, typed: &str, wanted: &[&str]) -> Result<()> {
    window.fill("input[id$='-methods']:not(.rule *)", typed).await?;
    until("the methods are kept", async || {
        let read = window.invoke("source_rules", json!({"source": "shop"})).await?;
        Ok((read["rules"]["methods"] == json!(wanted)).then_some(()))
    })
    .await
}

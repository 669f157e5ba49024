//! Requests in the real window: one that hangs is cancelled; one that is saved is there after a restart, with its answers.

use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{CONTROL, ENTER, Home, LEFT, RELEASE, Receiver, Window, until};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const ANSWER: &str = r#"{"id":42}"#;
/// Neither the size it opens with nor the smallest.
const SIZE: (u32, u32) = (1180, 720);
const SPLITTER: &str = "[role=separator][aria-label='Size of the list']";

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_request_its_answers_and_the_look_are_there_after_a_restart() -> Result<()> {
    let home = Home::new()?;
    let server = Receiver::start(ANSWER).await?;
    // What closing a window of this size leaves.
    let (width, height) = SIZE;
    let place = json!({"main": {"width": width, "height": height, "x": 0, "y": 0, "prev_x": 0, "prev_y": 0,
                       "maximized": false, "visible": true, "decorated": true, "fullscreen": false}});
    std::fs::create_dir_all(home.file("config/pushpull"))?;
    std::fs::write(home.file("config/pushpull/.window-state.json"), place.to_string())?;
    let width = Window::with(&home, async |window| {
        let width = before(window, &server).await?;
        until("the width to be kept", async || {
            let kept = std::fs::read_to_string(home.file("data/pushpull/preferences.json")).unwrap_or_default();
            Ok(width.as_str().filter(|width| kept.contains(&format!(": {width}"))).map(drop))
        })
        .await?;
        Ok(width)
    })
    .await?;
    Window::with(&home, async |window| after(window, &width).await).await
}

/// Cancels one, sends one twice and saves it, sets a theme and a width, and answers the width of the list.
async fn before(window: &Window, server: &Receiver) -> Result<Value> {
    window.find(".first h1").await?;
    sized(window).await.context("The size that was kept")?;
    window.keys("gr").await?;
    let silent = TcpListener::bind("127.0.0.1:0").await?;
    window.fill("input[aria-label=URL]", &format!("http://{}/", silent.local_addr()?)).await?;
    window.press(&format!("{CONTROL}{ENTER}{RELEASE}")).await?;
    let (_held, _) = silent.accept().await?;
    window.button("Cancel").await?;
    window.text("[data-pane=response]", "Cancelled").await?;
    screens::take(window, "cancelled").await?;

    window.fill("input[aria-label=URL]", &format!("{}/things/42", server.url())).await?;
    for answers in ["2 answers", "3 answers"] {
        window.press(&format!("{CONTROL}{ENTER}{RELEASE}")).await?;
        window.text("[aria-label=Responses]", answers).await?;
    }
    window.press(&format!("{CONTROL}s{RELEASE}")).await?;
    window.fill("#save-name", &format!("Thing 42{ENTER}")).await?;
    window.text("[role=tree]", "Thing 42").await?;
    window.text("[aria-label=Responses]", "3 kept").await.context("What was sent before it was saved")?;

    window.run("Theme: dark").await?;
    window.find("html[data-theme=dark]").await?;
    window.invoke("send_sample", json!({ "provider": "stripe" })).await?;
    window.keys("gi").await?;
    window.find(SPLITTER).await?;
    window.script("document.querySelector(arguments[0]).focus()", vec![SPLITTER.into()]).await?;
    let usual = width(window).await?;
    window.press(&LEFT.to_string().repeat(3)).await?;
    until("the list to be narrower", async || Ok((width(window).await? != usual).then_some(()))).await?;
    width(window).await
}

async fn after(window: &Window, kept: &Value) -> Result<()> {
    window.find("html[data-theme=dark]").await.context("The theme")?;
    window.find(SPLITTER).await?;
    until("the width of the list", async || Ok((width(window).await? == *kept).then_some(()))).await?;
    window.keys("gr").await?;
    window.text("[role=tree]", "Thing 42").await?;
    window.click("[role=treeitem][aria-level='2']").await?;
    window.text("[aria-label=Responses]", "3 kept").await?;
    window.text("[data-pane=response]", "200").await?;
    window.text("[data-pane=response]", "42").await
}

/// Waits until the page fills a window of [`SIZE`].
async fn sized(window: &Window) -> Result<()> {
    until("the size", async || {
        let size = window.script("return [innerWidth, innerHeight]", vec![]).await?;
        Ok((size == json!([SIZE.0, SIZE.1])).then_some(()))
    })
    .await
}

async fn width(window: &Window) -> Result<Value> {
    window
        .script("return document.querySelector(arguments[0]).getAttribute('aria-valuenow')", vec![SPLITTER.into()])
        .await
}

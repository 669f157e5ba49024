//! Requests in the real window: one that hangs is cancelled; saved or not, all are there after a restart, with their
//! answers; files go out as they are.

use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{CONTROL, ENTER, Home, LEFT, PATIENCE, RELEASE, Received, Receiver, Window, until};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const ANSWER: &str = r#"{"id":42}"#;
/// Neither the size it opens with nor the smallest.
const SIZE: (u32, u32) = (1180, 720);
const SPLITTER: &str = "[role=separator][aria-label='Size of the list']";

#[tokio::test(flavor = "multi_thread")]
async fn requests_their_answers_and_the_look_are_there_after_a_restart() -> Result<()> {
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
    let sent = tokio::time::timeout(PATIENCE, silent.accept()).await.context("Nothing was sent")?;
    let (_held, _) = sent.context("Accepting what was sent")?;
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
    window.gone("[role=dialog]").await?;
    window.text("[role=tree]", "Thing 42").await?;
    window.text("[aria-label=Responses]", "3 kept").await.context("What was sent before it was saved")?;

    unsaved(window, server).await.context("A tab that is not saved")?;
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
    window.text("[data-pane=response]", "42").await?;

    window.click(".doctabs [role=tab]:nth-child(2)").await?;
    window.text("[aria-label=Responses]", "2 answers in this tab").await.context("The tab that is not saved")?;
    window.text("[data-pane=response]", "200").await?;
    window.press(&format!("{CONTROL}s{RELEASE}")).await?;
    window.fill("#save-name", &format!("Others{ENTER}")).await?;
    window.gone("[role=dialog]").await?;
    window.text("[aria-label=Responses]", "2 kept").await
}

/// Sends twice from a tab that stays unsaved.
async fn unsaved(window: &Window, server: &Receiver) -> Result<()> {
    window.press(&format!("{CONTROL}n{RELEASE}")).await?;
    window.text("[aria-label=Responses]", "0 answers").await?;
    window.fill("input[aria-label=URL]", &format!("{}/others", server.url())).await?;
    for answers in ["1 answer ", "2 answers"] {
        window.press(&format!("{CONTROL}{ENTER}{RELEASE}")).await?;
        window.text("[aria-label=Responses]", answers).await?;
    }
    Ok(())
}

/// Every byte, and what ends a part of a multipart body.
fn bytes() -> Vec<u8> {
    (0..=u8::MAX).chain(*b"\r\n--\r\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_out_byte_for_byte_as_a_part_and_as_a_whole_body() -> Result<()> {
    let home = Home::new()?;
    let mut server = Receiver::start(ANSWER).await?;
    let file = home.file("logo.bin");
    std::fs::write(&file, bytes())?;
    let chosen = [("PUSHPULL_TEST_CHOICE", file.as_path())];
    Window::with_environment(&home, &chosen, async |window| upload(window, &mut server).await).await
}

async fn upload(window: &Window, server: &mut Receiver) -> Result<()> {
    window.find(".first h1").await?;
    window.keys("gr").await?;
    window.fill("input[aria-label=Method]", "POST").await?;
    window.fill("input[aria-label=URL]", &format!("{}/files", server.url())).await?;
    window.click("#request-part-tab-body").await?;
    window.click("#request-part [data-value=multipart]").await?;
    window.fill("[aria-label='Name of part 1']", "note").await?;
    window.fill("[aria-label='Text of part 1']", "caf\u{e9}").await?;
    window.fill("[aria-label='Name of part 2']", "logo").await?;
    window.click("[aria-label='Choose a file for part 2']").await?;
    window.text("#request-part", "logo.bin").await?;
    window.fill("[aria-label='Content-Type of part 2']", "image/x-logo").await?;
    screens::take(window, "multipart").await?;
    let received = sent(window, server, "1 answer ").await?;
    let form = received.headers["content-type"].to_str()?;
    let boundary = form.strip_prefix("multipart/form-data; boundary=").with_context(|| form.to_owned())?;
    let parts = [
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\ncaf\u{e9}\r\n").into_bytes(),
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"logo.bin\"\r\n")
            .into_bytes(),
        b"Content-Type: image/x-logo\r\n\r\n".to_vec(),
        bytes(),
        format!("\r\n--{boundary}--\r\n").into_bytes(),
    ];
    assert_eq!(String::from_utf8_lossy(&received.body), String::from_utf8_lossy(&parts.concat()));
    assert_eq!(received.body, parts.concat());

    window.click("#request-part [data-value=file]").await?;
    window.button("Choose a file").await?;
    window.text("#request-part", "The file is read when the request is sent, byte for byte.").await?;
    let received = sent(window, server, "2 answers").await?;
    assert_eq!(received.body, bytes());
    assert_eq!(received.headers["content-type"], "application/octet-stream");
    window.click("#response-part-tab-sent").await?;
    window.text("[data-pane=response]", "POST /files HTTP/1.1").await
}

/// Sends what is in the tab, and returns what arrived.
async fn sent(window: &Window, server: &mut Receiver, answers: &str) -> Result<Received> {
    window.press(&format!("{CONTROL}{ENTER}{RELEASE}")).await?;
    window.text("[aria-label=Responses]", answers).await?;
    server.next().await
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

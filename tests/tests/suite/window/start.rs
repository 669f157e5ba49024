//! Starts of the window: the first one, one beside another, one after a crash, and what comes back of how it looked.

use anyhow::{Context, Result};
use pushpull_tests::{CONTROL, Display, ENTER, Home, PATIENCE, Program, RELEASE, Window, until};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use tokio::process::Command;

/// Neither the size it opens with nor the smallest.
const SIZE: (u32, u32) = (1110, 770);
const URL: &str = "input[aria-label=URL]";

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_listens_shows_where_and_enter_sends_a_real_request_there() -> Result<()> {
    Window::with(&Home::new()?, first).await
}

async fn first(window: &Window) -> Result<()> {
    let url = window.url().await?;
    let listener = &window.invoke("status", json!({})).await?["listener"];
    let port: u64 = url.strip_prefix("http://127.0.0.1:").context("It listens elsewhere")?.parse()?;
    let wanted = listener["wanted"].as_u64().unwrap_or(port);
    assert_eq!(wanted, 4400, "{listener}");
    if port != wanted {
        window.text("main", "port 4400 was in use").await?;
    }
    let inbound = format!("{url}/in/default");
    window.text(".bigurl", &inbound).await?;
    window.click(".bigurl .btn").await?;
    window.text(".toasts", "URL copied").await?;
    window.keys("gr").await?;
    pasted(window, &inbound).await.context("The copied URL")?;

    window.keys("gi").await?;
    until("the button to have the focus", async || {
        let at = window.script("return document.activeElement.textContent", vec![]).await?;
        Ok(at.as_str().filter(|text| text.contains("Send a sample event")).map(drop))
    })
    .await?;
    window.press(&ENTER.to_string()).await?;
    window.find("[role=grid] [role=row][aria-selected=true]").await?;
    window.text("[role=grid] [role=row][aria-selected=true]", "sample").await?;
    window.text(".dhead h1", "invoice.paid").await?;
    window.click("#detail-panel-tab-headers").await?;
    window.text("#detail-panel", &format!("127.0.0.1:{port}")).await.context("The host that was called")
}

/// Waits until what is pasted into the URL of a request is this.
async fn pasted(window: &Window, wanted: &str) -> Result<()> {
    until(&format!("{wanted} on the clipboard"), async || {
        window.click(URL).await?;
        window.press(&format!("{CONTROL}av{RELEASE}")).await?;
        Ok((value(window).await? == wanted).then_some(()))
    })
    .await
}

async fn value(window: &Window) -> Result<Value> {
    window.script("return document.querySelector(arguments[0])?.value ?? null", vec![URL.into()]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_leaves_one_window_and_brings_it_to_the_front() -> Result<()> {
    let home = Home::new()?;
    let display = Display::open()?;
    Window::with(&home, async |window| {
        window.find(".first h1").await?;
        focused(window, true).await?;
        display.cover()?;
        focused(window, false).await?;
        start_again(&home, &[]).await?;
        focused(window, true).await?;
        window.find(".first h1").await.map(drop)
    })
    .await
}

/// Starts the program where its window is open, in the home's folder.
async fn start_again(home: &Home, arguments: &[&str]) -> Result<()> {
    let mut second = Command::new(Program::Desktop.path()?);
    second.args(arguments).envs(home.environment()).current_dir(home.path());
    second.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let ended = tokio::time::timeout(PATIENCE, second.status()).await;
    assert!(ended.context("The second start stays")??.success());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_for_another_workspace_is_offered_where_the_first_is_open() -> Result<()> {
    let home = Home::new()?;
    Window::with(&home, async |window| {
        window.find(".first h1").await?;
        start_again(&home, &["--workspace", "test.pushpull"]).await?;
        start_again(&home, &["--workspace", "other.pushpull"]).await?;
        let other = home.file("other.pushpull");
        let other = other.to_str().context("The path is no text")?;
        window.text(".toasts", other).await?;
        let toasts = window.script("return document.querySelectorAll('.toast').length", vec![]).await?;
        assert_eq!(toasts, 1, "what is open already needs no word");
        window.button("Open it here").await?;
        until("the other workspace", async || {
            Ok((window.invoke("status", json!({})).await?["workspace"] == other).then_some(()))
        })
        .await
    })
    .await
}

/// Waits until the window has the focus, or has lost it.
async fn focused(window: &Window, wanted: bool) -> Result<()> {
    until(&format!("the focus to be there: {wanted}"), async || {
        Ok((window.script("return document.hasFocus()", vec![]).await? == wanted).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_size_that_the_window_is_closed_with_is_that_of_the_next_start() -> Result<()> {
    let home = Home::new()?;
    let display = Display::open()?;
    Window::until_killed(&home, async |window| {
        window.find(".first h1").await?;
        window.client().set_window_size(SIZE.0, SIZE.1).await?;
        sized(window).await?;
        display.close("Pushpull")?;
        until("the size to be kept", async || {
            let kept = std::fs::read_to_string(home.file("config/pushpull/.window-state.json")).unwrap_or_default();
            let kept: Value = serde_json::from_str(&kept).unwrap_or_default();
            Ok((kept["main"]["width"] == SIZE.0 && kept["main"]["height"] == SIZE.1).then_some(()))
        })
        .await
    })
    .await?;
    Window::with(&home, sized).await
}

/// Waits until the page fills a window of [`SIZE`].
async fn sized(window: &Window) -> Result<()> {
    until("the size", async || {
        let size = window.script("return [innerWidth, innerHeight]", vec![]).await?;
        Ok((size == json!([SIZE.0, SIZE.1])).then_some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_into_a_request_survives_a_kill() -> Result<()> {
    let home = Home::new()?;
    let draft = "https://api.example/half-typ";
    Window::until_killed(&home, async |window| {
        window.find(".first h1").await?;
        window.keys("gr").await?;
        window.fill(URL, draft).await?;
        until("the draft to be kept", async || {
            let kept = window.invoke("drafts", json!({})).await?;
            Ok((kept["drafts"][0]["definition"]["url"] == draft).then_some(()))
        })
        .await
    })
    .await?;
    Window::with(&home, async |window| {
        window.find("main").await?;
        window.keys("gr").await?;
        until("the draft to be back", async || Ok((value(window).await? == draft).then_some(()))).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_theme_is_the_systems_unless_one_is_chosen() -> Result<()> {
    let home = Home::new()?;
    let dark = [("GTK_THEME", Path::new("Adwaita:dark"))];
    Window::with_environment(&home, &dark, async |window| {
        window.find("html[data-theme=dark]").await.context("As the system")?;
        window.run("Theme: light").await?;
        window.find("html[data-theme=light]").await?;
        window.run("Theme: as the system").await?;
        window.find("html[data-theme=dark]").await.map(drop)
    })
    .await?;
    let light = [("GTK_THEME", Path::new("Adwaita"))];
    Window::with_environment(&home, &light, async |window| window.find("html[data-theme=light]").await.map(drop)).await
}

//! The tunnel in the real window: a program that is missing, that ends, that comes up; a server that goes away and is
//! back.

use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{BoreServer, CONTROL, ESCAPE, Home, RELEASE, Raw, Window, until};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// The name that the stand-in for cloudflared prints.
const NAME: &str = "https://blue-cat.trycloudflare.com";

/// What the bore server asks for.
const SECRET: &str = "open sesame";

/// Notes every state that is shown, in the panel and in the top bar.
const WATCH: &str = "\
window.states = [];
const note = () => {
  for (const css of ['.tunnelpop .head .badge', '.top .readout[title^=Tunnel]']) {
    const text = document.querySelector(css)?.innerText.trim().split('\\n')[0] ?? '';
    if (!window.states.includes(text)) window.states.push(text);
  }
};
note();
new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });";

#[tokio::test(flavor = "multi_thread")]
async fn cloudflared_is_asked_for_tells_why_it_ended_and_comes_up() -> Result<()> {
    let home = Home::new()?;
    let program = home.file("cloudflared");
    let chosen = [("PUSHPULL_TEST_CHOICE", program.as_path())];
    Window::with_environment(&home, &chosen, async |window| cloudflared(window, &program).await).await
}

async fn cloudflared(window: &Window, program: &Path) -> Result<()> {
    window.find(".first h1").await?;
    window.url().await?;
    window.keys("gt").await?;
    window.click(".tunnelpop [data-value=cloudflared]").await?;
    window.text(".tunnelpop .program", "cloudflared in PATH").await?;
    window.click(".tunnelpop .program .btn").await?;
    window.text(".tunnelpop .program", "/cloudflared").await?;

    start(window).await?;
    let missing = "was not found. Install cloudflared, or give the path of the program.";
    window.text(".tunnelpop [role=alert]", missing).await.context("Without the program")?;
    screens::take(window, "tunnel-missing").await?;

    write(program, "echo 'INF Requesting a tunnel' >&2\necho 'ERR The account is closed' >&2\nexit 1")?;
    start(window).await?;
    window.text(".tunnelpop .note", "ERR The account is closed").await.context("With one that ends")?;
    window.text(".tunnelpop .note", "Read the log of the tunnel, then start it again.").await?;
    window.text(".tunnelpop .log", "INF Requesting a tunnel").await?;
    window.text(".tunnelpop .head .badge", "failed").await?;
    window.text(".top", "Tunnel failed").await?;
    screens::take(window, "tunnel-failed").await?;

    let up = format!(
        "until test -e \"$0.answered\"; do sleep 0.02; done\necho 'INF |  {NAME}  |' >&2\n\
         echo 'INF Registered tunnel connection' >&2\nexec sleep 1000"
    );
    write(program, &up)?;
    start(window).await?;
    window.text(".tunnelpop .head .badge", "starting").await?;
    window.text(".top", "Tunnel starting").await?;
    std::fs::write(program.with_file_name("cloudflared.answered"), "")?;
    window.text(".tunnelpop .url", NAME).await.context("With one that comes up")?;
    window.text(".tunnelpop .head .badge", "up").await?;
    window.text(".top", NAME.trim_start_matches("https://")).await?;
    copied(window, NAME).await.context("Copying its URL")?;
    window.click(".tunnelpop .head .danger").await?;
    window.text(".tunnelpop .head .badge", "off").await?;
    window.text(".top", "Tunnel off").await
}

/// Writes the program that stands in for cloudflared.
fn write(program: &Path, script: &str) -> Result<()> {
    std::fs::write(program, format!("#!/bin/sh\n{script}\n"))?;
    Ok(std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755))?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bore_tunnel_whose_server_goes_is_lost_tried_again_and_up_when_it_is_back() -> Result<()> {
    let server = BoreServer::start(Some(SECRET)).await?;
    Window::with(&Home::new()?, async |window| bore(window, server).await).await
}

async fn bore(window: &Window, server: BoreServer) -> Result<()> {
    window.find(".first h1").await?;
    window.invoke("create_source", json!({ "name": "shop" })).await?;
    window.url().await?;
    window.keys("gt").await?;
    window.fill(".tunnelpop input.data", BoreServer::HOST).await?;
    start(window).await?;
    window.text(".tunnelpop", "asks for a secret").await?;
    window.fill(".tunnelpop input[type=password]", SECRET).await?;
    start(window).await?;
    let url = public(window).await?;
    copied(window, &url).await.context("Copying its URL")?;
    window.click(".tunnelpop .test .btn").await?;
    window.text(".tunnelpop .test", "seen in").await?;
    window.text(".tunnelpop .test", "answered in").await?;
    window.click(".tunnelpop [aria-label='Copy the public URL of shop']").await?;
    pasted(window, &format!("{url}/in/shop")).await.context("The URL of a source")?;

    window.script(WATCH, vec![]).await?;
    server.stop().await?;
    window.text(".tunnelpop .head .badge", "retrying, attempt").await?;
    window.text(".tunnelpop .note", BoreServer::HOST).await?;
    screens::take(window, "tunnel-retrying").await?;
    let _server = BoreServer::start(Some(SECRET)).await?;
    let url = public(window).await?;
    let states = window.script("return window.states", vec![]).await?;
    let states: Vec<&str> = states.as_array().context("No states")?.iter().filter_map(Value::as_str).collect();
    for state in ["lost", "retrying, attempt 1", "Tunnel lost", "Tunnel retrying"] {
        assert!(states.contains(&state), "{state} was not shown: {states:?}");
    }
    let mut sender = Raw::connect(url.trim_start_matches("http://")).await?;
    sender.send(b"POST /in/shop HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}").await?;
    assert_eq!(sender.answer().await?.status, 200);
    window.text(".listfoot", "1 stored").await
}

async fn start(window: &Window) -> Result<()> {
    window.click(".tunnelpop .head .btn.primary:not(:disabled)").await
}

/// Waits until the panel shows a public URL, and returns it.
async fn public(window: &Window) -> Result<String> {
    until("the public URL", async || {
        let shown = "return document.querySelector('.tunnelpop .url .data')?.textContent ?? null";
        Ok(window.script(shown, vec![]).await?.as_str().map(String::from))
    })
    .await
}

/// Copies the public URL by its button.
async fn copied(window: &Window, url: &str) -> Result<()> {
    window.click(".tunnelpop .url .btn").await?;
    pasted(window, url).await
}

/// What is pasted into a field of another screen is what was copied; then the panel is opened again.
async fn pasted(window: &Window, wanted: &str) -> Result<()> {
    window.text(".toasts", "Public URL copied").await?;
    window.press(&ESCAPE.to_string()).await?;
    window.keys("gr").await?;
    until(&format!("{wanted} on the clipboard"), async || {
        window.click("input[aria-label=URL]").await?;
        window.press(&format!("{CONTROL}av{RELEASE}")).await?;
        let pasted = window.script("return document.querySelector('input[aria-label=URL]').value", vec![]).await?;
        Ok((pasted == wanted).then_some(()))
    })
    .await?;
    window.keys("gi").await?;
    window.keys("gt").await?;
    window.find(".tunnelpop").await.map(drop)
}

//! The main job from end to end: pushes through a tunnel, a call, a comparison, a replay, an export.

use super::screens;
use anyhow::{Context, Result, ensure};
use fantoccini::Locator;
use futures_util::{StreamExt, TryStreamExt, stream};
use pushpull_tests::{
    BoreServer, CONTROL, ENTER, ESCAPE, Home, Payload, RELEASE, Raw, Receiver, SHIFT, Window, github_payloads,
    pushpull, until,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// Payloads in the package.
const PAYLOADS: usize = 329;
/// Payloads that are under way at a time.
const AT_A_TIME: usize = 8;
/// From the first window to the first row, whatever the machine.
const FIRST_ROW: Duration = Duration::from_secs(30);
/// What an API of the user's answers.
const ANSWER: &str = r#"{"id":1296269,"full_name":"octocat/hello-world","open_issues":3,"archived":false}"#;

#[tokio::test(flavor = "multi_thread")]
async fn every_github_payload_comes_through_a_tunnel_and_is_read_compared_replayed_and_exported() -> Result<()> {
    let home = Home::new()?;
    let payloads = github_payloads()?;
    assert_eq!(payloads.len(), PAYLOADS);
    let exported = home.file("selection.ndjson");
    let _bore = BoreServer::start(None).await?;
    let mut server = Receiver::start(ANSWER).await?;
    Window::with_environment(&home, &[("PUSHPULL_TEST_CHOICE", &exported)], async |window| {
        let began = Instant::now();
        first_row(window).await?;
        ensure!(began.elapsed() < FIRST_ROW, "The first row took {:?}.", began.elapsed());
        whole_job(window, &home, &payloads, &mut server, &exported).await
    })
    .await
}

/// What a user does from the first row on.
async fn whole_job(
    window: &Window,
    home: &Home,
    payloads: &[Payload],
    server: &mut Receiver,
    exported: &Path,
) -> Result<()> {
    let url = start_tunnel(window).await?;
    window.invoke("create_source", json!({ "name": "github" })).await?;
    post_all(&url, payloads).await?;
    window.text(".listfoot", &format!("{} stored", PAYLOADS + 1)).await.context("The window shows the count")?;
    every_event_type_is_found(window, payloads).await?;
    every_push_is_exported_as_it_came(home, &url, payloads).await?;

    read_one(window).await?;
    compare_two(window).await?;
    replay_one(window, server, payloads).await?;
    export_one(window, exported).await?;
    send_a_request(window, server).await?;
    other_screens(window).await
}

/// The empty inbox, and its first row.
async fn first_row(window: &Window) -> Result<()> {
    window.text(".bigurl", "http://127.0.0.1:").await?;
    screens::take(window, "first-run").await?;
    window.button("Send a sample event").await?;
    window.find("[role=grid] [role=row][aria-selected=true]").await?;
    window.find(".dhead h1").await?;
    Ok(())
}

/// Starts a tunnel as the user does, tests it, and returns its public URL.
async fn start_tunnel(window: &Window) -> Result<String> {
    window.keys("gt").await?;
    window.fill(".tunnelpop input.data", BoreServer::HOST).await?;
    window.click(".tunnelpop .head .btn.primary").await?;
    let url = until("the public URL", async || {
        let state = &window.invoke("status", json!({})).await?["tunnel"]["state"];
        Ok(state["url"].as_str().filter(|_| state["type"] == "up").map(String::from))
    })
    .await?;
    window.text(".tunnelpop", &url).await?;
    window.button("Test").await?;
    window.text(".tunnelpop", "answered in").await?;
    screens::take(window, "tunnel").await?;
    window.press(&ESCAPE.to_string()).await?;
    Ok(url)
}

/// Sends every payload through the tunnel as GitHub does.
async fn post_all(url: &str, payloads: &[Payload]) -> Result<()> {
    let address = url.trim_start_matches("http://");
    let posts = payloads.iter().enumerate().map(async |(number, payload)| {
        let mut socket = Raw::connect(address).await?;
        socket.send(head(address, number, payload).as_bytes()).await?;
        socket.send(payload.body.as_bytes()).await?;
        let answer = socket.answer().await.with_context(|| format!("Posting {number}"))?;
        ensure!(answer.status == 200, "Payload {number} was answered {}", answer.head);
        anyhow::Ok(())
    });
    stream::iter(posts).buffer_unordered(AT_A_TIME).try_collect().await
}

/// The head that GitHub sends, its order and case.
fn head(host: &str, number: usize, payload: &Payload) -> String {
    format!(
        "POST /in/github HTTP/1.1\r\nHost: {host}\r\nUser-Agent: GitHub-Hookshot/e0f9a44\r\nContent-Length: {}\r\n\
         Accept: */*\r\nContent-Type: application/json\r\nX-GitHub-Delivery: {}\r\nX-GitHub-Event: {}\r\n\
         X-GitHub-Hook-ID: 292430182\r\nX-GitHub-Hook-Installation-Target-ID: 79929171\r\n\
         X-GitHub-Hook-Installation-Target-Type: repository\r\nX-Hub-Signature-256: sha256={number:064x}\r\n\r\n",
        payload.body.len(),
        delivery(number),
        payload.event
    )
}

fn delivery(number: usize) -> String {
    format!("{number:08x}-cc78-11e3-81ab-4c9367dc0958")
}

/// Each event is found by its type, as often as it was sent; the list shows the type.
async fn every_event_type_is_found(window: &Window, payloads: &[Payload]) -> Result<()> {
    let mut wanted: BTreeMap<&str, u64> = BTreeMap::new();
    for payload in payloads {
        *wanted.entry(&payload.event).or_default() += 1;
    }
    for (event, times) in wanted {
        let filter = format!("type:{event}* source:github");
        let page =
            window.invoke("list", json!({ "filter": filter, "upto": null, "from": 0, "count": 200, "near": null }));
        let page = page.await?;
        let rows = page["rows"].as_array().context("no rows")?;
        let exact = rows.iter().filter(|row| of_event(row, event)).count() as u64;
        ensure!(exact == times, "{event}: {exact} of {times}");
    }
    // While its page is read, a row is empty or that of before.
    let mut shown = String::new();
    let found = until("a row of a push", async || {
        let name = "return document.querySelector('[role=row][aria-selected] .ev .name')?.textContent ?? ''";
        shown = window.script(name, vec![]).await?.as_str().unwrap_or_default().to_owned();
        Ok(payloads.iter().any(|payload| shown.contains(&payload.event)).then_some(()))
    })
    .await;
    found.with_context(|| format!("The row shows {shown:?}."))
}

/// True if the row's type is the event, alone or with its action.
fn of_event(row: &Value, event: &str) -> bool {
    let found = row["eventType"].as_str().unwrap_or_default();
    found == event || found.strip_prefix(event).is_some_and(|rest| rest.starts_with('.'))
}

/// The command line exports each head and body byte for byte, while the window is open.
async fn every_push_is_exported_as_it_came(home: &Home, url: &str, payloads: &[Payload]) -> Result<()> {
    let exported = pushpull(home, &["export", "--format", "ndjson", "--no-redact", "source:github"]).await?.ok()?;
    let mut pushes = BTreeMap::new();
    for line in exported.lines()?.into_iter().skip(1) {
        let head = line["request"]["head"]["text"].as_str().context("an exported head is not text")?;
        let body = line["request"]["body"]["text"].as_str().context("an exported body is not text")?;
        ensure!(pushes.insert(head.to_owned(), body.to_owned()).is_none(), "This is there twice: {head}");
    }
    ensure!(pushes.len() == payloads.len(), "{} pushes were exported", pushes.len());
    let host = url.trim_start_matches("http://");
    for (number, payload) in payloads.iter().enumerate() {
        let body = pushes.get(&head(host, number, payload));
        ensure!(body == Some(&payload.body), "Push {number} ({}) differs", payload.event);
    }
    Ok(())
}

/// Filters, opens one, and reads its body and headers.
async fn read_one(window: &Window) -> Result<()> {
    filter(window, "type:pull_request.*").await?;
    window.click("[role=grid] [role=row][aria-rowindex='3']").await?;
    window.text(".dhead h1", "pull_request").await?;
    window.text("[role=tree]", "pull_request").await?;
    screens::take(window, "filter").await?;
    window.click("#detail-panel-tab-headers").await?;
    window.text("#detail-panel", "cc78-11e3-81ab-4c9367dc0958").await?;
    screens::take(window, "headers").await?;
    window.click("#detail-panel-tab-body").await
}

/// Holds two of the selected type against each other.
async fn compare_two(window: &Window) -> Result<()> {
    window.click("[role=grid] [role=row][aria-rowindex='2']").await?;
    window.keys("xjxc").await?;
    window.find("[role=grid][aria-label=Differences] [role=rowheader]").await?;
    screens::take(window, "compare").await?;
    window.keys("gi").await
}

/// Replays one to a server of the user's, which gets the bytes as they came.
async fn replay_one(window: &Window, server: &mut Receiver, payloads: &[Payload]) -> Result<()> {
    filter(window, "type:ping*").await?;
    window.click("[role=grid] [role=row][aria-rowindex='2']").await?;
    window.text(".dhead h1", "ping").await?;
    window.keys("r").await?;
    window.fill("#replay-target", server.url()).await?;
    window.press(&ENTER.to_string()).await?;
    window.text("[role=dialog]", "1 replay sent").await?;
    screens::take(window, "replay").await?;
    let received = server.next().await?;
    let number = received.headers["x-github-delivery"].to_str()?.split('-').next().context("no delivery")?.to_owned();
    let payload = &payloads[usize::from_str_radix(&number, 16)?];
    ensure!(received.body == payload.body.as_bytes(), "The replay differs from the push");
    window.button("Close").await
}

/// Exports the selection into the file that the dialog would have named.
async fn export_one(window: &Window, file: &Path) -> Result<()> {
    window.press(&format!("{SHIFT}e{RELEASE}")).await?;
    window.text("[role=dialog]", "startedAt").await?;
    screens::take(window, "export").await?;
    window.button("Save as").await?;
    let text = until("the exported file", async || Ok(std::fs::read_to_string(file).ok())).await?;
    ensure!(text.lines().count() >= 2, "The export holds {text:?}");
    window.click(".toast [aria-label='Close']").await
}

/// Sends a request and reads its answer.
async fn send_a_request(window: &Window, server: &mut Receiver) -> Result<()> {
    window.keys("gr").await?;
    window.fill("input[aria-label=URL]", &format!("{}/repos/octocat/hello-world", server.url())).await?;
    window.press(&format!("{CONTROL}{ENTER}{RELEASE}")).await?;
    window.text("[data-pane=response]", "200").await?;
    window.text("[data-pane=response]", "octocat/hello-world").await?;
    ensure!(server.next().await?.uri.path() == "/repos/octocat/hello-world", "Another path was asked for");
    screens::take(window, "requests").await
}

/// The screens that have not been seen yet.
async fn other_screens(window: &Window) -> Result<()> {
    window.keys("gi").await?;
    window.click("[aria-label='Clear the filter']").await?;
    window.text(".listfoot", &format!("{} in view", PAYLOADS + 3)).await?;
    window.click("[role=grid] [role=row][aria-rowindex='4']").await?;
    window.find("[role=tree]").await?;
    screens::take(window, "inbox").await?;
    window.press(&format!("{CONTROL},{RELEASE}")).await?;
    window.text("main", "Theme").await?;
    screens::take(window, "settings").await?;
    window.press(&format!("{CONTROL}k{RELEASE}")).await?;
    window.find("[role=listbox] [role=option]").await?;
    screens::take(window, "palette").await?;
    window.press(&ESCAPE.to_string()).await
}

/// Puts a filter in place of the one that is there.
async fn filter(window: &Window, text: &str) -> Result<()> {
    window.keys("gi").await?;
    let clear = "[aria-label='Clear the filter']";
    if window.client().find(Locator::Css(clear)).await.is_ok() {
        window.click(clear).await?;
    }
    window.keys("/").await?;
    window.press(&format!("{text}{ENTER}")).await?;
    let wanted = text.trim_start_matches("type:").trim_end_matches('*');
    window.text("[role=grid] [role=row][aria-selected] .ev .name", wanted).await
}

//! Exports out of the real window: a selection, what a filter finds, everything, each format as whoever gets the file
//! reads it. Secrets are masked unless they are wanted.

use super::screens;
use anyhow::{Context, Result};
use pushpull_engine::exchange::Body;
use pushpull_engine::transfer::export::{ReadExchange, read_ndjson};
use pushpull_tests::{ENTER, Home, RELEASE, SHIFT, Window};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// What must not be in a file unless it is wanted.
const SECRETS: [&str; 3] = ["4eC39HqLyjWDarjtT1zdp7dc", "c2Vzc2lvbg", "q9mK2vTt7x"];
/// The fields of the first push, its second secret in a cookie.
const FIELDS: &str = "Authorization: Bearer 4eC39HqLyjWDarjtT1zdp7dc\r\nx-lower: 1\r\nX-Twice: a\r\nX-Twice: b\r\n\
    Cookie: sid=c2Vzc2lvbg\r\nContent-Type: application/json\r\n";
/// Its target, the third secret in the query.
const TARGET: &str = "/in/shop/orders?b=2&a=%20&token=q9mK2vTt7x";
const JSON: &[u8] = br#"{"id":12345678901234567890,"by":"J\u00fcrgen","by":"it's"}"#;
/// Where the button stands that saves.
const SAVE_AT: &str = "return document.querySelector('[role=dialog] [type=submit]').getBoundingClientRect().top";
/// No text, as UTF-8 or otherwise.
const BYTES: &[u8] = b"\0\xff\xfe{\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_what_was_asked_for_and_keeps_secrets() -> Result<()> {
    let home = Home::new()?;
    let file = home.file("exported");
    let chosen = [("PUSHPULL_TEST_CHOICE", file.as_path())];
    Window::with_environment(&home, &chosen, async |window| exports(window, &file).await).await
}

async fn exports(window: &Window, file: &Path) -> Result<()> {
    window.find(".first h1").await?;
    for (target, fields, body) in [
        (TARGET, FIELDS, JSON),
        ("/in/other?=1,\"2\"", "Content-Type: text/plain\r\n", b"plain"),
        ("/in/shop", "Content-Type: application/octet-stream\r\n", BYTES),
    ] {
        assert_eq!(window.post(target, fields, body).await?.status, 200);
    }
    window.text(".listfoot", "3 stored").await?;
    selection(window, file).await.context("A selection")?;
    one_body(window, file).await.context("One body")?;
    filter(window, file).await.context("What a filter finds")?;
    everything(window, file).await.context("Everything")
}

/// The first push alone: masked, then as it came, then as a command.
async fn selection(window: &Window, file: &Path) -> Result<()> {
    select(window, 4).await?;
    window.text("[role=dialog] .preview", "Authorization").await?;
    window.text("[role=dialog] .preview", "token").await?;
    screens::take(window, "export-masked").await?;
    let masked = ndjson(&save(window, file).await?)?;
    assert_eq!(masked.len(), 1);
    let [head, body] = request(&masked[0])?;
    hides(head)?;
    for kept in ["Authorization: Bearer [masked]\r\nx-lower: 1\r\nX-Twice: a\r\nX-Twice: b\r\n", "?b=2&a=%20&token="] {
        assert!(String::from_utf8_lossy(head).contains(kept), "{}", String::from_utf8_lossy(head));
    }
    assert_eq!(body, JSON);

    select(window, 4).await?;
    window.label("Mask them").await?;
    window.text("[role=dialog]", "Credentials go out as they were").await?;
    window.text("[role=dialog] .preview", "nothing masked").await?;
    let whole = ndjson(&save(window, file).await?)?;
    let length = JSON.len();
    let sent = format!("POST {TARGET} HTTP/1.1\r\nHost: h\r\n{FIELDS}Content-Length: {length}\r\n\r\n");
    assert_eq!(request(&whole[0])?, [sent.as_bytes(), JSON]);

    select(window, 4).await?;
    window.click("[role=dialog] [data-value=curl]").await?;
    let command = String::from_utf8(save(window, file).await?)?;
    assert!(command.starts_with("curl ") && command.contains("Authorization: Bearer [masked]"), "{command}");
    hides(command.as_bytes())
}

/// The bytes of a body that is no text.
async fn one_body(window: &Window, file: &Path) -> Result<()> {
    select(window, 2).await?;
    window.click("[role=dialog] [data-value=raw]").await?;
    window.text("[role=dialog]", "so nothing in it is masked").await?;
    assert_eq!(save(window, file).await?, BYTES);
    Ok(())
}

/// Two of three, as an HTTP Archive; the body of one takes no filter that finds more.
async fn filter(window: &Window, file: &Path) -> Result<()> {
    window.fill("[data-filter]", &format!("source:shop{ENTER}")).await?;
    window.text(".listfoot", "2 in view").await?;
    window.run("Export everything in view").await?;
    window.text("[role=dialog]", "All that the filter finds, 2").await?;
    window.click("[role=dialog] [data-value=raw]").await?;
    window.text("[role=dialog]", "Body takes exactly one exchange.").await?;
    let place = async || window.script(SAVE_AT, vec![]).await;
    let at = place().await?;
    window.click("[role=dialog] [data-value=har]").await?;
    window.text("[role=dialog] .preview", "token").await?;
    assert_eq!(place().await?, at, "what came in moved the button from under the pointer");
    let text = save(window, file).await?;
    hides(&text)?;
    let har: Value = serde_json::from_slice(&text).context("The archive is no JSON")?;
    let entries = har["log"]["entries"].as_array().context("No entries")?;
    let urls: Vec<_> = entries.iter().filter_map(|entry| entry["request"]["url"].as_str()).collect();
    assert_eq!(urls.len(), 2, "{har}");
    assert!(urls[0].ends_with("/in/shop/orders?b=2&a=%20&token=[masked]"), "{urls:?}");
    assert_eq!(entries[0]["request"]["postData"]["text"].as_str().map(str::as_bytes), Some(JSON));
    assert_eq!(entries[1]["request"]["postData"]["_encoding"], "base64");
    Ok(())
}

/// The whole list as a table, whatever the filter.
async fn everything(window: &Window, file: &Path) -> Result<()> {
    window.run("Export everything stored").await?;
    window.text("[role=dialog]", "Everything, 3").await?;
    window.click("[role=dialog] [data-value=csv]").await?;
    let table = String::from_utf8(save(window, file).await?)?;
    hides(table.as_bytes())?;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4, "{table}");
    assert!(lines[0].starts_with("id,direction,origin,started_at,method,url,path,source,"), "{table}");
    assert!(lines[1].starts_with("1,push,captured,") && lines[1].contains(",shop,"), "{table}");
    assert!(lines[2].contains("\"/in/other?=1,\"\"2\"\"\""), "{table}");
    assert!(lines[3].starts_with("3,push,captured,"), "{table}");
    Ok(())
}

/// Puts the cursor on a row and asks for it to be exported.
async fn select(window: &Window, row: u32) -> Result<()> {
    window.click(&format!("[role=grid] [role=row][aria-rowindex='{row}']")).await?;
    window.press(&format!("{SHIFT}e{RELEASE}")).await?;
    window.text("[role=dialog]", "The selection, 1").await
}

/// Saves, waits until the dialog is gone, and returns what the file holds.
async fn save(window: &Window, file: &Path) -> Result<Vec<u8>> {
    window.button("Save as").await?;
    window.gone("[role=dialog]").await?;
    window.text(".toasts", "exported to").await?;
    let bytes = std::fs::read(file).context("Reading the export")?;
    assert_eq!(std::fs::metadata(file)?.permissions().mode() & 0o777, 0o600);
    std::fs::remove_file(file)?;
    Ok(bytes)
}

fn ndjson(text: &[u8]) -> Result<Vec<ReadExchange>> {
    read_ndjson(text).context("The export can't be read back")
}

/// The head and the body of a request.
fn request(read: &ReadExchange) -> Result<[&[u8]; 2]> {
    let Body::Inline(body) = &read.exchange.request.body else { anyhow::bail!("The body is elsewhere") };
    Ok([&read.exchange.request.head[..], &body[..]])
}

/// No secret stands in it.
fn hides(text: &[u8]) -> Result<()> {
    let text = String::from_utf8_lossy(text);
    for secret in SECRETS {
        anyhow::ensure!(!text.contains(secret), "{secret} is in {text}");
    }
    Ok(())
}

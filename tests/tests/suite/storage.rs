//! What the workspace takes, made small and copied, from the command line, also while another process captures into it.

use anyhow::{Context, Result};
use futures_util::StreamExt as _;
use pushpull_engine::Engine;
use pushpull_tests::{Events, Home, Listener, Output, github_payloads, http, pushpull};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;
use tokio::time::timeout;

/// Payloads that are captured: enough for a dictionary to be learnt.
const PAYLOADS: usize = 329;

async fn one(home: &Home, arguments: &[&str]) -> Result<Value> {
    pushpull(home, arguments).await?.ok()?.lines()?.pop().context("nothing was printed")
}

/// What was on the wire, of an export; what is found out about it comes later and may differ.
fn messages(export: &Output) -> Result<Vec<[Value; 2]>> {
    let lines = export.lines()?.into_iter().filter(|line| line.get("request").is_some());
    Ok(lines.map(|mut line| ["request", "response"].map(|side| line[side].take())).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_is_measured_compacted_and_copied_while_captures_go_on() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    let client = http::client()?;
    let payloads = github_payloads()?;
    for payload in payloads.iter().take(PAYLOADS) {
        let url = format!("{}/in/github", listener.url());
        let push = client.post(url).header("x-github-event", &payload.event).body(payload.body.clone());
        push.send().await?.error_for_status()?;
        listener.next().await?;
    }
    const EXPORT: &[&str] = &["export", "--format", "ndjson", "--no-redact"];
    let whole = messages(&pushpull(&home, EXPORT).await?.ok()?)?;
    assert_eq!(whole.len(), PAYLOADS);

    let size = one(&home, &["--json", "size"]).await?;
    let sent: usize = payloads.iter().take(PAYLOADS).map(|payload| payload.body.len()).sum();
    assert_eq!(size["sources"][0]["exchanges"], PAYLOADS);
    assert!(size["stored"].as_u64() >= Some(sent as u64), "{size}");
    let parts = size["parts"].as_array().context("parts")?;
    let total: u64 = parts.iter().filter_map(|part| part["bytes"].as_u64()).sum();
    assert_eq!(Some(total), size["file"].as_u64(), "the parts are the file");

    let done = one(&home, &["--json", "compact"]).await?;
    assert!(done["after"].as_u64() <= done["before"].as_u64(), "{done}");
    assert!(done["after"].as_u64() < Some(sent as u64), "packed it takes less than what came: {done}");

    let copy = home.file("copy.pushpull");
    let copy = copy.to_str().context("The path is no text")?;
    one(&home, &["--json", "backup", copy]).await?;
    assert_eq!(std::fs::metadata(copy)?.permissions().mode() & 0o777, 0o600, "the copy is its owner's alone");
    let again = pushpull(&home, &["backup", copy]).await?;
    assert_eq!(again.code, Some(2), "{}", again.stderr);
    assert!(again.stderr.contains("is there already"), "{}", again.stderr);
    let copied = messages(&pushpull(&home, &[&["--workspace", copy], EXPORT].concat()).await?.ok()?)?;
    assert!(messages(&pushpull(&home, EXPORT).await?.ok()?)? == whole, "what is packed anew is the same");
    assert!(copied == whole, "the copy holds the same");
    listener.interrupt().await?;
    Ok(())
}

/// A third of what came, whatever is kept beside it: the words, the verdicts, the deliveries.
const MOST: f64 = 0.35;

#[tokio::test(flavor = "multi_thread")]
async fn real_payloads_come_to_take_a_third_of_what_they_were_by_themselves() -> Result<()> {
    const EXCHANGES: u64 = 4_000;
    let home = Home::new()?;
    let engine = Engine::open(&home.workspace()).await?;
    let events = Events::read()?;
    let saves = (0..EXCHANGES).map(|number| engine.store.save(events.exchange(number)));
    let saved: Vec<_> = futures_util::stream::iter(saves).buffered(256).collect().await;
    saved.into_iter().collect::<Result<Vec<_>, _>>()?;
    engine.finish_following().await?;
    engine.store.finish_grouping().await?;
    engine.store.finish_indexing().await?;
    let heads: u64 = (0..EXCHANGES).map(|number| events.head_bytes(number)).sum();
    // A dictionary is learnt, and what was stored before is packed anew, without anybody asking for it.
    let mut committed = engine.store.committed();
    let small = async {
        loop {
            let size = engine.store.size().await?;
            if size.file as f64 / (size.stored + heads) as f64 <= MOST {
                return anyhow::Ok(());
            }
            committed.changed().await?;
        }
    };
    timeout(Duration::from_secs(120), small).await.context("The workspace stays large")??;
    engine.close().await;
    Ok(())
}

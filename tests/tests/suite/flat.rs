//! Memory stays flat while much is captured and read: a short form of `cargo xtask bench memory` that fails on growth.

use crate::alone;
use anyhow::{Context, Result, ensure};
use pushpull_engine::Engine;
use pushpull_engine::api::{Api, ListenOptions, ListenerStatus};
use pushpull_tests::{Payload, Raw, Visitor, github_payloads, resident};

/// Pushes and readings before the first look at memory: caches and pools are full then.
const WARM_PUSHES: usize = 1_500;
const WARM_READINGS: u64 = 250;
/// And in each of the rounds after it.
const PUSHES: usize = 1_500;
const READINGS: u64 = 250;
const ROUNDS: usize = 2;
/// What a round may leave behind, bytes: a leak of 10 KB a push is more.
const GROWTH: u64 = 12 * 1024 * 1024;

#[test]
fn memory_does_not_grow_with_what_was_captured_and_read() -> Result<()> {
    alone(&[], "flat::inside")
}

async fn send(socket: &mut Raw, payloads: &[Payload], count: usize) -> Result<()> {
    for (number, payload) in payloads.iter().cycle().take(count).enumerate() {
        socket.send(&payload.request("a", number)).await?;
        ensure!(socket.answer().await?.status == 200, "A push was not taken");
    }
    Ok(())
}

#[tokio::test]
#[ignore = "measures its own process, which memory_does_not_grow_with_what_was_captured_and_read starts"]
async fn inside() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let engine = Engine::open(&folder.path().join("w.pushpull")).await?;
    let options = ListenOptions { port: 0, bind: "127.0.0.1".into(), fallback: false };
    let ListenerStatus::Listening { port, .. } = engine.start_listening(options).await? else {
        anyhow::bail!("Something else listens for a new workspace");
    };
    let (payloads, api) = (github_payloads()?, Api::of(engine));
    let mut socket = Raw::connect(&format!("127.0.0.1:{port}")).await?;
    let mut visitor = Visitor::new(&api);
    send(&mut socket, &payloads, WARM_PUSHES).await?;
    visitor.read(WARM_READINGS).await?;
    let mut marks = vec![resident(std::process::id())?];
    for _ in 0..ROUNDS {
        send(&mut socket, &payloads, PUSHES).await?;
        visitor.read(READINGS).await?;
        marks.push(resident(std::process::id())?);
    }
    println!("Resident bytes at the marks: {marks:?}");
    let (before, last) = (marks[ROUNDS - 1], marks.last().copied().context("no mark")?);
    ensure!(last.saturating_sub(before) < GROWTH, "The last round left {} bytes: {marks:?}", last - before);
    api.close().await;
    Ok(())
}

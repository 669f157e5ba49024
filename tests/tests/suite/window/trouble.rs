//! Trouble with the machine, as the window tells it.

use super::screens;
use anyhow::{Context, Result};
use pushpull_engine::Engine;
use pushpull_tests::{CONTROL, Home, RELEASE, Tmpfs, Window, push, until};
use serde_json::json;
use std::path::Path;
use tokio::net::TcpListener;

/// An address for examples, which no machine has (RFC 5737).
const ELSEWHERE: &str = "203.0.113.7";

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_shown_until_there_is_space_again() -> Result<()> {
    let home = Home::new()?;
    let disk = home.file("disk");
    std::fs::create_dir(&disk)?;
    let Some(_mounted) = Tmpfs::mount(&disk, "8m") else {
        println!("Skipped: a file system of 8 MiB can't be mounted here.");
        return Ok(());
    };
    let ballast = disk.join("ballast");
    let workspace = disk.join("w.pushpull");
    let there = [("PUSHPULL_WORKSPACE", workspace.as_path())];
    Window::with_environment(&home, &there, async |window| full(window, &ballast).await).await
}

async fn full(window: &Window, ballast: &Path) -> Result<()> {
    let address = window.address().await?;
    // More than half of the disk: once it is gone, the whole log can be written back into the file.
    std::fs::write(ballast, vec![0; 5 * 1024 * 1024])?;
    let mut pushes = 0;
    while push(&address, 200_000).await?.status == 200 {
        pushes += 1;
        anyhow::ensure!(pushes < 100, "The disk does not fill up");
    }
    window.text("[role=alert]", "The disk that holds the workspace is full.").await?;
    window.text("[role=alert]", "answered with 503").await?;
    window.text(".status", "Not capturing").await?;
    screens::take(window, "disk-full").await?;
    std::fs::remove_file(ballast)?;
    // Its sender tries again, as it was told: the log that is written back takes some of the space first.
    until("a push to be taken again", async || Ok((push(&address, 200_000).await?.status == 200).then_some(())))
        .await?;
    until("the alert to go", async || {
        let gone = window.script("return document.querySelector('[role=alert]') === null", vec![]).await?;
        Ok((gone == true).then_some(()))
    })
    .await?;
    window.text(".status", "Capturing").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_told_with_the_one_that_is_used() -> Result<()> {
    let home = Home::new()?;
    let holder = TcpListener::bind("127.0.0.1:0").await?;
    let port = holder.local_addr()?.port();
    let engine = Engine::open(&home.workspace()).await?;
    let mut settings = engine.settings();
    settings.port = port;
    engine.save_settings(settings).await?;
    engine.close().await;
    Window::with(&home, async |window| {
        window.text("main", &format!("port {port} was in use")).await?;
        let used = window.address().await?;
        assert!(!used.ends_with(&format!(":{port}")), "{used}");
        let status = window.invoke("status", json!({})).await?;
        assert_eq!(status["listener"]["wanted"].as_u64().context("no wanted port")?, u64::from(port));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_another_machine_is_told_with_what_to_do() -> Result<()> {
    let home = Home::new()?;
    let engine = Engine::open(&home.workspace()).await?;
    let mut settings = engine.settings();
    settings.bind = ELSEWHERE.into();
    engine.save_settings(settings).await?;
    engine.close().await;
    Window::with(&home, async |window| {
        window.text(".top", &format!("This machine does not have the address {ELSEWHERE}.")).await?;
        window.text(".status", "Not capturing").await?;
        window.press(&format!("{CONTROL},{RELEASE}")).await?;
        window.text(".settings .note", "Use 127.0.0.1 for this machine only").await?;
        let mut settings = window.invoke("settings", json!({})).await?;
        settings["bind"] = json!("127.0.0.1");
        window.invoke("save_settings", settings).await?;
        window.button("Listen on a free port").await?;
        window.text(".status", "Capturing").await
    })
    .await
}

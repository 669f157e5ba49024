//! Ctrl+C: what is under way comes to an orderly end, and what was not begun is said.

use anyhow::{Context, Result};
use pushpull_tests::{Home, Listener, Output, Program, Running, pushpull, until};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

/// Enough for an export to take a while.
const PUSHES: usize = 4_000;

/// Forwards under way at once.
const FORWARDS: usize = 16;

/// Takes requests and never answers one.
struct Silent(TcpListener);

impl Silent {
    async fn start() -> Result<Self> {
        Ok(Self(TcpListener::bind("127.0.0.1:0").await?))
    }

    fn url(&self) -> Result<String> {
        Ok(format!("http://{}/", self.0.local_addr()?))
    }

    /// A request that has come; it stays under way while this is held.
    async fn taken(&self) -> Result<TcpStream> {
        let taken = tokio::time::timeout(pushpull_tests::PATIENCE, self.0.accept()).await;
        Ok(taken.context("No request arrived")??.0)
    }
}

/// The sends, replays and forwards that are kept, oldest first: what became of each, and of which push.
async fn kept(home: &Home) -> Result<Vec<(Value, Value)>> {
    let rows = pushpull(home, &["list", "--json", "direction:pull"]).await?.ok()?.lines()?;
    Ok(rows.into_iter().rev().map(|mut row| (row["failure"].take(), row["parent"].take())).collect())
}

#[tokio::test]
async fn a_send_and_a_replay_are_kept_as_cancelled() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    listener.fill("shop", 2).await?;
    listener.interrupt().await?;
    let server = Silent::start().await?;
    let url = server.url()?;
    let interrupted = async |arguments: &[&str]| -> Result<Output> {
        let running = Running::start(&home, arguments).await?;
        let _taken = server.taken().await?;
        running.interrupt().await
    };
    let sent = interrupted(&["send", &url]).await?;
    assert_eq!(sent.code, Some(3), "{sent:?}");
    assert!(sent.stderr.contains("cancelled"), "{sent:?}");
    let replayed = interrupted(&["replay", "1", "2", "--times", "2", "--to", &url]).await?;
    assert_eq!(replayed.code, Some(3), "{replayed:?}");
    assert!(replayed.stderr.contains("cancelled"), "{replayed:?}");
    assert!(replayed.stderr.contains("Not begun: 3 replays, from exchange 1 on."), "{replayed:?}");
    assert_eq!(kept(&home).await?, [("cancelled".into(), Value::Null), ("cancelled".into(), 1.into())]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_leaves_what_was_there_and_nothing_beside_it() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    listener.fill("shop", PUSHES).await?;
    listener.interrupt().await?;
    let folder = home.file("exports");
    std::fs::create_dir(&folder)?;
    let target = folder.join("all.har");
    std::fs::write(&target, "older")?;
    let names = || -> Result<Vec<_>> { std::fs::read_dir(&folder)?.map(|entry| Ok(entry?.file_name())).collect() };
    let to = target.to_str().context("The path is no text")?;
    let running = Running::start(&home, &["export", "--format", "har", "-o", to]).await?;
    until("the export has begun", async || Ok((names()?.len() > 1).then_some(()))).await?;
    let exported = running.interrupt().await?;
    assert_eq!(exported.code, Some(3), "{exported:?}");
    assert!(exported.stderr.contains("cancelled"), "{exported:?}");
    assert_eq!(names()?, ["all.har"]);
    assert_eq!(std::fs::read_to_string(target)?, "older");
    Ok(())
}

#[tokio::test]
async fn forwards_under_way_are_kept_as_cancelled_and_those_that_wait_are_said() -> Result<()> {
    let home = Home::new()?;
    let server = Silent::start().await?;
    let mut listener = Listener::start_program(Program::Cli, &home, &["--forward", &server.url()?]).await?;
    listener.fill("shop", FORWARDS + 2).await?;
    let mut taken = Vec::new();
    for _ in 0..FORWARDS {
        taken.push(server.taken().await?);
    }
    assert!(listener.interrupt().await?.success());
    let said = std::fs::read_to_string(home.file("listen.stderr"))?;
    assert!(said.contains("Not begun: 2 forwards, from exchange "), "{said}");
    assert!(!said.contains("not forwarded"), "{said}");
    let kept = kept(&home).await?;
    assert_eq!(kept.len(), FORWARDS);
    assert!(kept.iter().all(|(failure, parent)| failure == "cancelled" && parent.is_number()), "{kept:?}");
    Ok(())
}

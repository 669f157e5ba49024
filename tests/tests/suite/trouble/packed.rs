//! Bodies that are small on the wire and large once they are unpacked, where rules look into them before the commit.

use super::crowd::peak;
use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use pushpull_tests::{Home, Listener, Raw, pushpull, resident};
use std::io::Write as _;

/// Senders at once.
const SENDERS: usize = 100;
/// What a body unpacks to: not quite as much as a view would show of it.
const UNPACKED: usize = 60 * 1024 * 1024;
/// What memory may grow by, bytes. Bodies are unpacked to their ends behind the capture, one at a time, and an allocator
/// gives back late; each of them unpacked at once would take 6 GB.
const GROWTH: u64 = 512 * 1024 * 1024;

const RULES: &str = r#"{"rules": [{"when": {"event": "invoice.*"}, "steps": [{"status": 201}]},
                                  {"steps": [{"status": 202, "body": "{{body.id}}"}]}]}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_bodies_that_unpack_to_a_flood_are_looked_into_within_bounded_memory() -> Result<()> {
    let home = Home::new()?;
    std::fs::write(home.file("rules.json"), RULES)?;
    let rules = home.file("rules.json");
    pushpull(&home, &["source", "shop", "--create"]).await?.ok()?;
    pushpull(&home, &["rules", "shop", "--set", rules.to_str().context("no text")?]).await?.ok()?;
    let listener = Listener::start(&home).await?;
    let pid = listener.pid().context("The listener ended")?;

    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(b"{\"id\":1,\"pad\":\"")?;
    packed.write_all(&vec![b'0'; UNPACKED])?;
    packed.write_all(b"\"}")?;
    let body = packed.finish()?;
    // What is packed better than 200 to 1 is stopped for that.
    let padded = [body.clone(), vec![0; UNPACKED / 190 - body.len()]].concat();
    let head = format!(
        "POST /in/shop HTTP/1.1\r\nHost: a\r\nX-Github-Event: push\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        padded.len()
    );
    let push = [head.as_bytes(), &padded].concat();
    let before = resident(pid)?;
    let flood = async {
        let sends = (0..SENDERS).map(|_| async {
            let mut socket = Raw::connect(listener.address()).await?;
            socket.send(&push).await?;
            anyhow::Ok(socket.answer().await?.status)
        });
        futures_util::future::try_join_all(sends).await
    };
    let (statuses, most) = peak(pid, flood).await?;
    let statuses = statuses?;
    assert!(statuses.iter().all(|status| matches!(status, 202 | 503)), "{statuses:?}");
    assert!(statuses.contains(&202), "{statuses:?}");
    assert!(most - before < GROWTH, "{} MiB more", (most - before) >> 20);
    Ok(())
}

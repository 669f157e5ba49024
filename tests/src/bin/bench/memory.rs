//! Memory of the engine while 100,000 real payloads are captured and while somebody reads for an hour.

use crate::report::{Bar, Report};
use anyhow::{Context, Result, ensure};
use pushpull_engine::Engine;
use pushpull_engine::api::{Api, ListenOptions, ListenerStatus};
use pushpull_tests::{Home, Payload, Raw, Visitor, github_payloads, resident};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Pushes in all, and connections at a time.
const PUSHES: usize = 100_000;
const CONNECTIONS: usize = 32;
/// Marks at which memory is read.
const MARKS: usize = 5;
/// Exchanges that are opened in an hour: one every second, with a page of the list and every view each time.
const HOUR: u64 = 3_600;
/// What memory may grow by from the first mark to the last, MiB.
const FLAT: f64 = 32.0;

/// Captures, then reads, and prints resident memory at marks.
pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    report.section(&format!("memory: {PUSHES} payloads of GitHub captured, then an hour of reading"));
    let home = Home::new()?;
    let engine = Engine::open(&home.workspace()).await?;
    let options = ListenOptions { port: 0, bind: "127.0.0.1".into(), fallback: false };
    let ListenerStatus::Listening { port, .. } = engine.start_listening(options).await? else {
        anyhow::bail!("Something else listens for a new workspace");
    };
    let address = format!("127.0.0.1:{port}");
    let payloads: Arc<[Payload]> = github_payloads()?.into();
    report.line("engine open and listening", &mib(now()?));

    let mut captured = Vec::new();
    for mark in 1..=MARKS {
        send(&address, &payloads, PUSHES / MARKS).await?;
        captured.push(now()?);
        report.line(&format!("    {} captured", PUSHES / MARKS * mark), &mib(captured[mark - 1]));
    }
    report.judge("growth over the last four fifths of the captures", growth(&captured), " MiB", Bar::AtMost(FLAT));

    let api = Api::of(engine);
    let (mut visitor, mut read) = (Visitor::new(&api), Vec::new());
    for mark in 1..=MARKS as u64 {
        visitor.read(HOUR / MARKS as u64).await?;
        read.push(now()?);
        report.line(&format!("    {} opened", HOUR / MARKS as u64 * mark), &mib(read[read.len() - 1]));
    }
    report.judge("growth over the last four fifths of the hour", growth(&read), " MiB", Bar::AtMost(FLAT));
    api.close().await;
    Ok(())
}

/// Sends so many payloads as GitHub does, each answered before the next.
async fn send(address: &str, payloads: &Arc<[Payload]>, count: usize) -> Result<()> {
    let mut senders = JoinSet::new();
    for sender in 0..CONNECTIONS {
        let (address, payloads) = (address.to_owned(), payloads.clone());
        senders.spawn(async move {
            let mut socket = Raw::connect(&address).await?;
            for number in (sender..count).step_by(CONNECTIONS) {
                socket.send(&payloads[number % payloads.len()].request(&address, number)).await?;
                ensure!(socket.answer().await?.status == 200, "A push was not taken");
            }
            anyhow::Ok(())
        });
    }
    while let Some(sent) = senders.join_next().await {
        sent?.context("Sending")?;
    }
    Ok(())
}

fn now() -> Result<u64> {
    resident(std::process::id())
}

fn mib(bytes: u64) -> String {
    format!("{:.0} MiB", bytes as f64 / 1_048_576.0)
}

/// From the first mark to the last, MiB.
fn growth(marks: &[u64]) -> f64 {
    let first = marks.first().copied().unwrap_or_default() as f64;
    let last = marks.last().copied().unwrap_or_default() as f64;
    (last - first) / 1_048_576.0
}

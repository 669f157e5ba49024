//! The promise: a 2xx means that the exchange is in the workspace, whatever happens to the process afterwards.

use anyhow::{Context, Result, ensure};
use pushpull_tests::{Dice, Home, Listener, PATIENCE, Program, Raw, pushpull};
use sqlx::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Senders at a time.
const SENDERS: usize = 32;
/// Kills, all on the same workspace.
const ROUNDS: usize = 100;
/// The longest time from the first answer of a round to the kill.
const LONGEST: Duration = Duration::from_millis(200);
/// Rounds after which the workspace is looked at.
const CHECK_EVERY: usize = 25;
/// The largest body that is sent, bytes.
const LARGEST: u64 = 6_000;

/// What the senders know and what the workspace holds.
struct Verdict {
    /// Answered with a 2xx, and not in the workspace.
    lost: Vec<String>,
    /// In the workspace more than once.
    doubled: Vec<String>,
    /// What SQLite says of the file.
    integrity: String,
}

/// Rounds of sending and killing on one workspace.
struct Harness {
    program: Program,
    home: Home,
    dice: Dice,
    acknowledged: BTreeSet<String>,
    round: usize,
}

impl Harness {
    fn new(program: Program) -> Result<Self> {
        Ok(Self { program, home: Home::new()?, dice: Dice::new(), acknowledged: BTreeSet::new(), round: 0 })
    }

    /// Starts the listener, lets all senders send, kills the process at a random moment and gathers what was answered.
    async fn round(&mut self) -> Result<()> {
        self.round += 1;
        let listener = Listener::start_program(self.program, &self.home, &[]).await?;
        let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            let id = format!("{}-{sender}", self.round);
            let size = self.dice.below(LARGEST);
            senders.spawn(send_until_killed(listener.address().to_owned(), id, size, acknowledge.clone()));
        }
        drop(acknowledge);
        let first = tokio::time::timeout(PATIENCE, acknowledged.recv()).await.ok().flatten();
        self.acknowledged.insert(first.with_context(|| format!("Nothing was answered. It said: {}", listener.said()))?);
        tokio::time::sleep(self.dice.time_below(LONGEST)).await;
        listener.kill().await?;
        while let Some(id) = acknowledged.recv().await {
            self.acknowledged.insert(id);
        }
        Ok(())
    }

    /// Holds what was answered against what is stored.
    async fn verdict(&self) -> Result<Verdict> {
        let stored = stored_ids(&self.home).await?;
        let lost = self.acknowledged.iter().filter(|id| !stored.contains_key(*id)).cloned().collect();
        let doubled = stored.iter().filter(|(_, times)| **times > 1).map(|(id, _)| id.clone()).collect();
        Ok(Verdict { lost, doubled, integrity: integrity(&self.home).await? })
    }
}

/// Sends one push after another, each with an id of its own, until the process is gone; tells which were answered with
/// a 2xx. An id is never sent twice.
async fn send_until_killed(address: String, sender: String, size: u64, acknowledge: mpsc::UnboundedSender<String>) {
    let Ok(mut connection) = Raw::connect(&address).await else { return };
    let filling = "x".repeat(usize::try_from(size).unwrap_or_default());
    for number in 0.. {
        let id = format!("{sender}-{number}");
        let body = format!("{{\"id\":\"{id}\",\"filling\":\"{filling}\"}}");
        let head = format!(
            "POST /in/kill?id={id} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        if connection.send(format!("{head}{body}").as_bytes()).await.is_err() {
            return;
        }
        match connection.answer().await {
            Ok(answer) if (200..300).contains(&answer.status) => {
                // The round ends when all senders have.
                let _ = acknowledge.send(id);
            }
            // Busy: it may or may not be stored, and this sender does not retry.
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

/// The ids of all stored pushes and how often each is there, read from an export with whole bodies.
async fn stored_ids(home: &Home) -> Result<BTreeMap<String, usize>> {
    let file = home.file("stored.ndjson");
    let path = file.to_str().context("the path is not UTF-8")?;
    pushpull(home, &["export", "--format", "ndjson", "--no-redact", "-o", path]).await?.ok()?;
    let mut ids = BTreeMap::new();
    // The first line says what the file is.
    for line in std::fs::read_to_string(&file)?.lines().skip(1) {
        let target = line.split("/in/kill?id=").nth(1).context("an exported line has no id")?;
        let id = target.split(|letter: char| !(letter.is_ascii_digit() || letter == '-')).next().unwrap_or_default();
        *ids.entry(id.to_owned()).or_default() += 1;
    }
    Ok(ids)
}

/// What `PRAGMA integrity_check` says.
async fn integrity(home: &Home) -> Result<String> {
    let path = home.workspace();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await?;
    let answer: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed() -> Result<()> {
    let mut harness = Harness::new(Program::Cli)?;
    while harness.round < ROUNDS {
        harness.round().await.with_context(|| format!("Round {}", harness.round))?;
        if harness.round % CHECK_EVERY == 0 {
            let verdict = harness.verdict().await?;
            let round = harness.round;
            ensure!(verdict.lost.is_empty(), "Round {round}: answered and not stored: {:?}", verdict.lost);
            ensure!(verdict.doubled.is_empty(), "Round {round}: stored twice: {:?}", verdict.doubled);
            ensure!(verdict.integrity == "ok", "Round {round}: {}", verdict.integrity);
        }
    }
    println!("{} pushes acknowledged in {ROUNDS} rounds, all stored once", harness.acknowledged.len());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_answers_before_it_commits_is_caught() -> Result<()> {
    let mut harness = Harness::new(Program::Mutant)?;
    while harness.round < ROUNDS {
        harness.round().await?;
        if harness.round % 5 == 0 && !harness.verdict().await?.lost.is_empty() {
            println!("Caught after {} rounds", harness.round);
            return Ok(());
        }
    }
    anyhow::bail!("{ROUNDS} kills of a build that breaks the promise went unnoticed")
}

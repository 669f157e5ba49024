//! The promise: a 2xx means that the exchange is in the workspace, whatever happens to the process afterwards.

mod synced;

use anyhow::{Context, Result, ensure};
use pushpull_tests::{Dice, Home, Listener, PATIENCE, Program, Raw, pushpull};
use sqlx::Connection;
use std::collections::BTreeMap;
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
    /// Answered with a 2xx, and not in the workspace, or not whole.
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
    /// The ids that were answered with a 2xx, and the bytes of their bodies.
    acknowledged: BTreeMap<String, u64>,
    round: usize,
}

impl Harness {
    fn new(program: Program) -> Result<Self> {
        Ok(Self { program, home: Home::new()?, dice: Dice::new(), acknowledged: BTreeMap::new(), round: 0 })
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
        self.acknowledged
            .extend([first.with_context(|| format!("Nothing was answered. It said: {}", listener.said()))?]);
        tokio::time::sleep(self.dice.time_below(LONGEST)).await;
        listener.kill().await?;
        while let Some(one) = acknowledged.recv().await {
            self.acknowledged.extend([one]);
        }
        Ok(())
    }

    /// Holds what was answered against what is stored.
    async fn verdict(&self) -> Result<Verdict> {
        let stored = stored(&self.home).await?;
        let lost = self.acknowledged.iter().filter(|(id, size)| stored.get(*id).is_none_or(|sizes| sizes[0] != **size));
        let lost = lost.map(|(id, _)| id.clone()).collect();
        let doubled = stored.iter().filter(|(_, sizes)| sizes.len() > 1).map(|(id, _)| id.clone()).collect();
        Ok(Verdict { lost, doubled, integrity: integrity(&self.home).await? })
    }
}

/// Sends one push after another, each with an id of its own, until the process is gone; tells which were answered with
/// a 2xx. An id is never sent twice.
async fn send_until_killed(
    address: String,
    sender: String,
    size: u64,
    acknowledge: mpsc::UnboundedSender<(String, u64)>,
) {
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
                let _ = acknowledge.send((id, body.len() as u64));
            }
            // Busy: it may or may not be stored, and this sender does not retry.
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

/// The ids of all stored pushes, each with the bytes of the body for every time that it is there.
async fn stored(home: &Home) -> Result<BTreeMap<String, Vec<u64>>> {
    let list = pushpull(home, &["list", "--json", "--limit", "100000000"]).await?.ok()?;
    let mut ids: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for row in list.lines()? {
        let id = row["url"].as_str().and_then(|url| url.strip_prefix("/in/kill?id=")).context("a row has no id")?;
        let size = row["requestSize"].as_u64().context("a row has no size")?;
        ids.entry(id.to_owned()).or_default().push(size);
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

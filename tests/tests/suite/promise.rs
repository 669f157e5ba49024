//! The promise: a 2xx means that the exchange is in the workspace, whatever happens to the process afterwards.

mod synced;

use anyhow::{Context, Result, ensure};
use pushpull_engine::exchange::Side;
use pushpull_engine::store::{INLINE_LIMIT, Store};
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
/// What most bodies are filled with at most, bytes.
const SMALL: u64 = 6_000;
/// One sender in so many sends bodies that are put down in chunks before their exchange, up to so many bytes more.
const LARGE_ONES: usize = 8;
const LARGE: u64 = 512 * 1024;
/// Of the small bodies, one in so many is read back when the workspace is looked at; of the large ones every one.
const READ_BACK: u64 = 64;

/// What the senders know and what the workspace holds.
struct Verdict {
    /// Answered with a 2xx, and not in the workspace, or not as it was sent.
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
    /// The newest exchange whose body was read back.
    read_back: i64,
    round: usize,
}

/// A stored push.
struct Stored {
    number: i64,
    size: u64,
}

impl Harness {
    fn new(program: Program) -> Result<Self> {
        let (home, dice, acknowledged) = (Home::new()?, Dice::new(), BTreeMap::new());
        Ok(Self { program, home, dice, acknowledged, read_back: 0, round: 0 })
    }

    /// Starts the listener, lets all senders send, kills the process at a random moment and gathers what was answered.
    async fn round(&mut self) -> Result<()> {
        self.round += 1;
        let listener = Listener::start_program(self.program, &self.home, &[]).await?;
        let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            let id = format!("{}-{sender}", self.round);
            let is_large = sender.is_multiple_of(LARGE_ONES);
            let size = if is_large { INLINE_LIMIT as u64 + self.dice.below(LARGE) } else { self.dice.below(SMALL) };
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
    async fn verdict(&mut self) -> Result<Verdict> {
        let stored = stored(&self.home).await?;
        let lost =
            self.acknowledged.iter().filter(|(id, size)| stored.get(*id).is_none_or(|all| all[0].size != **size));
        let mut lost: Vec<String> = lost.map(|(id, _)| id.clone()).collect();
        lost.extend(self.changed(&stored).await?);
        let doubled = stored.iter().filter(|(_, all)| all.len() > 1).map(|(id, _)| id.clone()).collect();
        Ok(Verdict { lost, doubled, integrity: integrity(&self.home).await? })
    }

    /// The pushes whose bodies are not what was sent, among those that were not read back before.
    async fn changed(&mut self, stored: &BTreeMap<String, Vec<Stored>>) -> Result<Vec<String>> {
        let store = Store::open(&self.home.workspace()).await?;
        let mut changed = Vec::new();
        let new = stored.iter().filter(|(_, all)| all[0].number > self.read_back);
        let wanted =
            |push: &Stored| push.size > INLINE_LIMIT as u64 || push.number.unsigned_abs().is_multiple_of(READ_BACK);
        for (id, all) in new.filter(|(_, all)| wanted(&all[0])) {
            let kept = store.body(all[0].number, Side::Request, 0..all[0].size).await?;
            let filling = all[0].size - body(id, 0).len() as u64;
            if kept != body(id, filling) {
                changed.push(id.clone());
            }
        }
        self.read_back = stored.values().map(|all| all[0].number).max().unwrap_or_default();
        store.close().await;
        Ok(changed)
    }
}

/// The body of a push: its id, and so much beside it.
fn body(id: &str, filling: u64) -> String {
    format!("{{\"id\":\"{id}\",\"filling\":\"{}\"}}", "x".repeat(usize::try_from(filling).unwrap_or_default()))
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
    for number in 0.. {
        let id = format!("{sender}-{number}");
        let body = body(&id, size);
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

/// The ids of all stored pushes, each with every time that it is there.
async fn stored(home: &Home) -> Result<BTreeMap<String, Vec<Stored>>> {
    let list = pushpull(home, &["list", "--json", "--limit", "100000000"]).await?.ok()?;
    let mut ids: BTreeMap<String, Vec<Stored>> = BTreeMap::new();
    for row in list.lines()? {
        let id = row["url"].as_str().and_then(|url| url.strip_prefix("/in/kill?id=")).context("a row has no id")?;
        let size = row["requestSize"].as_u64().context("a row has no size")?;
        let number = row["id"].as_i64().context("a row has no number")?;
        ids.entry(id.to_owned()).or_default().push(Stored { number, size });
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

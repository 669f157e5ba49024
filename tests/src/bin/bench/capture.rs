//! The listener: how many pushes a second it stores durably, and how long a sender waits.

use crate::report::{Bar, Report, ms, percentile};
use crate::{bare, load, process};
use anyhow::{Context, Result, ensure};
use pushpull_engine::api::CountQuery;
use pushpull_engine::store::Store;
use pushpull_tests::{Home, Program, until};
use std::process::Stdio;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

/// How long each is measured.
const TIME: Duration = Duration::from_secs(5);
/// How long each runs before, unmeasured.
const WARM_UP: Duration = Duration::from_secs(1);
/// How the threads begin that SQLite runs on: the one that writes, and those of the readers.
const SQLITE: &[&str] = &["store-writer", "sqlx-sqlite"];
/// Rates at which the waiting time is measured.
const RATES: &[u32] = &[200, 1_000];

/// What a server did while it was kept busy.
struct Speed {
    a_second: f64,
    /// Processor time for each, µs.
    processor_us: f64,
    /// Of it in SQLite's threads, µs.
    sqlite_us: f64,
}

/// Measures a bare axum handler and the real `pushpull listen`, one after the other.
pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    report.section(&format!("capture: bodies of {} bytes, {} connections", load::BODY, load::CONNECTIONS));
    let (server, address) = bare::start().await?;
    let bare = speed(&server, &address).await?;
    drop(server);

    let home = Home::new()?;
    let (mut listener, address) = listen(&home).await?;
    let before = stored(&home).await?;
    ensure!(before == 0, "the workspace is not new");
    let pushpull = speed(&listener, &address).await?;
    report.line("bare axum, answered a second", &format!("{:.0}", bare.a_second));
    report.line("pushpull listen, stored and synced a second", &format!("{:.0}", pushpull.a_second));
    report.line("bare axum, processor time each", &format!("{:.1} µs", bare.processor_us));
    report.line("pushpull listen, processor time each", &format!("{:.1} µs", pushpull.processor_us));
    report.line("    of it in SQLite's threads, indexing included", &format!("{:.1} µs", pushpull.sqlite_us));
    report.judge("ratio of stored to bare", pushpull.a_second / bare.a_second, "", Bar::AtLeast(0.25));

    for &rate in RATES {
        let times = load::at_rate(&address, rate, TIME).await?;
        let (half, most) = (percentile(&times, 0.5), percentile(&times, 0.99));
        report.line(&format!("waiting at {rate}/s: p50, p99"), &format!("{:.2}, {:.2} ms", ms(half), ms(most)));
    }
    let memory = process::memory(listener.id().context("The listener ended")?)?;
    report.line("memory of the listener afterwards", &format!("{:.0} MiB", memory as f64 / 1_048_576.0));
    listener.kill().await?;
    report.line("stored in all, counted after killing it", &stored(&home).await?.to_string());
    Ok(())
}

async fn speed(server: &Child, address: &str) -> Result<Speed> {
    load::flat_out(address, WARM_UP).await?;
    let pid = server.id().context("The server ended")?;
    let used = || anyhow::Ok((process::processor_time(pid)?, process::processor_time_of(pid, SQLITE)?));
    let before = used()?;
    let answered = load::flat_out(address, TIME).await? as f64;
    let after = used()?;
    let each = |before: Duration, after: Duration| after.saturating_sub(before).as_secs_f64() * 1e6 / answered;
    Ok(Speed {
        a_second: answered / TIME.as_secs_f64(),
        processor_us: each(before.0, after.0),
        sqlite_us: each(before.1, after.1),
    })
}

/// Starts `pushpull listen` as a user does, with nobody reading what it prints.
async fn listen(home: &Home) -> Result<(Child, String)> {
    let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port().to_string();
    let mut command = Command::new(Program::Cli.path()?);
    command.args(["listen", "--port", &port]).envs(home.environment()).current_dir(home.path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let process = command.spawn().context("Starting pushpull listen")?;
    let address = format!("127.0.0.1:{port}");
    until("pushpull listen", async || Ok(TcpStream::connect(&address).await.ok())).await?;
    Ok((process, address))
}

async fn stored(home: &Home) -> Result<u64> {
    let store = Store::open(&home.workspace()).await?;
    Ok(store.count(&CountQuery { filter: String::new(), upto: None }).await?.rows)
}

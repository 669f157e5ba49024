//! The life of a tunnel: opened, watched, opened again when it is lost.

use super::board::{Board, now};
use super::bore::{self, Bore};
use super::cloudflared::{self, Cloudflared};
use super::{TunnelConfig, TunnelError, TunnelState};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A try that has no URL after so long is given up.
const START_TIMEOUT: Duration = Duration::from_secs(20);

/// How long is waited before each try after a loss; the last value stays.
const BACKOFF: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
];

/// A tunnel that can be tried.
#[derive(Debug)]
pub(super) enum Plan {
    Bore(Bore),
    Cloudflared(Cloudflared),
}

/// A tunnel that is up. Dropping it takes it down.
#[derive(Debug)]
enum Live {
    Bore(bore::Live),
    Cloudflared(Box<cloudflared::Live>),
}

/// What is to be tried, or why nothing can be.
pub(super) fn plan(config: TunnelConfig, local_port: u16) -> Result<Plan, TunnelError> {
    match config {
        TunnelConfig::Bore { server, secret, port, .. } => {
            let server = server.trim().to_owned();
            if server.is_empty() {
                return Err(TunnelError::NoServer);
            }
            let secret = secret.filter(|secret| !secret.is_empty());
            Ok(Plan::Bore(Bore { server, secret, port, local_port }))
        }
        TunnelConfig::Cloudflared { program } => {
            let program = cloudflared::find(program.as_deref())?;
            Ok(Plan::Cloudflared(Cloudflared { program, local_port }))
        }
    }
}

/// Keeps the tunnel up until `stop`, or until another try can't help.
pub(super) async fn run(plan: Plan, board: Board, stop: CancellationToken) {
    let mut lost: Option<String> = None;
    let mut attempt = 0;
    loop {
        if let Some(message) = &lost {
            if !wait(attempt, &board, &stop).await {
                return;
            }
            attempt += 1;
            board.set(TunnelState::Retrying { attempt, message: message.clone() });
        }
        let Some(opened) = stop.run_until_cancelled(open(&plan, &board)).await else { return };
        match opened {
            Ok((url, live)) => {
                attempt = 0;
                let Some(message) = stay(&url, live, &board, &stop).await else { return };
                lost = Some(message);
            }
            // The first try tells the user at once; only a tunnel that was up is tried again.
            Err(error) if lost.is_none() || error.is_final() => return board.fail(&error),
            Err(error) => {
                board.say(error.to_string());
                lost = Some(error.to_string());
            }
        }
    }
}

/// Waits before the try that follows `attempt` others. False if the tunnel was stopped.
async fn wait(attempt: u32, board: &Board, stop: &CancellationToken) -> bool {
    let pause = BACKOFF[(attempt as usize).min(BACKOFF.len() - 1)];
    board.say(format!("Trying again in {} s.", pause.as_secs()));
    stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_some()
}

/// One try.
async fn open(plan: &Plan, board: &Board) -> Result<(String, Live), TunnelError> {
    let opened = async {
        match plan {
            Plan::Bore(bore) => {
                board.say(format!("Connecting to {}:7835.", bore.server));
                bore.open().await.map(|(url, live)| (url, Live::Bore(live)))
            }
            Plan::Cloudflared(program) => {
                program.open(board).await.map(|(url, live)| (url, Live::Cloudflared(Box::new(live))))
            }
        }
    };
    let timed = tokio::time::timeout(START_TIMEOUT, opened).await;
    timed.unwrap_or(Err(TunnelError::TooSlow(START_TIMEOUT.as_secs())))
}

/// Shows that the tunnel is up and returns what happened when it is lost; None if it was stopped.
async fn stay(url: &str, mut live: Live, board: &Board, stop: &CancellationToken) -> Option<String> {
    board.say(format!("Up: {url}"));
    if matches!(live, Live::Bore(_)) {
        board.say("Plain HTTP: bore has no TLS. A service that insists on https needs cloudflared.");
    }
    board.set(TunnelState::Up { url: url.to_owned(), since: now() });
    let lost = stop.run_until_cancelled(live.lost(board)).await;
    live.close().await;
    let message = lost?;
    board.say(message.clone());
    board.set(TunnelState::Lost { url: url.to_owned(), message: message.clone() });
    Some(message)
}

impl Live {
    /// Returns what happened once the tunnel is gone.
    async fn lost(&mut self, board: &Board) -> String {
        match self {
            Self::Bore(live) => live.lost().await,
            Self::Cloudflared(live) => live.lost(board).await,
        }
    }

    /// Takes the tunnel down; nothing of it is left when this returns.
    async fn close(self) {
        match self {
            Self::Bore(live) => drop(live),
            Self::Cloudflared(live) => live.close().await,
        }
    }
}

//! `pushpull listen`

use super::forwards::Forwards;
use crate::arguments::Listen;
use crate::interrupt::interrupted;
use crate::output::{Outcome, Output, row};
use anyhow::anyhow;
use pushpull_engine::Engine;
use pushpull_engine::api::{Api, ApiError, AutoSource, ListenOptions, ListenerStatus};
use pushpull_engine::exchange::{Direction, ExchangeId};
use pushpull_engine::tunnel::{TunnelConfig, TunnelState};
use serde::Serialize;
use std::time::Duration;

/// Exchanges read at a time.
const PAGE: u32 = 500;

/// When the list is read again that could not be read.
const AGAIN: Duration = Duration::from_secs(1);

/// What is said before the first exchange, and when the tunnel changes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase", tag = "type")]
enum Said {
    Listening { url: String },
    Tunnel { url: String },
}

pub(crate) async fn run(engine: &Engine, listen: Listen, output: Output) -> anyhow::Result<Outcome> {
    let interrupted = interrupted()?;
    let forwards = listen.forward.clone().map(|to| Forwards::new(engine.clone(), to));
    let ended = tokio::select! {
        result = serve(engine, &listen, forwards.as_ref(), output) => result,
        () = interrupted => Ok(()),
    };
    if let Some(forwards) = forwards {
        forwards.end().await;
    }
    ended.map(|()| Outcome::Done)
}

async fn serve(engine: &Engine, listen: &Listen, forwards: Option<&Forwards>, output: Output) -> anyhow::Result<()> {
    let from = engine.store.newest().await?;
    if listen.auto_source {
        engine.set_auto_source(AutoSource::Always);
    }
    let options = ListenOptions { port: listen.port, bind: listen.bind.clone(), fallback: false };
    let port = match engine.start_listening(options).await? {
        ListenerStatus::Listening { url, port, .. } => {
            go_on(output.result(&Said::Listening { url }, describe))?;
            port
        }
        _ => {
            let workspace = engine.store.path().display();
            return Err(anyhow!(
                "Another Pushpull listens for {workspace} already. Stop it, or name another file with --workspace."
            ));
        }
    };
    let _api = Api::of(engine.clone()); // keeps the listener's view of the tunnel and of other processes' sources
    if let Some(tunnel) = &listen.tunnel {
        let config = engine.with_kept_secret(tunnel_config(tunnel)?).await?;
        engine.tunnel.start(config, port).await.map_err(ApiError::from)?;
    }
    tokio::try_join!(follow(engine, forwards, from, output), say_tunnel(engine, output))?;
    Ok(())
}

/// Prints what is stored, as it is stored, and forwards the pushes among it.
async fn follow(
    engine: &Engine,
    forwards: Option<&Forwards>,
    mut from: ExchangeId,
    output: Output,
) -> anyhow::Result<()> {
    let mut committed = engine.store.committed();
    let mut trouble = None;
    loop {
        let rows = match engine.store.stored_after(from, PAGE).await {
            Ok(rows) => rows,
            // What can't be shown now is captured all the same.
            Err(error) => {
                if trouble.as_ref() != Some(&error) {
                    eprintln!("{error} Pushes are kept; they are printed once they can be read.");
                    trouble = Some(error);
                }
                tokio::time::sleep(AGAIN).await;
                continue;
            }
        };
        trouble = None;
        let is_all = rows.len() < PAGE as usize;
        if let Some(last) = rows.last() {
            from = last.id;
            go_on(output.results(&rows, row))?;
        }
        if let Some(forwards) = forwards {
            rows.iter().filter(|row| row.direction == Direction::Push).for_each(|push| forwards.add(push.id));
        }
        if is_all {
            committed.changed().await?; // also by what came meanwhile
        }
    }
}

async fn say_tunnel(engine: &Engine, output: Output) -> anyhow::Result<()> {
    let mut tunnel = engine.tunnel.watch();
    let mut said = TunnelState::Off;
    let mut was_up = false;
    loop {
        let state = engine.tunnel.status().state;
        // New lines in the log wake us as well.
        if state == said {
            tunnel.changed().await?;
            continue;
        }
        said = state.clone();
        match state {
            TunnelState::Up { url, .. } => {
                was_up = true;
                go_on(output.result(&Said::Tunnel { url }, describe))?;
            }
            TunnelState::Lost { message, .. } | TunnelState::Retrying { message, .. } => eprintln!("Tunnel: {message}"),
            // What comes on this computer is still captured.
            TunnelState::Failed { message, hint } if was_up => {
                eprintln!("The tunnel is down for good: {message} {}", hint.unwrap_or_default());
            }
            TunnelState::Failed { message, hint } => {
                return Err(anyhow!("{message} {}", hint.unwrap_or_default()));
            }
            TunnelState::Off | TunnelState::Starting => {}
        }
        tunnel.changed().await?;
    }
}

/// A line that found no space where it was to go is missing there, and said to be; the push is stored all the same.
fn go_on(said: anyhow::Result<()>) -> anyhow::Result<()> {
    use std::io::{Error, ErrorKind::StorageFull};
    match said {
        Err(error) if error.downcast_ref::<Error>().is_some_and(|io| io.kind() == StorageFull) => {
            eprintln!("What was to be printed could not be written: the disk is full. Pushes are still captured.");
            Ok(())
        }
        said => said,
    }
}

fn describe(said: &Said) -> String {
    match said {
        Said::Listening { url } => format!("Listening on {url}: post to {url}/in/NAME"),
        Said::Tunnel { url } => format!("Public at {url}: post to {url}/in/NAME"),
    }
}

fn tunnel_config(text: &str) -> Result<TunnelConfig, ApiError> {
    let (provider, rest) =
        text.split_once(':').map_or((text, None), |(provider, rest)| (provider, Some(rest.to_owned())));
    match provider {
        "bore" => {
            let secret = std::env::var("PUSHPULL_BORE_SECRET").ok().filter(|secret| !secret.is_empty());
            // What is not given may be in the vault.
            let kept = secret.is_none();
            Ok(TunnelConfig::Bore { server: rest.unwrap_or_else(|| "bore.pub".into()), secret, port: 0, kept })
        }
        "cloudflared" => Ok(TunnelConfig::Cloudflared { program: rest }),
        other => Err(ApiError::invalid(format!(
            "{other:?} is not a tunnel that Pushpull knows. Write bore, bore:SERVER, cloudflared or cloudflared:PROGRAM."
        ))),
    }
}

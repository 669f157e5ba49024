//! A bare axum handler in a process of its own: what the listener is held against.

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

/// Makes this program the bare server.
pub(crate) const ARGUMENT: &str = "bare-axum-server";

/// Reads every body and answers a word.
pub(crate) async fn serve() -> Result<()> {
    let app = Router::new().route("/in/bench", post(async |_: Bytes| "Stored.\n"));
    let socket = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", socket.local_addr()?);
    Ok(axum::serve(socket, app).await?)
}

/// Starts it, and returns it with its address.
pub(crate) async fn start() -> Result<(Child, String)> {
    let own = std::env::current_exe().context("Finding this program")?;
    let mut process = Command::new(own).arg(ARGUMENT).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let stdout = process.stdout.take().context("The bare server has no output")?;
    let address = BufReader::new(stdout).lines().next_line().await?.context("The bare server did not start")?;
    Ok((process, address))
}

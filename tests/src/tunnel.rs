//! A bore server in the test's own process, on loopback.

use anyhow::{Context, Result};
use std::net::{IpAddr, Ipv4Addr};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::spawn_blocking;

/// bore's control port, which can't be chosen.
const CONTROL_PORT: u16 = 7835;
/// The public ports it hands out.
const PORTS: std::ops::RangeInclusive<u16> = 20_000..=29_999;
/// Only one server at a time: the control port is the same for all.
static ONE: Mutex<()> = Mutex::const_new(());

/// A running bore server; stops when dropped. It has a runtime of its own, whose end cuts every connection.
#[derive(Debug)]
pub struct BoreServer {
    runtime: Option<Runtime>,
    _one: MutexGuard<'static, ()>,
}

impl BoreServer {
    /// Where clients reach it.
    pub const HOST: &'static str = "127.0.0.1";

    /// Starts it, after any other test's server has stopped, and waits until it takes connections.
    ///
    /// # Errors
    /// If something else holds the control port.
    pub async fn start(secret: Option<&str>) -> Result<Self> {
        let one = ONE.lock().await;
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let mut server = bore_cli::server::Server::new(PORTS, secret);
        server.set_bind_addr(loopback);
        server.set_bind_tunnels(loopback);
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.context("Making a runtime for a bore server")?;
        let task = runtime.spawn(async move {
            if let Err(error) = server.listen().await {
                eprintln!("The bore server stopped: {error:#}");
            }
        });
        let started = Self { runtime: Some(runtime), _one: one };
        crate::until("the bore server", async || {
            anyhow::ensure!(!task.is_finished(), "Something else holds port {CONTROL_PORT}");
            Ok(TcpStream::connect((loopback, CONTROL_PORT)).await.ok())
        })
        .await
        .context("Starting a bore server")?;
        Ok(started)
    }

    /// Stops it; clients lose their connection.
    ///
    /// # Errors
    /// If it does not end in time.
    pub async fn stop(mut self) -> Result<()> {
        let Some(runtime) = self.runtime.take() else { return Ok(()) };
        // Waits until the port is free again.
        spawn_blocking(|| runtime.shutdown_timeout(crate::PATIENCE)).await.context("Stopping the bore server")
    }
}

impl Drop for BoreServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

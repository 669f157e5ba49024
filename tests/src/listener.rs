//! A real `pushpull listen`.

use crate::process::interrupt;
use crate::{Home, PATIENCE, Program};
use anyhow::{Context, Result};
use futures_util::StreamExt as _;
use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Pushes under way at once.
const AT_ONCE: usize = 64;

/// A running `pushpull listen --json --port 0`; killed when dropped.
#[derive(Debug)]
pub struct Listener {
    process: Child,
    url: String,
    lines: mpsc::UnboundedReceiver<Value>,
    said: PathBuf,
}

impl Listener {
    /// Starts the command line on the home's workspace and waits until it listens.
    ///
    /// # Errors
    /// If it does not come to listen; what it said is in the error.
    pub async fn start(home: &Home) -> Result<Self> {
        Self::start_program(Program::Cli, home, &[]).await
    }

    /// Starts this program with further arguments for `listen`.
    ///
    /// # Errors
    /// If it does not come to listen; what it said is in the error.
    pub async fn start_program(program: Program, home: &Home, arguments: &[&str]) -> Result<Self> {
        Self::start_under(&[], &program.path()?, home, arguments).await
    }

    /// Starts this program under another one, whose name and arguments come before it: `prlimit --nofile=64`.
    ///
    /// # Errors
    /// If it does not come to listen; what it said is in the error.
    pub async fn start_under(before: &[&str], program: &Path, home: &Home, arguments: &[&str]) -> Result<Self> {
        let said = home.file("listen.stderr");
        let errors = std::fs::File::create(&said).context("Making a file for what the listener says")?;
        let words: Vec<&OsStr> = before.iter().map(OsStr::new).chain([program.as_os_str()]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(["listen", "--json", "--port", "0"]).args(arguments);
        command.envs(home.environment()).current_dir(home.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).kill_on_drop(true);
        let mut process = command.spawn().context("Starting pushpull listen")?;
        let stdout = process.stdout.take().context("The listener has no output")?;
        let (sender, lines) = mpsc::unbounded_channel();
        tokio::spawn(read_lines(BufReader::new(stdout).lines(), sender));
        let mut listener = Self { process, url: String::new(), lines, said };
        let first = listener.next().await?;
        let url = first["url"].as_str().with_context(|| format!("The first line names no URL: {first}"))?;
        listener.url = url.to_owned();
        Ok(listener)
    }

    /// `http://127.0.0.1:PORT`
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// `127.0.0.1:PORT`
    #[must_use]
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The URL of a source.
    #[must_use]
    pub fn source(&self, name: &str) -> String {
        format!("{}/in/{name}", self.url)
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.id()
    }

    /// Pushes `needle 0`, `needle 1` and so on to a source, many at once, and waits until all are printed.
    ///
    /// # Errors
    /// If one is not taken.
    pub async fn fill(&mut self, source: &str, count: usize) -> Result<()> {
        let (client, url) = (crate::http::client()?, self.source(source));
        let push = |number| {
            let push = client.post(&url).body(format!("needle {number}"));
            async { push.send().await?.error_for_status() }
        };
        let mut pushes = futures_util::stream::iter(0..count).map(push).buffer_unordered(AT_ONCE);
        while let Some(pushed) = pushes.next().await {
            pushed.context("Pushing")?;
            self.next().await?;
        }
        Ok(())
    }

    /// The next line it prints: the summary of an exchange.
    ///
    /// # Errors
    /// If none comes in time or the process ended; what it said is in the error.
    pub async fn next(&mut self) -> Result<Value> {
        let line = timeout(PATIENCE, self.lines.recv()).await.ok().flatten();
        line.with_context(|| format!("The listener printed nothing more. It said: {}", self.said()))
    }

    /// What it said on standard error so far.
    #[must_use]
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap_or_default()
    }

    /// Kills it at once (SIGKILL) and waits until it is gone.
    ///
    /// # Errors
    /// If it can't be killed.
    pub async fn kill(mut self) -> Result<()> {
        self.process.kill().await.context("Killing the listener")
    }

    /// Asks it to end, as Ctrl+C does, and waits until it did.
    ///
    /// # Errors
    /// If it does not end in time.
    pub async fn interrupt(mut self) -> Result<ExitStatus> {
        interrupt(self.pid().context("The listener ended already")?)?;
        timeout(PATIENCE, self.process.wait()).await.context("The listener did not end")?.context("Waiting for it")
    }
}

/// Takes lines from the process as they come, so that it never waits for us.
async fn read_lines(mut lines: Lines<BufReader<ChildStdout>>, sender: mpsc::UnboundedSender<Value>) {
    while let Ok(Some(line)) = lines.next_line().await {
        let value = serde_json::from_str(&line).unwrap_or(Value::String(line));
        if sender.send(value).is_err() {
            return;
        }
    }
}

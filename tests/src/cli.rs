//! Running the command line, to its end or until it is interrupted.

use crate::process::interrupt;
use crate::{Home, PATIENCE, Program};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::ErrorKind;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// What a run of the command line came to.
#[derive(Debug)]
pub struct Output {
    /// Its exit code; None if a signal ended it.
    pub code: Option<i32>,
    /// What it printed, byte for byte.
    pub stdout: Vec<u8>,
    /// What it said.
    pub stderr: String,
}

impl Output {
    /// Fails unless the run ended with 0.
    ///
    /// # Errors
    /// With the exit code and what was said.
    pub fn ok(self) -> Result<Self> {
        if self.code != Some(0) {
            bail!("pushpull ended with {:?}: {}", self.code, self.stderr);
        }
        Ok(self)
    }

    /// What it printed, as text.
    ///
    /// # Errors
    /// If it is not UTF-8.
    pub fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.stdout).context("pushpull printed what is not UTF-8")
    }

    /// What it printed, one JSON value a line.
    ///
    /// # Errors
    /// If a line is not JSON.
    pub fn lines(&self) -> Result<Vec<Value>> {
        let parse = |line: &str| serde_json::from_str(line).with_context(|| format!("Not JSON: {line}"));
        self.text()?.lines().filter(|line| !line.is_empty()).map(parse).collect()
    }
}

/// Runs `pushpull` with these arguments on the home's workspace. Nothing is on its standard input.
///
/// # Errors
/// If it is not built, can't be started or does not end in time. A bad exit code is no error here: see [`Output::ok`].
pub async fn pushpull(home: &Home, arguments: &[&str]) -> Result<Output> {
    pushpull_on(home, arguments, &[], &[]).await
}

/// Runs `pushpull` as [`pushpull`] does, without this variable.
///
/// # Errors
/// As [`pushpull`].
pub async fn pushpull_without(home: &Home, arguments: &[&str], variable: &str) -> Result<Output> {
    let mut command = command(home, arguments)?;
    command.env_remove(variable);
    ended(command, arguments, &[]).await
}

/// Runs `pushpull` as [`pushpull`] does, with these bytes on its standard input and these variables set.
///
/// # Errors
/// As [`pushpull`].
pub async fn pushpull_on(home: &Home, arguments: &[&str], variables: &[(&str, &str)], input: &[u8]) -> Result<Output> {
    let mut command = command(home, arguments)?;
    command.envs(variables.iter().copied());
    ended(command, arguments, input).await
}

fn command(home: &Home, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(Program::Cli.path()?);
    command.args(arguments).envs(home.environment()).current_dir(home.path());
    Ok(command)
}

async fn ended(command: Command, arguments: &[&str], input: &[u8]) -> Result<Output> {
    Running::of(command, arguments, input).await?.ended().await
}

/// A run of the command line that is under way; killed when dropped.
#[derive(Debug)]
pub struct Running {
    process: Child,
    stdout: BufReader<ChildStdout>,
    read: Vec<u8>,
    arguments: String,
}

impl Running {
    /// Starts `pushpull` with these arguments on the home's workspace. What it prints is read only when it is asked for:
    /// until then it waits once the pipe is full.
    ///
    /// # Errors
    /// If it is not built or can't be started.
    pub async fn start(home: &Home, arguments: &[&str]) -> Result<Self> {
        Self::of(command(home, arguments)?, arguments, &[]).await
    }

    async fn of(mut command: Command, arguments: &[&str], input: &[u8]) -> Result<Self> {
        let stdin = if input.is_empty() { Stdio::null() } else { Stdio::piped() };
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut process = command.spawn().context("Starting pushpull")?;
        if let Some(mut stdin) = process.stdin.take() {
            match stdin.write_all(input).await {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {} // it has ended before it read all, and says why
                written => written.context("Writing to pushpull")?,
            }
        }
        let stdout = BufReader::new(process.stdout.take().context("pushpull has no output")?);
        Ok(Self { process, stdout, read: Vec::new(), arguments: format!("{arguments:?}") })
    }

    /// Waits until it has printed a line more; [`Running::ended`] has it too.
    ///
    /// # Errors
    /// If none comes in time.
    pub async fn line(&mut self) -> Result<()> {
        let read = timeout(PATIENCE, self.stdout.read_until(b'\n', &mut self.read)).await;
        match read.context("pushpull printed no line")?? {
            0 => bail!("pushpull {} ended before it printed a line", self.arguments),
            _ => Ok(()),
        }
    }

    /// Asks it to end, as Ctrl+C does, and waits until it did.
    ///
    /// # Errors
    /// As [`Running::ended`].
    pub async fn interrupt(self) -> Result<Output> {
        interrupt(self.process.id().context("pushpull ended already")?)?;
        self.ended().await
    }

    /// Waits until it has come to its end.
    ///
    /// # Errors
    /// If it does not end in time.
    pub async fn ended(mut self) -> Result<Output> {
        let all = async { tokio::join!(self.stdout.read_to_end(&mut self.read), self.process.wait_with_output()) };
        let (printed, output) =
            timeout(PATIENCE * 4, all).await.with_context(|| format!("pushpull {} did not end", self.arguments))?;
        printed.context("Reading what pushpull prints")?;
        let output = output.context("Waiting for pushpull")?;
        Ok(Output {
            code: output.status.code(),
            stdout: self.read,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}

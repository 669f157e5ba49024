//! Running the command line to its end.

use crate::{Home, PATIENCE, Program};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

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

async fn ended(mut command: Command, arguments: &[&str], input: &[u8]) -> Result<Output> {
    let stdin = if input.is_empty() { Stdio::null() } else { Stdio::piped() };
    command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().context("Starting pushpull")?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input).await.context("Writing to pushpull")?;
    }
    let ended = tokio::time::timeout(PATIENCE * 4, child.wait_with_output()).await;
    let output = ended.with_context(|| format!("pushpull {arguments:?} did not end"))?.context("Starting pushpull")?;
    Ok(Output {
        code: output.status.code(),
        stdout: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

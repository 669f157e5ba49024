//! Runs a filter in a process of its own, which ends with the caller's patience, the caller's wish or its memory.

use crate::api::ApiError;
use crate::inspect::{Document, Filter, FilterProblem, Outcome, Question, WORKER_ARGUMENT, ask_here, worker_program};
use bytes::Bytes;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio_util::sync::CancellationToken;

/// The time that a filter may take.
const TIME: Duration = Duration::from_secs(10);

/// Bytes of a worker's last words that are read.
const LAST_WORDS: u64 = 4 * 1024;

/// What a filter finds in a document.
pub(super) async fn filtered(
    document: &Document,
    filter: &Filter,
    cancel: &CancellationToken,
) -> Result<Outcome, ApiError> {
    let Some(input) = document.filter_input() else {
        let message = "The body has no tree that a filter could look at.";
        return Ok(Outcome::none(FilterProblem::running(message)));
    };
    match worker_program() {
        Some(program) => in_worker(program, filter, input, cancel).await,
        None => {
            let filter = filter.clone();
            super::off_thread(move || ask_here(&filter, &input)).await
        }
    }
}

async fn in_worker(
    program: &Path,
    filter: &Filter,
    input: Bytes,
    cancel: &CancellationToken,
) -> Result<Outcome, ApiError> {
    let mut child = Command::new(program)
        .arg(WORKER_ARGUMENT)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| ApiError::failed(format!("The filter could not be started: {error}.")))?;
    let mut outcome = Outcome::default();
    let stdin = child.stdin.take();
    let stopped = tokio::select! {
        () = cancel.cancelled() => Some("It was cancelled; the values found by then are shown.".to_owned()),
        () = tokio::time::sleep(TIME) => Some(format!("It was stopped after {} s; the values found by then are shown.", TIME.as_secs())),
        done = converse(&mut child, stdin, filter, input, &mut outcome) => done,
    };
    if let Some(message) = stopped {
        outcome.problem = Some(FilterProblem::running(message));
    }
    Ok(outcome)
}

/// Writes the question and reads the answer; returns why there is no whole one.
async fn converse(
    child: &mut Child,
    stdin: Option<ChildStdin>,
    filter: &Filter,
    input: Bytes,
    outcome: &mut Outcome,
) -> Option<String> {
    let (Some(stdin), Some(stdout)) = (stdin, child.stdout.take()) else { return Some(GONE.into()) };
    let question = Question { filter: filter.clone() };
    let (asked, ended) = tokio::join!(ask(stdin, &question, &input), answers(stdout, outcome));
    match (asked, ended) {
        (_, Some(true)) => None,
        _ => {
            let mut words = String::new();
            if let Some(stderr) = child.stderr.take() {
                let _ = stderr.take(LAST_WORDS).read_to_string(&mut words).await; // they only help to say why
            }
            Some(why(child.wait().await.ok(), &words))
        }
    }
}

async fn ask(mut stdin: ChildStdin, question: &Question, input: &[u8]) -> std::io::Result<()> {
    stdin.write_all(&serde_json::to_vec(question)?).await?;
    stdin.write_all(b"\n").await?;
    stdin.write_all(input).await?;
    stdin.shutdown().await
}

/// Takes the lines of the answer. True once its end was read, or no more is wanted.
async fn answers(stdout: tokio::process::ChildStdout, outcome: &mut Outcome) -> Option<bool> {
    let mut lines = BufReader::new(stdout);
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).await.ok()? == 0 {
            return Some(false);
        }
        match outcome.take_line(line.strip_suffix(b"\n").unwrap_or(&line)) {
            ControlFlow::Continue(false) => {}
            ControlFlow::Continue(true) | ControlFlow::Break(()) => return Some(true),
        }
    }
}

const GONE: &str = "The filter stopped unexpectedly.";

/// Why a worker ended before it was done, as far as its last words tell.
fn why(status: Option<ExitStatus>, words: &str) -> String {
    if words.contains("memory allocation") || words.contains("out of memory") {
        return "It needed more memory than a filter may take; the values found by then are shown.".into();
    }
    if words.contains("overflow") {
        return "It went too deep; the values found by then are shown.".into();
    }
    match status {
        Some(status) if status.success() => GONE.into(),
        Some(status) => format!("The filter stopped unexpectedly ({status})."),
        None => GONE.into(),
    }
}

//! The process that a filter runs in: the program that started it, called again with one word. It can be ended at any
//! moment, it has an end of its own for memory, and it sees neither the environment nor the workspace.

use super::{Filter, FilterProblem, Outcome, evaluate};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The word that makes a program a worker.
pub const WORKER_ARGUMENT: &str = "--filter-worker";

/// The stack of a worker: the libraries recurse.
const STACK: usize = 256 * 1024 * 1024;

/// Memory that a worker may take, where the system can be told.
#[cfg(unix)]
const MEMORY: u64 = 1536 * 1024 * 1024;

/// Values that are passed on one by one, so that none is lost if the next one never comes.
const AT_ONCE: u32 = 1_000;

/// How often later ones are.
const FLUSH_EVERY: Duration = Duration::from_millis(100);

/// The first line that a worker reads; the document follows.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Question {
    /// What it evaluates.
    pub(crate) filter: Filter,
}

/// The last line that a worker writes. The lines before it are values.
#[derive(Debug, Serialize, Deserialize)]
struct End {
    problem: Option<FilterProblem>,
    notice: Option<String>,
}

/// Starts the last line: no JSON value does.
const END: u8 = b'!';

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// To be called first of all in `main`: true if this process was a worker and has done its work. Else it notes that
/// this program can be called as one.
pub fn filter_worker() -> bool {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == WORKER_ARGUMENT) {
        limit_memory();
        let done = std::thread::Builder::new().stack_size(STACK).spawn(serve);
        let _ = done.map(std::thread::JoinHandle::join); // what went wrong shows in what it wrote
        return true;
    }
    if let Ok(program) = std::env::current_exe() {
        PROGRAM.get_or_init(|| program);
    }
    false
}

/// The program that can be called as a worker, if this process is one.
pub fn worker_program() -> Option<&'static Path> {
    PROGRAM.get().map(PathBuf::as_path)
}

#[cfg(unix)]
fn limit_memory() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Without a limit the filter still has its end in time.
    let _ = setrlimit(Resource::Data, Rlimit { current: Some(MEMORY), maximum: Some(MEMORY) });
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
}

#[cfg(not(unix))]
fn limit_memory() {}

/// Reads a question and a document, writes values and an end.
fn serve() {
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    let mut document = Vec::new();
    let read = input.read_until(b'\n', &mut line).and_then(|_| input.read_to_end(&mut document));
    let Some(question) = read.ok().and_then(|_| serde_json::from_slice::<Question>(&line).ok()) else { return };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut written, mut flushed) = (0_u32, Instant::now());
    let mut emit = |value: &[u8]| {
        written = written.saturating_add(1);
        let mut done = out.write_all(value).and_then(|()| out.write_all(b"\n"));
        if written < AT_ONCE || flushed.elapsed() > FLUSH_EVERY {
            done = done.and_then(|()| out.flush());
            flushed = Instant::now();
        }
        // If it failed, nobody reads any more.
        if done.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let end = match evaluate(&question.filter, &document.into(), &mut emit) {
        Ok(notice) => End { problem: None, notice },
        Err(problem) => End { problem: Some(problem), notice: None },
    };
    let _ = out.write_all(&[END]);
    let _ = serde_json::to_writer(&mut out, &end);
    let _ = out.write_all(b"\n").and_then(|()| out.flush());
}

impl Outcome {
    /// Takes a line that a worker wrote, without its end. True if it was the last one.
    pub(crate) fn take_line(&mut self, line: &[u8]) -> ControlFlow<(), bool> {
        let Some((&END, end)) = line.split_first() else {
            return match self.push(line) {
                ControlFlow::Continue(()) => ControlFlow::Continue(false),
                ControlFlow::Break(()) => ControlFlow::Break(()),
            };
        };
        if let Ok(end) = serde_json::from_slice::<End>(end) {
            self.problem = end.problem;
            self.notices.extend(end.notice);
        }
        ControlFlow::Continue(true)
    }
}

/// Evaluates in this process and on this thread: for programs that can't be called as a worker, such as tests.
pub(crate) fn ask_here(filter: &Filter, input: &Bytes) -> Outcome {
    let mut outcome = Outcome::default();
    match evaluate(filter, input, &mut |value| outcome.push(value)) {
        Ok(notice) => outcome.notices.extend(notice),
        Err(problem) => outcome.problem = Some(problem),
    }
    outcome
}

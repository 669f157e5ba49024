//! The promise as the system sees it: between the last byte that was read of a request and the first of its 2xx the log
//! is synced to disk.

use anyhow::{Context, Result, ensure};
use pushpull_tests::{Home, Listener, Program, Raw, can_run, until};
use std::collections::HashMap;
use tokio::task::JoinSet;

/// Connections at a time, and pushes on each.
const SENDERS: usize = 8;
const PUSHES: usize = 20;

/// What is traced. Each call names its file or socket.
const TRACE: &[&str] = &[
    "strace",
    // The traced program is our child, so that signals go to it.
    "-D",
    "-f",
    "-y",
    "-s",
    "16",
    "-e",
    "signal=none",
    "-e",
    "trace=read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,fsync,fdatasync",
    "-o",
];

/// One call that did something, by its line in the trace.
struct Call {
    name: String,
    /// What it was on, as `strace -y` names it.
    on: String,
    /// Where it began and where it returned.
    began: usize,
    returned: usize,
    text: String,
}

/// The calls of a trace that succeeded, in the order they returned in.
fn calls(trace: &str) -> Vec<Call> {
    let mut open: HashMap<&str, (usize, String)> = HashMap::new();
    let mut calls = Vec::new();
    for (line, text) in trace.lines().enumerate() {
        let Some((thread, rest)) = text.split_once(' ') else { continue };
        let rest = rest.trim_start();
        if let Some(begun) = rest.strip_suffix("<unfinished ...>") {
            open.insert(thread, (line, begun.to_owned()));
            continue;
        }
        let (began, whole) = match rest.strip_prefix("<... ") {
            Some(resumed) => {
                let (Some((began, begun)), Some((_, end))) = (open.remove(thread), resumed.split_once("resumed>"))
                else {
                    continue;
                };
                (began, begun + end)
            }
            None => (line, rest.to_owned()),
        };
        let result = whole.rsplit_once(" = ").and_then(|(_, result)| result.split(' ').next()?.parse::<i64>().ok());
        let Some((name, arguments)) = whole.split_once('(').filter(|_| result.is_some_and(|result| result >= 0)) else {
            continue;
        };
        // `12<TCP:[127.0.0.1:4400->127.0.0.1:5000]>`: what is open, up to the end of its name.
        let on = arguments.split([',', ')']).next().unwrap_or_default().to_owned();
        calls.push(Call { name: name.to_owned(), on, began, returned: line, text: whole.clone() });
    }
    calls
}

/// The answers that were sent, and those of them before which the log was not synced.
fn unsynced(trace: &str) -> (usize, Vec<String>) {
    let calls = calls(trace);
    let mut last_read: HashMap<&str, usize> = HashMap::new();
    let (mut answers, mut early) = (0, Vec::new());
    for (place, call) in calls.iter().enumerate() {
        let reads = call.name.starts_with("read") || call.name.starts_with("recv");
        let writes = call.name.starts_with("write") || call.name.starts_with("send");
        if reads && !call.text.ends_with(" = 0") {
            last_read.insert(&call.on, call.returned);
        } else if writes && call.text.contains("HTTP/1.1 2") {
            answers += 1;
            let read = last_read.get(call.on.as_str()).copied().unwrap_or_default();
            let synced = calls[..place].iter().rev().any(|sync| {
                sync.name.ends_with("sync")
                    && sync.on.contains("-wal")
                    && sync.began > read
                    && sync.returned < call.began
            });
            if !synced {
                early.push(format!("line {}: {}", call.began + 1, call.text));
            }
        }
    }
    (answers, early)
}

/// Without the blanks that strace aligns by.
fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sends pushes to this program under strace; None where strace may not trace.
async fn traced(program: Program) -> Result<Option<(usize, Vec<String>)>> {
    let home = Home::new()?;
    let file = home.file("trace");
    let before = [TRACE, &[file.to_str().context("The path is no text")?]].concat();
    if !can_run(&[&before[..], &["true"]].concat()) {
        println!("Skipped: strace is not installed or may not trace here.");
        return Ok(None);
    }
    let listener = Listener::start_under(&before, &program.path()?, &home, &[]).await?;
    let mut senders = JoinSet::new();
    for _ in 0..SENDERS {
        let address = listener.address().to_owned();
        senders.spawn(async move {
            let mut socket = Raw::connect(&address).await?;
            for number in 0..PUSHES {
                // The last of every five is put down in chunks before its exchange.
                let body = "x".repeat(if number % 5 == 4 { number * 20_000 } else { number * 997 });
                let push = format!("POST /in/a HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}", body.len());
                socket.send(push.as_bytes()).await?;
                ensure!(socket.answer().await?.status == 200, "not taken");
            }
            anyhow::Ok(())
        });
    }
    while let Some(sent) = senders.join_next().await {
        sent??;
    }
    let pid = listener.pid().context("The listener ended")?;
    listener.interrupt().await?;
    let end = format!("{pid} +++ exited");
    let trace = until("the end of the trace", async || {
        Ok(Some(std::fs::read_to_string(&file)?)
            .filter(|trace| trace.lines().any(|line| squeezed(line).starts_with(&end))))
    });
    Ok(Some(unsynced(&trace.await?)))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_synced_between_the_last_read_and_each_answer() -> Result<()> {
    let Some((answers, early)) = traced(Program::Cli).await? else { return Ok(()) };
    ensure!(answers == SENDERS * PUSHES, "{answers} answers in the trace");
    ensure!(early.is_empty(), "{} of {answers} were answered before a sync: {early:#?}", early.len());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_answers_before_it_syncs_is_caught() -> Result<()> {
    let Some((answers, early)) = traced(Program::Mutant).await? else { return Ok(()) };
    ensure!(answers == SENDERS * PUSHES, "{answers} answers in the trace");
    ensure!(!early.is_empty(), "a build that breaks the promise went unnoticed");
    Ok(())
}

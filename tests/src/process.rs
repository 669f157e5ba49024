//! What Linux says of a process, and the places that it can be put into.

use anyhow::{Context, Result};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, getuid, kill_process, setrlimit};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Bytes of a page.
const PAGE: u64 = 4096;

/// Bytes of memory that are in use by the process.
///
/// # Errors
/// If it is gone.
pub fn resident(pid: u32) -> Result<u64> {
    let pages = std::fs::read_to_string(format!("/proc/{pid}/statm")).context("Reading the memory of a process")?;
    let pages: u64 = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).context("no pages")?;
    Ok(pages * PAGE)
}

/// Files and sockets that the process has open.
///
/// # Errors
/// If it is gone.
pub fn descriptors(pid: u32) -> Result<usize> {
    Ok(std::fs::read_dir(format!("/proc/{pid}/fd")).context("Reading the descriptors of a process")?.count())
}

/// The addresses at which the process waits for connections or datagrams, as `/proc/net` writes them.
///
/// # Errors
/// If it is gone.
pub fn listening(pid: u32) -> Result<Vec<String>> {
    let mut own = BTreeSet::new();
    for descriptor in std::fs::read_dir(format!("/proc/{pid}/fd"))? {
        // One of them may be closed meanwhile.
        let Ok(target) = std::fs::read_link(descriptor?.path()) else { continue };
        let inode = target.to_str().and_then(|name| name.strip_prefix("socket:[")?.strip_suffix(']'));
        own.extend(inode.map(str::to_owned));
    }
    let mut found = Vec::new();
    // 0A is LISTEN; a datagram socket that is not connected is 07.
    for (table, state) in [("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")] {
        let table = std::fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
        for line in table.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            if fields.get(3) == Some(&state) && fields.get(9).is_some_and(|inode| own.contains(*inode)) {
                found.push(fields[1].to_owned());
            }
        }
    }
    Ok(found)
}

/// True if a process of the group still runs. One that has ended may be there until somebody takes note of it.
pub(crate) fn group_runs(group: u32) -> bool {
    let Ok(processes) = std::fs::read_dir("/proc") else { return false };
    let mut folders = processes.filter_map(|entry| Some(entry.ok()?.path()));
    folders.any(|folder| stat(&folder).is_some_and(|(_, of)| of == group.to_string()) && threads_run(&folder))
}

/// True if a thread of the process still runs. Of one that was killed the first may have ended while others come to
/// their end: what the process holds (its locks, its name) it holds as long as they.
fn threads_run(process: &Path) -> bool {
    let Ok(threads) = std::fs::read_dir(process.join("task")) else { return false };
    let mut states = threads.filter_map(|entry| Some(stat(&entry.ok()?.path())?.0));
    states.any(|state| !matches!(&*state, "Z" | "X"))
}

/// The state and the group of a process or thread; None if it is gone.
fn stat(folder: &Path) -> Option<(String, String)> {
    let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
    // The name before it may hold anything: state, parent, group.
    let mut fields = stat.rsplit(')').next()?.split_whitespace();
    Some((fields.next()?.to_owned(), fields.nth(1)?.to_owned()))
}

/// Asks the process to end, as Ctrl+C does.
///
/// # Errors
/// If it is gone.
pub(crate) fn interrupt(pid: u32) -> Result<()> {
    let pid = Pid::from_raw(pid.try_into()?).context("no process")?;
    kill_process(pid, Signal::INT).context("Interrupting a process")
}

/// Lets this process open as many files as the system allows it.
///
/// # Errors
/// What the system says.
pub fn raise_descriptor_limit() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).context("Raising the limit")
}

/// What to put before a program so that root's rights do not count: nothing where we are not root.
#[must_use]
pub fn as_nobody() -> &'static [&'static str] {
    if getuid().is_root() { &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] } else { &[] }
}

/// True if this command runs and succeeds: what a test needs of the system and may not be allowed.
#[must_use]
pub fn can_run(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A file system in memory; taken away when dropped.
#[derive(Debug)]
pub struct Tmpfs(PathBuf);

impl Tmpfs {
    /// Mounts one of this size (`8m`) at an empty folder. None where that is not allowed.
    #[must_use]
    pub fn mount(folder: &Path, size: &str) -> Option<Self> {
        let words = ["mount", "-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs", folder.to_str()?];
        can_run(&words).then(|| Self(folder.to_owned()))
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        // Lazily: a program may still be ending in it.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

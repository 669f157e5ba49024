//! What a running process has used, read from /proc.

use anyhow::{Context, Result};
use std::path::Path;
use std::time::Duration;

/// Linux counts processor time in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// Processor time of a process so far, its own and the system's for it.
pub(crate) fn processor_time(pid: u32) -> Result<Duration> {
    time_in(&std::fs::read_to_string(format!("/proc/{pid}/stat")).context("Reading the processor time")?)
}

/// Processor time so far of those threads of a process whose names begin like one of these.
pub(crate) fn processor_time_of(pid: u32, names: &[&str]) -> Result<Duration> {
    let mut sum = Duration::ZERO;
    for thread in std::fs::read_dir(format!("/proc/{pid}/task")).context("Reading the threads")? {
        let thread = thread?.path();
        // One of them may end meanwhile.
        let (Ok(own), Ok(stat)) =
            (std::fs::read_to_string(thread.join("comm")), std::fs::read_to_string(thread.join("stat")))
        else {
            continue;
        };
        if names.iter().any(|name| own.starts_with(name)) {
            sum += time_in(&stat)?;
        }
    }
    Ok(sum)
}

fn time_in(stat: &str) -> Result<Duration> {
    // Behind the name, which stands in brackets and may hold blanks: fields 14 and 15 of proc(5).
    let fields: Vec<&str> = stat.rsplit_once(')').context("no name")?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok()).context("no time");
    Ok(TICK * (ticks(11)? + ticks(12)?))
}

/// Memory of a process and all below it, bytes; what several share counts by its share (PSS).
pub(crate) fn memory(pid: u32) -> Result<u64> {
    let mut sum = 0;
    for process in family(pid)? {
        // One of them may end meanwhile.
        let Ok(rollup) = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")) else { continue };
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|kib| kib.parse::<u64>().ok());
        sum += kib.unwrap_or_default() * 1024;
    }
    Ok(sum)
}

/// The process and all below it.
fn family(pid: u32) -> Result<Vec<u32>> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc").context("Reading /proc")? {
        let Some(process) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if let Some(parent) = parent(process) {
            parents.push((process, parent));
        }
    }
    let mut found = vec![pid];
    let mut at = 0;
    while let Some(&next) = found.get(at) {
        found.extend(parents.iter().filter(|(_, parent)| *parent == next).map(|(process, _)| *process));
        at += 1;
    }
    Ok(found)
}

fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

//! The window: from the start of the program until its picture stands on the screen, and its memory, against an empty
//! one.

use crate::process;
use crate::report::{Bar, Report, median, ms};
use crate::screen::Screen;
use anyhow::{Context, Result};
use pushpull_tests::{Home, Program};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Starts of each, in turn.
const STARTS: usize = 9;

/// Changes of the screen that a start makes at least: the window's ground, and what is drawn on it.
const CHANGES: usize = 2;

/// How Pushpull's own window is painted on Linux.
const PAINTING: (&str, &str) = ("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1");

/// What one start came to.
struct Start {
    /// Until the last of the window was drawn: for Pushpull the inbox with its address, ready for keys.
    time: Duration,
    memory: u64,
}

/// Starts both programs in turn.
pub(crate) fn measure(report: &mut Report) -> Result<()> {
    report.section(&format!("window: {STARTS} starts each"));
    let desktop = Program::Desktop.path()?;
    let empty = desktop.parent().context("The window's program has no folder")?.join("examples/empty");
    let screen = Screen::start()?;
    let (mut ours, mut bare, mut alike) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        bare.push(start(&screen, &empty, None).context("The empty window")?);
        ours.push(start(&screen, &desktop, None).context("Pushpull's window")?);
        alike.push(start(&screen, &empty, Some(PAINTING)).context("The empty window")?);
    }
    let (bare_time, our_time) = (median_time(&bare), median_time(&ours));
    let (bare_memory, our_memory) = (median_memory(&bare), median_memory(&ours));
    report.line("empty window drawn after", &format!("{:.0} ms", ms(bare_time)));
    report.line("Pushpull drawn after", &format!("{:.0} ms", ms(our_time)));
    report.judge("ratio of the starts", our_time.as_secs_f64() / bare_time.as_secs_f64(), "", Bar::AtMost(1.3));
    report.line("empty window, memory", &format!("{:.0} MiB", bare_memory / 1_048_576.0));
    report.line("Pushpull, memory", &format!("{:.0} MiB", our_memory / 1_048_576.0));
    report.judge("ratio of the memory", our_memory / bare_memory, "", Bar::AtMost(1.3));
    let (time, memory) = (median_time(&alike).as_secs_f64(), median_memory(&alike));
    let ratios = format!("{:.2}, {:.2}", our_time.as_secs_f64() / time, our_memory / memory);
    report.line("    to an empty one that the processor paints, too", &ratios);
    Ok(())
}

/// Opens the program's window in a home of its own, and closes it.
fn start(screen: &Screen, program: &Path, variable: Option<(&str, &str)>) -> Result<Start> {
    let home = Home::new()?;
    let mut command = Command::new(program);
    command.envs(home.environment()).envs(variable).env("DISPLAY", &screen.display).env_remove("WAYLAND_DISPLAY");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let began = Instant::now();
    let opened = Opened(command.spawn().context("Starting it")?);
    let time = screen.at_rest(CHANGES)?.saturating_duration_since(began);
    let memory = process::memory(opened.0.id())?;
    drop(opened);
    // The display is bare again before the next.
    screen.at_rest(0)?;
    Ok(Start { time, memory })
}

/// A program with its window, ended with all that it started when dropped.
struct Opened(Child);

impl Drop for Opened {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.wait();
    }
}

fn median_time(starts: &[Start]) -> Duration {
    median(starts.iter().map(|start| start.time).collect())
}

fn median_memory(starts: &[Start]) -> f64 {
    let mut memory: Vec<u64> = starts.iter().map(|start| start.memory).collect();
    memory.sort_unstable();
    memory[memory.len() / 2] as f64
}

//! The window: from the start of the program to a window that can be used, and its memory, against an empty one.

use crate::process;
use crate::report::{Bar, Report, median, ms};
use anyhow::{Context, Result};
use pushpull_tests::{Home, Program, Window, until};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Starts of each, in turn.
const STARTS: usize = 7;
/// How long the memory settles before it is read.
const SETTLE: Duration = Duration::from_secs(2);
/// When the empty window was about to paint its text, ms since 1970; null before.
const DRAWN: &str = "\
const mark = performance.getEntriesByName('empty:drawn')[0];
return mark ? performance.timeOrigin + mark.startTime : null;";
/// When the inbox was about to paint its first rows and the state of the listener, ms since 1970; null before. Both
/// are the moment of the frame that shows them.
const USABLE: &str = "\
const mark = performance.getEntriesByName('pushpull:usable')[0];
return mark ? performance.timeOrigin + mark.startTime : null;";

/// When the page began to load, ms since 1970.
const LOADING: &str = "return performance.timeOrigin;";

/// How Pushpull's own window is painted on Linux.
const PAINTING: &str = "WEBKIT_SKIA_ENABLE_CPU_RENDERING=1";

/// What one start came to.
struct Start {
    /// Until the page began to load.
    loading: Duration,
    /// Until the window was ready.
    time: Duration,
    memory: u64,
}

/// Starts both programs in turn.
pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    report.section(&format!("window: {STARTS} starts each"));
    let desktop = Program::Desktop.path()?;
    let empty = desktop.parent().context("The window's program has no folder")?.join("examples/empty");
    let (mut ours, mut bare, mut alike) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        bare.push(start(&empty, "", DRAWN).await.context("The empty window")?);
        ours.push(start(&desktop, "", USABLE).await.context("Pushpull's window")?);
        alike.push(start(&empty, PAINTING, DRAWN).await.context("The empty window")?);
    }
    let loading = |starts: &[Start]| median(starts.iter().map(|start| start.loading).collect());
    report.line("empty window, page begins to load after", &format!("{:.0} ms", ms(loading(&bare))));
    report.line("Pushpull, page begins to load after", &format!("{:.0} ms", ms(loading(&ours))));
    let (bare_time, our_time) = (median_time(&bare), median_time(&ours));
    let (bare_memory, our_memory) = (median_memory(&bare), median_memory(&ours));
    report.line("empty window drawn after", &format!("{:.0} ms", ms(bare_time)));
    report.line("Pushpull usable after", &format!("{:.0} ms", ms(our_time)));
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
async fn start(program: &Path, variable: &str, ready: &str) -> Result<Start> {
    let home = Home::new()?;
    let window = Window::open_program(&home, &timed(&home, program, variable)?, &[]).await?;
    let at = until("the window to be ready", async || Ok(window.script(ready, vec![]).await?.as_f64())).await?;
    let loading = window.script(LOADING, vec![]).await?.as_f64().context("no time origin")?;
    tokio::time::sleep(SETTLE).await;
    let started = std::fs::read_to_string(home.file("started")).context("The program was not started")?;
    let (pid, began) = started.trim().split_once(' ').context("pid and time")?;
    let began = began.parse::<f64>()? / 1e6;
    let memory = process::memory(pid.parse()?)?;
    window.close().await?;
    let since = |at: f64| Duration::from_secs_f64((at - began).max(0.0) / 1000.0);
    Ok(Start { loading: since(loading), time: since(at), memory })
}

/// A script that notes its process number and the time (ns since 1970), then becomes the program with this variable set.
fn timed(home: &Home, program: &Path, variable: &str) -> Result<PathBuf> {
    let script = home.file("start.sh");
    let note = home.file("started");
    let text = format!(
        "#!/bin/sh\necho \"$$ $(date +%s%N)\" > '{}'\nexec env {variable} '{}' \"$@\"\n",
        note.display(),
        program.display()
    );
    std::fs::write(&script, text)?;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))?;
    Ok(script)
}

fn median_time(starts: &[Start]) -> Duration {
    median(starts.iter().map(|start| start.time).collect())
}

fn median_memory(starts: &[Start]) -> f64 {
    let mut memory: Vec<u64> = starts.iter().map(|start| start.memory).collect();
    memory.sort_unstable();
    memory[memory.len() / 2] as f64
}

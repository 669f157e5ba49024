//! Measures Pushpull on this machine, each figure as a ratio to the bare thing in the same run where there is one.
//!
//! `cargo xtask bench [NAME]…` builds what ships and runs this.

mod bare;
mod capture;
mod list;
mod load;
mod memory;
mod process;
mod reading;
mod report;
mod screen;
mod send;
mod window;

use anyhow::{Result, bail};
use report::Report;

/// The measurements, in the order they run in.
const NAMES: &[&str] = &["capture", "send", "list", "reading", "memory", "window"];

#[tokio::main]
async fn main() -> Result<()> {
    let names: Vec<String> = std::env::args().skip(1).collect();
    if names.first().is_some_and(|name| name == bare::ARGUMENT) {
        return bare::serve().await;
    }
    if let Some(unknown) = names.iter().find(|name| !NAMES.contains(&name.as_str())) {
        bail!("There is no measurement {unknown:?}: there are {}.", NAMES.join(", "));
    }
    let mut report = Report::default();
    for name in NAMES.iter().filter(|name| names.is_empty() || names.iter().any(|chosen| chosen == *name)) {
        match *name {
            "capture" => capture::measure(&mut report).await?,
            "send" => send::measure(&mut report).await?,
            "list" => list::measure(&mut report).await?,
            "reading" => reading::measure(&mut report).await?,
            "memory" => memory::measure(&mut report).await?,
            _ => window::measure(&mut report)?,
        }
    }
    report.close()
}

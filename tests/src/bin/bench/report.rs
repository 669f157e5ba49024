//! What was measured, line by line, held against its bar.

use anyhow::{Result, ensure};
use std::time::Duration;

/// What a figure must be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bar {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
}

impl Bar {
    fn is_met(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(bar) => figure >= bar,
            Self::AtMost(bar) => figure <= bar,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtLeast(bar) => format!("at least {bar}"),
            Self::AtMost(bar) => format!("at most {bar}"),
        }
    }
}

/// Prints figures as they come and counts those that miss their bar.
#[derive(Debug, Default)]
pub(crate) struct Report {
    met: usize,
    missed: Vec<String>,
}

impl Report {
    /// Begins a measurement.
    pub(crate) fn section(&self, title: &str) {
        println!("\n── {title}");
    }

    /// A figure that stands for itself.
    pub(crate) fn line(&self, what: &str, figure: &str) {
        println!("{what:<58} {figure:>16}");
    }

    /// A figure with a bar.
    pub(crate) fn judge(&mut self, what: &str, figure: f64, unit: &str, bar: Bar) {
        let verdict = if bar.is_met(figure) {
            self.met += 1;
            "met"
        } else {
            self.missed.push(what.to_owned());
            "MISSED"
        };
        println!("{what:<58} {:>16}   {verdict}: {}{unit}", format!("{figure:.2}{unit}"), bar.words());
    }

    /// Sums up.
    ///
    /// # Errors
    /// If a bar is missed.
    pub(crate) fn close(self) -> Result<()> {
        println!("\n{} bars met, {} missed", self.met, self.missed.len());
        ensure!(self.missed.is_empty(), "missed: {}", self.missed.join("; "));
        Ok(())
    }
}

/// A time in milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The value below which this share of the sorted times lies.
pub(crate) fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted.get(((sorted.len() as f64 * share) as usize).min(last)).copied().unwrap_or_default()
}

/// The middle of the times.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    percentile(&times, 0.5)
}

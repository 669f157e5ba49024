//! `cargo xtask test`: runs the steps one after another, times each, and sums up.

use crate::steps::{STEPS, Step};
use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};

/// How a step ended.
enum Outcome {
    Passed,
    Skipped(&'static str),
    Failed(anyhow::Error),
}

/// Runs all steps, or those named. Goes on after a failure: the sum names all that failed.
pub(crate) fn test(names: &[String]) -> Result<()> {
    if names.iter().any(|name| name == "--list") {
        for step in STEPS {
            println!("{:<10} {}", step.name, step.what);
        }
        return Ok(());
    }
    let mut ended: Vec<(&Step, Duration, Outcome)> = Vec::new();
    for step in chosen(names)? {
        println!("\n── {}: {}", step.name, step.what);
        let start = Instant::now();
        let outcome = match (step.run)() {
            Ok(None) => Outcome::Passed,
            Ok(Some(reason)) => Outcome::Skipped(reason),
            Err(error) => {
                eprintln!("{error:#}");
                Outcome::Failed(error)
            }
        };
        ended.push((step, start.elapsed(), outcome));
    }
    sum_up(&ended)
}

/// The steps of these names in the order they run in; all of them if none is named.
fn chosen(names: &[String]) -> Result<Vec<&'static Step>> {
    for name in names {
        STEPS
            .iter()
            .find(|step| step.name == name)
            .with_context(|| format!("There is no step {name:?}: `cargo xtask test --list` names them."))?;
    }
    Ok(STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)).collect())
}

fn sum_up(ended: &[(&Step, Duration, Outcome)]) -> Result<()> {
    println!();
    for (step, time, outcome) in ended {
        let word = match outcome {
            Outcome::Passed => "passed".to_string(),
            Outcome::Skipped(reason) => format!("skipped: {reason}"),
            Outcome::Failed(error) => format!("FAILED: {error:#}"),
        };
        println!("{:<10} {:>7.1} s  {word}", step.name, time.as_secs_f64());
    }
    let count = |is: fn(&Outcome) -> bool| ended.iter().filter(|(_, _, outcome)| is(outcome)).count();
    let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    let total: Duration = ended.iter().map(|(_, time, _)| *time).sum();
    println!(
        "{} passed, {failed} failed, {} skipped in {:.0} s",
        count(|outcome| matches!(outcome, Outcome::Passed)),
        count(|outcome| matches!(outcome, Outcome::Skipped(_))),
        total.as_secs_f64()
    );
    if failed > 0 {
        bail!("{failed} of {} steps failed.", ended.len());
    }
    Ok(())
}

//! `pushpull rules`

use crate::arguments::Rules;
use crate::output::{Outcome, Output};
use pushpull_engine::Engine;
use pushpull_engine::api::{ApiError, SaveRules, SourceRules};
use pushpull_engine::capture::rules::{RULES_BYTES, RuleProblem, RuleSet, check};
use std::io::Read as _;

pub(crate) async fn run(engine: &Engine, arguments: Rules, output: Output) -> anyhow::Result<Outcome> {
    let mut rules = match &arguments.set {
        Some(file) => {
            let rules = usable(&text(file)?)?;
            engine.save_rules(SaveRules { source: arguments.source.clone(), rules }).await?
        }
        None => engine.source_rules(&arguments.source).await?,
    };
    if arguments.reset {
        rules = engine.reset_rules(&arguments.source).await?;
    }
    output.result(&rules, shown)?;
    Ok(Outcome::Done)
}

/// Rules as they can be written into a file and read back.
fn shown(rules: &SourceRules) -> String {
    serde_json::to_string_pretty(&rules.rules).unwrap_or_default()
}

fn text(file: &str) -> anyhow::Result<String> {
    let mut text = String::new();
    let limit = RULES_BYTES as u64 + 1;
    let failed = |error: std::io::Error| ApiError::invalid(format!("{file} can't be read: {error}."));
    match file {
        "-" => std::io::stdin().take(limit).read_to_string(&mut text),
        path => std::fs::File::open(path).map_err(failed)?.take(limit).read_to_string(&mut text),
    }
    .map_err(failed)?;
    Ok(text)
}

/// The rules of a file, if they can come into force; what is only seldom meant is said.
fn usable(text: &str) -> anyhow::Result<RuleSet> {
    let rules: RuleSet =
        serde_json::from_str(text).map_err(|error| ApiError::invalid(format!("These are no rules: {error}.")))?;
    let (wrong, odd): (Vec<_>, Vec<_>) = check(&rules).into_iter().partition(|problem| problem.blocks);
    let line = |problem: &RuleProblem| format!("{}: {}", problem.field, problem.message);
    for problem in &odd {
        eprintln!("{}", line(problem));
    }
    if !wrong.is_empty() {
        let lines: Vec<String> = wrong.iter().map(line).collect();
        return Err(ApiError::invalid(lines.join("\n")).into());
    }
    Ok(rules)
}

//! Filters over a document: JSONPath and jq, evaluated by libraries that can't be stopped from within, so that whoever
//! runs one gives it a process of its own (see [`worker`]).

mod jq;
mod jsonpath;
mod outcome;
mod worker;

pub(crate) use outcome::Outcome;
pub(crate) use worker::{Question, ask_here};
pub use worker::{WORKER_ARGUMENT, filter_worker, worker_program};

use crate::inspect::json::{Json, ReadError, read};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use ts_rs::TS;

/// Levels of a document that the libraries read: both recurse.
const LEVELS_LIMIT: u32 = 120;

/// Bytes of results at most.
pub(crate) const RESULT_LIMIT: usize = 64 * 1024 * 1024;

/// Results at most.
pub(crate) const RESULTS_LIMIT: u64 = 1_000_000;

/// The language of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum FilterLanguage {
    /// RFC 9535.
    JsonPath,
    /// jq, as jaq understands it.
    Jq,
}

/// A filter: an expression and its language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Filter {
    /// How `program` is read.
    pub language: FilterLanguage,
    /// What is typed.
    pub program: String,
}

/// What is wrong with a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FilterProblem {
    /// In one sentence.
    pub message: String,
    /// The character of the program that it is about, from 0; none if it came up while it ran.
    #[ts(type = "number | null")]
    pub at: Option<u64>,
}

/// What a filter came to; its values are read through [`super::Lens::Filter`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Filtered {
    /// Values found.
    #[ts(type = "number")]
    pub results: u64,
    /// Why there are none, or no more.
    pub problem: Option<FilterProblem>,
    /// Where the result is not exact, or not all there is.
    pub notice: Option<String>,
    /// Milliseconds it took.
    #[ts(type = "number")]
    pub took: u64,
}

impl FilterProblem {
    fn at(program: &str, byte: usize, message: impl Into<String>) -> Self {
        let before = program.get(..byte.min(program.len())).unwrap_or(program);
        Self { message: message.into(), at: Some(before.chars().count() as u64) }
    }

    /// One that came up while the filter ran.
    pub(crate) fn running(message: impl Into<String>) -> Self {
        Self { message: message.into(), at: None }
    }
}

/// Takes a value as JSON on one line; says whether it wants more.
type Emit<'a> = &'a mut dyn FnMut(&[u8]) -> ControlFlow<()>;

/// Evaluates a filter over a JSON document. Values go to `emit` as they are found. What is not exact is answered.
fn evaluate(filter: &Filter, input: &Bytes, emit: Emit<'_>) -> Result<Option<String>, FilterProblem> {
    let json = match read(input, 0) {
        Ok(json) => json,
        Err(ReadError::TooMany) => {
            return Err(FilterProblem::running("The document has too many values for a filter."));
        }
        Err(ReadError::Syntax(problem, _)) => return Err(FilterProblem::running(problem.message)),
    };
    if json.deepest() > LEVELS_LIMIT {
        let message = format!("The document is {} levels deep; filters read {LEVELS_LIMIT}.", json.deepest());
        return Err(FilterProblem::running(message));
    }
    match filter.language {
        FilterLanguage::Jq => jq::run(&filter.program, input, emit)?,
        FilterLanguage::JsonPath => jsonpath::run(&filter.program, &json, input, emit)?,
    }
    Ok(inexact(filter, &json))
}

/// Where the libraries see another document than the bytes hold.
fn inexact(filter: &Filter, json: &Json) -> Option<String> {
    let mut notices = Vec::new();
    if !json.duplicates().is_empty() {
        notices.push("Not exact: a key stands more than once in an object, and the filter sees the last one.");
    }
    let decimals = || json.nodes().iter().any(|node| super::chips::is_altered_by_f64(json, node));
    match filter.language {
        FilterLanguage::Jq if decimals() => {
            notices
                .push("Not exact: numbers keep their digits until jq calculates with them; then decimals are floats.");
        }
        FilterLanguage::JsonPath if filter.program.contains('?') && decimals() => {
            notices.push(
                "Not exact: JSONPath compares numbers beyond 64 bits as floats; those that it finds keep their digits.",
            );
        }
        _ => {}
    }
    (!notices.is_empty()).then(|| notices.join(" "))
}

/// What a library could not read of the input.
fn unreadable(error: impl std::fmt::Display) -> FilterProblem {
    FilterProblem::running(format!("The filter can't read the document: {error}."))
}

#[cfg(test)]
mod tests;

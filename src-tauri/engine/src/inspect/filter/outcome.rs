//! What a filter came to, whole or as far as it got.

use super::{FilterProblem, RESULT_LIMIT, RESULTS_LIMIT};
use std::ops::ControlFlow;

/// The values that were found, and why there are no more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// One JSON document: the value if there is one, else an array of them.
    lines: Vec<u8>,
    /// Values found.
    pub(crate) results: u64,
    /// What went wrong.
    pub(crate) problem: Option<FilterProblem>,
    /// What is not exact or not all.
    pub(crate) notices: Vec<String>,
}

impl Outcome {
    /// Nothing, and why.
    pub(crate) fn none(problem: FilterProblem) -> Self {
        Self { problem: Some(problem), ..Self::default() }
    }

    /// Takes a value; says whether there is room for more.
    pub(super) fn push(&mut self, value: &[u8]) -> ControlFlow<()> {
        if self.lines.len() + value.len() > RESULT_LIMIT || self.results == RESULTS_LIMIT {
            let (most, bytes) = (RESULTS_LIMIT, RESULT_LIMIT >> 20);
            self.notices.push(format!("The filter finds more than {most} values or {bytes} MiB; the first are shown."));
            return ControlFlow::Break(());
        }
        if self.results > 0 {
            self.lines.extend_from_slice(b",\n");
        }
        self.lines.extend_from_slice(value);
        self.results += 1;
        ControlFlow::Continue(())
    }

    /// The values as one JSON document.
    pub(crate) fn document(&self) -> Vec<u8> {
        if self.results == 1 {
            return self.lines.clone();
        }
        let mut all = Vec::with_capacity(self.lines.len() + 4);
        all.push(b'[');
        all.extend_from_slice(&self.lines);
        all.push(b']');
        all
    }

    /// In one sentence or more, what a reader must know.
    pub(crate) fn notice(&self) -> Option<String> {
        (!self.notices.is_empty()).then(|| self.notices.join(" "))
    }
}

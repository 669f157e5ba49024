//! What differs: JSON, text and headers of exchanges (or files) held against each other. Pure functions.

mod cells;
mod changes;
mod compared;
mod edit;
mod headers;
mod lines;
mod octets;
mod path;
mod structure;
mod view;

pub use changes::text_changes;
pub use compared::Compared;
pub use headers::compare_headers;
pub use view::*;

use crate::inspect::Document;
use compared::Detail;
use std::sync::Arc;
use std::time::Duration;
use structure::{Options, Sides, Structure, walk};

/// Sides of one comparison at most.
pub const SIDES_LIMIT: usize = structure::SIDES_LIMIT;

/// The time that walking the sides of one comparison may take.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// One of the things held against each other.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its body.
    pub document: Arc<Document>,
    /// What stands over it. Its `root` is what is compared of a JSON document.
    pub label: SideLabel,
}

/// Compares up to [`SIDES_LIMIT`] sides; the first is the base, and sides beyond the limit are left out. `ignore` and
/// `keys` are those of [`CompareQuery`]. Takes up to 2 s and the time that reading the documents needs, so it belongs
/// on a thread that may block; where the time runs out, the notice says so.
pub fn compare(inputs: &[Input], ignore: &[String], keys: &[ArrayKey]) -> Compared {
    compare_within(inputs, Options { ignore, keys, time: TIME_LIMIT })
}

fn compare_within(inputs: &[Input], options: Options<'_>) -> Compared {
    let inputs = &inputs[..inputs.len().min(SIDES_LIMIT)];
    let labels: Vec<SideLabel> = inputs.iter().map(|input| input.label.clone()).collect();
    let roots: Vec<_> = inputs.iter().map(|input| (Arc::clone(&input.document), input.label.root.as_str())).collect();
    if let Some(sides) = Sides::new(&roots) {
        return structural(sides, labels, options);
    }
    let documents: Vec<&Document> = inputs.iter().map(|input| &*input.document).collect();
    let is_text = documents.iter().all(|document| document.is_text());
    let (mode, rows, equal, mut notices) = if is_text {
        let compared = lines::compare(&documents);
        (CompareMode::Text, compared.rows, compared.equal, compared.notices)
    } else {
        (CompareMode::Bytes, octets::compare(&documents), 0, Vec::new())
    };
    notices.splice(0..0, why_not_json(&documents));
    let mut summary = Comparison::empty(mode, labels);
    summary.count(&rows);
    summary.equal = equal;
    summary.notice = (!notices.is_empty()).then(|| notices.join(" "));
    Compared::new(summary, Detail::Rows(rows))
}

fn structural(sides: Sides, labels: Vec<SideLabel>, options: Options<'_>) -> Compared {
    let mut summary = Comparison::empty(CompareMode::Json, labels);
    let mut found = walk(&sides, options);
    for side in sides.without_root() {
        let root = &summary.sides[side].root;
        found.notices.push(format!("Side {} has nothing at {root}.", letter(side)));
    }
    let notices = std::mem::take(&mut found.notices);
    summary.equal = found.equal;
    let structure = Structure { sides, found };
    (summary.counts, summary.ignored) = structure.counts();
    let counts = summary.counts;
    summary.differences = counts.changed + counts.added + counts.removed + counts.retyped + counts.moved;
    summary.notice = (!notices.is_empty()).then(|| notices.join(" "));
    Compared::new(summary, Detail::Structure(structure))
}

/// Why bodies are not compared by structure, where some of them are JSON.
fn why_not_json(documents: &[&Document]) -> Option<String> {
    let other = documents.iter().position(|document| document.json().is_none())?;
    let some_json = documents.iter().any(|document| document.json().is_some());
    let problem = documents[other].info().problem;
    match problem {
        Some(problem) => Some(format!(
            "Side {} is not valid JSON at line {}, column {}, so the bodies are not compared by structure.",
            letter(other),
            problem.line,
            problem.column
        )),
        None if some_json => {
            Some(format!("Side {} is not JSON, so the bodies are not compared by structure.", letter(other)))
        }
        None => None,
    }
}

/// The letter that stands over a side.
fn letter(side: usize) -> char {
    (b'A'..=b'Z').nth(side).map_or('?', char::from)
}

#[cfg(test)]
mod tests;

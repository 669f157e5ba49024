//! Comparison by bytes, for bodies that are not text: the sizes, and the first place that differs.

use super::cells::{Standing, states};
use super::{CompareCell, CompareRow, DiffKind};
use crate::inspect::{Document, HEX_ROW, JsonKind, hex_rows};
use std::hash::{BuildHasher, RandomState};

/// Compares the decoded bytes of each side with those of the first. No rows if all are equal.
pub(super) fn compare(documents: &[&Document]) -> Vec<CompareRow> {
    let bytes: Vec<&[u8]> = documents.iter().map(|document| &document.decoded()[..]).collect();
    let Some((base, others)) = bytes.split_first() else { return Vec::new() };
    let first = others.iter().filter_map(|other| first_difference(base, other)).min();
    let Some(first) = first else { return Vec::new() };
    let mut rows = Vec::new();
    if others.iter().any(|other| other.len() != base.len()) {
        let sizes = bytes.iter().map(|bytes| (bytes.len() as u64, format!("{} bytes", bytes.len())));
        rows.push(row("size", sizes.collect()));
    }
    let keys = RandomState::new();
    let windows = bytes.iter().map(|bytes| {
        let rest = bytes.get(first..).unwrap_or_default();
        let shown = hex_rows(&rest[..rest.len().min(HEX_ROW as usize)], 0).pop();
        let hex = shown.map_or_else(|| "the end".to_owned(), |row| row.hex);
        (keys.hash_one(rest), hex)
    });
    let windows = windows.collect();
    rows.push(row(&format!("byte {first}"), windows));
    rows
}

fn first_difference(base: &[u8], other: &[u8]) -> Option<usize> {
    let differs = base.iter().zip(other).position(|(a, b)| a != b);
    differs.or((base.len() != other.len()).then_some(base.len().min(other.len())))
}

/// A row of values with what they are equal by.
fn row(label: &str, values: Vec<(u64, String)>) -> CompareRow {
    let standings: Vec<_> =
        values.iter().map(|(value, _)| Some(Standing { value: *value, kind: JsonKind::String })).collect();
    let cells = states(&standings).into_iter().zip(values);
    CompareRow {
        kind: DiffKind::Changed,
        path: label.to_owned(),
        label: label.to_owned(),
        ignored_by: None,
        differences: 0,
        cells: cells.map(|(state, (_, text))| CompareCell { state, text, marks: Vec::new(), moved_to: None }).collect(),
    }
}

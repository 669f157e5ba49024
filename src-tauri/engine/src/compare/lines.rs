//! Comparison by lines, for bodies that are text but not all JSON: one row for each stretch of lines that differs.

use super::cells::{CELL_TEXT, Standing, states, with_marks};
use super::edit::{Edit, Found};
use super::{CompareCell, CompareRow, DiffKind, TIME_LIMIT};
use crate::inspect::{Document, JsonKind, cut_text};
use imara_diff::{Hunk, Token};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::time::Instant;

/// Bytes of a text that are compared.
const TEXT_LIMIT: usize = 16 * 1024 * 1024;

/// Stretches that are shown.
const ROWS_LIMIT: usize = 100_000;

/// What a comparison by lines found.
pub(super) struct Lines {
    /// One row a stretch.
    pub(super) rows: Vec<CompareRow>,
    /// Lines of the base that every side has.
    pub(super) equal: u64,
    /// What a reader must know.
    pub(super) notices: Vec<String>,
}

/// Compares the lines of each side with those of the first. LF ends a line; a CR before it is part of the line.
pub(super) fn compare(documents: &[&Document]) -> Lines {
    let texts: Vec<&[u8]> = documents.iter().map(|document| front(document.text())).collect();
    let lines: Vec<Vec<&[u8]>> = texts.iter().map(|text| split(text)).collect();
    let (hunks, coarse) = hunks(&lines);
    let groups = groups(&hunks);
    let mut notices = Vec::new();
    if documents.iter().any(|document| document.text().len() > TEXT_LIMIT) {
        notices.push(format!("Only the first {} MiB of each text are compared.", TEXT_LIMIT / 1024 / 1024));
    }
    if groups.len() > ROWS_LIMIT {
        notices.push(format!("More than {ROWS_LIMIT} stretches of lines differ; the first are shown."));
    }
    if coarse {
        notices
            .push("Long stretches are shown as one difference each, though some of their lines may be equal.".into());
    }
    let changed: usize = groups.iter().map(Range::len).sum();
    let equal = lines.first().map_or(0, |base| base.len() - changed) as u64;
    let keys = RandomState::new();
    let mut shift = vec![(0_usize, 0_isize); lines.len()];
    let rows = groups.iter().take(ROWS_LIMIT).map(|group| row(group, &lines, &hunks, &mut shift, &keys)).collect();
    Lines { rows, equal, notices }
}

fn front(text: &[u8]) -> &[u8] {
    &text[..text.len().min(TEXT_LIMIT)]
}

fn split(text: &[u8]) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines
}

/// The stretches in which each side differs from the base, and whether some are longer than they need be.
fn hunks<'a>(lines: &[Vec<&'a [u8]>]) -> (Vec<Vec<Hunk>>, bool) {
    let mut known: HashMap<&'a [u8], u32> = HashMap::new();
    let mut token = |line: &'a [u8]| {
        let next = known.len() as u32;
        Token(*known.entry(line).or_insert(next))
    };
    let tokens: Vec<Vec<Token>> = lines.iter().map(|lines| lines.iter().map(|line| token(line)).collect()).collect();
    let Some(base) = tokens.first() else { return (Vec::new(), false) };
    let (tokens_known, end) = (known.len() as u32, Instant::now() + TIME_LIMIT);
    let found: Vec<Found> =
        tokens.iter().map(|side| Edit { before: base, after: side, tokens: tokens_known, end }.found()).collect();
    let coarse = found.iter().any(|found| found.coarse);
    (found.into_iter().map(|found| found.hunks).collect(), coarse)
}

/// The stretches of the base that hold every hunk whole; hunks that touch share one.
fn groups(hunks: &[Vec<Hunk>]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> =
        hunks.iter().flatten().map(|hunk| hunk.before.start as usize..hunk.before.end as usize).collect();
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut groups: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match groups.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => groups.push(range),
        }
    }
    groups
}

/// The row of a stretch. `shift` holds for each side how many hunks lie before, and how far they shift its lines.
fn row(
    group: &Range<usize>,
    lines: &[Vec<&[u8]>],
    hunks: &[Vec<Hunk>],
    shift: &mut [(usize, isize)],
    keys: &RandomState,
) -> CompareRow {
    let mut standings = Vec::new();
    let mut cells = Vec::new();
    for ((lines, hunks), (done, shift)) in lines.iter().zip(hunks).zip(shift) {
        let start = group.start.saturating_add_signed(*shift);
        while let Some(hunk) = hunks.get(*done).filter(|hunk| hunk.before.end as usize <= group.end) {
            *shift += hunk.after.len() as isize - hunk.before.len() as isize;
            *done += 1;
        }
        let own = lines.get(start..group.end.saturating_add_signed(*shift)).unwrap_or_default();
        let standing = Standing { value: keys.hash_one(own), kind: JsonKind::String };
        standings.push((!own.is_empty()).then_some(standing));
        cells.push(shown(own));
    }
    let kind = match () {
        () if group.is_empty() => DiffKind::Added,
        () if standings.iter().any(Option::is_none) => DiffKind::Removed,
        () => DiffKind::Changed,
    };
    let cells = cells.into_iter().zip(states(&standings));
    let mut cells: Vec<CompareCell> =
        cells.map(|(text, state)| CompareCell { state, text, marks: Vec::new(), moved_to: None }).collect();
    with_marks(&mut cells);
    let path = format!("line {}", group.start + 1);
    CompareRow { kind, label: path.clone(), path, ignored_by: None, differences: 0, cells }
}

/// Lines as a cell shows them.
fn shown(lines: &[&[u8]]) -> String {
    let mut text = Vec::new();
    for (at, line) in lines.iter().enumerate().take(CELL_TEXT) {
        if at > 0 {
            text.push(b'\n');
        }
        text.extend_from_slice(&line[..line.len().min(4 * CELL_TEXT)]);
        if text.len() > 4 * CELL_TEXT {
            break;
        }
    }
    cut_text(&text, CELL_TEXT).0
}

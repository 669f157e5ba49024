//! A comparison that has been made, and windows of its rows.

use super::structure::Structure;
use super::{CompareMode, CompareRow, CompareRows, Comparison, DiffKind};
use std::sync::OnceLock;

/// Rows of a window at most.
const WINDOW_ROWS: u32 = 1_000;

/// A comparison. Make it once and keep it: windows of rows are cheap.
#[derive(Debug)]
pub struct Compared {
    pub(super) summary: Comparison,
    pub(super) detail: Detail,
    /// The rows that are seen, by what is shown: ignored rows, equal rows.
    pub(super) seen: [OnceLock<Vec<u32>>; 4],
}

/// Where the rows come from.
#[derive(Debug)]
pub(super) enum Detail {
    /// They are put in words when they are asked for.
    Structure(Structure),
    /// They are all there; none is equal or ignored.
    Rows(Vec<CompareRow>),
}

impl Compared {
    pub(super) fn new(summary: Comparison, detail: Detail) -> Self {
        Self { summary, detail, seen: Default::default() }
    }

    /// What it came to.
    pub fn summary(&self) -> &Comparison {
        &self.summary
    }

    /// A window of at most 1,000 rows: what differs, and what is ignored or equal where that is shown. A container
    /// that is equal is one row.
    pub fn rows(&self, show_ignored: bool, show_equal: bool, from: u64, count: u32) -> CompareRows {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let count = count.min(WINDOW_ROWS) as usize;
        match &self.detail {
            Detail::Structure(structure) => {
                let switches = usize::from(show_ignored) | usize::from(show_equal) << 1;
                let seen = self.seen[switches].get_or_init(|| structure.seen(show_ignored, show_equal));
                let window = seen.iter().skip(from).take(count);
                CompareRows { total: seen.len() as u64, rows: window.filter_map(|&at| structure.row(at)).collect() }
            }
            Detail::Rows(rows) => {
                CompareRows { total: rows.len() as u64, rows: rows.iter().skip(from).take(count).cloned().collect() }
            }
        }
    }

    /// True if nothing differs that is not ignored.
    pub fn is_equal(&self) -> bool {
        self.summary.differences == 0
    }
}

impl Comparison {
    /// The summary of rows that are all there.
    pub(super) fn count(&mut self, rows: &[CompareRow]) {
        for row in rows {
            match row.kind {
                DiffKind::Added => self.counts.added += 1,
                DiffKind::Removed => self.counts.removed += 1,
                DiffKind::Section | DiffKind::Equal => continue,
                _ => self.counts.changed += 1,
            }
            self.differences += 1;
        }
    }

    /// The summary before anything is counted.
    pub(super) fn empty(mode: CompareMode, sides: Vec<super::SideLabel>) -> Self {
        Self { mode, sides, differences: 0, counts: super::DiffCounts::default(), ignored: 0, equal: 0, notice: None }
    }
}

//! Puts the rows of a structural comparison in words, for the window that is asked for.

use super::align::Step;
use super::identity::field;
use super::walk::{Entry, Found};
use super::{NONE, Sides};
use crate::compare::cells::{Standing, cell_text, states, with_marks};
use crate::compare::path::{identity_step, key_step, shown_identity};
use crate::compare::{CellState, CompareCell, CompareRow, DiffCounts, DiffKind};

/// Steps of a path that are shown, the last ones: a path can have 100,000.
const PATH_STEPS: usize = 100;

/// A structural comparison with the documents it is of.
#[derive(Debug)]
pub(in crate::compare) struct Structure {
    pub(in crate::compare) sides: Sides,
    pub(in crate::compare) found: Found,
}

impl Structure {
    /// Counts the rows that differ and are not ignored, by kind, and those that are ignored.
    pub(in crate::compare) fn counts(&self) -> (DiffCounts, u64) {
        let mut counts = DiffCounts::default();
        let mut ignored = 0;
        for entry in &self.found.entries {
            let count = match entry.kind {
                DiffKind::Equal | DiffKind::Section => continue,
                _ if entry.ignored_by > 0 => &mut ignored,
                DiffKind::Changed => &mut counts.changed,
                DiffKind::Added => &mut counts.added,
                DiffKind::Removed => &mut counts.removed,
                DiffKind::Retyped => &mut counts.retyped,
                DiffKind::Moved => &mut counts.moved,
            };
            *count += 1;
        }
        (counts, ignored)
    }

    /// The rows that are seen with these switches; a section only if one of its rows is.
    pub(in crate::compare) fn seen(&self, show_ignored: bool, show_equal: bool) -> Vec<u32> {
        let mut seen = Vec::new();
        let mut section = None;
        for (at, entry) in (0..).zip(&self.found.entries) {
            match entry.kind {
                DiffKind::Section => section = Some(at),
                DiffKind::Equal if !show_equal => {}
                kind if kind != DiffKind::Equal && entry.ignored_by > 0 && !show_ignored => {}
                _ => {
                    seen.extend(section.take());
                    seen.push(at);
                }
            }
        }
        seen
    }

    /// One row in words.
    pub(in crate::compare) fn row(&self, at: u32) -> Option<CompareRow> {
        let entry = self.found.entries.get(at as usize)?;
        let is_section = entry.kind == DiffKind::Section;
        let (path, label) = self.path(entry);
        let ignored_by = (entry.ignored_by > 0 && entry.kind != DiffKind::Equal).then_some(entry.ignored_by);
        Some(CompareRow {
            kind: entry.kind,
            path,
            label,
            ignored_by,
            differences: u64::from(entry.differences),
            cells: if is_section { Vec::new() } else { self.cells(entry, at) },
        })
    }

    fn cells(&self, entry: &Entry, at: u32) -> Vec<CompareCell> {
        let width = self.sides.len();
        let nodes = &self.found.nodes[at as usize * width..(at as usize + 1) * width];
        let standings: Vec<Option<Standing>> = nodes
            .iter()
            .enumerate()
            .map(|(side, &node)| {
                let json = self.sides.json(side).filter(|_| node != NONE)?;
                Some(Standing { value: self.sides.hash(side, node), kind: json.node(node).kind() })
            })
            .collect();
        let mut cells: Vec<CompareCell> = states(&standings)
            .into_iter()
            .zip(nodes)
            .enumerate()
            .map(|(side, (state, &node))| self.cell(entry, side, node, state))
            .collect();
        with_marks(&mut cells);
        cells
    }

    fn cell(&self, entry: &Entry, side: usize, node: u32, state: CellState) -> CompareCell {
        let moved = entry.moved & 1 << side != 0;
        let Some(json) = self.sides.json(side).filter(|_| node != NONE) else {
            return CompareCell { state, text: String::new(), marks: Vec::new(), moved_to: None };
        };
        let value = json.node(node);
        let state = match state {
            CellState::Same | CellState::Changed | CellState::Third if moved => CellState::Moved,
            other => other,
        };
        let moved_to = moved.then_some(u64::from(value.index));
        CompareCell { state, text: cell_text(json, value), marks: Vec::new(), moved_to }
    }

    /// The path of a row and its last step.
    fn path(&self, entry: &Entry) -> (String, String) {
        let is_section = entry.kind == DiffKind::Section;
        let mut steps = if is_section { Vec::new() } else { vec![entry.step] };
        let mut at = entry.place;
        let mut cut = false;
        while let Some(place) = self.found.places.get(at as usize) {
            if matches!(place.step, Step::Root) || cut {
                break;
            }
            steps.push(place.step);
            at = place.parent;
            cut = steps.len() == PATH_STEPS;
        }
        let shown: Vec<String> = steps.iter().rev().map(|&step| self.step(step)).collect();
        let label = shown.last().filter(|last| !last.is_empty()).map_or("$", |last| last.trim_start_matches('.'));
        (format!("{}{}", if cut { "$…" } else { "$" }, shown.concat()), label.to_owned())
    }

    fn step(&self, step: Step) -> String {
        match step {
            Step::Root => String::new(),
            Step::Index(index) => format!("[{index}]"),
            Step::Key { side, node, nth } => {
                let json = self.sides.json(side as usize);
                let key = json.and_then(|json| json.key(json.node(node))).unwrap_or_default();
                let step = key_step(&String::from_utf8_lossy(&key));
                if nth == 0 { step } else { format!("{step} ({})", nth + 1) }
            }
            Step::Identity { side, node, fields } => {
                let Some(json) = self.sides.json(side as usize) else { return String::new() };
                let names = self.found.fields.names(fields as usize);
                let value = |name: &String| shown_identity(&field(json, node, name).unwrap_or_default());
                identity_step(&names.iter().map(|name| (name.as_str(), value(name))).collect::<Vec<_>>())
            }
        }
    }
}

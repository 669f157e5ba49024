//! Walks the sides together, container by container, and lists what differs. Equal subtrees are not entered, nothing
//! recurses, and a budget of time ends the walk.

use super::align::{Child, Step, elements, members};
use super::identity::{Fields, field};
use super::{NONE, SIDES_LIMIT, Sides, Slot, present};
use crate::compare::path::{Progress, Reached, Rules, Seen};
use crate::compare::{ArrayKey, DiffKind};
use crate::inspect::JsonKind;
use std::time::{Duration, Instant};

/// The rows that one comparison may have, equal ones included.
const ROWS_LIMIT: usize = 2_000_000;

/// What the user chose.
#[derive(Debug, Clone, Copy)]
pub(in crate::compare) struct Options<'a> {
    /// Paths that are ignored.
    pub(in crate::compare) ignore: &'a [String],
    /// Fields that tell elements apart.
    pub(in crate::compare) keys: &'a [ArrayKey],
    /// The time that the walk may take.
    pub(in crate::compare) time: Duration,
}

/// A container that is compared: where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The place it is in; its own for the root.
    pub(super) parent: u32,
    /// The step to it.
    pub(super) step: Step,
}

/// A row, before it is put in words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) kind: DiffKind,
    /// The place it is in; for a section, the place itself.
    pub(super) place: u32,
    /// The step from there.
    pub(super) step: Step,
    /// The number of the rule that ignores it, or 0.
    pub(super) ignored_by: u32,
    /// Sections: differences among its rows.
    pub(super) differences: u32,
    /// The sides that have it in another place, as bits.
    pub(super) moved: u8,
}

/// What a walk found.
#[derive(Debug)]
pub(in crate::compare) struct Found {
    pub(super) places: Vec<Place>,
    pub(super) entries: Vec<Entry>,
    /// The nodes of each entry, one a side.
    pub(super) nodes: Vec<u32>,
    pub(super) fields: Fields,
    /// Scalars and empty containers that are equal on every side.
    pub(in crate::compare) equal: u64,
    /// What a reader must know.
    pub(in crate::compare) notices: Vec<String>,
}

/// Walks the sides.
pub(in crate::compare) fn walk(sides: &Sides, options: Options<'_>) -> Found {
    let (rules, bad) = Rules::read(options.ignore, options.keys.iter().map(|key| key.path.as_str()));
    let found = Found {
        places: Vec::new(),
        entries: Vec::new(),
        nodes: Vec::new(),
        fields: Fields::new(options.keys.iter().map(|key| key.field.as_str())),
        equal: 0,
        notices: bad
            .iter()
            .map(|rule| format!("{rule:?} is not a path that can be followed; it has no effect."))
            .collect(),
    };
    let mut walker = Walker { sides, rules, found, work: Vec::new(), time: options.time, start: Instant::now() };
    walker.run();
    walker.found
}

/// A container that is still to be compared on the sides that have it.
struct Work {
    place: Place,
    slot: Slot,
    progress: Progress,
    ignored: u32,
    /// The user's choice of a field, for an array.
    wanted: Option<usize>,
}

struct Walker<'a> {
    sides: &'a Sides,
    rules: Rules,
    found: Found,
    work: Vec<Work>,
    time: Duration,
    start: Instant,
}

impl Walker<'_> {
    fn run(&mut self) {
        let reached = self.rules.start();
        let slot = self.sides.roots();
        let child = Child { slot, step: Step::Root, moved: 0 };
        let all = (0..self.sides.len()).fold(0, |bits, side| bits | 1 << side);
        self.child(0, all, reached.ignored.unwrap_or(0), &child, || reached);
        while let Some(work) = self.work.pop() {
            if self.start.elapsed() > self.time || self.found.entries.len() > ROWS_LIMIT {
                self.give_up(work);
                return;
            }
            self.container(&work);
        }
    }

    /// Compares what is directly in a container: rows for what differs here, work for what differs deeper.
    fn container(&mut self, work: &Work) {
        let Some((side, node)) = present(&work.slot).next() else { return };
        let is_object = self.sides.json(side).is_some_and(|json| json.node(node).kind() == JsonKind::Object);
        let place = self.found.places.len() as u32;
        self.found.places.push(work.place);
        let section = self.found.entries.len();
        self.push(DiffKind::Section, place, &Child { slot: work.slot, step: work.place.step, moved: 0 }, 0);
        let first_work = self.work.len();
        let children = match is_object {
            true => members(self.sides, &work.slot),
            false => elements(self.sides, &work.slot, &self.found.fields, work.wanted, self.start + self.time),
        };
        self.check_wanted(work, &children);
        let bits = present(&work.slot).fold(0, |bits, (side, _)| bits | 1 << side);
        for child in &children {
            let reached = self.reach(&work.progress, child);
            let ignored = if work.ignored > 0 { work.ignored } else { reached.ignored.unwrap_or(0) };
            self.child(place, bits, ignored, child, || reached);
        }
        // The last one pushed is taken first: turned round, they come in the order of the document.
        self.work[first_work..].reverse();
        let differs = |entry: &&Entry| entry.kind != DiffKind::Equal && entry.ignored_by == 0;
        let differences = self.found.entries[section + 1..].iter().filter(differs).count();
        self.found.entries[section].differences = differences as u32;
    }

    /// Says once of each field that the user chose that it does not do what it was chosen for.
    fn check_wanted(&mut self, work: &Work, children: &[Child]) {
        let (Some(wanted), Some(first)) = (work.wanted, children.first()) else { return };
        let told = matches!(first.step, Step::Identity { fields, .. }
            if self.found.fields.are_wanted(fields as usize, wanted));
        let notice = format!("An array has elements that {:?} does not tell apart.", self.found.fields.wanted(wanted));
        if !told && !self.found.notices.contains(&notice) {
            self.found.notices.push(notice);
        }
    }

    fn reach(&self, progress: &Progress, child: &Child) -> Reached {
        let none = || Reached { progress: Progress::from([]), ignored: None, array: None };
        if progress.is_empty() {
            return none();
        }
        let Some((side, node)) = present(&child.slot).next() else { return none() };
        let Some(json) = self.sides.json(side) else { return none() };
        let key = json.key(json.node(node));
        let index = u64::from(json.node(node).index);
        let seen = Seen { name: key.as_deref(), index, field: &|name| field(json, node, name) };
        self.rules.step(progress, &seen)
    }

    /// Compares one value on the sides in `bits`, those that have the container it is in.
    fn child(&mut self, place: u32, bits: u8, ignored: u32, child: &Child, reached: impl FnOnce() -> Reached) {
        let Some((reference, node)) = present(&child.slot).next() else { return };
        let hash = self.sides.hash(reference, node);
        let missing = (0..SIDES_LIMIT).any(|side| bits & 1 << side != 0 && child.slot[side] == NONE);
        let equal = present(&child.slot).all(|(side, node)| self.sides.hash(side, node) == hash);
        if equal && !missing {
            self.found.equal += self.values(reference, node);
        }
        if let Some(kind) = self.row_kind(bits, child, missing, equal) {
            self.push(kind, place, child, ignored);
        }
        let inner = self.same_container(child, reference, node);
        if !equal && present(&inner).nth(1).is_some() {
            let reached = reached();
            let place = Place { parent: place, step: child.step };
            self.work.push(Work { place, slot: inner, progress: reached.progress, ignored, wanted: reached.array });
        }
    }

    /// How the row of a value differs; None if all that differs lies deeper.
    fn row_kind(&self, bits: u8, child: &Child, missing: bool, equal: bool) -> Option<DiffKind> {
        let (reference, node) = present(&child.slot).next()?;
        let first = bits.trailing_zeros() as usize;
        let kind = |side: usize, node: u32| self.sides.json(side).map(|json| json.node(node).kind());
        let retyped = present(&child.slot).any(|(side, other)| kind(side, other) != kind(reference, node));
        let is_container = self.sides.json(reference)?.node(node).is_container();
        match () {
            () if reference != first => Some(DiffKind::Added),
            () if missing => Some(DiffKind::Removed),
            () if retyped => Some(DiffKind::Retyped),
            () if !equal && !is_container => Some(DiffKind::Changed),
            () if child.moved != 0 => Some(DiffKind::Moved),
            () if equal => Some(DiffKind::Equal),
            () => None,
        }
    }

    /// The sides that have a container of the same kind as the reference side.
    fn same_container(&self, child: &Child, reference: usize, node: u32) -> Slot {
        let mut inner = [NONE; SIDES_LIMIT];
        let Some(wanted) = self.sides.json(reference).map(|json| *json.node(node)) else { return inner };
        for (side, node) in present(&child.slot).filter(|_| wanted.is_container()) {
            if self.sides.json(side).is_some_and(|json| json.node(node).kind() == wanted.kind()) {
                inner[side] = node;
            }
        }
        inner
    }

    /// Scalars and empty containers of a value.
    fn values(&self, side: usize, node: u32) -> u64 {
        let Some(json) = self.sides.json(side) else { return 0 };
        json.nodes()[json.below(node)].iter().filter(|node| node.children == 0).count() as u64
    }

    fn push(&mut self, kind: DiffKind, place: u32, child: &Child, ignored_by: u32) {
        let (step, moved) = (child.step, child.moved);
        self.found.entries.push(Entry { kind, place, step, ignored_by, differences: 0, moved });
        self.found.nodes.extend(&child.slot[..self.sides.len()]);
    }

    /// Ends the walk: what is left is known to differ, and is shown as one row each.
    fn give_up(&mut self, first: Work) {
        let left: Vec<Work> = std::iter::once(first).chain(std::mem::take(&mut self.work).into_iter().rev()).collect();
        self.found.notices.push(format!(
            "The comparison stopped after {} s or {ROWS_LIMIT} rows; {} containers that differ are not looked into.",
            self.time.as_secs(),
            left.len()
        ));
        for work in left {
            let child = Child { slot: work.slot, step: work.place.step, moved: 0 };
            self.push(DiffKind::Changed, work.place.parent, &child, work.ignored);
        }
    }
}

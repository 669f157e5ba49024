//! Matches the members of objects and the elements of arrays across the sides.

use super::identity::Fields;
use super::{NONE, SIDES_LIMIT, Sides, Slot, present};
use crate::compare::edit::{Edit, longest_rise};
use crate::inspect::Json;
use imara_diff::{Hunk, Token};
use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Instant;

/// Pairs of elements of one array that are weighed by what they have in common; beyond, only their order counts.
const WEIGHED_LIMIT: usize = 100_000;

/// Values that belong together, and how they are called.
pub(super) struct Child {
    /// One node a side.
    pub(super) slot: Slot,
    /// The step to it.
    pub(super) step: Step,
    /// The sides that have it in another place than the reference side, as bits.
    pub(super) moved: u8,
}

/// One step of a path, named by a node that shows it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// The document itself.
    Root,
    /// The key of a node of a side; `nth` of those with this key.
    Key { side: u8, node: u32, nth: u32 },
    /// A place in an array.
    Index(u32),
    /// An element of a side that is told by these fields.
    Identity { side: u8, node: u32, fields: u16 },
}

/// Matches the members of the objects in `slot`: by key, duplicates in their order. The base's order comes first.
pub(super) fn members(sides: &Sides, slot: &Slot) -> Vec<Child> {
    let mut children: Vec<Child> = Vec::new();
    let mut places: HashMap<(Cow<'_, [u8]>, u32), usize> = HashMap::new();
    for (side, object) in present(slot) {
        let Some(json) = sides.json(side) else { continue };
        let mut seen: HashMap<Cow<'_, [u8]>, u32> = HashMap::new();
        for member in json.children(object) {
            let key = json.key(json.node(member)).unwrap_or_default();
            let nth = match json.is_duplicate(member) {
                true => {
                    let seen = seen.entry(key.clone()).or_default();
                    *seen += 1;
                    *seen - 1
                }
                false => 0,
            };
            let place = *places.entry((key, nth)).or_insert_with(|| {
                let step = Step::Key { side: side as u8, node: member, nth };
                children.push(Child { slot: [NONE; SIDES_LIMIT], step, moved: 0 });
                children.len() - 1
            });
            children[place].slot[side] = member;
        }
    }
    children
}

/// Matches the elements of the arrays in `slot`. `wanted` is the user's choice of a field. From
/// `end` on, elements that nothing tells apart are only matched where they are equal.
pub(super) fn elements(sides: &Sides, slot: &Slot, fields: &Fields, wanted: Option<usize>, end: Instant) -> Vec<Child> {
    let Some(reference) = present(slot).map(|(side, _)| side).next() else { return Vec::new() };
    let mut children = match fields.choose(sides, slot, wanted) {
        Some((fields, identified)) => identified
            .order
            .into_iter()
            .map(|slot| {
                let (side, node) = present(&slot).next().unwrap_or((0, 0));
                let step = Step::Identity { side: side as u8, node, fields: fields as u16 };
                Child { slot, step, moved: 0 }
            })
            .collect(),
        None => by_content(sides, slot, reference, end),
    };
    mark_moved(sides, &mut children, slot, reference);
    children
}

/// Marks the elements that a side has in another order than the reference side: as few as explain the order.
fn mark_moved(sides: &Sides, children: &mut [Child], slot: &Slot, reference: usize) {
    for (side, _) in present(slot).filter(|(side, _)| *side != reference) {
        let (Some(json), Some(base)) = (sides.json(side), sides.json(reference)) else { continue };
        let both = |child: &Child| child.slot[side] != NONE && child.slot[reference] != NONE;
        let mut common: Vec<(u32, u32, usize)> = children
            .iter()
            .enumerate()
            .filter(|(_, child)| both(child))
            .map(|(at, child)| (json.node(child.slot[side]).index, base.node(child.slot[reference]).index, at))
            .collect();
        common.sort_unstable();
        let places: Vec<u32> = common.iter().map(|&(_, place, _)| place).collect();
        for (stays, &(_, _, at)) in longest_rise(&places).into_iter().zip(&common) {
            children[at].moved |= u8::from(!stays) << side;
        }
    }
}

/// Matches elements that nothing tells apart: equal ones in their order, then equal ones that moved, then those that
/// stand in the same changed stretch.
fn by_content(sides: &Sides, slot: &Slot, reference: usize, end: Instant) -> Vec<Child> {
    let Some(json) = sides.json(reference) else { return Vec::new() };
    let base: Vec<u32> = json.children(slot[reference]).collect();
    let mut rows: Vec<Slot> = vec![[NONE; SIDES_LIMIT]; base.len()];
    let mut inserted: Vec<Inserted> = Vec::new();
    let mut places: HashMap<(usize, u64, u32), usize> = HashMap::new();
    for (row, &node) in rows.iter_mut().zip(&base) {
        row[reference] = node;
    }
    for (side, array) in present(slot).filter(|(side, _)| *side != reference) {
        let Some(other) = sides.json(side) else { continue };
        let elements: Vec<u32> = other.children(array).collect();
        let matched = matches(sides, (reference, &base), (side, &elements), end);
        let mut before = 0;
        let mut same: HashMap<(usize, u64), u32> = HashMap::new();
        for (&element, matched) in elements.iter().zip(matched) {
            match matched {
                Match::At(row) => {
                    rows[row][side] = element;
                    before = row + 1;
                }
                Match::MovedFrom(row) => rows[row][side] = element,
                Match::New => {
                    let hash = sides.hash(side, element);
                    let nth = same.entry((before, hash)).or_default();
                    let place = *places.entry((before, hash, *nth)).or_insert_with(|| {
                        inserted.push(Inserted { before, slot: [NONE; SIDES_LIMIT] });
                        inserted.len() - 1
                    });
                    *nth += 1;
                    inserted[place].slot[side] = element;
                }
            }
        }
    }
    merge(sides, rows, inserted)
}

/// An element that the reference side has not, and the row of that side it stands before.
struct Inserted {
    before: usize,
    slot: Slot,
}

fn merge(sides: &Sides, rows: Vec<Slot>, mut inserted: Vec<Inserted>) -> Vec<Child> {
    inserted.sort_by_key(|inserted| inserted.before);
    let mut inserted = inserted.into_iter().peekable();
    let mut children = Vec::with_capacity(rows.len() + inserted.len());
    for (at, row) in rows.into_iter().enumerate() {
        while let Some(new) = inserted.next_if(|new| new.before <= at) {
            children.push(indexed(sides, new.slot));
        }
        children.push(indexed(sides, row));
    }
    children.extend(inserted.map(|new| indexed(sides, new.slot)));
    children
}

fn indexed(sides: &Sides, slot: Slot) -> Child {
    let index = present(&slot).next().and_then(|(side, node)| Some(sides.json(side)?.node(node).index));
    Child { slot, step: Step::Index(index.unwrap_or(0)), moved: 0 }
}

/// Where an element of a side belongs in the reference side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    At(usize),
    MovedFrom(usize),
    New,
}

/// The elements of one side of a pair: which side, and its nodes.
type Elements<'a> = (usize, &'a [u32]);

fn matches(sides: &Sides, base: Elements<'_>, other: Elements<'_>, end: Instant) -> Vec<Match> {
    let mut tokens: HashMap<u64, u32> = HashMap::new();
    let mut token = |side: usize, node: u32| {
        let next = tokens.len() as u32;
        Token(*tokens.entry(sides.hash(side, node)).or_insert(next))
    };
    let before: Vec<Token> = base.1.iter().map(|&node| token(base.0, node)).collect();
    let after: Vec<Token> = other.1.iter().map(|&node| token(other.0, node)).collect();
    let hunks = Edit { before: &before, after: &after, tokens: tokens.len() as u32, end }.found().hunks;
    let mut matches = vec![Match::New; after.len()];
    let (mut row, mut at) = (0, 0);
    for hunk in &hunks {
        while at < hunk.after.start as usize {
            matches[at] = Match::At(row);
            (row, at) = (row + 1, at + 1);
        }
        (row, at) = (hunk.before.end as usize, hunk.after.end as usize);
    }
    for (row, at) in (row..before.len()).zip(at..after.len()) {
        matches[at] = Match::At(row);
    }
    let left = match_moved(&hunks, &before, &after, &mut matches);
    settle(&mut matches);
    let mut weighed = 0;
    for hunk in &hunks {
        pair_changed(sides, base, other, hunk, &left, &mut weighed, &mut matches);
    }
    matches
}

/// Matches removed and added elements that are equal. Returns which rows of the base are still without a match.
fn match_moved(hunks: &[Hunk], before: &[Token], after: &[Token], matches: &mut [Match]) -> Vec<bool> {
    let mut left = vec![false; before.len()];
    let mut rows: HashMap<Token, Vec<usize>> = HashMap::new();
    for row in hunks.iter().rev().flat_map(|hunk| hunk.before.clone().rev()).map(|row| row as usize) {
        left[row] = true;
        rows.entry(before[row]).or_default().push(row);
    }
    for at in hunks.iter().flat_map(|hunk| hunk.after.clone()).map(|at| at as usize) {
        if let Some(row) = rows.get_mut(&after[at]).and_then(Vec::pop) {
            matches[at] = Match::MovedFrom(row);
            left[row] = false;
        }
    }
    left
}

/// Takes matches that are in order with all others for what stayed in its place.
fn settle(matches: &mut [Match]) {
    let matched = |found: &Match| match *found {
        Match::At(row) | Match::MovedFrom(row) => Some(row as u32),
        Match::New => None,
    };
    let rows: Vec<u32> = matches.iter().filter_map(matched).collect();
    let places = matches.iter_mut().filter(|found| matched(found).is_some());
    for ((stays, row), place) in longest_rise(&rows).into_iter().zip(&rows).zip(places) {
        *place = if stays { Match::At(*row as usize) } else { Match::MovedFrom(*row as usize) };
    }
}

/// Pairs what is left of one changed stretch, in order.
fn pair_changed(
    sides: &Sides,
    base: Elements<'_>,
    other: Elements<'_>,
    hunk: &Hunk,
    left: &[bool],
    weighed: &mut usize,
    matches: &mut [Match],
) {
    let rows: Vec<usize> = hunk.before.clone().map(|row| row as usize).filter(|&row| left[row]).collect();
    let new = |at: &usize| matches[*at] == Match::New;
    let columns: Vec<usize> = hunk.after.clone().map(|at| at as usize).filter(new).collect();
    let pairs = rows.len().saturating_mul(columns.len()).saturating_add(*weighed);
    if rows.len() == columns.len() || pairs > WEIGHED_LIMIT {
        for (&row, &at) in rows.iter().zip(&columns) {
            matches[at] = Match::At(row);
        }
        return;
    }
    *weighed = pairs;
    let parts = |(side, nodes): Elements<'_>, places: &[usize]| -> Vec<Vec<u64>> {
        places.iter().map(|&place| parts(sides, side, nodes[place])).collect()
    };
    for (row, column) in best_pairs(&parts(base, &rows), &parts(other, &columns)) {
        matches[columns[column]] = Match::At(rows[row]);
    }
}

/// The hashes of what an element is made of, sorted: its kind, and its scalar members with their keys.
fn parts(sides: &Sides, side: usize, node: u32) -> Vec<u64> {
    let Some(json) = sides.json(side) else { return Vec::new() };
    let mut parts: Vec<u64> = json.children(node).take(64).map(|child| part(sides, side, json, child)).collect();
    parts.push(json.node(node).kind() as u64);
    parts.sort_unstable();
    parts
}

fn part(sides: &Sides, side: usize, json: &Json, child: u32) -> u64 {
    let key = json.raw_key(json.node(child)).unwrap_or_default();
    key.iter().fold(sides.hash(side, child), |hash, &byte| hash.rotate_left(5) ^ u64::from(byte))
}

/// Pairs rows with columns in order so that they have the most parts in common (Needleman and Wunsch).
fn best_pairs(rows: &[Vec<u64>], columns: &[Vec<u64>]) -> Vec<(usize, usize)> {
    let width = columns.len() + 1;
    let mut best = vec![0_usize; (rows.len() + 1) * width];
    let score = |row: usize, column: usize| common(&rows[row], &columns[column]);
    for row in (0..rows.len()).rev() {
        for column in (0..columns.len()).rev() {
            let paired = best[(row + 1) * width + column + 1] + score(row, column);
            best[row * width + column] =
                paired.max(best[(row + 1) * width + column]).max(best[row * width + column + 1]);
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut pairs = Vec::new();
    while row < rows.len() && column < columns.len() {
        let here = best[row * width + column];
        if score(row, column) > 0 && here == best[(row + 1) * width + column + 1] + score(row, column) {
            pairs.push((row, column));
            (row, column) = (row + 1, column + 1);
        } else if here == best[(row + 1) * width + column] {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

/// How many numbers two sorted lists share.
fn common(a: &[u64], b: &[u64]) -> usize {
    let (mut left, mut right, mut count) = (0, 0, 0);
    while left < a.len() && right < b.len() {
        match a[left].cmp(&b[right]) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                (left, right, count) = (left + 1, right + 1, count + 1);
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_what_has_most_in_common() {
        let rows = [vec![1, 2], vec![3, 4], vec![5, 6]];
        assert_eq!(best_pairs(&rows, &[vec![3, 9], vec![5, 6]]), [(1, 0), (2, 1)]);
    }
}

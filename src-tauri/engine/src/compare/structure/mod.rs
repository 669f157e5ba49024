//! Structural comparison of JSON: objects by key, arrays by identity or by what is alike in them.

mod align;
mod hash;
mod identity;
mod rows;
mod walk;

pub(super) use rows::Structure;
pub(super) use walk::{Options, walk};

use crate::inspect::{Document, Json};
use std::sync::Arc;

/// Sides of one comparison at most.
pub(super) const SIDES_LIMIT: usize = 8;

/// Stands for no node.
const NONE: u32 = u32::MAX;

/// The node of each side at one place, or [`NONE`].
type Slot = [u32; SIDES_LIMIT];

/// One side: its document, what is compared of it, and a hash of every value in it.
#[derive(Debug)]
pub(super) struct Side {
    document: Arc<Document>,
    /// The value that is compared, or [`NONE`].
    root: u32,
    /// Equal values have equal hashes; the order of keys does not count.
    hashes: Vec<u64>,
}

/// The sides of one comparison; every document is JSON.
#[derive(Debug)]
pub(super) struct Sides(Vec<Side>);

impl Sides {
    /// Hashes every document. `sides` are documents with a JSON Pointer each. None if one is not JSON.
    pub(super) fn new(sides: &[(Arc<Document>, &str)]) -> Option<Self> {
        let keys = std::hash::RandomState::new();
        let side = |(document, pointer): &(Arc<Document>, &str)| {
            let json = document.json()?;
            let root = json.resolve(pointer).unwrap_or(NONE);
            Some(Side { document: Arc::clone(document), root, hashes: hash::hashes(json, &keys) })
        };
        sides.iter().take(SIDES_LIMIT).map(side).collect::<Option<Vec<_>>>().map(Self)
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn roots(&self) -> Slot {
        let mut slot = [NONE; SIDES_LIMIT];
        for (place, side) in slot.iter_mut().zip(&self.0) {
            *place = side.root;
        }
        slot
    }

    /// The sides whose pointer names nothing.
    pub(super) fn without_root(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().filter(|(_, side)| side.root == NONE).map(|(at, _)| at)
    }

    /// The index of a side. Every document is JSON, or there would be no `Sides`.
    fn json(&self, side: usize) -> Option<&Json> {
        self.0.get(side).and_then(|side| side.document.json())
    }

    fn hash(&self, side: usize, node: u32) -> u64 {
        self.0[side].hashes[node as usize]
    }
}

/// The sides that have something in a slot.
fn present(slot: &Slot) -> impl Iterator<Item = (usize, u32)> + '_ {
    slot.iter().copied().enumerate().filter(|&(_, node)| node != NONE)
}

#[cfg(test)]
mod tests;

//! A hash of every value of a document, so that equal subtrees are known without being walked again.

use crate::inspect::{Json, JsonKind};
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// Hashes every value, children before their parents, in one pass without a stack. Objects are equal if they have the
/// same members in any order (duplicates of one key in the same order); strings if their characters are the same,
/// however they are escaped; numbers only digit for digit. The keys are random, so no document can be made to collide.
pub(super) fn hashes(json: &Json, keys: &RandomState) -> Vec<u64> {
    let nodes = json.nodes();
    let ordinals = ordinals(json);
    let mut hashes = vec![0_u64; nodes.len()];
    for (at, node) in (0..nodes.len() as u32).zip(nodes).rev() {
        let kind = node.kind();
        let own = match kind {
            JsonKind::Object | JsonKind::Array => keys.hash_one((kind, hashes[at as usize], node.children)),
            JsonKind::String => keys.hash_one((kind, json.content(node))),
            _ => keys.hash_one((kind, json.bytes(node))),
        };
        hashes[at as usize] = own;
        if let Some(parent) = hashes.get_mut(node.parent as usize) {
            let part = match json.key(node) {
                Some(key) => keys.hash_one((key, own, ordinals.get(&at).copied().unwrap_or(0))),
                None => keys.hash_one((node.index, own)),
            };
            *parent = parent.wrapping_add(part);
        }
    }
    hashes
}

/// For members whose key stands more than once in their object: how many with the same key come before.
pub(super) fn ordinals(json: &Json) -> HashMap<u32, u32> {
    let mut seen: HashMap<(u32, Cow<'_, [u8]>), u32> = HashMap::new();
    let mut ordinals = HashMap::new();
    for &at in json.duplicates() {
        let node = json.node(at);
        let count = seen.entry((node.parent, json.key(node).unwrap_or_default())).or_default();
        ordinals.insert(at, *count);
        *count += 1;
    }
    ordinals
}

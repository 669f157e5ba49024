//! The index of a JSON document: its values as a flat list in the order they start in.

use super::escape::unescaped;
use crate::inspect::JsonKind;
use bytes::Bytes;
use memchr::memchr2;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

/// Stands for no node and no key.
pub(crate) const NONE: u32 = u32::MAX;

/// Objects of up to this many members are searched for duplicate keys pair by pair.
const FEW_MEMBERS: u32 = 12;

/// One value. The nodes below it follow it directly.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    /// The byte the value starts at.
    pub(crate) start: u32,
    /// The byte behind it.
    pub(crate) end: u32,
    /// The byte its key's opening quote is at, or [`NONE`].
    pub(super) key: u32,
    /// The container it is in, or [`NONE`].
    pub(crate) parent: u32,
    /// Its place in that container.
    pub(crate) index: u32,
    /// Members or elements.
    pub(crate) children: u32,
    /// Nodes from this one to the last one below it.
    pub(crate) size: u32,
    /// Levels below the root, times eight, plus the kind.
    pub(super) depth_kind: u32,
}

impl Node {
    /// Levels below the root.
    pub(crate) fn depth(&self) -> u32 {
        self.depth_kind >> 3
    }

    /// What kind of value it is.
    pub(crate) fn kind(&self) -> JsonKind {
        match self.depth_kind & 7 {
            0 => JsonKind::Object,
            1 => JsonKind::Array,
            2 => JsonKind::String,
            3 => JsonKind::Number,
            4 => JsonKind::Boolean,
            _ => JsonKind::Null,
        }
    }

    /// True for objects and arrays.
    pub(crate) fn is_container(&self) -> bool {
        self.depth_kind & 7 < 2
    }
}

/// A JSON document: its bytes and the index over them.
#[derive(Debug)]
pub(crate) struct Json {
    pub(super) bytes: Bytes,
    pub(super) nodes: Vec<Node>,
    pub(super) deepest: u32,
    pub(super) duplicates: OnceLock<Vec<u32>>,
}

impl Json {
    /// The same where keys are names of elements or numbers of fields, which may well stand more than once.
    pub(crate) fn with_repeated_keys(mut self) -> Self {
        self.duplicates = OnceLock::from(Vec::new());
        self
    }

    /// The text that the values stand in.
    pub(crate) fn text(&self) -> &Bytes {
        &self.bytes
    }

    /// The values in the order they start in; there is at least one, the root.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The value at a place in the list.
    pub(crate) fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }

    /// Levels of the deepest value below the root.
    pub(crate) fn deepest(&self) -> u32 {
        self.deepest
    }

    /// The bytes of a value.
    pub(crate) fn bytes(&self, node: &Node) -> &[u8] {
        &self.bytes[node.start as usize..node.end as usize]
    }

    /// The key of a value as it stands, without its quotes. None in an array and at the root.
    pub(crate) fn raw_key(&self, node: &Node) -> Option<&[u8]> {
        if node.key == NONE {
            return None;
        }
        let rest = &self.bytes[node.key as usize + 1..];
        let mut end = 0;
        while let Some(at) = memchr2(b'"', b'\\', &rest[end..]) {
            if rest[end + at] == b'"' {
                return Some(&rest[..end + at]);
            }
            end += at + 2;
        }
        Some(rest)
    }

    /// The key of a value with its escapes undone.
    pub(crate) fn key(&self, node: &Node) -> Option<Cow<'_, [u8]>> {
        self.raw_key(node).map(unescaped)
    }

    /// The content of a string, or a key, with its escapes undone; other values as they stand.
    pub(crate) fn content(&self, node: &Node) -> Cow<'_, [u8]> {
        match (node.kind(), self.bytes(node)) {
            (JsonKind::String, [b'"', content @ .., b'"']) => unescaped(content),
            (_, bytes) => Cow::Borrowed(bytes),
        }
    }

    /// The places of the members or elements of a value.
    pub(crate) fn children(&self, at: u32) -> impl Iterator<Item = u32> + '_ {
        let mut next = at + 1;
        (0..self.node(at).children).map(move |_| {
            let child = next;
            next += self.node(child).size;
            child
        })
    }

    /// The nodes from a value to the last one below it.
    pub(crate) fn below(&self, at: u32) -> Range<usize> {
        at as usize..(at + self.node(at).size) as usize
    }

    /// The value that starts at this byte.
    pub(crate) fn starting_at(&self, offset: u64) -> Option<u32> {
        let offset = u32::try_from(offset).ok()?;
        self.nodes.binary_search_by_key(&offset, |node| node.start).ok().and_then(|at| u32::try_from(at).ok())
    }

    /// The containers above a value, from the root.
    pub(crate) fn above(&self, at: u32) -> Vec<u32> {
        let parent = |at: &u32| Some(self.node(*at).parent).filter(|&parent| parent != NONE);
        let mut above: Vec<u32> = std::iter::successors(parent(&at), parent).collect();
        above.reverse();
        above
    }

    /// The value that a JSON Pointer names (RFC 6901). Of duplicate keys it names the last, as most readers do.
    pub(crate) fn resolve(&self, pointer: &str) -> Option<u32> {
        let mut at = 0;
        if pointer.is_empty() {
            return Some(at);
        }
        for step in pointer.strip_prefix('/')?.split('/') {
            let step = step.replace("~1", "/").replace("~0", "~");
            let found = match self.node(at).kind() {
                JsonKind::Object => {
                    let named = |&child: &u32| self.key(self.node(child)).as_deref() == Some(step.as_bytes());
                    self.children(at).filter(named).last()
                }
                JsonKind::Array => step.parse().ok().and_then(|index| self.children(at).nth(index)),
                _ => None,
            };
            at = found?;
        }
        Some(at)
    }

    /// True if the key of this value stands more than once in its object.
    pub(crate) fn is_duplicate(&self, at: u32) -> bool {
        self.duplicates().binary_search(&at).is_ok()
    }

    /// The values whose keys stand more than once in their objects, in the order they start in.
    pub(crate) fn duplicates(&self) -> &[u32] {
        self.duplicates.get_or_init(|| self.find_duplicates())
    }

    fn find_duplicates(&self) -> Vec<u32> {
        let mut found = Vec::new();
        for (at, node) in (0..).zip(&self.nodes) {
            if node.kind() != JsonKind::Object || node.children < 2 {
                continue;
            }
            let keys = self.children(at).map(|child| (self.key(self.node(child)).unwrap_or_default(), child));
            if node.children <= FEW_MEMBERS {
                let keys: Vec<_> = keys.collect();
                let twice = |key: &[u8]| keys.iter().filter(|(other, _)| **other == *key).count() > 1;
                found.extend(keys.iter().filter(|(key, _)| twice(key)).map(|(_, child)| child));
            } else {
                let mut first: HashMap<Cow<'_, [u8]>, u32> = HashMap::with_capacity(node.children as usize);
                for (key, child) in keys {
                    if let Some(&earlier) = first.get(&key) {
                        found.extend([earlier, child]);
                    } else {
                        first.insert(key, child);
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

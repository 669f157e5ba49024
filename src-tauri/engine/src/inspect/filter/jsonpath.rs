//! JSONPath by serde_json_path: it says where the values stand, and their bytes are taken from the document, so that
//! digits, escapes and duplicate keys survive.

use super::{Emit, FilterProblem, unreadable};
use crate::inspect::JsonKind;
use crate::inspect::json::{Json, Node, compact};
use bytes::Bytes;
use serde_json_path::{JsonPath, PathElement};
use std::collections::HashMap;

pub(super) fn run(program: &str, json: &Json, input: &Bytes, emit: Emit<'_>) -> Result<(), FilterProblem> {
    let path = JsonPath::parse(program.trim()).map_err(|error| {
        let skipped = program.len() - program.trim_start().len();
        let at = skipped + error.position().saturating_sub(1);
        FilterProblem::at(program, at, format!("This is not JSONPath: {}.", error.message()))
    })?;
    let value: serde_json::Value = serde_json::from_slice(input).map_err(unreadable)?;
    let mut places = Places { json, wide: HashMap::new() };
    for found in path.query_located(&value) {
        let Some(at) = places.resolve(found.location().iter()) else { continue };
        if emit(&compact(json.bytes(json.node(at)))).is_break() {
            break;
        }
    }
    Ok(())
}

/// Finds values by their paths; what it learnt of a container it keeps.
struct Places<'a> {
    json: &'a Json,
    wide: HashMap<u32, Children>,
}

enum Children {
    Elements(Vec<u32>),
    /// The last of each key, as the library sees it.
    Members(HashMap<Vec<u8>, u32>),
}

impl Places<'_> {
    fn resolve<'p>(&mut self, path: impl Iterator<Item = &'p PathElement<'p>>) -> Option<u32> {
        let mut at = 0;
        for element in path {
            let json = self.json;
            let children = self.wide.entry(at).or_insert_with(|| children(json, at, json.node(at)));
            at = *match (element, children) {
                (PathElement::Index(index), Children::Elements(all)) => all.get(*index),
                (PathElement::Name(name), Children::Members(all)) => all.get(name.as_bytes()),
                _ => None,
            }?;
        }
        Some(at)
    }
}

fn children(json: &Json, at: u32, node: &Node) -> Children {
    if node.kind() == JsonKind::Object {
        let member = |child| (json.key(json.node(child)).unwrap_or_default().into_owned(), child);
        Children::Members(json.children(at).map(member).collect())
    } else {
        Children::Elements(json.children(at).collect())
    }
}

//! The laws of the structural comparison.

use super::walk::Entry;
use super::*;
use crate::compare::{CellState, DiffKind, Input, SideLabel, compare};
use crate::inspect::{JsonKind, any_json};
use bytes::Bytes;
use proptest::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

fn document(text: &str) -> Arc<Document> {
    Arc::new(Document::new(Some("application/json"), &[], Bytes::copy_from_slice(text.as_bytes()), text.len() as u64))
}

/// A value in a form that is the same for all documents that are equal by structure.
fn canonical(json: &Json, node: u32) -> Vec<u8> {
    let content = |node: u32| json.content(json.node(node)).into_owned();
    let parts: Vec<(Vec<u8>, Vec<u8>)> = json
        .children(node)
        .map(|child| (json.key(json.node(child)).unwrap_or_default().into_owned(), canonical(json, child)))
        .collect();
    match json.node(node).kind() {
        JsonKind::Object | JsonKind::Array => container(json.node(node).kind(), parts),
        JsonKind::String => [b"\"", &content(node)[..]].concat(),
        _ => content(node),
    }
}

fn container(kind: JsonKind, mut parts: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<u8> {
    parts.sort_by(|a, b| a.0.cmp(&b.0));
    format!("{kind:?}{parts:?}").into_bytes()
}

/// The differences of two documents, as a table from the nodes of the first.
struct Edits<'a> {
    a: &'a Json,
    b: &'a Json,
    of: HashMap<u32, (Entry, u32)>,
    inside: HashMap<u32, u32>,
    added: HashMap<u32, Vec<u32>>,
}

impl<'a> Edits<'a> {
    fn new(structure: &'a Structure) -> Self {
        let (a, b) = (structure.sides.json(0).unwrap(), structure.sides.json(1).unwrap());
        let mut edits = Self { a, b, of: HashMap::new(), inside: HashMap::new(), added: HashMap::new() };
        for (entry, nodes) in structure.found.entries.iter().zip(structure.found.nodes.chunks(2)) {
            match entry.kind {
                DiffKind::Section => drop(edits.inside.insert(nodes[0], nodes[1])),
                DiffKind::Added => edits.added.entry(b.node(nodes[1]).parent).or_default().push(nodes[1]),
                _ => drop(edits.of.insert(nodes[0], (*entry, nodes[1]))),
            }
        }
        edits
    }

    /// Makes the second document's value out of the first's and the differences.
    fn apply(&self, node: u32) -> Option<(u32, Vec<u8>)> {
        if let Some(&other) = self.inside.get(&node) {
            let mut children: Vec<(u32, Vec<u8>)> =
                self.a.children(node).filter_map(|child| self.apply(child)).collect();
            let added = self.added.get(&other).into_iter().flatten();
            children.extend(added.map(|&node| (node, canonical(self.b, node))));
            children.sort();
            let key = |node: u32| self.b.key(self.b.node(node)).unwrap_or_default().into_owned();
            let parts = children.into_iter().map(|(node, value)| (key(node), value)).collect();
            return Some((other, container(self.a.node(node).kind(), parts)));
        }
        let (entry, other) = self.of[&node];
        match entry.kind {
            DiffKind::Equal | DiffKind::Moved => Some((other, canonical(self.a, node))),
            DiffKind::Changed | DiffKind::Retyped => Some((other, canonical(self.b, other))),
            _ => None,
        }
    }
}

fn structure(texts: &[&str]) -> Structure {
    let sides: Vec<_> = texts.iter().map(|text| (document(text), "")).collect();
    let sides = Sides::new(&sides).unwrap();
    let found = walk(&sides, Options { ignore: &[], keys: &[], time: Duration::from_secs(60) });
    Structure { sides, found }
}

fn check_apply(a: &str, b: &str) {
    let structure = structure(&[a, b]);
    let edits = Edits::new(&structure);
    let made = edits.apply(0).map(|(_, value)| value);
    assert_eq!(made, Some(canonical(edits.b, 0)), "{a} -> {b}");
}

/// Two documents that are alike: the second is the first with some texts exchanged.
fn alike() -> impl Strategy<Value = (String, String)> {
    let exchange = prop::sample::select(vec![
        ("1", "2"),
        ("true", "null"),
        ("\"a\"", "\"b\""),
        ("{", "{\"id\":7,"),
        ("[", "[9,"),
        (",", ",\"x\","),
        ("null", "{}"),
        ("[]", "{}"),
        ("a", "id"),
    ]);
    (any_json(), prop::collection::vec((exchange, 0..4_usize), 1..4)).prop_map(|(a, exchanges)| {
        let mut b = a.clone();
        for ((from, to), nth) in exchanges {
            let Some((at, _)) = b.match_indices(from).nth(nth) else { continue };
            let next = format!("{}{to}{}", &b[..at], &b[at + from.len()..]);
            if serde_json::from_str::<Box<serde_json::value::RawValue>>(&next).is_ok() {
                b = next;
            }
        }
        (a, b)
    })
}

fn inputs(texts: &[&str]) -> Vec<Input> {
    let label =
        SideLabel { title: String::new(), direction: None, side: None, started_at: None, root: String::new(), size: 0 };
    texts.iter().map(|text| Input { document: document(text), label: label.clone() }).collect()
}

proptest! {
    #[test]
    fn a_document_does_not_differ_from_itself(a in any_json()) {
        let compared = compare(&inputs(&[&a, &a, &a]), &[], &[]);
        let summary = compared.summary();
        let values = document(&a).json().unwrap().nodes().iter().filter(|node| node.children == 0).count();
        prop_assert_eq!((summary.differences, summary.equal), (0, values as u64));
        prop_assert_eq!(compared.rows(true, false, 0, 10).total, 0);
    }

    #[test]
    fn the_differences_lead_from_one_document_to_the_other(a in any_json(), b in any_json()) {
        check_apply(&a, &b);
    }

    #[test]
    fn the_differences_lead_from_one_document_to_one_like_it((a, b) in alike()) {
        check_apply(&a, &b);
        check_apply(&b, &a);
    }

    #[test]
    fn any_three_documents_give_rows((a, b) in alike(), c in any_json()) {
        let compared = compare(&inputs(&[&a, &b, &c]), &["$..id".into(), "$[*]".into()], &[]);
        let summary = compared.summary();
        let rows = compared.rows(true, true, 0, 1_000).rows;
        let differ = |kind: DiffKind| kind != DiffKind::Equal && kind != DiffKind::Section;
        let shown = rows.iter().filter(|row| differ(row.kind)).count();
        if compared.rows(true, true, 0, 0).total <= 1_000 {
            prop_assert_eq!(shown as u64, summary.differences + summary.ignored);
        }
        for row in rows.iter().filter(|row| differ(row.kind)) {
            prop_assert_eq!(row.cells.len(), 3);
            prop_assert!(row.cells.iter().any(|cell| cell.state != CellState::Same), "{:?}", row);
        }
    }
}

#[test]
fn applies_what_moved_and_what_stands_twice() {
    for (a, b) in [
        (r#"[{"id":1,"v":1},{"id":2},{"id":3}]"#, r#"[{"id":3},{"id":1,"v":2},{"id":4},{"id":2}]"#),
        ("[1,2,3,4]", "[4,1,2,5,3,3]"),
        ("[[1],[2],[3]]", "[[3],[1,1]]"),
        (r#"{"a":1,"a":2,"b":3}"#, r#"{"b":3,"a":2,"a":1,"a":0}"#),
        (r#"{"a":1}"#, r#"{"\u0061":1}"#),
        (r#"["\ud800"]"#, r#"["\ud801"]"#),
        ("1.0", "1"),
        ("{}", "[]"),
        (r#"[{"x":1,"y":2,"z":3},{"x":4,"y":5}]"#, r#"[{"x":9},{"x":1,"y":2,"z":4},{"x":4,"y":6}]"#),
    ] {
        check_apply(a, b);
    }
}

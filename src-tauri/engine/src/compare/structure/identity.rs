//! Which field tells the elements of an array apart.

use super::{Sides, Slot, present};
use crate::inspect::{Json, JsonKind};
use std::collections::{HashMap, HashSet};

/// The fields that are tried, in this order, where the user names none.
const AUTOMATIC: &[&[&str]] = &[&["id"], &["uuid"], &["key"], &["name"], &["sku"], &["type", "id"]];

/// The fields that elements can be told apart by: the automatic ones, then those of the user.
#[derive(Debug)]
pub(super) struct Fields(Vec<Vec<String>>);

impl Fields {
    /// The automatic fields and those that the user names.
    pub(super) fn new<'a>(named: impl Iterator<Item = &'a str>) -> Self {
        let automatic = AUTOMATIC.iter().map(|fields| fields.iter().map(|&field| field.to_owned()).collect());
        Self(automatic.chain(named.map(|field| vec![field.to_owned()])).collect())
    }

    /// The names of the fields at this place of the list.
    pub(super) fn names(&self, at: usize) -> &[String] {
        &self.0[at]
    }

    /// The field that the user chose.
    pub(super) fn wanted(&self, wanted: usize) -> &str {
        self.0[wanted + AUTOMATIC.len()].first().map_or("", String::as_str)
    }

    /// True if these are the fields that the user chose.
    pub(super) fn are_wanted(&self, at: usize, wanted: usize) -> bool {
        at == wanted + AUTOMATIC.len()
    }

    /// The first fields by which all elements of the arrays in `slot` can be told apart, `wanted` before the
    /// automatic ones. `wanted` counts the user's fields.
    pub(super) fn choose(&self, sides: &Sides, slot: &Slot, wanted: Option<usize>) -> Option<(usize, Identified)> {
        let wanted = wanted.map(|wanted| wanted + AUTOMATIC.len());
        wanted.into_iter().chain(0..AUTOMATIC.len()).find_map(|at| Some((at, self.identify(sides, slot, at)?)))
    }

    fn identify(&self, sides: &Sides, slot: &Slot, at: usize) -> Option<Identified> {
        let names = self.names(at);
        let mut found = Identified { order: Vec::new(), places: HashMap::new() };
        for (side, array) in present(slot) {
            let json = sides.json(side)?;
            let mut seen = HashSet::new();
            for element in json.children(array) {
                let identity = identity(json, element, names)?;
                if !seen.insert(identity.clone()) {
                    return None;
                }
                let next = found.order.len();
                let place = *found.places.entry(identity).or_insert(next);
                if place == next {
                    found.order.push([super::NONE; super::SIDES_LIMIT]);
                }
                found.order[place][side] = element;
            }
        }
        (!found.order.is_empty()).then_some(found)
    }
}

/// The elements of arrays, matched by their identities, in the order of the first side that has them.
pub(super) struct Identified {
    /// One slot an element.
    pub(super) order: Vec<Slot>,
    places: HashMap<Vec<u8>, usize>,
}

/// What tells an element apart: the contents of the fields. A number and a string of the same digits are the same
/// identity, since services write ids either way.
pub(super) fn identity(json: &Json, element: u32, names: &[String]) -> Option<Vec<u8>> {
    let mut identity = Vec::new();
    for name in names {
        let content = field(json, element, name)?;
        identity.extend((content.len() as u64).to_le_bytes());
        identity.extend(content);
    }
    Some(identity)
}

/// The content of a scalar member of an object.
pub(super) fn field(json: &Json, element: u32, name: &str) -> Option<Vec<u8>> {
    if json.node(element).kind() != JsonKind::Object {
        return None;
    }
    let named = |&member: &u32| json.key(json.node(member)).as_deref() == Some(name.as_bytes());
    let node = json.node(json.children(element).find(named)?);
    let tells = matches!(node.kind(), JsonKind::String | JsonKind::Number | JsonKind::Boolean);
    tells.then(|| json.content(node).into_owned())
}

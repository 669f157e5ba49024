//! Comparison of header fields: names without case, values as they stand.

use super::cells::{Standing, states, with_marks};
use super::{CellState, CompareCell, DiffKind, HeaderRow};
use crate::exchange::Headers;
use crate::inspect::JsonKind;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

/// The header fields of the sides by name, equal ones included; the first side is the base. The values of a name that
/// stands more than once are joined with a line end.
pub fn compare_headers(sides: &[&Headers]) -> Vec<HeaderRow> {
    let mut names: BTreeMap<String, (String, Vec<Option<String>>)> = BTreeMap::new();
    for (side, headers) in sides.iter().enumerate() {
        for field in headers.view() {
            let entry = names.entry(field.name.to_ascii_lowercase());
            let (_, values) = entry.or_insert_with(|| (field.name, vec![None; sides.len()]));
            match &mut values[side] {
                Some(value) => {
                    value.push('\n');
                    value.push_str(&field.value);
                }
                missing => *missing = Some(field.value),
            }
        }
    }
    let keys = RandomState::new();
    names.into_values().map(|(name, values)| row(name, values, &keys)).collect()
}

fn row(name: String, values: Vec<Option<String>>, keys: &RandomState) -> HeaderRow {
    let standing = |value: &String| Standing { value: keys.hash_one(value), kind: JsonKind::String };
    let states = states(&values.iter().map(|value| value.as_ref().map(standing)).collect::<Vec<_>>());
    let kind = match () {
        () if states.iter().all(|state| *state == CellState::Same) => DiffKind::Equal,
        () if states.first() == Some(&CellState::Missing) => DiffKind::Added,
        () if states.contains(&CellState::Missing) => DiffKind::Removed,
        () => DiffKind::Changed,
    };
    let cells = states.into_iter().zip(values);
    let mut cells: Vec<CompareCell> = cells
        .map(|(state, value)| CompareCell { state, text: value.unwrap_or_default(), marks: Vec::new(), moved_to: None })
        .collect();
    with_marks(&mut cells);
    HeaderRow { kind, name, cells }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_names_without_case_against_each_other() {
        let headers = |fields: &[(&'static str, &'static str)]| {
            let mut headers = Headers::default();
            fields.iter().for_each(|(name, value)| headers.push(*name, *value));
            headers
        };
        let a = headers(&[("Accept", "*/*"), ("Cookie", "a=1"), ("cookie", "b=2"), ("X-A", "1")]);
        let b = headers(&[("accept", "*/*"), ("COOKIE", "a=1"), ("X-B", "2")]);
        let rows = compare_headers(&[&a, &b]);
        let shown: Vec<_> = rows.iter().map(|row| (row.kind, row.name.as_str(), row.cells[0].text.as_str())).collect();
        assert_eq!(
            shown,
            [
                (DiffKind::Equal, "Accept", "*/*"),
                (DiffKind::Changed, "Cookie", "a=1\nb=2"),
                (DiffKind::Removed, "X-A", "1"),
                (DiffKind::Added, "X-B", ""),
            ]
        );
    }
}

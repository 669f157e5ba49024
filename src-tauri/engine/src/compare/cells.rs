//! The cells of a row: how each side stands to the base, and which of its characters differ.

use super::{CellState, CompareCell};
use crate::inspect::{Json, JsonKind, Node, cut_text};

/// Characters of a value that a cell shows.
pub(super) const CELL_TEXT: usize = 500;

/// What one side has, as far as its state goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// Equal for equal values.
    pub(super) value: u64,
    /// What kind of value it is.
    pub(super) kind: JsonKind,
}

/// How each side stands to the first.
pub(super) fn states(standings: &[Option<Standing>]) -> Vec<CellState> {
    let base = standings.first().copied().flatten();
    let mut first_other = None;
    let mut state = |standing: &Option<Standing>| match (base, standing) {
        (_, None) => CellState::Missing,
        (Some(base), Some(own)) if own.value == base.value => CellState::Same,
        (Some(base), Some(own)) if own.kind != base.kind => CellState::Retyped,
        (base, Some(own)) => {
            if *first_other.get_or_insert(own.value) != own.value {
                CellState::Third
            } else if base.is_some() {
                CellState::Changed
            } else {
                CellState::Added
            }
        }
    };
    standings.iter().map(&mut state).collect()
}

/// A value as a cell shows it.
pub(super) fn cell_text(json: &Json, node: &Node) -> String {
    match node.kind() {
        JsonKind::Object => format!("{{{}}}", node.children),
        JsonKind::Array => format!("[{}]", node.children),
        _ => cut_text(json.bytes(node), CELL_TEXT).0,
    }
}

/// Marks the characters of changed cells that differ from the base: all but what both have in front and at the end.
pub(super) fn with_marks(cells: &mut [CompareCell]) {
    let Some((base, others)) = cells.split_first_mut() else { return };
    for cell in others.iter_mut().filter(|cell| matches!(cell.state, CellState::Changed | CellState::Third)) {
        cell.marks = marks(&base.text, &cell.text).into_iter().collect();
    }
}

fn marks(base: &str, text: &str) -> Option<(u32, u32)> {
    let front: usize =
        base.chars().zip(text.chars()).take_while(|(a, b)| a == b).map(|(char, _)| char.len_utf8()).sum();
    let (base, rest) = (&base[front..], &text[front..]);
    let back = base.chars().rev().zip(rest.chars().rev()).take_while(|(a, b)| a == b);
    let end = text.len() - back.map(|(char, _)| char.len_utf8()).sum::<usize>();
    let units = |text: &str| text.encode_utf16().count() as u32;
    (front < end).then(|| (units(&text[..front]), units(&text[..end])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_what_differs_in_utf16() {
        assert_eq!(marks("\"ap@x.com\"", "\"billing@x.com\""), Some((1, 8)));
        assert_eq!(marks("9007199254740993", "9007199254740992"), Some((15, 16)));
        assert_eq!(marks("😀a", "😀b"), Some((2, 3)));
        assert_eq!(marks("abc", "ac"), None);
        assert_eq!(marks("aa", "aaa"), Some((2, 3)));
    }

    #[test]
    fn tells_the_third_value() {
        let of = |value: u64| Some(Standing { value, kind: JsonKind::Number });
        let text = Some(Standing { value: 9, kind: JsonKind::String });
        use CellState::{Added, Changed, Missing, Retyped, Same, Third};
        assert_eq!(
            states(&[of(1), of(1), of(2), of(3), of(2), text, None]),
            [Same, Same, Changed, Third, Changed, Retyped, Missing]
        );
        assert_eq!(states(&[None, of(1), of(1), of(2)]), [Missing, Added, Added, Third]);
    }
}

//! Finding in long texts and in parts.

use super::document;
use crate::inspect::{Document, FindView};
use proptest::prelude::*;

fn found(document: &Document, needle: &str, view: FindView) -> Vec<u64> {
    document.find(needle, view).unwrap().hits
}

#[test]
fn finds_what_stands_deep_in_a_part() {
    let word = |bytes: &[u8]| [&b"x ".repeat(5_000), bytes].concat();
    let part = |head: &str, content: &[u8]| [b"--X\r\n", head.as_bytes(), b"\r\n\r\n", content, b"\r\n"].concat();
    let body = [
        part("Content-Disposition: form-data; name=a", &word("the end, caf\u{e9}".as_bytes())),
        part("Content-Type: text/plain; charset=latin1", &word(b"caf\xe9")),
        part("Content-Type: application/octet-stream", &[b"\0", &word(b"the end")[..]].concat()),
        b"--X--".to_vec(),
    ];
    let multipart = document("multipart/form-data; boundary=X", &body.concat());
    assert_eq!(found(&multipart, "THE END", FindView::Parts), [0], "not where the part is no text");
    assert_eq!(found(&multipart, "CAF\u{c9}", FindView::Parts), [0, 1]);
}

#[test]
fn a_common_letter_in_one_long_line_is_found_in_time() {
    let line = document("text/plain", "a".repeat(1_000_000).as_bytes());
    line.text_rows(false, 0, 1);
    // One hit a row: that is what is shown. One try of some: the time of the others may go to what else runs.
    let all: Vec<u64> = (0..500).collect();
    assert!((0..10).any(|_| found(&line, "A", FindView::Text) == all));
}

#[test]
fn finds_what_stands_anywhere_in_a_long_line() {
    // A search goes on in steps; no place is between two of them.
    for before in (0..40).map(|place| 262_144 - 20 + place) {
        let text = format!("{}Needle{}", "x".repeat(before), "x".repeat(300_000));
        let line = document("text/plain", text.as_bytes());
        assert_eq!(found(&line, "needle", FindView::Text), [before as u64 / 2_000], "{before}");
    }
}

proptest! {
    #[test]
    fn finds_every_row_that_a_hit_starts_in(lines in prop::collection::vec("[ab]{0,2}", 1..300)) {
        let text = document("text/plain", lines.join("\n").as_bytes());
        let expected: Vec<u64> = (0..).zip(&lines).filter(|(_, line)| line.contains('a')).map(|(row, _)| row).collect();
        prop_assert_eq!(found(&text, "A", FindView::Text), expected);
    }
}

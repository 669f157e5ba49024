//! Finding in long texts and in parts.

use super::document;
use crate::inspect::{Document, FindView};

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

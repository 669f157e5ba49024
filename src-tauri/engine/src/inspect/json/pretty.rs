//! Lays a JSON document out anew: two spaces a level; digits, escapes, order and duplicates stay.

use super::index::Json;

/// Levels that are indented. Deeper ones stand under the last of them: 100,000 levels indented in full would take
/// 20 GB.
pub(crate) const INDENT_LEVELS: usize = 64;

const SPACES: [u8; INDENT_LEVELS * 2] = [b' '; INDENT_LEVELS * 2];

/// Bytes of the largest text that a document is laid out to, whatever its format.
pub(crate) const LAID_OUT_LIMIT: usize = 256 * 1024 * 1024;

/// Lays out a document. To be asked only where [`laid_out_size`] is within [`LAID_OUT_LIMIT`].
pub(crate) fn laid_out(json: &Json) -> Vec<u8> {
    let root = json.bytes(json.node(0));
    let mut out = Vec::with_capacity(root.len() * 3 / 2);
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = root.get(at) {
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' => {}
            b'"' => {
                let len = string_len(&root[at..]);
                out.extend_from_slice(&root[at..at + len]);
                at += len;
                continue;
            }
            b'{' | b'[' => {
                out.push(byte);
                let space = root[at + 1..].iter().take_while(|next| next.is_ascii_whitespace()).count();
                if let Some(close @ (b'}' | b']')) = root.get(at + 1 + space) {
                    out.push(*close);
                    at += space + 2;
                    continue;
                }
                depth += 1;
                new_line(&mut out, depth);
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                new_line(&mut out, depth);
            }
            b':' => out.extend_from_slice(b": "),
            _ => out.push(byte),
        }
        at += 1;
    }
    out
}

/// Bytes that the layout takes at most.
pub(crate) fn laid_out_size(json: &Json) -> usize {
    let line = |depth: u32| 2 * INDENT_LEVELS.min(depth as usize) + 4;
    json.nodes().iter().map(|node| line(node.depth()) * if node.is_container() { 2 } else { 1 }).sum::<usize>()
        + json.bytes(json.node(0)).len()
}

fn new_line(out: &mut Vec<u8>, depth: usize) {
    out.push(b'\n');
    out.extend_from_slice(indent(depth));
}

/// The spaces that a line of this level begins with.
pub(crate) fn indent(depth: usize) -> &'static [u8] {
    &SPACES[..depth.min(INDENT_LEVELS) * 2]
}

/// Bytes of the string at the front, quotes included.
fn string_len(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at.min(bytes.len())..]) {
        at += found;
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}

/// A document on one line: the white space between its tokens left out.
pub(crate) fn compact(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let len = if byte == b'"' { string_len(&text[at..]) } else { 1 };
        if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
            out.extend_from_slice(&text[at..at + len]);
        }
        at += len;
    }
    out
}

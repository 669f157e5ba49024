//! JSON documents, a line each: an array of them. A line that is no JSON becomes a string, and is named.

use super::{Draft, write};
use crate::inspect::json::{ReadError, read};
use bytes::Bytes;

/// Lines that are looked at to decide whether a text is of this kind.
const LOOKED_AT: usize = 2;

/// True if the first lines are JSON objects or arrays, and there are several.
pub(crate) fn looks_like(text: &Bytes) -> bool {
    let is_container = |line: &Bytes| matches!(line.first(), Some(b'{' | b'[')) && read(line, 0).is_ok();
    lines(text).take(LOOKED_AT).filter(|(_, line)| is_container(line)).count() == LOOKED_AT
}

/// The lines that hold anything, and where they start. A record separator (RFC 7464) is no part of one.
fn lines(text: &Bytes) -> impl Iterator<Item = (usize, Bytes)> + '_ {
    text.split(|byte| *byte == b'\n').filter_map(move |line| {
        let line = line.strip_prefix(b"\x1e").unwrap_or(line).trim_ascii();
        (!line.is_empty()).then(|| {
            let line = text.slice_ref(line);
            (line.as_ptr() as usize - text.as_ptr() as usize, line)
        })
    })
}

pub(super) fn read_lines(text: &Bytes, draft: &mut Draft) {
    draft.text.push(b'[');
    let mut broken = 0_u64;
    for (number, (start, line)) in lines(text).enumerate() {
        if draft.is_over() {
            break;
        }
        if number > 0 {
            draft.text.push(b',');
        }
        match read(&line, 0) {
            Ok(_) => draft.text.extend_from_slice(&line),
            Err(error) => {
                broken += 1;
                if let ReadError::Syntax(problem, _) = error {
                    draft.broken.get_or_insert((start + problem.offset as usize, problem.message));
                }
                draft.remark("not JSON");
                write::string(&mut draft.text, &String::from_utf8_lossy(&line));
            }
        }
    }
    draft.text.push(b']');
    if broken > 1 {
        draft.notice.get_or_insert(format!("{broken} lines are not JSON; they stand as text."));
    }
}

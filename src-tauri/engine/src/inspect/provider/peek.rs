//! Looks single values up in a body, without reading more than lies before them.

use super::super::json::unescaped;
use std::borrow::Cow;

/// True if more than one field of a form has this name, however it is escaped.
pub(crate) fn is_form_field_twice(body: &[u8], name: &str) -> bool {
    super::super::form::body_fields(body).filter(|field| field.name == name).nth(1).is_some()
}

/// The value of a form field, decoded; None if `body` has no such field.
pub(crate) fn form_field(body: &[u8], name: &str) -> Option<String> {
    let field = body
        .split(|&byte| byte == b'&')
        .find_map(|field| field.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"=")))?;
    let spaced: Vec<u8> = field.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    let text = percent_encoding::percent_decode(&spaced).decode_utf8_lossy().into_owned();
    (!text.is_empty()).then_some(text)
}

/// The members of an object, each with what starts at its value. A value is read over only when the next is asked for.
fn members(object: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut before = None;
    std::iter::from_fn(move || {
        let at = match before {
            None => object.strip_prefix(b"{")?,
            Some(value) => skip_space(skip_value(value)?).strip_prefix(b",")?,
        };
        let (key, rest) = string(skip_space(at))?;
        let value = skip_space(skip_space(rest).strip_prefix(b":")?);
        before = Some(value);
        Some((key, value))
    })
}

fn member<'a>(object: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    members(object).find(|(key, _)| *unescaped(key) == *wanted).map(|(_, value)| value)
}

fn element(array: &[u8], index: usize) -> Option<&[u8]> {
    let mut at = skip_space(&array[1..]);
    for _ in 0..index {
        at = skip_space(skip_space(skip_value(at)?).strip_prefix(b",")?);
    }
    Some(at)
}

/// The content of the string at the front, and what is behind it.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = bytes.strip_prefix(b"\"")?;
    let mut end = 0;
    loop {
        end += memchr::memchr2(b'"', b'\\', rest.get(end..)?)?;
        if rest[end] == b'"' {
            return Some((&rest[..end], &rest[end + 1..]));
        }
        end += 2;
    }
}

/// What is behind the value at the front. Only the brackets are counted: whether it is JSON is not asked here.
fn skip_value(bytes: &[u8]) -> Option<&[u8]> {
    let mut at = bytes;
    let mut depth = 0_usize;
    loop {
        at = match at.first()? {
            b'"' => string(at)?.1,
            b'{' | b'[' => {
                depth += 1;
                &at[1..]
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                &at[1..]
            }
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => &at[1..],
            _ => &at[at.iter().position(|byte| b",:]} \t\r\n\"".contains(byte))?..],
        };
        if depth == 0 {
            return Some(at);
        }
    }
}

fn skip_space(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii_start()
}

/// The string at a JSON Pointer. None if it is not there, is no string, or lies behind the end of `body`.
pub(crate) fn text<'a>(body: &'a [u8], pointer: &str) -> Option<Cow<'a, str>> {
    let at = value(body, pointer)?;
    Some(as_text(string(at)?.0))
}

/// The string, number or word at a JSON Pointer (RFC 6901) as text; None if it is not there, is null or a container.
pub(crate) fn scalar<'a>(body: &'a [u8], pointer: &str) -> Option<Cow<'a, str>> {
    let at = value(body, pointer)?;
    match at.first()? {
        b'"' => Some(as_text(string(at)?.0)),
        b'{' | b'[' | b'n' => None,
        _ => Some(String::from_utf8_lossy(at)),
    }
}

/// The name of the first member that is in an object beside the one at a JSON Pointer.
pub(crate) fn beside<'a>(body: &'a [u8], pointer: &str) -> Option<Cow<'a, str>> {
    let (object, name) = pointer.rsplit_once('/')?;
    let others = members(value(body, object)?).filter(|(key, _)| *unescaped(key) != *name.as_bytes());
    others.map(|(key, _)| as_text(key)).next()
}

/// What starts at the value at a JSON Pointer; `/` and the empty text stand for the whole. The value itself may lie behind
/// the end of a `body` that is cut.
pub(crate) fn start<'a>(body: &'a [u8], pointer: &str) -> Option<&'a [u8]> {
    let mut at = skip_space(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
    for step in pointer.split('/').skip(1).filter(|step| !step.is_empty()) {
        let step = step.replace("~1", "/").replace("~0", "~");
        at = match at.first()? {
            b'{' => member(at, step.as_bytes())?,
            b'[' => element(at, step.parse().ok()?)?,
            _ => return None,
        };
    }
    Some(at)
}

/// True if a name on the way of a JSON Pointer stands twice in its object. Then others take another value than is taken
/// here: the first.
pub(crate) fn is_twice(body: &[u8], pointer: &str) -> bool {
    let mut way = String::new();
    pointer.split('/').skip(1).filter(|step| !step.is_empty()).any(|step| {
        let object = start(body, &way);
        let name = step.replace("~1", "/").replace("~0", "~");
        way.push('/');
        way.push_str(step);
        let named = object.into_iter().flat_map(members).filter(|(key, _)| *unescaped(key) == *name.as_bytes());
        { named }.nth(1).is_some()
    })
}

/// The bytes of the value at a JSON Pointer; see [`start`].
pub(crate) fn value<'a>(body: &'a [u8], pointer: &str) -> Option<&'a [u8]> {
    let at = start(body, pointer)?;
    let rest = skip_value(at)?;
    Some(&at[..at.len() - rest.len()])
}

/// The elements of the array that `bytes` start with, up to `limit`; those that are there whole.
pub(crate) fn elements(bytes: &[u8], limit: usize) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let Some(mut at) = bytes.strip_prefix(b"[").map(skip_space) else { return found };
    while found.len() < limit && !at.is_empty() && at[0] != b']' {
        let Some(rest) = skip_value(at) else { break };
        found.push(&at[..at.len() - rest.len()]);
        match skip_space(rest).strip_prefix(b",") {
            Some(next) => at = skip_space(next),
            None => break,
        }
    }
    found
}

fn as_text(content: &[u8]) -> Cow<'_, str> {
    match unescaped(content) {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

//! Looks one text up at the front of a body, without reading more than lies before it.

use super::super::json::unescaped;
use std::borrow::Cow;

/// The string at a path of keys and indices parted by dots: `event.type`, `0.subscriptionType`. None if it is not
/// there, is no string, or lies behind the end of `body`.
pub(crate) fn text<'a>(body: &'a [u8], path: &str) -> Option<Cow<'a, str>> {
    let mut at = skip_space(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
    for step in path.split('.') {
        at = match at.first()? {
            b'{' => member(at, step.as_bytes())?,
            b'[' => element(at, step.parse().ok()?)?,
            _ => return None,
        };
    }
    let (content, _) = string(at)?;
    Some(match unescaped(content) {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    })
}

/// The value of a form field, decoded; None if `body` has no such field.
pub(crate) fn form_field(body: &[u8], name: &str) -> Option<String> {
    let field = body
        .split(|&byte| byte == b'&')
        .find_map(|field| field.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"=")))?;
    let text = percent_encoding::percent_decode(field).decode_utf8_lossy().replace('+', " ");
    (!text.is_empty()).then_some(text)
}

fn member<'a>(object: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let mut at = skip_space(&object[1..]);
    loop {
        let (key, rest) = string(at)?;
        let value = skip_space(skip_space(rest).strip_prefix(b":")?);
        if *unescaped(key) == *wanted {
            return Some(value);
        }
        at = skip_space(skip_space(skip_value(value)?).strip_prefix(b",")?);
    }
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

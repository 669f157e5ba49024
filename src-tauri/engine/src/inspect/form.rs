//! Fields of forms and queries: order, duplicates and escapes that are none are kept.

use super::charset::Charset;
use super::tree::cut_name;
use super::{Part, Parts};
use crate::exchange::Header;
use encoding_rs::{Encoding, UTF_8};

/// Fields or parts of one body that are shown.
pub(crate) const PARTS_LIMIT: usize = 10_000;

/// Characters of a field or part that are shown.
pub(crate) const PART_TEXT: usize = 2_000;

/// The decoded query of a request target or URL, in order; empty if it has none. A name without `=` has an empty
/// value. Bytes that are not UTF-8 once decoded are shown as replacement characters.
pub fn query_fields(target: &str) -> Vec<Header> {
    let target = target.split_once('#').map_or(target, |(before, _)| before);
    let Some((_, query)) = target.split_once('?') else { return Vec::new() };
    fields(query.as_bytes()).map(|field| field.header()).collect()
}

/// The decoded fields of a form body, in order.
pub(crate) fn body_fields(body: &[u8]) -> impl Iterator<Item = Header> {
    fields(body).take(PARTS_LIMIT).map(|field| field.header())
}

/// The fields of an `application/x-www-form-urlencoded` body. What `%XX` stands for is in its charset, too.
pub(crate) fn parts(body: &[u8], charset: Charset) -> Parts {
    let mut all = fields(&body[charset.bom..]);
    let parts: Vec<Part> = all.by_ref().take(PARTS_LIMIT).map(|field| part(field, charset)).collect();
    let notice = all.next().map(|_| format!("The form has more fields than the {PARTS_LIMIT} that are shown."));
    Parts { parts, notice }
}

fn part(field: Field<'_>, charset: Charset) -> Part {
    let value = text(field.value, charset.encoding);
    let cut = value.char_indices().nth(PART_TEXT).map_or(value.len(), |(at, _)| at);
    let (name, name_cut) = cut_name(text(field.name, charset.encoding).as_bytes());
    Part {
        name: Some(name),
        name_cut,
        file_name: None,
        file_name_cut: false,
        headers: Vec::new(),
        offset: (charset.bom + field.offset) as u64,
        size: field.value.len() as u64,
        text: Some(value[..cut].to_owned()),
    }
}

/// Names and values of the fields of [`parts`], whole.
pub(crate) fn whole(body: &[u8], charset: Charset) -> impl Iterator<Item = (String, String)> {
    let whole = move |field: Field<'_>| (text(field.name, charset.encoding), text(field.value, charset.encoding));
    fields(&body[charset.bom..]).take(PARTS_LIMIT).map(whole)
}

/// A field as it stands.
struct Field<'a> {
    name: &'a [u8],
    value: &'a [u8],
    /// Where the value starts.
    offset: usize,
}

impl Field<'_> {
    fn header(&self) -> Header {
        Header { name: text(self.name, UTF_8), value: text(self.value, UTF_8) }
    }
}

fn fields(bytes: &[u8]) -> impl Iterator<Item = Field<'_>> {
    let mut next = 0;
    bytes.split(|&byte| byte == b'&').filter_map(move |field| {
        let start = next;
        next += field.len() + 1;
        let name = field.split(|&byte| byte == b'=').next()?;
        let value = field.get(name.len() + 1..).unwrap_or_default();
        let offset = start + field.len() - value.len();
        (!field.is_empty()).then_some(Field { name, value, offset })
    })
}

/// The fields of a form in UTF-8 as they read, between them the signs that part them.
pub(crate) fn decoded(bytes: &[u8]) -> String {
    text(bytes, UTF_8)
}

/// Undoes `+` and `%XX`; a `%` that starts no escape stays (WHATWG URL, application/x-www-form-urlencoded parsing).
fn text(bytes: &[u8], encoding: &'static Encoding) -> String {
    let spaced: Vec<u8> = bytes.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    let plain: Vec<u8> = percent_encoding::percent_decode(&spaced).collect();
    encoding.decode_without_bom_handling(&plain).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_order_duplicates_and_broken_escapes() {
        let body = b"b=2&a=1+1&&a=%C3%A9%zz&flag&=x&eq=a=b";
        let parts = parts(body, Charset::UTF_8);
        let shown: Vec<_> =
            parts.parts.iter().map(|part| (part.name.as_deref().unwrap(), part.text.as_deref().unwrap())).collect();
        assert_eq!(shown, [("b", "2"), ("a", "1 1"), ("a", "é%zz"), ("flag", ""), ("", "x"), ("eq", "a=b")]);
        for part in &parts.parts {
            let value = &body[part.offset as usize..(part.offset + part.size) as usize];
            assert_eq!(text(value, UTF_8), part.text.clone().unwrap());
        }
        assert_eq!(parts.notice, None);
    }

    #[test]
    fn reads_escapes_in_the_charset_of_the_form() {
        let shown = |label: &str, body: &[u8]| {
            let parts = parts(body, Charset::detect(Some(label), body)).parts;
            parts.into_iter().map(|part| part.text.unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(shown("windows-1252", b"a=caf%E9&b=caf\xe9"), ["caf\u{e9}", "caf\u{e9}"]);
        assert_eq!(shown("shift_jis", b"a=%82%A0"), ["\u{3042}"]);
        let marked = parts(b"\xef\xbb\xbfa=1", Charset::detect(None, b"\xef\xbb\xbfa=1")).parts;
        assert_eq!((marked[0].name.as_deref(), marked[0].offset), (Some("a"), 5));
    }

    #[test]
    fn shows_a_bounded_number_of_fields() {
        let parts = parts("a&".repeat(PARTS_LIMIT + 1).as_bytes(), Charset::UTF_8);
        assert_eq!(parts.parts.len(), PARTS_LIMIT);
        assert!(parts.notice.is_some());
    }

    #[test]
    fn decodes_the_query_of_a_target() {
        let shown: Vec<_> = query_fields("/in/x?a=1&a=%2B+?#c?d=2").into_iter().map(|f| (f.name, f.value)).collect();
        assert_eq!(shown, [("a".into(), "1".into()), ("a".into(), "+ ?".into())]);
        assert!(query_fields("/in/x").is_empty() && query_fields("/?").is_empty());
    }
}

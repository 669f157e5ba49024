//! Decides the charset of a body and makes UTF-8 of it for the text views.

use super::media::MediaType;
use crate::exchange::Headers;
use bytes::Bytes;
use encoding_rs::{Encoding, UTF_8};

/// A body without content codings as UTF-8, by its byte order mark or by the charset that the Content-Type names.
pub(crate) fn as_utf8(headers: &Headers, body: &Bytes) -> Bytes {
    let media = headers.text("content-type").map(MediaType::parse);
    Charset::detect(media.as_ref().and_then(|media| media.param("charset")), body).text(body).0
}

/// Bytes of a document in which it may declare its encoding (HTML, "determining the character encoding").
const DECLARED_WITHIN: usize = 1024;

/// How the bytes of a body stand for characters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Charset {
    /// The encoding.
    pub(crate) encoding: &'static Encoding,
    /// Bytes of the byte order mark at the front.
    pub(crate) bom: usize,
    /// True if the Content-Type names a charset that is not known.
    pub(crate) unknown: bool,
}

impl Charset {
    /// UTF-8 without a byte order mark.
    pub(crate) const UTF_8: Self = Self { encoding: UTF_8, bom: 0, unknown: false };

    /// A byte order mark decides, as in the WHATWG Encoding Standard; else the label that came with the type; else what
    /// an XML or HTML document says of itself; else it is UTF-8.
    pub(crate) fn detect(label: Option<&str>, bytes: &[u8]) -> Self {
        if let Some((encoding, bom)) = Encoding::for_bom(bytes) {
            return Self { encoding, bom, unknown: false };
        }
        let known = label.map(|label| Encoding::for_label(label.as_bytes()));
        let encoding = known.unwrap_or_else(|| declared(bytes)).unwrap_or(UTF_8);
        Self { encoding, bom: 0, unknown: matches!(known, Some(None)) }
    }

    /// True if the text is the bytes themselves.
    pub(crate) fn is_utf8(self) -> bool {
        self.encoding == UTF_8
    }

    /// The text without its byte order mark, and whether every byte was valid. UTF-8 is not copied, and what is not
    /// valid in it stays: the rows show it with replacement characters.
    pub(crate) fn text(self, bytes: &Bytes) -> (Bytes, bool) {
        let content = bytes.slice(self.bom..);
        if self.is_utf8() {
            let valid = std::str::from_utf8(&content).is_ok();
            return (content, valid);
        }
        let (text, broken) = self.encoding.decode_without_bom_handling(&content);
        (Bytes::from(text.into_owned()), !broken)
    }
}

/// The encoding that a document declares in its own first line (XML 1.0, section 4.3.3) or in a `meta` element.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let front = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARED_WITHIN)]).to_ascii_lowercase();
    let front = front.trim_start();
    let label = match front.strip_prefix("<?xml") {
        Some(declaration) => value_of(declaration.split("?>").next()?, "encoding")?,
        None if front.starts_with("<!doctype html") || front.starts_with("<html") => {
            front.split("<meta").skip(1).find_map(|element| value_of(element.split('>').next()?, "charset"))?
        }
        None => return None,
    };
    // Whoever could read the declaration has not read UTF-16.
    Encoding::for_label(label.as_bytes()).map(Encoding::output_encoding)
}

/// The value behind `name =`, quoted or not.
fn value_of<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let value = text.split_once(name)?.1.trim_start().strip_prefix('=')?.trim_start();
    value.trim_start_matches(['"', '\'']).split(['"', '\'', ';', ' ']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(label: Option<&str>, bytes: &'static [u8]) -> (String, bool) {
        let bytes = Bytes::from_static(bytes);
        let (text, valid) = Charset::detect(label, &bytes).text(&bytes);
        (String::from_utf8_lossy(&text).into_owned(), valid)
    }

    #[test]
    fn reads_what_the_label_says() {
        assert_eq!(text(Some("ISO-8859-1"), b"caf\xe9"), ("café".into(), true));
        assert_eq!(text(Some("shift_jis"), b"\x82\xa0"), ("あ".into(), true));
        assert_eq!(text(None, "café".as_bytes()), ("café".into(), true));
    }

    #[test]
    fn reads_what_a_document_declares_unless_the_label_says_otherwise() {
        let soap = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>caf\xe9</a>";
        assert!(text(None, soap).0.ends_with("<a>caf\u{e9}</a>"));
        assert!(text(Some("windows-1251"), soap).0.ends_with("<a>caf\u{439}</a>"));
        for page in [
            &b"<!DOCTYPE html>\n<meta charset=windows-1252>\xe9"[..],
            b"<html><META content='text/html; charset=latin1'>\xe9",
        ] {
            assert!(text(None, page).0.ends_with('\u{e9}'), "{page:?}");
        }
        for other in [&b"<?xml version='1.0' encoding='utf-16'?>\xc3\xa9"[..], b"<p charset=latin1>\xc3\xa9"] {
            assert!(text(None, other).0.ends_with('\u{e9}'), "{other:?}");
        }
    }

    #[test]
    fn lets_a_byte_order_mark_decide() {
        assert_eq!(text(Some("utf-8"), b"\xff\xfea\0b\0"), ("ab".into(), true));
        assert_eq!(text(None, b"\xef\xbb\xbf{}"), ("{}".into(), true));
    }

    #[test]
    fn falls_back_to_utf8_and_says_what_is_not_valid() {
        assert!(Charset::detect(Some("klingon"), b"a").unknown);
        assert_eq!(text(Some("klingon"), b"a\xffb"), ("a\u{fffd}b".into(), false));
    }
}

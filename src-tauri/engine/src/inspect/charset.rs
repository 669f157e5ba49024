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
    /// A byte order mark decides, as in the WHATWG Encoding Standard; else the label that came with the type; else it
    /// is UTF-8.
    pub(crate) fn detect(label: Option<&str>, bytes: &[u8]) -> Self {
        if let Some((encoding, bom)) = Encoding::for_bom(bytes) {
            return Self { encoding, bom, unknown: false };
        }
        let known = label.map(|label| Encoding::for_label(label.as_bytes()));
        Self { encoding: known.flatten().unwrap_or(UTF_8), bom: 0, unknown: matches!(known, Some(None)) }
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

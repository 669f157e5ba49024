//! The parts of a multipart body (RFC 2046, section 5.1; RFC 7578 for forms).

use super::charset::Charset;
use super::form::{PART_TEXT, PARTS_LIMIT};
use super::media::MediaType;
use super::tree::cut_name;
use super::{Part, Parts};
use crate::exchange::{Header, Headers};
use memchr::{memchr, memmem};
use std::borrow::Cow;

/// Header fields of one part that are read.
const PART_HEADERS: usize = 100;

/// A boundary in a body: where the content before it ends, where the one behind it starts, and whether it is the last.
struct Delimiter {
    end_before: usize,
    next: usize,
    last: bool,
}

/// A part as it stands.
pub(crate) struct WholePart<'a> {
    pub(crate) name: Option<String>,
    pub(crate) file_name: Option<String>,
    /// Its header fields, and the bytes that they stand in.
    headers: Headers,
    pub(crate) head: &'a [u8],
    pub(crate) content: &'a [u8],
    /// Where the content starts in the body.
    offset: usize,
}

/// Takes a body apart at the boundary that its type names; gives what the views show of its parts.
pub(crate) fn parts(media: &MediaType, body: &[u8]) -> Parts {
    let (parts, notice) = whole(media, body);
    Parts { parts: parts.iter().map(WholePart::shown).collect(), notice }
}

/// The whole parts of a body, at most [`PARTS_LIMIT`], and what is wrong with it.
pub(crate) fn whole<'a>(media: &MediaType, body: &'a [u8]) -> (Vec<WholePart<'a>>, Option<String>) {
    let Some(boundary) = media.param("boundary").filter(|boundary| !boundary.is_empty()) else {
        let notice = "The Content-Type names no boundary, so the parts cannot be told apart.".to_owned();
        return (Vec::new(), Some(notice));
    };
    let mut parts = Vec::new();
    let mut open = None;
    for delimiter in delimiters(body, boundary) {
        if let Some(start) = open.replace(delimiter.next) {
            if parts.len() == PARTS_LIMIT {
                let notice = format!("The body has more parts than the {PARTS_LIMIT} that are shown.");
                return (parts, Some(notice));
            }
            parts.push(part(body, start, delimiter.end_before));
        }
        if delimiter.last {
            return (parts, None);
        }
    }
    let notice = match open {
        Some(start) => {
            parts.push(part(body, start, body.len()));
            "The body stops before its last boundary: the last part may be cut."
        }
        None => "The boundary that the Content-Type names does not stand in the body.",
    };
    (parts, Some(notice.to_owned()))
}

/// The lines that are `--boundary`, or `--boundary--` for the last. The line end before one belongs to it.
fn delimiters<'a>(body: &'a [u8], boundary: &str) -> impl Iterator<Item = Delimiter> + 'a {
    let line = format!("--{boundary}");
    let len = line.len();
    let starts: Vec<usize> = memmem::find_iter(body, line.as_bytes()).take(2 * PARTS_LIMIT).collect();
    starts.into_iter().filter_map(move |start| {
        let before = &body[..start];
        let end_before = match before {
            [] => 0,
            [.., b'\r', b'\n'] => start - 2,
            [.., b'\n'] => start - 1,
            _ => return None,
        };
        let behind = &body[start + len..];
        let line_len = memchr(b'\n', behind).map_or(behind.len(), |at| at + 1);
        let last = behind.starts_with(b"--");
        let rest = if last { &behind[2..line_len.max(2)] } else { &behind[..line_len] };
        let next = start + len + line_len;
        rest.iter().all(u8::is_ascii_whitespace).then_some(Delimiter { end_before, next, last })
    })
}

fn part(body: &[u8], start: usize, end: usize) -> WholePart<'_> {
    let whole = &body[start..end.max(start)];
    let (headers, head_len) = head(whole);
    let disposition = headers.text("content-disposition").map(MediaType::parse).unwrap_or_default();
    let (head, content) = whole.split_at(head_len);
    WholePart {
        name: disposition.param("name").map(str::to_owned),
        file_name: extended(disposition.param("filename*")).or(disposition.param("filename").map(str::to_owned)),
        headers,
        head,
        content,
        offset: start + head_len,
    }
}

impl<'a> WholePart<'a> {
    /// What its header says that the content is.
    pub(crate) fn content_type(&self) -> Option<&str> {
        self.headers.text("content-type")
    }

    /// Its name, its file name and its content, as far as it is text.
    pub(crate) fn texts(self) -> Vec<Cow<'a, [u8]>> {
        let text = self.text();
        let names = [self.name, self.file_name].into_iter().flatten().map(|name| Cow::Owned(name.into_bytes()));
        names.chain(text).collect()
    }

    /// The content in UTF-8, or bytes that are read as if they were. None if it is not text.
    fn text(&self) -> Option<Cow<'a, [u8]>> {
        self.front()?;
        let charset = Charset::detect(self.media().param("charset"), self.content);
        let content = &self.content[charset.bom..];
        Some(if charset.is_utf8() {
            Cow::Borrowed(content)
        } else {
            Cow::Owned(charset.encoding.decode_without_bom_handling(content).0.into_owned().into_bytes())
        })
    }

    fn shown(&self) -> Part {
        let cut = |name: &Option<String>| name.as_ref().map(|name| cut_name(name.as_bytes())).unzip();
        let ((name, name_cut), (file_name, file_name_cut)) = (cut(&self.name), cut(&self.file_name));
        let field = |field: Header| Header {
            name: cut_name(field.name.as_bytes()).0,
            value: cut_name(field.value.as_bytes()).0,
        };
        Part {
            name,
            name_cut: name_cut.unwrap_or_default(),
            file_name,
            file_name_cut: file_name_cut.unwrap_or_default(),
            headers: self.headers.view().into_iter().map(field).collect(),
            offset: self.offset as u64,
            size: self.content.len() as u64,
            text: self.front(),
        }
    }

    fn front(&self) -> Option<String> {
        preview(&self.media(), self.content)
    }

    fn media(&self) -> MediaType {
        self.content_type().map(MediaType::parse).unwrap_or_default()
    }
}

/// Reads the fields of a part up to the empty line; returns the bytes that they take.
fn head(part: &[u8]) -> (Headers, usize) {
    let mut headers = Headers::default();
    let mut at = 0;
    let mut folded: Vec<u8> = Vec::new();
    while at < part.len() {
        let len = memchr(b'\n', &part[at..]).map_or(part.len() - at, |end| end + 1);
        let line = part[at..at + len].trim_ascii_end();
        at += len;
        let folds = line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        if !folds {
            push_field(&mut headers, &folded);
            folded.clear();
        }
        if line.is_empty() {
            break;
        }
        folded.extend_from_slice(line);
    }
    push_field(&mut headers, &folded);
    (headers, at)
}

fn push_field(headers: &mut Headers, line: &[u8]) {
    let Some(colon) = memchr(b':', line).filter(|_| headers.len() < PART_HEADERS) else { return };
    headers.push(line[..colon].trim_ascii().to_vec(), line[colon + 1..].trim_ascii().to_vec());
}

/// Reads an extended value: `utf-8''na%C3%AFve.txt` (RFC 8187, section 3.2).
fn extended(value: Option<&str>) -> Option<String> {
    let mut fields = value?.splitn(3, '\'');
    let (charset, _, text) = (fields.next()?, fields.next()?, fields.next()?);
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(text).collect();
    let encoding = encoding_rs::Encoding::for_label(charset.as_bytes())?;
    Some(encoding.decode_without_bom_handling(&bytes).0.into_owned())
}

/// The first characters of a part; None if it is not text.
fn preview(media: &MediaType, content: &[u8]) -> Option<String> {
    let front = &content[..content.len().min(4 * PART_TEXT)];
    if memchr(0, front).is_some() {
        return None;
    }
    let charset = Charset::detect(media.param("charset"), front);
    let mut text = String::with_capacity(front.len());
    let mut decoder = charset.encoding.new_decoder_without_bom_handling();
    text.reserve(decoder.max_utf8_buffer_length(front.len())?);
    // `last` is false where the front ends: a character that is cut there is not an error.
    let (_, _, broken) = decoder.decode_to_string(&front[charset.bom..], &mut text, front.len() == content.len());
    let cut = text.char_indices().nth(PART_TEXT).map_or(text.len(), |(at, _)| at);
    text.truncate(cut);
    (!broken).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn of(content_type: &str, body: &str) -> Parts {
        parts(&MediaType::parse(content_type), &Bytes::copy_from_slice(body.as_bytes()))
    }

    #[test]
    fn takes_a_form_apart() {
        let body = "preamble\r\n--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nline 1\r\n--Xnot\r\n--X \r\n\
            content-disposition: form-data; name=f;\r\n filename=\"x.txt\"; filename*=UTF-8''na%C3%AFve.txt\r\n\
            Content-Type: text/plain\r\n\r\n\r\n--X\r\n\r\nno head\r\n--X--\r\nepilogue";
        let parts = of("multipart/form-data; boundary=X", body);
        assert_eq!(parts.notice, None);
        let [a, file, bare] = &parts.parts[..] else { panic!("{parts:?}") };
        assert_eq!((a.name.as_deref(), a.text.as_deref()), (Some("a"), Some("line 1\r\n--Xnot")));
        assert_eq!((file.name.as_deref(), file.file_name.as_deref()), (Some("f"), Some("naïve.txt")));
        assert_eq!((file.size, file.headers.len()), (0, 2));
        assert_eq!((bare.text.as_deref(), bare.headers.len()), (Some("no head"), 0));
        for part in &parts.parts {
            let content = &body[part.offset as usize..(part.offset + part.size) as usize];
            assert_eq!(Some(content), part.text.as_deref());
        }
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(of("multipart/form-data", "--X").notice.unwrap().contains("no boundary"));
        assert!(of("multipart/mixed; boundary=Y", "--X\n\na\n--X--").notice.unwrap().contains("does not stand"));
        let cut = of("multipart/mixed; boundary=X", "--X\n\nhalf a pa");
        assert_eq!(cut.parts[0].text.as_deref(), Some("half a pa"));
        assert!(cut.notice.unwrap().contains("before its last boundary"));
    }

    #[test]
    fn shows_no_text_of_a_binary_part() {
        let body = Bytes::from_static(
            b"--X\r\n\r\n\x89PNG\x00\r\n--X\r\nContent-Type: text/plain; charset=latin1\r\n\r\n\xe9\r\n--X--",
        );
        let parts = parts(&MediaType::parse("multipart/mixed; boundary=X"), &body).parts;
        assert_eq!((parts[0].text.as_deref(), parts[0].size), (None, 5));
        // Every byte of it would be text.
        let zeros = of("multipart/mixed; boundary=X", "--X\r\n\r\na\0b\r\n--X--").parts;
        assert_eq!((zeros[0].text.as_deref(), zeros[0].size), (None, 3));
        assert_eq!(parts[1].text.as_deref(), Some("é"));
    }

    #[test]
    fn survives_any_cut() {
        let body = "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n--X--\r\n";
        for end in 0..=body.len() {
            of("multipart/form-data; boundary=X", &body[..end]);
        }
    }
}

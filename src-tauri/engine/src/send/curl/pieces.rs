//! The small pieces that commands and definitions are made of: form fields, parts of a multipart body.

use crate::send::definition::{Field, MultipartField};
use url::form_urlencoded;

/// The fields of a form, if they give exactly this text again.
pub(in crate::send) fn form_fields(text: &str) -> Option<Vec<Field>> {
    let fields: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
    let again = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let whole = !text.is_empty() && again == text && !fields.iter().any(|(n, v)| n.is_empty() && v.is_empty());
    whole.then(|| fields.iter().map(|(name, value)| field(name, value)).collect())
}

/// A field that is on.
pub(in crate::send) fn field(name: &str, value: &str) -> Field {
    Field { on: true, name: name.to_owned(), value: value.to_owned(), note: String::new() }
}

/// A part of a multipart body that is on.
pub(super) fn part(name: &str, value: &str, file: bool) -> MultipartField {
    MultipartField { on: true, name: name.to_owned(), value: value.to_owned(), file, content_type: String::new() }
}

/// The content of a part, which may stand in quotes, and the settings behind it.
pub(super) fn content_and_settings(text: &str) -> (String, Vec<&str>) {
    let (content, rest) = match text.strip_prefix('"').and_then(closing_quote) {
        Some((content, rest)) => (content, rest),
        None => {
            let end =
                ["type=", "filename=", "headers=", "encoder="].iter().filter_map(|key| text.find(&format!(";{key}")));
            let end = end.min().unwrap_or(text.len());
            (text[..end].to_owned(), &text[end..])
        }
    };
    (content, rest.split(';').map(str::trim).filter(|setting| !setting.is_empty()).collect())
}

/// The text up to a closing quote, `\"` and `\\` resolved, and what follows it.
fn closing_quote(text: &str) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((content, &text[at + 1..])),
            '\\' => content.extend(chars.next().map(|(_, c)| c)),
            c => content.push(c),
        }
    }
    None
}

/// A value as it is shown in a note.
pub(super) fn shortened(value: &str) -> String {
    let start: String = value.chars().take(60).collect();
    if start.len() < value.len() { format!("{start}…") } else { start }
}

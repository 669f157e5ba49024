//! The request of an exchange as a definition that can be edited and sent.

use super::curl::{field, form_fields};
use super::definition::{RequestBody, RequestDefinition, SendOptions};
use super::variables::literal;
use crate::api::ImportedRequest;
use crate::exchange::{Headers, shown};

/// Fields that are made anew at each send.
const MADE_ANEW: [&str; 3] = ["host", "content-length", "transfer-encoding"];

/// The largest body that becomes text in a definition.
pub const TEXT_LIMIT: u64 = 1024 * 1024;

/// Makes a definition of a stored request. `url` is the whole URL; `body` is the request's body if it is at most
/// [`TEXT_LIMIT`] bytes, and `body_len` how long it is. Names in double braces are escaped, so that nothing captured is
/// ever evaluated.
pub fn definition_of(method: &str, url: &str, headers: &Headers, body: Option<&[u8]>, body_len: u64) -> ImportedRequest {
    let mut notes = Vec::new();
    let body = body_of(headers, body, body_len, &mut notes);
    let headers = headers.iter().filter(|(name, _)| !MADE_ANEW.iter().any(|made| name.eq_ignore_ascii_case(made.as_bytes())));
    let headers = headers.map(|(name, value)| field(&literal(&shown(name)), &literal(&shown(value)))).collect();
    let definition = RequestDefinition {
        method: method.to_owned(),
        url: literal(url).into_owned(),
        query: Vec::new(),
        headers,
        body,
        options: SendOptions::default(),
    };
    ImportedRequest { definition, notes }
}

fn body_of(headers: &Headers, body: Option<&[u8]>, body_len: u64, notes: &mut Vec<String>) -> RequestBody {
    if body_len == 0 {
        return RequestBody::None;
    }
    let Some(text) = body.filter(|_| body_len <= TEXT_LIMIT).and_then(|body| std::str::from_utf8(body).ok()) else {
        notes.push(format!(
            "The body ({body_len} bytes) is binary or over 1 MiB and was left out: save it to a file and choose that as the body."
        ));
        return RequestBody::None;
    };
    let escaped = literal(text);
    if escaped != text {
        notes.push("Names in double braces are written \\{{name}}, so that they are sent as they came.".into());
    }
    let media_type = headers.text("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let media_type = media_type.to_ascii_lowercase();
    if media_type == "application/json" || media_type.ends_with("+json") {
        return RequestBody::Json { text: escaped.into_owned() };
    }
    if media_type == "application/x-www-form-urlencoded"
        && let Some(mut fields) = form_fields(text)
    {
        for field in &mut fields {
            field.name = literal(&field.name).into_owned();
            field.value = literal(&field.value).into_owned();
        }
        return RequestBody::Form { fields };
    }
    RequestBody::Raw { text: escaped.into_owned(), content_type: String::new() }
}

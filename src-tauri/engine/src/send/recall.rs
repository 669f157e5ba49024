//! The request of an exchange as a definition that can be edited and sent.

use super::curl::{field, form_fields};
use super::definition::{RequestBody, RequestDefinition, SendOptions};
use super::variables::literal;
use crate::api::ImportedRequest;
use crate::exchange::{ExchangeSummary, Headers, shown};
use crate::wire::LooseHead;
use bytes::Bytes;

/// Fields that are made anew at each send.
const MADE_ANEW: [&str; 3] = ["host", "content-length", "transfer-encoding"];

/// The largest body that becomes text in a definition.
const TEXT_LIMIT: usize = 1024 * 1024;

/// Makes a definition of a stored request: its row, its head, and its body with the content codings taken off. Names in
/// double braces are escaped, so that nothing captured is ever evaluated.
pub fn definition_of(summary: &ExchangeSummary, head: &Bytes, body: &[u8]) -> ImportedRequest {
    let headers = LooseHead::parse(head).headers;
    let mut notes = Vec::new();
    let body = body_of(&headers, body, &mut notes);
    let sent_decoded = body != RequestBody::None && headers.first("content-encoding").is_some();
    if sent_decoded {
        notes.push("The body was compressed; it is sent as plain text, without Content-Encoding.".into());
    }
    let kept = |name: &[u8]| {
        let is = |made: &str| name.eq_ignore_ascii_case(made.as_bytes());
        let dropped = MADE_ANEW.iter().any(|made| is(made)) || (sent_decoded && is("content-encoding"));
        !dropped
    };
    let kept = headers.iter().filter(|(name, _)| kept(name));
    let fields = kept.map(|(name, value)| field(&literal(&shown(name)), &literal(&shown(value)))).collect();
    let definition = RequestDefinition {
        method: summary.method.clone(),
        url: literal(&whole_url(summary, &headers)).into_owned(),
        query: Vec::new(),
        headers: fields,
        body,
        options: SendOptions::default(),
    };
    ImportedRequest { definition, notes }
}

/// A push has a path only; its Host says the rest.
fn whole_url(summary: &ExchangeSummary, headers: &Headers) -> String {
    match headers.text("host") {
        Some(host) if summary.url.starts_with('/') => format!("http://{host}{}", summary.url),
        _ => summary.url.clone(),
    }
}

fn body_of(headers: &Headers, body: &[u8], notes: &mut Vec<String>) -> RequestBody {
    if body.is_empty() {
        return RequestBody::None;
    }
    let Some(text) = std::str::from_utf8(body).ok().filter(|text| text.len() <= TEXT_LIMIT) else {
        let size = body.len();
        notes.push(format!(
            "The body ({size} bytes) is binary or over 1 MiB and was left out: save it to a file and choose that as the body."
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

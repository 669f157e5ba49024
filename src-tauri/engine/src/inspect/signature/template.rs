//! The signed text: literal text with tokens in braces. Several name what they mean, `{header:NAME}`; with a question
//! mark, `{json?:/path}`, one is nothing where nothing stands.

use super::url_forms;
use crate::exchange::Headers;
use crate::inspect::form;
use crate::inspect::media::MediaType;
use crate::inspect::provider::{Looked, Place};
use serde::Deserialize;
use serde::de::IntoDeserializer as _;
use serde::de::value::Error;
use std::collections::BTreeMap;
use ts_rs::TS;

/// What can stand in braces in the signed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SignedToken {
    /// The body as it came.
    Body,
    /// The time of signing, as it stands in its place.
    Timestamp,
    /// The method.
    Method,
    /// The secret.
    Secret,
    /// The absolute URL.
    Url,
    /// The path and the query of the URL, with what is not ASCII escaped.
    #[serde(rename = "url.path")]
    UrlPath,
    /// The URL with its query in order, then the fields of a form body like `Params`.
    #[serde(rename = "url.plivo")]
    UrlPlivo,
    /// The fields of a form body: names in order, each with its values, without separators.
    Params,
    /// The CRC-32 of the body, in decimal.
    Crc32,
    /// `{field:NAME}`: a value that the user gives beside the secret.
    Field,
    /// `{line:NAME}`: the name of a member of the JSON body and its value, each with a line feed behind it; nothing where
    /// there is none.
    Line,
    /// `{signed-headers:NAME}`: the headers that this one lists, in order: `name:value;name:value`.
    SignedHeaders,
    /// `{header:NAME}`: a header.
    Header,
    /// `{json:/path}`: a value of the JSON body.
    Json,
    /// `{form:NAME}`: a field of a form body.
    Form,
    /// `{query:NAME}`: a parameter of the URL.
    Query,
    /// `{beside:/path}`: the name of the first member beside this one in the JSON body.
    Beside,
}

impl SignedToken {
    fn named(name: &str) -> Option<Self> {
        let name: serde::de::value::StrDeserializer<'_, Error> = name.into_deserializer();
        Self::deserialize(name).ok()
    }
}

/// What tokens stand for.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) headers: &'a Headers,
    pub(super) body: &'a [u8],
    pub(super) timestamp: Option<&'a str>,
    pub(super) secret: &'a [u8],
    pub(super) fields: &'a [(String, String)],
}

/// What is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Missing {
    Header(String),
    BodyField(String),
    Field(String),
    Timestamp,
    /// Too much is there: whoever reads the request may take another of them than was signed.
    Once(Place),
}

enum Piece<'a> {
    Text(&'a str),
    Token { name: &'a str, argument: &'a str, optional: bool },
}

/// Fills the template in. `{` without `}` stays as it is.
pub(super) fn filled(template: &str, values: &Values<'_>) -> Result<Vec<u8>, Missing> {
    let mut out = Vec::with_capacity(values.body.len() + 200);
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
            Piece::Token { name, argument, optional } => match token(name, argument, values, &mut out) {
                Err(missing) if !optional || matches!(missing, Missing::Once(_)) => return Err(missing),
                _ => {}
            },
        }
    }
    Ok(out)
}

/// Checks that every token is known.
pub(crate) fn check(template: &str) -> Result<(), String> {
    for piece in pieces(template) {
        if let Piece::Token { name, argument, .. } = piece {
            use SignedToken as Token;
            let known = match SignedToken::named(name) {
                None => false,
                Some(Token::Field | Token::Line | Token::SignedHeaders) => !argument.is_empty(),
                Some(Token::Header | Token::Json | Token::Form | Token::Query | Token::Beside) => {
                    format!("{name}:{argument}").parse::<Place>().is_ok()
                }
                Some(_) => argument.is_empty(),
            };
            if !known {
                return Err(format!("{{{name}}} is nothing that can be signed."));
            }
        }
    }
    Ok(())
}

/// True if the template has this token.
pub(crate) fn has(template: &str, wanted: &str) -> bool {
    pieces(template).any(|piece| matches!(piece, Piece::Token { name, .. } if name == wanted))
}

/// True if the URL is part of what is signed.
pub(super) fn signs_url(template: &str) -> bool {
    ["url", "url.path", "url.plivo"].iter().any(|token| has(template, token))
}

fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(inner) = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) else {
            let end = rest.char_indices().skip(1).find(|(_, char)| *char == '{').map_or(rest.len(), |(at, _)| at);
            let (text, left) = rest.split_at(end);
            rest = left;
            return Some(Piece::Text(text));
        };
        let (token, left) = inner;
        rest = left;
        let (name, argument) = token.split_once(':').unwrap_or((token, ""));
        let optional = name.ends_with('?');
        Some(Piece::Token { name: name.trim_end_matches('?'), argument, optional })
    })
}

fn token(name: &str, argument: &str, values: &Values<'_>, out: &mut Vec<u8>) -> Result<(), Missing> {
    use SignedToken as Token;
    match SignedToken::named(name).ok_or_else(|| Missing::Field(name.into()))? {
        Token::Body => out.extend_from_slice(values.body),
        Token::Timestamp => out.extend_from_slice(values.timestamp.ok_or(Missing::Timestamp)?.as_bytes()),
        Token::Method => out.extend_from_slice(values.method.as_bytes()),
        Token::Secret => out.extend_from_slice(values.secret),
        Token::Url => out.extend_from_slice(values.url.as_bytes()),
        Token::UrlPath => out.extend_from_slice(url_forms::encoded_path(values.url).as_bytes()),
        Token::UrlPlivo => out.extend_from_slice(plivo(values).as_bytes()),
        Token::Params => out.extend_from_slice(params(values).as_bytes()),
        Token::Crc32 => out.extend_from_slice(crc32fast::hash(values.body).to_string().as_bytes()),
        Token::Field => {
            let field = values.fields.iter().find(|(key, _)| key == argument);
            out.extend_from_slice(field.ok_or_else(|| Missing::Field(argument.into()))?.1.as_bytes());
        }
        Token::Line => {
            let at = looked(values);
            let place = Place::Json(format!("/{argument}"));
            if let Some(value) = once(&place, at)? {
                out.extend_from_slice(format!("{argument}\n{value}\n").as_bytes());
            }
        }
        Token::SignedHeaders => out.extend_from_slice(signed_headers(argument, values)?.as_bytes()),
        Token::Header | Token::Json | Token::Form | Token::Query | Token::Beside => {
            let place = format!("{name}:{argument}").parse::<Place>().map_err(|_| Missing::Field(name.into()))?;
            let value = once(&place, looked(values))?.ok_or_else(|| missing(&place))?;
            out.extend_from_slice(value.as_bytes());
        }
    }
    Ok(())
}

/// What stands at a place, if no other value stands there too.
fn once(place: &Place, at: Looked<'_>) -> Result<Option<String>, Missing> {
    if place.is_twice(at) { Err(Missing::Once(place.clone())) } else { Ok(place.read(at)) }
}

fn looked<'a>(values: &Values<'a>) -> Looked<'a> {
    Looked { headers: values.headers, body: values.body, url: values.url }
}

/// What to say when nothing stands at a place.
pub(super) fn missing(place: &Place) -> Missing {
    match place.in_head() {
        true => Missing::Header(place.name()),
        false => Missing::BodyField(place.name()),
    }
}

/// The fields of a form body: names in order, the values of one name in order and once each, all without separators.
fn params(values: &Values<'_>) -> String {
    fields(values)
        .into_iter()
        .flat_map(|(name, values)| values.into_iter().map(move |value| name.clone() + &value))
        .collect()
}

fn fields(values: &Values<'_>) -> BTreeMap<String, Vec<String>> {
    let mut sorted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let media = MediaType::parse(values.headers.text("content-type").unwrap_or_default());
    if media.essence == "application/x-www-form-urlencoded" {
        for field in form::body_fields(values.body) {
            sorted.entry(field.name).or_default().push(field.value);
        }
    }
    for values in sorted.values_mut() {
        values.sort();
        values.dedup();
    }
    sorted
}

/// The URL with its query in order, then the form's fields without separators.
fn plivo(values: &Values<'_>) -> String {
    let (base, query) = values.url.split_once('?').unwrap_or((values.url, ""));
    let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    pairs.sort_unstable();
    let params = params(values);
    let mut out = base.to_owned();
    if !pairs.is_empty() || !params.is_empty() {
        out.push('?');
        out.push_str(&pairs.join("&"));
    }
    if !pairs.is_empty() && !params.is_empty() {
        out.push('.');
    }
    out + &params
}

/// `name:value;name:value` of the headers that a header lists.
fn signed_headers(list: &str, values: &Values<'_>) -> Result<String, Missing> {
    let listed = values.headers.text(list).ok_or_else(|| Missing::Header(list.into()))?;
    let mut names: Vec<String> = listed.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    let mut pairs = Vec::with_capacity(names.len());
    for name in names {
        let value = values.headers.text(&name).ok_or_else(|| Missing::Header(name.clone()))?;
        pairs.push(format!("{name}:{value}"));
    }
    Ok(pairs.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_filled_in_is_taken_and_nothing_else() {
        let with_name = "{field:a}{line:a}{signed-headers:a}{header:a}{json:/a}{form:a}{query:a}{beside:/a}{json?:/a}";
        let alone = "{body}{timestamp}{method}{secret}{url}{url.path}{url.plivo}{params}{crc32}";
        assert_eq!(check(&format!("{alone}, {with_name} and {{ alone")), Ok(()));
        for wrong in ["{}", "{Body}", "{body:a}", "{field}", "{json:a}", "{header}", "{url.host}", "{item:t=}"] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}

//! Templates: a text with places for what the captured request says. One pass, nothing is evaluated, and what is put
//! in is never looked at again.

use super::document::Document;
use crate::exchange::{Header, Micros, shown};
use crate::inspect::{JsonPath, query_fields};
use crate::wire::RequestHead;
use std::cell::OnceCell;

/// Bytes of one value that is put in; what is longer is cut.
const VALUE_BYTES: usize = 16 * 1024;

/// Bytes of a text beyond which values are left out.
const FILLED_BYTES: usize = 512 * 1024;

/// Places in one text.
pub(super) const PLACES: usize = 50;

/// What there is, for those who wrote something else.
pub(super) const KNOWN: &str = "{{method}}, {{path}}, {{query.NAME}}, {{header.NAME}}, {{body.PATH}}, {{time}}, \
     {{time.unix}}, {{time.millis}}, {{time.http}}, {{time.date}} and {{uuid}}";

/// A text that was read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(Place),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Method,
    Path,
    Query(String),
    Header(String),
    Body(Vec<String>),
    Time(TimeForm),
    Uuid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TimeForm {
    Iso,
    Unix,
    Millis,
    Http,
    Date,
}

/// What can be put in.
pub(super) struct Values<'a> {
    head: &'a RequestHead,
    document: &'a Document,
    now: Micros,
    query: OnceCell<Vec<Header>>,
}

impl<'a> Values<'a> {
    pub(super) fn new(head: &'a RequestHead, document: &'a Document, now: Micros) -> Self {
        Self { head, document, now, query: OnceCell::new() }
    }

    fn of(&self, place: &Place) -> Vec<u8> {
        let mut value = match place {
            Place::Method => self.head.method.clone().into_bytes(),
            Place::Path => self.head.path().as_bytes().to_vec(),
            Place::Query(name) => {
                let fields = self.query.get_or_init(|| query_fields(&self.head.target));
                let field = fields.iter().find(|field| field.name == *name);
                field.map(|field| field.value.clone().into_bytes()).unwrap_or_default()
            }
            Place::Header(name) => self.head.headers.first(name).map(shown).unwrap_or_default().into_bytes(),
            Place::Body(path) => self.document.text_at(path).unwrap_or_default(),
            Place::Time(form) => time(self.now, *form).into_bytes(),
            Place::Uuid => uuid().into_bytes(),
        };
        value.truncate(VALUE_BYTES);
        value
    }
}

impl Template {
    /// Reads a text. What is in double braces and no place is text.
    pub(super) fn read(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        let mut plain = String::new();
        while let Some(open) = rest.find("{{") {
            // The last opening before the closing: `{{{{uuid}}` holds one place.
            let Some(close) = rest[open..].find("}}").map(|at| open + at) else { break };
            let open = rest[..close].rfind("{{").unwrap_or(open);
            plain.push_str(&rest[..open]);
            match place(rest[open + 2..close].trim()) {
                Some(place) => {
                    pieces.extend((!plain.is_empty()).then(|| Piece::Text(std::mem::take(&mut plain))));
                    pieces.push(Piece::Place(place));
                }
                None => plain.push_str(&rest[open..close + 2]),
            }
            rest = &rest[close + 2..];
        }
        plain.push_str(rest);
        pieces.extend((!plain.is_empty()).then_some(Piece::Text(plain)));
        Self(pieces)
    }

    pub(super) fn places(&self) -> usize {
        self.0.iter().filter(|piece| matches!(piece, Piece::Place(_))).count()
    }

    /// True if it asks for something of the body.
    pub(super) fn reads_body(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Place(Place::Body(_))))
    }

    /// The text with the values put in.
    pub(super) fn fill(&self, values: &Values<'_>) -> Vec<u8> {
        let mut filled = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => filled.extend_from_slice(text.as_bytes()),
                Piece::Place(_) if filled.len() > FILLED_BYTES => {}
                Piece::Place(place) => filled.extend(values.of(place)),
            }
        }
        filled
    }
}

/// What in double braces is no place, the first of it: it goes out as it is, which is seldom meant.
pub(super) fn unknown(text: &str) -> Option<&str> {
    let open = text.find("{{")?;
    let close = open + text[open..].find("}}")?;
    let open = text[..close].rfind("{{").unwrap_or(open);
    match place(text[open + 2..close].trim()) {
        Some(_) => unknown(&text[close + 2..]),
        None => Some(&text[open..close + 2]),
    }
}

fn place(inside: &str) -> Option<Place> {
    let (word, name) = inside.split_once('.').map_or((inside, None), |(word, name)| (word, Some(name)));
    let name = name.filter(|name| !name.is_empty());
    Some(match (word, name) {
        ("method", None) => Place::Method,
        ("path", None) => Place::Path,
        ("uuid", None) => Place::Uuid,
        ("query", Some(name)) => Place::Query(name.to_owned()),
        ("header", Some(name)) => Place::Header(name.to_owned()),
        ("body", Some("$")) => Place::Body(Vec::new()),
        ("body", Some(path)) => Place::Body(JsonPath::read(path)?.to_one_value()?),
        ("time", form) => Place::Time(match form {
            None => TimeForm::Iso,
            Some("unix") => TimeForm::Unix,
            Some("millis") => TimeForm::Millis,
            Some("http") => TimeForm::Http,
            Some("date") => TimeForm::Date,
            Some(_) => return None,
        }),
        _ => return None,
    })
}

fn time(now: Micros, form: TimeForm) -> String {
    let at = jiff::Timestamp::from_microsecond(now).unwrap_or_default();
    match form {
        TimeForm::Iso => at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
        TimeForm::Unix => at.as_second().to_string(),
        TimeForm::Millis => at.as_millisecond().to_string(),
        TimeForm::Http => at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        TimeForm::Date => at.strftime("%Y-%m-%d").to_string(),
    }
}

/// A random UUID (RFC 9562, version 4); all zeros if the system gives no random bytes.
fn uuid() -> String {
    let mut bytes = [0_u8; 16];
    if getrandom::fill(&mut bytes).is_ok() {
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
    }
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

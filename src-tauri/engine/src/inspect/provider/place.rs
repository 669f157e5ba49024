//! Where something stands in a request, written as one text: `header:X-GitHub-Event`, `json:/data/id`, `form:command`,
//! `form:json#/event/event_hash`, `query:token`, `item:t=`, `beside:/update_id`. The form is that of provider files, of the window and of
//! the command line alike.

use super::peek;
use crate::exchange::{Headers, shown};
use crate::inspect::{multipart, query_fields};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// A place in a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, TS)]
#[ts(type = "string")]
pub enum Place {
    /// A header field; a name that ends in `*` is every field whose name starts like it.
    Header(String),
    /// A value of the JSON body, by JSON Pointer (RFC 6901).
    Json(String),
    /// A field of a form or multipart body; with a pointer, a value of the JSON that the field holds.
    Form(String, Option<String>),
    /// A parameter of the URL's query.
    Query(String),
    /// What follows this prefix in the items of the signature's own header.
    Item(String),
    /// The name of the first member that stands beside this one in an object of the JSON body, by JSON Pointer.
    Beside(String),
}

/// Several places whose texts make one number together, written with ` + ` between them: `json:/id + json:/event`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, TS)]
#[ts(type = "string")]
pub struct Joined(pub(super) Vec<Place>);

/// A text that is no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no place: write header:NAME, json:/path, form:NAME, query:NAME, item:PREFIX or beside:/path.")]
pub struct PlaceError(String);

/// What a place is looked up in.
#[derive(Clone, Copy)]
pub(crate) struct Looked<'a> {
    pub(crate) headers: &'a Headers,
    pub(crate) body: &'a [u8],
    pub(crate) url: &'a str,
}

impl Place {
    /// What stands there; None if nothing does. An empty text counts as there.
    pub(crate) fn read(&self, at: Looked<'_>) -> Option<String> {
        match self {
            Self::Header(name) if name.ends_with('*') => self.read_all(at).into_iter().next(),
            Self::Header(name) => at.headers.first(name).map(shown),
            Self::Json(pointer) => peek::scalar(at.body, pointer).map(Cow::into_owned),
            Self::Form(name, None) => form_field(at, name),
            Self::Form(name, Some(pointer)) => {
                let field = form_field(at, name)?;
                peek::scalar(field.as_bytes(), pointer).map(Cow::into_owned)
            }
            Self::Query(name) => query_fields(at.url).into_iter().find(|field| field.name == *name).map(|f| f.value),
            Self::Item(_) => None,
            Self::Beside(pointer) => peek::beside(at.body, pointer).map(Cow::into_owned),
        }
    }

    /// All that stands there: several header fields of one name, or of the names that a `*` covers.
    pub(crate) fn read_all(&self, at: Looked<'_>) -> Vec<String> {
        match self {
            Self::Header(name) => match name.strip_suffix('*') {
                Some(start) => {
                    let fits = |field: &[u8]| {
                        field.get(..start.len()).is_some_and(|front| front.eq_ignore_ascii_case(start.as_bytes()))
                    };
                    at.headers.iter().filter(|(name, _)| fits(name)).map(|(_, value)| shown(value)).collect()
                }
                None => at.headers.all(name).map(shown).collect(),
            },
            _ => self.read(at).into_iter().collect(),
        }
    }

    /// True if more than one value stands there, of which whoever reads the request may take another than is taken here.
    pub(crate) fn is_twice(&self, at: Looked<'_>) -> bool {
        match self {
            Self::Header(name) => {
                let mut all = at.headers.all(name);
                let first = all.next();
                all.any(|value| Some(value) != first)
            }
            Self::Json(pointer) | Self::Beside(pointer) => peek::is_twice(at.body, pointer),
            Self::Form(name, None) => is_form_field_twice(at, name),
            Self::Form(name, Some(pointer)) => {
                let is_twice = |field: String| peek::is_twice(field.as_bytes(), pointer);
                is_form_field_twice(at, name) || form_field(at, name).is_some_and(is_twice)
            }
            Self::Query(name) => query_fields(at.url).iter().filter(|field| field.name == *name).nth(1).is_some(),
            Self::Item(_) => false,
        }
    }

    /// The name to show when nothing stands there: a header's, or the last step of a path.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Header(name) => name.trim_end_matches('*').to_owned(),
            Self::Json(pointer) | Self::Form(_, Some(pointer)) | Self::Beside(pointer) => {
                pointer.rsplit('/').next().unwrap_or_default().to_owned()
            }
            Self::Form(name, None) | Self::Query(name) | Self::Item(name) => name.clone(),
        }
    }

    /// True for a place in the head of the request.
    pub(crate) fn in_head(&self) -> bool {
        matches!(self, Self::Header(_) | Self::Query(_) | Self::Item(_))
    }
}

/// The value of a field of a form or of a multipart body.
fn form_field(at: Looked<'_>, name: &str) -> Option<String> {
    if is_json(at) {
        return None;
    }
    match parts(at) {
        Some(parts) => {
            let part = parts.into_iter().find(|part| part.name.as_deref() == Some(name))?;
            Some(String::from_utf8_lossy(part.content).into_owned())
        }
        None => peek::form_field(at.body, name),
    }
}

/// True if more than one field of a form or of a multipart body has this name.
fn is_form_field_twice(at: Looked<'_>, name: &str) -> bool {
    match parts(at) {
        Some(parts) => parts.iter().filter(|part| part.name.as_deref() == Some(name)).nth(1).is_some(),
        None => !is_json(at) && peek::is_form_field_twice(at.body, name),
    }
}

/// True for a body that begins as JSON: what a stranger wrote into a text there may look like a field.
fn is_json(at: Looked<'_>) -> bool {
    matches!(at.body.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// The parts of a multipart body.
fn parts(at: Looked<'_>) -> Option<Vec<multipart::WholePart<'_>>> {
    let media = super::super::media::MediaType::parse(at.headers.text("content-type").unwrap_or_default());
    let body = &at.body[..at.body.len().min(super::FIELD_LIMIT)];
    media.essence.starts_with("multipart/").then(|| multipart::whole(&media, body).0)
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let error = || PlaceError(text.to_owned());
        let (kind, rest) = text.split_once(':').ok_or_else(error)?;
        if (rest.is_empty() && kind != "item") || rest.len() > 300 {
            return Err(error());
        }
        match kind {
            "header" if rest.chars().all(|c| c.is_ascii_graphic() && c != ':') => Ok(Self::Header(rest.to_owned())),
            "json" if rest.starts_with('/') => Ok(Self::Json(rest.to_owned())),
            "form" => Ok(match rest.split_once('#') {
                Some((name, pointer)) if pointer.starts_with('/') => {
                    Self::Form(name.to_owned(), Some(pointer.to_owned()))
                }
                _ => Self::Form(rest.to_owned(), None),
            }),
            "query" => Ok(Self::Query(rest.to_owned())),
            "item" => Ok(Self::Item(rest.to_owned())),
            "beside" if rest.starts_with('/') => Ok(Self::Beside(rest.to_owned())),
            _ => Err(error()),
        }
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "header:{name}"),
            Self::Json(pointer) => write!(f, "json:{pointer}"),
            Self::Form(name, None) => write!(f, "form:{name}"),
            Self::Form(name, Some(pointer)) => write!(f, "form:{name}#{pointer}"),
            Self::Query(name) => write!(f, "query:{name}"),
            Self::Item(prefix) => write!(f, "item:{prefix}"),
            Self::Beside(pointer) => write!(f, "beside:{pointer}"),
        }
    }
}

impl Joined {
    /// The texts of all its places with `:` between them; None if one of them is not there, or empty.
    pub(super) fn read(&self, at: Looked<'_>) -> Option<String> {
        let texts: Option<Vec<String>> =
            self.0.iter().map(|place| place.read(at).filter(|text| !text.is_empty())).collect();
        texts.map(|texts| texts.join(":"))
    }
}

impl FromStr for Joined {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        text.split(" + ").map(|place| place.trim().parse()).collect::<Result<_, _>>().map(Self)
    }
}

impl Serialize for Joined {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Joined {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Joined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(Place::to_string).collect();
        f.write_str(&texts.join(" + "))
    }
}

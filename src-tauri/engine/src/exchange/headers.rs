//! Header fields as an ordered list that keeps case and duplicates.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One field as text for the eye. Bytes that are not UTF-8 are shown as ISO-8859-1 (RFC 9110, section 5.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Header {
    /// The name in its own case.
    pub name: String,
    /// The value without the white space around it.
    pub value: String,
}

/// The fields of a head in their order, each name in its own case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(Bytes, Bytes)>);

impl Headers {
    /// Adds a field behind the others.
    pub fn push(&mut self, name: impl Into<Bytes>, value: impl Into<Bytes>) {
        self.0.push((name.into(), value.into()));
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(name, value)| (&name[..], &value[..]))
    }

    /// The values of every field of this name, in order. Names are compared without case (RFC 9110, section 5.1).
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }

    /// The value of the first field of this name.
    pub fn first<'a>(&'a self, name: &'a str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The value of the first field of this name, if it is UTF-8.
    pub fn text<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.first(name).and_then(|value| std::str::from_utf8(value).ok())
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is no field.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields as text for the eye.
    pub fn view(&self) -> Vec<Header> {
        self.iter().map(|(name, value)| Header { name: shown(name), value: shown(value) }).collect()
    }
}

/// Header bytes as text: UTF-8 where they are, else ISO-8859-1, so that every byte stays visible.
pub(crate) fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

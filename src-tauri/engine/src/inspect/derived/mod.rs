//! Other formats as trees: each is read into a JSON document that says the same, so that one tree, one search, one
//! table and the filters serve them all. What such a document can't say stands beside it.

mod binary;
mod csv;
mod ndjson;
mod patience;
mod protobuf;
#[cfg(test)]
mod tests;
mod write;
mod xml;

pub(crate) use ndjson::looks_like as looks_like_ndjson;
pub(crate) use protobuf::looks_like as looks_like_protobuf;
pub(crate) use xml::{laid_out as xml_laid_out, xpath};

use super::SyntaxProblem;
use super::json::{Json, problem, read};
use super::media::MediaType;
use super::{BodyKind, ChipKind, ValueChip};
use bytes::Bytes;
use patience::Patience;

/// A format read as a tree.
#[derive(Debug)]
pub(crate) struct Derived {
    pub(crate) json: Json,
    /// Where the format's rules are broken; the tree shows what stands before.
    pub(crate) problem: Option<SyntaxProblem>,
    /// What the tree does not show, in one sentence.
    pub(crate) notice: Option<String>,
    /// What is to be said of values, by where they start, in that order.
    remarks: Vec<(u32, String)>,
}

impl Derived {
    /// Bytes of memory that it takes.
    pub(crate) fn weight(&self) -> usize {
        self.json.text().len() + size_of_val(self.json.nodes()) + size_of_val(&*self.remarks)
    }
}

/// What a reader of a format writes down.
#[derive(Debug, Default)]
struct Draft {
    /// A JSON document.
    text: Vec<u8>,
    /// The byte of the body where its rules are broken, and how.
    broken: Option<(usize, String)>,
    notice: Option<String>,
    remarks: Vec<(u32, String)>,
}

impl Draft {
    /// Notes something of the value that is written next.
    fn remark(&mut self, words: impl Into<String>) {
        self.remarks.push((u32::try_from(self.text.len()).unwrap_or(u32::MAX), words.into()));
    }
}

impl Derived {
    /// Reads a body of a kind that has such a tree. `decoded` is the body with its codings off, `text` the same in
    /// UTF-8. None if the kind has none, or the tree would be too large.
    pub(crate) fn of(kind: BodyKind, media: &MediaType, decoded: &Bytes, text: &Bytes) -> Option<Self> {
        let patience = Patience::default();
        let (draft, body) = match kind {
            BodyKind::Ndjson => (ndjson::read_lines(text, patience), text),
            BodyKind::Csv => (csv::read_rows(text, media, patience), text),
            BodyKind::Xml => (xml::read_elements(text, patience), text),
            BodyKind::Protobuf => (protobuf::read_fields(decoded, media, patience), decoded),
            BodyKind::Msgpack => (binary::read_msgpack(decoded), decoded),
            BodyKind::Cbor => (binary::read_cbor(decoded), decoded),
            _ => return None,
        };
        let Draft { text, broken, notice, mut remarks } = draft;
        let json = read(&text.into(), 0).ok()?;
        let repeats = matches!(kind, BodyKind::Xml | BodyKind::Protobuf);
        remarks.sort_by_key(|(start, _)| *start);
        Some(Self {
            json: if repeats { json.with_repeated_keys() } else { json },
            problem: broken.map(|(at, message)| problem(body, 0, at.min(body.len()), message)),
            notice,
            remarks,
        })
    }

    /// What is to be said of the value that starts here.
    pub(crate) fn chips(&self, start: u32) -> impl Iterator<Item = ValueChip> + '_ {
        let from = self.remarks.partition_point(|(at, _)| *at < start);
        let own = self.remarks[from..].iter().take_while(move |(at, _)| *at == start);
        own.map(|(_, words)| ValueChip { kind: ChipKind::Wire, text: words.clone(), at: None })
    }
}

//! Other formats as trees: each is read into a JSON document that says the same, so that one tree, one search, one
//! table and the filters serve them all. What such a document can't say stands beside it.

mod binary;
mod csv;
mod draft;
mod ndjson;
mod patience;
mod protobuf;
#[cfg(test)]
mod tests;
mod write;
mod xml;

pub(crate) use ndjson::looks_like as looks_like_ndjson;
pub(crate) use protobuf::looks_like as looks_like_protobuf;
pub(crate) use xml::{laid_out as xml_laid_out, laid_out_size as xml_laid_out_size, xpath};

use super::SyntaxProblem;
use super::json::{Json, problem, read};
use super::media::MediaType;
use super::tree::cut_text;
use super::{BodyKind, ChipKind, ValueChip};
use bytes::Bytes;
use draft::{Draft, Remarks};

/// A format read as a tree.
#[derive(Debug)]
pub(crate) struct Derived {
    pub(crate) json: Json,
    /// Where the format's rules are broken; the tree shows what stands before.
    pub(crate) problem: Option<SyntaxProblem>,
    /// What the tree does not show, in one sentence.
    pub(crate) notice: Option<String>,
    /// What is to be said of values, by where they start, in that order.
    remarks: Remarks,
}

/// Characters of a problem that are told: it may name an element, whose name has no end.
const PROBLEM: usize = 300;

impl Derived {
    /// Bytes of memory that it takes.
    pub(crate) fn weight(&self) -> usize {
        self.json.text().len() + size_of_val(self.json.nodes()) + self.remarks.weight()
    }
}

impl Derived {
    /// Reads a body of a kind that has such a tree. `decoded` is the body with its codings off, `text` the same in
    /// UTF-8. None if the kind has none, or the tree would be too large.
    pub(crate) fn of(kind: BodyKind, media: &MediaType, decoded: &Bytes, text: &Bytes) -> Option<Self> {
        let body = if kind.is_text() { text } else { decoded };
        let mut draft = Draft::of(body.len());
        match kind {
            BodyKind::Ndjson => ndjson::read_lines(text, &mut draft),
            BodyKind::Csv => csv::read_rows(text, media, &mut draft),
            BodyKind::Xml => xml::read_elements(text, &mut draft),
            BodyKind::Protobuf => protobuf::read_fields(decoded, media, &mut draft),
            BodyKind::Msgpack => binary::read_msgpack(decoded, &mut draft),
            BodyKind::Cbor => binary::read_cbor(decoded, &mut draft),
            _ => return None,
        }
        let Draft { text, broken, notice, mut remarks, .. } = draft;
        let json = read(&text.into(), 0).ok()?;
        let repeats = matches!(kind, BodyKind::Xml | BodyKind::Protobuf);
        remarks.said.sort_by_key(|(start, _)| *start);
        Some(Self {
            json: if repeats { json.with_repeated_keys() } else { json },
            problem: broken.map(|(at, message)| problem(body, 0, at.min(body.len()), shortened(&message))),
            notice,
            remarks,
        })
    }

    /// What is to be said of the value that starts here.
    pub(crate) fn chips(&self, start: u32) -> impl Iterator<Item = ValueChip> + '_ {
        let said = &self.remarks.said;
        let from = said.partition_point(|(at, _)| *at < start);
        let own = said[from..].iter().take_while(move |(at, _)| *at == start);
        own.map(|(_, words)| ValueChip { kind: ChipKind::Wire, text: words.clone().into_owned(), at: None })
    }
}

fn shortened(message: &str) -> String {
    let (front, cut) = cut_text(message.as_bytes(), PROBLEM);
    if cut { front + "…" } else { front }
}

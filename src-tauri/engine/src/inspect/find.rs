//! Finds a text in the views of a body, without case.

use super::FindResult;
use super::json::{Json, unescaped};
use super::rows::Rows;
use regex::bytes::{Regex, RegexBuilder};
use std::borrow::Cow;

/// Rows or nodes that are found at most.
const HITS_LIMIT: usize = 10_000;

/// Characters of a needle at most.
const NEEDLE_LIMIT: usize = 1_000;

/// Memory that a compiled needle may take: case folding makes a class of every letter.
const NEEDLE_SIZE: usize = 16 * 1024 * 1024;

/// A text that is looked for, without case (Unicode simple case folding).
pub(crate) struct Needle(Regex);

impl Needle {
    /// None if it is too long to be looked for.
    pub(crate) fn new(text: &str) -> Option<Self> {
        if text.chars().nth(NEEDLE_LIMIT).is_some() {
            return None;
        }
        let pattern = regex::escape(text);
        RegexBuilder::new(&pattern).case_insensitive(true).size_limit(NEEDLE_SIZE).build().ok().map(Self)
    }

    /// The rows that a hit starts in.
    pub(crate) fn rows(&self, rows: &Rows) -> FindResult {
        let mut result = FindResult { hits: Vec::new(), more: false };
        for found in self.0.find_iter(rows.text()) {
            let row = rows.row_at(found.start());
            if result.hits.last() == Some(&row) {
                continue;
            }
            if result.hits.len() == HITS_LIMIT {
                result.more = true;
                break;
            }
            result.hits.push(row);
        }
        result
    }

    /// The nodes whose key or scalar holds it, as they stand or with their escapes undone.
    pub(crate) fn nodes(&self, json: &Json) -> FindResult {
        let mut result = FindResult { hits: Vec::new(), more: false };
        for node in json.nodes() {
            let key = json.raw_key(node).is_some_and(|key| self.holds(key));
            if !key && (node.is_container() || !self.holds(json.bytes(node))) {
                continue;
            }
            if result.hits.len() == HITS_LIMIT {
                result.more = true;
                break;
            }
            result.hits.push(u64::from(node.start));
        }
        result
    }

    /// The parts of whose texts one holds it; no more are read than are found at most.
    pub(crate) fn parts<'a>(&self, parts: impl Iterator<Item = Vec<Cow<'a, [u8]>>>) -> FindResult {
        let holds = |texts: &[Cow<'_, [u8]>]| texts.iter().any(|text| self.0.is_match(text));
        let found = parts.enumerate().filter(|(_, texts)| holds(texts));
        FindResult { hits: found.map(|(place, _)| place as u64).collect(), more: false }
    }

    fn holds(&self, bytes: &[u8]) -> bool {
        self.0.is_match(bytes) || (memchr::memchr(b'\\', bytes).is_some() && self.0.is_match(&unescaped(bytes)))
    }
}

//! Finds a text in the views of a body, without case.

use super::FindResult;
use super::json::{Json, unescaped};
use super::rows::Rows;
use regex::bytes::{Regex, RegexBuilder};
use std::borrow::Cow;
use std::time::{Duration, Instant};

/// Rows or nodes that are found at most.
const HITS_LIMIT: usize = 10_000;

/// Characters of a needle at most.
const NEEDLE_LIMIT: usize = 1_000;

/// Memory that a compiled needle may take: case folding makes a class of every letter.
const NEEDLE_SIZE: usize = 16 * 1024 * 1024;

/// The time that one search may take: it is asked for anew with every pause of the typing.
const TIME: Duration = Duration::from_secs(1);

/// Bytes that are searched between two looks at the clock, and values that are.
const WINDOW: usize = 256 * 1024;
const VALUES: u32 = 1_024;

/// A text that is looked for, without case (Unicode simple case folding).
pub(crate) struct Needle {
    pattern: Regex,
    /// Bytes of what it matches, at most.
    longest: usize,
}

impl Needle {
    /// None if it is too long to be looked for.
    pub(crate) fn new(text: &str) -> Option<Self> {
        if text.chars().nth(NEEDLE_LIMIT).is_some() {
            return None;
        }
        let pattern = regex::escape(text);
        let pattern = RegexBuilder::new(&pattern).case_insensitive(true).size_limit(NEEDLE_SIZE).build().ok()?;
        // A letter in the other case may take more bytes.
        Some(Self { pattern, longest: text.chars().count() * char::MAX.len_utf8() })
    }

    /// The rows that a hit starts in.
    pub(crate) fn rows(&self, rows: &Rows) -> FindResult {
        let mut hits = Hits::default();
        let mut walk = rows.walk();
        let mut from = 0;
        while let Some(start) = self.first(rows.text(), from, &mut hits) {
            let row = walk.to(start);
            from = walk.next();
            if !hits.take(row) || hits.time_is_up() {
                break;
            }
        }
        hits.result()
    }

    /// The nodes whose key or scalar holds it, as they stand or with their escapes undone.
    pub(crate) fn nodes(&self, json: &Json) -> FindResult {
        let mut hits = Hits::default();
        for node in json.nodes() {
            let held = json.raw_key(node).is_some_and(|key| self.holds(key, &mut hits))
                || (!node.is_container() && self.holds(json.bytes(node), &mut hits));
            if hits.is_over() || (held && !hits.take(u64::from(node.start))) {
                break;
            }
        }
        hits.result()
    }

    /// The parts of whose texts one holds it; no more are read than are found at most.
    pub(crate) fn parts<'a>(&self, parts: impl Iterator<Item = Vec<Cow<'a, [u8]>>>) -> FindResult {
        let mut hits = Hits::default();
        for (place, texts) in parts.enumerate() {
            let held = texts.iter().any(|text| self.first(text, 0, &mut hits).is_some());
            if hits.is_over() || (held && !hits.take(place as u64)) {
                break;
            }
        }
        hits.result()
    }

    fn holds(&self, bytes: &[u8], hits: &mut Hits) -> bool {
        self.first(bytes, 0, hits).is_some()
            || (memchr::memchr(b'\\', bytes).is_some() && self.first(&unescaped(bytes), 0, hits).is_some())
    }

    /// Where the first hit starts, from a byte on; none once the time is up.
    fn first(&self, text: &[u8], mut from: usize, hits: &mut Hits) -> Option<usize> {
        loop {
            let end = text.len().min(from.saturating_add(WINDOW));
            if let Some(found) = self.pattern.find_at(&text[..end], from) {
                return Some(found.start());
            }
            if end == text.len() || hits.time_is_up() {
                return None;
            }
            // A hit may stand across the end.
            from = end - self.longest;
        }
    }
}

/// What is found, within its bounds.
struct Hits {
    found: Vec<u64>,
    more: bool,
    end: Instant,
    steps: u32,
}

impl Default for Hits {
    fn default() -> Self {
        Self { found: Vec::new(), more: false, end: Instant::now() + TIME, steps: 0 }
    }
}

impl Hits {
    /// Takes a place; false once there are too many.
    fn take(&mut self, place: u64) -> bool {
        if self.found.len() == HITS_LIMIT {
            self.more = true;
        } else {
            self.found.push(place);
        }
        !self.more
    }

    /// Counts a step; true once there is no more to be looked for. The clock is looked at now and then.
    fn is_over(&mut self) -> bool {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(VALUES) {
            self.time_is_up();
        }
        self.more
    }

    /// True once the time is up; there may be more then.
    fn time_is_up(&mut self) -> bool {
        self.more |= Instant::now() > self.end;
        self.more
    }

    fn result(self) -> FindResult {
        FindResult { hits: self.found, more: self.more }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::json::read;

    #[test]
    fn a_search_that_takes_long_says_that_there_may_be_more() {
        let needle = Needle::new("b").unwrap();
        let late = || Hits { end: Instant::now().checked_sub(TIME).unwrap(), ..Hits::default() };
        let text = [&b"a".repeat(WINDOW)[..], b"b"].concat();
        let mut hits = late();
        assert_eq!((needle.first(&text, 0, &mut hits), hits.result().more), (None, true));
        let mut hits = late();
        assert!((0..VALUES).any(|_| hits.is_over()), "the clock is looked at between small values, too");
        let json = read(&text.len().to_string().into(), 0).unwrap();
        assert!(!needle.nodes(&json).more, "what ends in time is all there is");
    }
}

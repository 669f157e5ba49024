//! Where two texts differ, for the side-by-side view: lines first, then words inside the lines that changed.

use super::edit::{Edit, Found};
use super::{TIME_LIMIT, TextChanges};
use imara_diff::{Algorithm, Diff, Hunk, InternedInput, Token};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Lines up to which the stretches that differ are put where a reader would put them.
const NICE_LIMIT: usize = 20_000;

/// Bytes of a changed stretch whose words are compared.
const REFINE_LIMIT: usize = 256 * 1024;

/// The time after which changed stretches are no longer refined.
const REFINE_TIME: Duration = Duration::from_secs(1);

/// The changes that are listed; what follows the last of them is one change.
const CHANGES_LIMIT: usize = 25_000;

/// Where `a` and `b` differ, in UTF-16 offsets.
pub fn text_changes(a: &str, b: &str) -> TextChanges {
    let Found { hunks, coarse } = line_hunks(a, b);
    let mut list = List { changes: Vec::new(), end: Instant::now() + REFINE_TIME, refined: !coarse };
    let mut hunks = hunks.into_iter();
    let (lines_a, lines_b) = (Offsets::new(a), Offsets::new(b));
    for hunk in hunks.by_ref().take(CHANGES_LIMIT) {
        list.hunk(&hunk, (a, &lines_a), (b, &lines_b));
    }
    let mut notice = None;
    if let Some(next) = hunks.next() {
        list.changes.truncate(CHANGES_LIMIT);
        list.rest((lines_a.at(next.before.start).1, lines_b.at(next.after.start).1), (utf16(a), utf16(b)));
        notice = Some(format!("There are more than {CHANGES_LIMIT} changes; the rest is shown as one."));
    }
    if !list.refined && notice.is_none() {
        notice = Some("Some changes are shown as whole lines: they are too long to be compared word by word.".into());
    }
    TextChanges { changes: list.changes, notice }
}

/// The lines that differ. Where there are not too many, the stretches are put where a reader would put them.
fn line_hunks(a: &str, b: &str) -> Found {
    let input = InternedInput::new(a, b);
    if input.before.len().max(input.after.len()) > NICE_LIMIT {
        let (before, after, tokens) = (&input.before, &input.after, input.interner.num_tokens());
        return Edit { before, after, tokens, end: Instant::now() + TIME_LIMIT }.found();
    }
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    Found { hunks: diff.hunks().collect(), coarse: false }
}

fn utf16(text: &str) -> u32 {
    let units = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// Where the lines of a text start: the byte, and the UTF-16 unit.
struct Offsets(Vec<(usize, u32)>);

impl Offsets {
    fn new(text: &str) -> Self {
        let mut at = (0, 0);
        let mut starts = vec![at];
        for line in text.split_inclusive('\n') {
            at = (at.0 + line.len(), at.1 + utf16(line));
            starts.push(at);
        }
        Self(starts)
    }

    fn at(&self, line: u32) -> (usize, u32) {
        self.0.get(line as usize).copied().unwrap_or_else(|| self.end())
    }

    fn end(&self) -> (usize, u32) {
        self.0.last().copied().unwrap_or_default()
    }
}

struct List {
    changes: Vec<(u32, u32, u32, u32)>,
    end: Instant,
    refined: bool,
}

impl List {
    fn hunk(&mut self, hunk: &Hunk, (a, lines_a): (&str, &Offsets), (b, lines_b): (&str, &Offsets)) {
        let (from_a, to_a) = (lines_a.at(hunk.before.start), lines_a.at(hunk.before.end));
        let (from_b, to_b) = (lines_b.at(hunk.after.start), lines_b.at(hunk.after.end));
        let (old, new) = (&a[from_a.0..to_a.0], &b[from_b.0..to_b.0]);
        if old.is_empty() || new.is_empty() {
            self.push((from_a.1, to_a.1, from_b.1, to_b.1));
            return;
        }
        let front: usize = old.chars().zip(new.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum();
        let (old_rest, new_rest) = (&old[front..], &new[front..]);
        let back = old_rest.chars().rev().zip(new_rest.chars().rev()).take_while(|(a, b)| a == b);
        let back: usize = back.map(|(c, _)| c.len_utf8()).sum();
        let (old_mid, new_mid) = (&old_rest[..old_rest.len() - back], &new_rest[..new_rest.len() - back]);
        let start = utf16(&old[..front]);
        let (from_a, from_b) = (from_a.1 + start, from_b.1 + start);
        let small = old_mid.len().max(new_mid.len()) <= REFINE_LIMIT;
        if !small || self.changes.len() >= CHANGES_LIMIT || Instant::now() > self.end {
            self.refined = false;
            self.push((from_a, from_a + utf16(old_mid), from_b, from_b + utf16(new_mid)));
        } else {
            self.words((old_mid, from_a), (new_mid, from_b));
        }
    }

    fn words(&mut self, (old, from_a): (&str, u32), (new, from_b): (&str, u32)) {
        let mut known: HashMap<&str, u32> = HashMap::new();
        let (old, new) = (words(old), words(new));
        let mut token = |word| {
            let next = known.len() as u32;
            Token(*known.entry(word).or_insert(next))
        };
        let before: Vec<Token> = old.iter().map(|word| token(word)).collect();
        let after: Vec<Token> = new.iter().map(|word| token(word)).collect();
        let mut diff = Diff::default();
        diff.compute_with(Algorithm::Myers, &before, &after, known.len() as u32);
        let (mut at_a, mut at_b) = (0, 0);
        let (mut a, mut b) = (from_a, from_b);
        for hunk in diff.hunks() {
            a += units(&old[at_a..hunk.before.start as usize]);
            b += units(&new[at_b..hunk.after.start as usize]);
            (at_a, at_b) = (hunk.before.end as usize, hunk.after.end as usize);
            let (end_a, end_b) =
                (a + units(&old[hunk.before.start as usize..at_a]), b + units(&new[hunk.after.start as usize..at_b]));
            self.push((a, end_a, b, end_b));
            (a, b) = (end_a, end_b);
        }
    }

    fn push(&mut self, change: (u32, u32, u32, u32)) {
        self.changes.push(change);
    }

    /// One change from here to the end of both texts, in place of those that lie behind.
    fn rest(&mut self, from: (u32, u32), end: (u32, u32)) {
        let from = match self.changes.last() {
            Some(&(_, a, _, b)) if self.changes.len() == CHANGES_LIMIT => (a, b),
            _ => from,
        };
        self.push((from.0, end.0, from.1, end.1));
    }
}

fn units(words: &[&str]) -> u32 {
    words.iter().map(|word| utf16(word)).sum()
}

/// Runs of letters and digits; every other character is a word of its own.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match first.is_alphanumeric() {
            true => rest.find(|char: char| !char.is_alphanumeric()).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (word, left) = rest.split_at(end);
        words.push(word);
        rest = left;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Makes `b` out of `a` and the changes; every change must be in order and apart.
    fn apply(a: &str, b: &str, changes: &TextChanges) -> String {
        let (a, b): (Vec<u16>, Vec<u16>) = (a.encode_utf16().collect(), b.encode_utf16().collect());
        let mut made = Vec::new();
        let (mut at_a, mut at_b) = (0, 0);
        for &(from_a, to_a, from_b, to_b) in &changes.changes {
            assert!(at_a <= from_a && from_a <= to_a && at_b <= from_b && from_b <= to_b);
            made.extend_from_slice(&a[at_a as usize..from_a as usize]);
            made.extend_from_slice(&b[from_b as usize..to_b as usize]);
            (at_a, at_b) = (to_a, to_b);
        }
        made.extend_from_slice(&a[at_a as usize..]);
        String::from_utf16(&made).unwrap()
    }

    proptest! {
        #[test]
        fn the_changes_lead_from_one_text_to_the_other(a in "([ab é😀\"\n]|foo|bar){0,40}", b in "([ab é😀\"\n]|foo|bar){0,40}") {
            prop_assert_eq!(apply(&a, &b, &text_changes(&a, &b)), b);
            prop_assert_eq!(text_changes(&a, &a).changes, []);
        }
    }

    #[test]
    fn finds_the_word_in_the_line() {
        let changes =
            text_changes("{\n  \"a\": 1,\n  \"😀\": \"old word\"\n}", "{\n  \"a\": 1,\n  \"😀\": \"new word\"\n}");
        assert_eq!(changes.changes, [(21, 24, 21, 24)]);
    }

    #[test]
    fn bounds_the_changes() {
        let text = |from: usize| (from..from + 120_000).map(|n| format!("{}\n", n / 2 * (n % 2))).collect::<String>();
        let (a, b) = (text(0), text(100_001));
        let changes = text_changes(&a, &b);
        assert!(changes.changes.len() <= CHANGES_LIMIT + 1, "{}", changes.changes.len());
        assert_eq!(apply(&a, &b, &changes), b);
    }
}

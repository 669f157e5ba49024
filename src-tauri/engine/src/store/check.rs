//! What can only be told by reading an exchange: words not indexed yet, phrases, headers, values in bodies.

use super::filter::is_of_a_word;
use crate::exchange::ExchangeId;
use crate::wire::LooseHead;
use bytes::Bytes;
use regex::Regex;
use serde_json::Value;

/// A value as it is typed in a filter: without `*` it must be equal, with `*` it is a pattern; case does not matter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pattern(String);

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// For SQLite's GLOB over lower-case text; None if it has no `*`.
    pub(super) fn glob(&self) -> Option<String> {
        let escape = |text: &str| text.to_lowercase().replace('[', "[[]").replace('?', "[?]");
        self.0.contains('*').then(|| escape(&self.0))
    }

    fn regex(&self) -> Option<Regex> {
        let parts: Vec<String> = self.0.split('*').map(regex::escape).collect();
        Regex::new(&format!("(?is)^{}$", parts.join(".*"))).ok()
    }

    /// The words that any text it fits must have. Those beside a `*` may be cut, so they are left out.
    pub(super) fn words(&self) -> Vec<String> {
        let parts: Vec<&str> = self.0.split('*').collect();
        let last = parts.len() - 1;
        let mut words = Vec::new();
        for (place, part) in parts.into_iter().enumerate() {
            let whole_start = place == 0 || part.starts_with(|c: char| !is_of_a_word(c));
            let whole_end = place == last || part.ends_with(|c: char| !is_of_a_word(c));
            let found = super::filter::phrase_words(part);
            let end = found.len().saturating_sub(usize::from(!whole_end));
            words.extend(found.into_iter().take(end).skip(usize::from(!whole_start)));
        }
        words
    }
}

/// What is looked at.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Check {
    /// Each stands at the start of a word.
    Words(Vec<String>),
    /// It stands somewhere, lower case.
    Phrase(String),
    /// A header of either message fits.
    Header { name: String, value: Pattern },
    /// A value in either body, taken as JSON, fits.
    Body { path: String, value: Pattern },
    /// The index has answered for exchanges up to this one.
    UnlessIndexed(ExchangeId, Box<Check>),
    /// It does not hold.
    Not(Box<Check>),
}

/// An exchange as far as checks read it.
#[derive(Debug, Default)]
pub(super) struct Candidate {
    pub(super) id: ExchangeId,
    /// The heads of the request and of the response.
    pub(super) heads: [Bytes; 2],
    /// The starts of the bodies, decoded.
    pub(super) bodies: [Bytes; 2],
    /// Everything that is searched, as text.
    pub(super) text: String,
}

impl Check {
    pub(super) fn not(check: Self) -> Self {
        Self::Not(Box::new(check))
    }

    /// Whether it can be told without reading the exchange.
    pub(super) fn is_answered(&self, id: ExchangeId) -> bool {
        matches!(self, Self::UnlessIndexed(upto, _) if id <= *upto)
    }

    pub(super) fn holds(&self, candidate: &Candidate) -> bool {
        match self {
            Self::Words(words) => {
                let text = candidate.text.to_lowercase();
                words.iter().all(|word| starts_a_word(&text, word))
            }
            Self::Phrase(phrase) => candidate.text.to_lowercase().contains(phrase),
            Self::Header { name, value } => value.regex().is_some_and(|fits| {
                candidate.heads.iter().any(|head| {
                    LooseHead::parse(head).headers.all(name).any(|value| fits.is_match(&String::from_utf8_lossy(value)))
                })
            }),
            Self::Body { path, value } => {
                value.regex().is_some_and(|fits| candidate.bodies.iter().any(|body| body_value_fits(body, path, &fits)))
            }
            Self::UnlessIndexed(upto, check) => candidate.id <= *upto || check.holds(candidate),
            Self::Not(check) => !check.holds(candidate),
        }
    }
}

fn starts_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[..at].chars().next_back().is_some_and(is_of_a_word))
}

/// `a.b[0].c`, with or without `$.` before it; `*` stands for every member or element.
fn body_value_fits(body: &[u8], path: &str, fits: &Regex) -> bool {
    let Ok(document) = serde_json::from_slice::<Value>(body) else { return false };
    let path = path.strip_prefix("$.").or(path.strip_prefix('$')).unwrap_or(path).replace('[', ".").replace(']', "");
    let mut found = vec![&document];
    for step in path.split('.').filter(|step| !step.is_empty()) {
        found = found.into_iter().flat_map(|value| members(value, step)).collect();
    }
    found.into_iter().any(|value| match value {
        Value::String(text) => fits.is_match(text),
        Value::Object(_) | Value::Array(_) => false,
        scalar => fits.is_match(&scalar.to_string()),
    })
}

fn members<'v>(value: &'v Value, step: &str) -> Vec<&'v Value> {
    match (value, step) {
        (Value::Object(members), "*") => members.values().collect(),
        (Value::Array(elements), "*") => elements.iter().collect(),
        (Value::Object(members), name) => members.get(name).into_iter().collect(),
        (Value::Array(elements), place) => {
            place.parse::<usize>().ok().and_then(|place| elements.get(place)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &'static str) -> Candidate {
        Candidate { bodies: [Bytes::from_static(text.as_bytes()), Bytes::new()], ..Candidate::default() }
    }

    fn holds(path: &str, value: &str, text: &'static str) -> bool {
        Check::Body { path: path.into(), value: Pattern::new(value) }.holds(&body(text))
    }

    #[test]
    fn a_body_value_is_compared_digit_by_digit() {
        let text = r#"{"a":{"id":9007199254740993,"list":[{"n":"x"},{"n":"Yes"}]}}"#;
        assert!(holds("a.id", "9007199254740993", text));
        assert!(!holds("a.id", "9007199254740992", text));
        assert!(holds("$.a.list[1].n", "yes", text));
        assert!(holds("a.list.*.n", "y*", text));
        assert!(!holds("a", "*", text));
    }

    #[test]
    fn words_beside_a_star_are_not_asked_of_the_index() {
        assert_eq!(Pattern::new("GitHub-Hookshot/*").words(), ["github", "hookshot"]);
        assert_eq!(Pattern::new("git*shot/abc d*").words(), ["abc"]);
        assert_eq!(Pattern::new("exact words").words(), ["exact", "words"]);
        assert!(Pattern::new("*").words().is_empty());
    }
}

//! Help while a filter is typed: what is wrong with it, and what may be meant.

use super::keys::KEYS;
use super::values::STATES;
use super::{Filter, Pattern, words};
use crate::store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Suggestions at most.
const AT_MOST: usize = 12;

/// Asks what is wrong with a filter and how it may go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FilterQuery {
    /// What is typed so far.
    pub text: String,
    /// Where the caret stands, in UTF-16 units.
    pub caret: u32,
}

/// What is wrong with a filter and how it may go on. Places are in UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FilterReading {
    /// The first term that can't be read.
    pub problem: Option<FilterProblemView>,
    /// Where the term under the caret starts: suggestions take its place.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What may be meant, the likeliest first.
    pub suggestions: Vec<Suggestion>,
}

/// Why a filter can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FilterProblemView {
    /// Where the term starts.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// A term that may be meant, or the start of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Suggestion {
    /// What takes the place of the term.
    pub text: String,
    /// What it is.
    pub detail: String,
}

impl Store {
    /// Reads a filter while it is typed.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn read_filter(&self, query: &FilterQuery) -> Result<FilterReading, StoreError> {
        let caret = byte_of(&query.text, query.caret);
        let words = words::words(&query.text);
        let word = words.iter().find(|word| word.at <= caret && caret <= word.end());
        let (from, to) = word.map_or((caret, caret), |word| (word.at, word.end()));
        let typed = &query.text[from..caret.max(from)];
        let place = |byte: usize| query.text[..byte].encode_utf16().count() as u32;
        let problem = Filter::parse(&query.text).err().map(|problem| FilterProblemView {
            from: place(problem.from),
            to: place(problem.to),
            message: problem.message,
        });
        let suggestions = self.suggestions(typed).await?;
        Ok(FilterReading { problem, from: place(from), to: place(to), suggestions })
    }

    async fn suggestions(&self, typed: &str) -> Result<Vec<Suggestion>, StoreError> {
        let (minus, rest) = typed.strip_prefix('-').map_or(("", typed), |rest| ("-", rest));
        let Some((key, value)) = words::keyed(rest) else { return self.keys(minus, rest).await };
        let typed = Pattern::read(value).exact().unwrap_or(value).to_lowercase();
        let all = self.values(key).await?;
        let fitting = |(value, _): &(String, String)| value.to_lowercase().contains(&typed);
        let mut fitting: Vec<_> = all.into_iter().filter(fitting).collect();
        fitting.sort_by_key(|(value, _)| !value.to_lowercase().starts_with(&typed));
        let suggestion = |(value, detail): (String, String)| {
            let is_operator = value.starts_with(['>', '<']);
            let value = if is_operator { value } else { Pattern::literal(&value).to_string() };
            Suggestion { text: format!("{minus}{key}:{value}"), detail }
        };
        Ok(fitting.into_iter().take(AT_MOST).map(suggestion).collect())
    }

    /// Keys that start as typed, and names behind `header.` and `body.`.
    async fn keys(&self, minus: &str, typed: &str) -> Result<Vec<Suggestion>, StoreError> {
        let named = match typed.split_once('.') {
            Some(("header", start)) => Some(("header", start, self.header_names().await?)),
            Some(("body", start)) => Some(("body", start.trim_start_matches("$."), self.body_paths().await?)),
            _ => None,
        };
        if let Some((key, start, names)) = named {
            let start = start.to_lowercase();
            let fitting = names.into_iter().filter(|name| name.to_lowercase().starts_with(&start));
            let suggestion = |name| Suggestion { text: format!("{minus}{key}.{name}:"), detail: String::new() };
            return Ok(fitting.take(AT_MOST).map(suggestion).collect());
        }
        let typed = typed.to_lowercase();
        let fitting = KEYS.iter().filter(|key| key.name.starts_with(&typed));
        let colon = |name: &str| if name.ends_with('.') { "" } else { ":" };
        let suggestion = |key: &super::keys::Key| Suggestion {
            text: format!("{minus}{}{}", key.name, colon(key.name)),
            detail: key.doc.to_owned(),
        };
        Ok(fitting.take(AT_MOST + 4).map(suggestion).collect())
    }

    /// Values that a key can have, with what they are.
    async fn values(&self, key: &str) -> Result<Vec<(String, String)>, StoreError> {
        let plain = |values: Vec<String>| values.into_iter().map(|value| (value, String::new())).collect();
        let fixed = |values: &[(&str, &str)]| {
            values.iter().map(|(value, detail)| ((*value).to_owned(), (*detail).to_owned())).collect()
        };
        Ok(match key {
            "source" => plain(self.source_names().await?),
            "type" => plain(self.event_types().await?),
            "tag" => plain(self.tags().await?.into_iter().map(|tag| tag.name).collect()),
            "is" => STATES.iter().map(|(word, _, doc)| ((*word).to_owned(), (*doc).to_owned())).collect(),
            "has" => fixed(&[("note", "a note of yours"), ("tag", "a tag of yours")]),
            "direction" => fixed(&[("push", "a service called us"), ("pull", "we called a service")]),
            "method" => fixed(&[("GET", ""), ("POST", ""), ("PUT", ""), ("PATCH", ""), ("DELETE", "")]),
            "status" => fixed(&[
                ("2xx", "done"),
                ("3xx", "elsewhere"),
                ("4xx", "the caller's fault"),
                ("5xx", "the server's fault"),
                (">=400", "any failure"),
                ("none", "no answer"),
            ]),
            "since" => {
                fixed(&[("15m", "15 minutes"), ("1h", "an hour"), ("today", ""), ("24h", "a day"), ("7d", "a week")])
            }
            "before" => fixed(&[("1h", "an hour ago"), ("today", ""), ("7d", "a week ago"), ("30d", "30 days ago")]),
            "larger" | "smaller" => fixed(&[("1k", ""), ("10k", ""), ("100k", ""), ("1m", "")]),
            _ => Vec::new(),
        })
    }
}

/// The byte where a UTF-16 unit stands.
fn byte_of(text: &str, unit: u32) -> usize {
    let mut units = 0;
    for (at, character) in text.char_indices() {
        if units >= unit {
            return at;
        }
        units += character.len_utf16() as u32;
    }
    text.len()
}

//! The search language: free text and `key:value` terms, `-` negates, quotes group. One language for the list, counts,
//! exports and the command line.
//!
//! ```text
//! text ─ words (places, quotes) ─ terms (what each asks for) ─ plan (SQL, index words, checks) ─ list, count, export
//! ```

mod fold;
mod help;
mod keys;
mod number;
mod plan;
mod values;
mod words;

pub(super) use fold::{folded, index_words, is_of_a_word};
pub use help::{FilterProblemView, FilterQuery, FilterReading, Suggestion};
pub(super) use number::Decimal;
pub(super) use plan::{LATELY, Plan, Stamp};
pub(super) use values::Test;
pub(super) use words::{Pattern, TEXT_LEAST, is_of_a_text};

use crate::exchange::Direction;
use crate::inspect::JsonPath;
use std::fmt;
use values::{Has, Is, StatusTerm, When};
use words::Word;

/// What is looked for, term by term; all must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    negated: bool,
    wanted: Wanted,
}

#[derive(Debug, Clone, PartialEq)]
enum Wanted {
    /// Each word stands at the start of a word.
    Words(String),
    /// It stands somewhere, also within words.
    Somewhere(Pattern),
    Source(Pattern),
    Type(Pattern),
    Method(Pattern),
    Path(Pattern),
    Tag(Pattern),
    Status(StatusTerm),
    Larger(i64),
    Smaller(i64),
    Since(When),
    Before(When),
    Is(Is),
    Has(Has),
    Direction(Direction),
    Request(i64),
    Delivery(i64),
    Header {
        name: String,
        test: Test,
    },
    Body {
        path: JsonPath,
        test: Test,
    },
}

/// Why a filter can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterProblem {
    /// The first byte of the term.
    pub from: usize,
    /// The byte after the term.
    pub to: usize,
    /// One or two sentences: what is wrong, and what would be right.
    pub message: String,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// The first term that can't be read, with what it could be.
    pub fn parse(text: &str) -> Result<Self, FilterProblem> {
        let read = |word: Word| {
            let problem = |message| FilterProblem { from: word.at, to: word.end(), message };
            term(word.text).map_err(problem)
        };
        Ok(Self { terms: words::words(text).into_iter().map(read).collect::<Result<_, _>>()? })
    }
}

/// A filter that asks for the source `to` where this one asks for `from`; else as it is written.
pub(super) fn with_source_renamed(text: &str, from: &str, to: &str) -> String {
    let mut renamed = String::with_capacity(text.len());
    let mut copied = 0;
    for word in words::words(text) {
        let value = match words::keyed(word.text.strip_prefix('-').unwrap_or(word.text)) {
            Some(("source", value)) => value,
            _ => continue,
        };
        if Pattern::read(value).exact().is_some_and(|name| name.eq_ignore_ascii_case(from)) {
            renamed.push_str(&text[copied..word.end() - value.len()]);
            renamed.push_str(&Pattern::literal(to).to_string());
            copied = word.end();
        }
    }
    renamed + &text[copied..]
}

fn term(raw: &str) -> Result<Term, String> {
    let (negated, raw) = match raw.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, raw),
    };
    let wanted = match words::keyed(raw) {
        Some((key, value)) if keys::is_key(key) => keyed(key, value)?,
        Some((key, _)) if keys::meant(key).is_some() => return Err(keys::not_a_key(key, raw)),
        _ => free_text(raw)?,
    };
    Ok(Term { negated, wanted })
}

/// Bare words are words; quotes and stars look inside of words too. What is not a word at all is looked for as it
/// stands.
fn free_text(raw: &str) -> Result<Wanted, String> {
    let is_bare = !raw.contains(['"', '*']);
    if is_bare && !index_words(raw).is_empty() {
        return Ok(Wanted::Words(raw.to_owned()));
    }
    let text = if is_bare { Pattern::literal(raw) } else { pattern(raw)? }.anywhere();
    if text.parts().is_empty() {
        return Err(format!(
            "{raw} would find everything. Write a text between the stars, or \"*\" to look for a star."
        ));
    }
    Ok(Wanted::Somewhere(text))
}

/// Longest value, bytes: longer ones only cost time.
const LONGEST: usize = 1_000;

fn pattern(value: &str) -> Result<Pattern, String> {
    if value.len() > LONGEST {
        return Err(format!("A text to look for has at most {LONGEST} bytes."));
    }
    Ok(Pattern::read(value))
}

fn keyed(key: &str, value: &str) -> Result<Wanted, String> {
    let fits = pattern(value)?;
    if fits.is_empty() {
        return Err(format!("{key}: needs a value. Write {}.", keys::example(key)));
    }
    let plain = fits.exact().unwrap_or(value).to_owned();
    let else_example = |what: &str| format!("{key}:{value} is not {what}. Write {}.", keys::example(key));
    Ok(match key {
        "source" => Wanted::Source(fits),
        "type" => Wanted::Type(fits),
        "method" => Wanted::Method(fits),
        "path" => Wanted::Path(fits),
        "tag" => Wanted::Tag(fits),
        "status" => Wanted::Status(StatusTerm::read(&plain).ok_or_else(|| else_example("a status"))?),
        "larger" => Wanted::Larger(values::size(&plain).ok_or_else(|| else_example("a size"))?),
        "smaller" => Wanted::Smaller(values::size(&plain).ok_or_else(|| else_example("a size"))?),
        "since" => Wanted::Since(When::read(&plain).ok_or_else(|| else_example("a time"))?),
        "before" => Wanted::Before(When::read(&plain).ok_or_else(|| else_example("a time"))?),
        "is" => Wanted::Is(Is::read(&plain)?),
        "has" => Wanted::Has(Has::read(&plain).ok_or_else(|| else_example("known"))?),
        "direction" => Wanted::Direction(values::direction(&plain).ok_or_else(|| else_example("a direction"))?),
        "delivery" => Wanted::Delivery(plain.parse().map_err(|_| else_example("the number of a first push"))?),
        "request" => Wanted::Request(plain.parse().map_err(|_| else_example("the number of a saved request"))?),
        _ => return inside(key, value, fits),
    })
}

/// What is looked for in a header or at a path of a body.
fn inside(key: &str, value: &str, fits: Pattern) -> Result<Wanted, String> {
    let test = Test::read(value, fits).map_err(|problem| format!("{key}:{value}: {problem}"))?;
    match key.split_once('.') {
        Some(("header", name)) if !name.is_empty() => Ok(Wanted::Header { name: name.to_owned(), test }),
        Some(("body", path)) => match JsonPath::of_key(key) {
            Some(path) => Ok(Wanted::Body { path, test }),
            None => Err(format!("{path:?} is not a path. Write body.data.id:x, body.items[0].sku:x or body..id:x.")),
        },
        _ => Err(format!("{key}: needs a name. Write {}.", keys::example(key))),
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, term) in self.terms.iter().enumerate() {
            let space = if place > 0 { " " } else { "" };
            let minus = if term.negated { "-" } else { "" };
            write!(f, "{space}{minus}{}", term.wanted)?;
        }
        Ok(())
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(text) => f.write_str(text),
            Self::Somewhere(text) => {
                for (place, part) in text.parts().iter().enumerate() {
                    f.write_str(if place > 0 { "*" } else { "" })?;
                    words::write_quoted(part, f)?;
                }
                Ok(())
            }
            Self::Source(fits) => write!(f, "source:{fits}"),
            Self::Type(fits) => write!(f, "type:{fits}"),
            Self::Method(fits) => write!(f, "method:{fits}"),
            Self::Path(fits) => write!(f, "path:{fits}"),
            Self::Tag(fits) => write!(f, "tag:{fits}"),
            Self::Status(status) => write!(f, "status:{status}"),
            Self::Larger(bytes) => write!(f, "larger:{bytes}"),
            Self::Smaller(bytes) => write!(f, "smaller:{bytes}"),
            Self::Since(when) => write!(f, "since:{when}"),
            Self::Before(when) => write!(f, "before:{when}"),
            Self::Is(is) => write!(f, "is:{}", is.word()),
            Self::Has(has) => write!(f, "has:{}", has.word()),
            Self::Direction(Direction::Push) => f.write_str("direction:push"),
            Self::Direction(Direction::Pull) => f.write_str("direction:pull"),
            Self::Delivery(id) => write!(f, "delivery:{id}"),
            Self::Request(id) => write!(f, "request:{id}"),
            Self::Header { name, test } => write!(f, "header.{name}:{test}"),
            Self::Body { path, test } => {
                let path = path.to_string();
                let dot = if path.starts_with("..") { "" } else { "." };
                write!(f, "body{dot}{path}:{test}")
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! The search language: free text and `key:value` terms, `-` negates, quotes group. One language for the list, exports
//! and the command line.

use super::check::{Check, Pattern};
use super::codes;
use crate::exchange::{Direction, Mark, Micros, Origin};
use crate::inspect::signature::VerdictKind;
use regex::Regex;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments};
use std::sync::LazyLock;

/// The keys, with what they take: what an error names and the window completes.
const KEYS: &str =
    "source, type, method, status, path, header.NAME, body.PATH, larger, since, is, has, tag, direction, request";

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
    Words(Vec<String>),
    Phrase(String),
    Source(Pattern),
    Type(Pattern),
    Method(Pattern),
    Path(Pattern),
    Status(StatusTerm),
    Larger(i64),
    Since(Since),
    Is(Is),
    Direction(Direction),
    Request(i64),
    Tag(Pattern),
    Has(Has),
    Header { name: String, value: Pattern },
    Body { path: String, value: Pattern },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum StatusTerm {
    Class(i64),
    Exact(i64),
    AtLeast(i64),
    Below(i64),
    NoAnswer,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Since {
    Ago(Micros),
    At(Micros),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Has {
    Note,
    Tag,
}

impl Wanted {
    /// True for what the user changes about stored exchanges.
    fn is_mark(&self) -> bool {
        matches!(self, Self::Tag(_) | Self::Has(_) | Self::Is(Is::Pinned | Is::Unread | Is::Verdict(_)))
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Is {
    Failed,
    Pinned,
    Unread,
    Origin(Origin),
    Mark(Mark),
    Verdict(VerdictKind),
}

/// A value that goes into SQL.
#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Number(i64),
}

/// A filter made ready: what SQLite can tell by itself, and what has to be looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    conditions: String,
    values: Vec<Value>,
    words: Vec<String>,
    /// What is checked by reading the exchange.
    pub(super) checks: Vec<Check>,
    /// Up to here the words of every exchange are in the index.
    pub(super) indexed: i64,
    /// True if it asks for pins, read marks, notes or tags.
    asks_marks: bool,
    /// What search results depend on besides the filter: another stamp, another search.
    pub(super) stamp: (i64, i64),
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// One sentence that names the term and what it could be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let terms = split(text).into_iter().map(|raw| term(&raw)).collect::<Result<_, _>>()?;
        Ok(Self { terms })
    }

    pub(super) fn plan(&self, indexed: i64, now: Micros) -> Plan {
        let mut plan = Plan { indexed, ..Plan::default() };
        for term in &self.terms {
            plan.add(term, now);
        }
        plan
    }
}

impl Plan {
    /// True if some of it has to be looked up in the word index or by reading exchanges.
    pub(super) fn is_checked(&self) -> bool {
        !self.words.is_empty() || !self.checks.is_empty()
    }

    /// Takes what hides rows and changes marks: the newest deletion that can be taken back, and the revision.
    pub(super) fn take_state(&mut self, hidden: Option<i64>, revision: i64) {
        if hidden.is_some() {
            self.conditions += " AND e.deletion IS NULL";
        }
        self.stamp = (hidden.unwrap_or(0), if self.asks_marks { revision } else { 0 });
    }

    /// ` AND …` for a query over `exchange e`.
    pub(super) fn conditions(&self) -> &str {
        &self.conditions
    }

    /// What the word index is asked; None if it can't help.
    pub(super) fn words(&self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.join(" AND "))
    }

    /// Binds what [`Plan::conditions`] leaves open.
    pub(super) fn bind<'q>(&self, mut query: Query<'q, Sqlite, SqliteArguments>) -> Query<'q, Sqlite, SqliteArguments> {
        for value in &self.values {
            query = match value {
                Value::Text(text) => query.bind(text.clone()),
                Value::Number(number) => query.bind(*number),
            };
        }
        query
    }

    fn add(&mut self, term: &Term, now: Micros) {
        match &term.wanted {
            Wanted::Words(words) => {
                let check = Check::Words(words.clone());
                if term.negated {
                    return self.checks.push(Check::not(check));
                }
                self.words.extend(words.iter().map(|word| format!("\"{word}\"*")));
                self.checks.push(Check::UnlessIndexed(self.indexed, Box::new(check)));
            }
            Wanted::Phrase(phrase) => self.look(term, Check::Phrase(phrase.to_lowercase()), phrase_words(phrase)),
            Wanted::Header { name, value } => {
                let check = Check::Header { name: name.clone(), value: value.clone() };
                self.look(term, check, value.words());
            }
            Wanted::Body { path, value } => {
                let check = Check::Body { path: path.clone(), value: value.clone() };
                self.look(term, check, value.words());
            }
            simple => {
                self.asks_marks |= simple.is_mark();
                let (sql, values) = condition(simple, now);
                let sql = if term.negated { format!(" AND NOT coalesce({sql}, 0)") } else { format!(" AND {sql}") };
                self.conditions += &sql;
                self.values.extend(values);
            }
        }
    }

    /// Adds a check, and the words that anything it finds must have.
    fn look(&mut self, term: &Term, check: Check, words: Vec<String>) {
        if term.negated {
            return self.checks.push(Check::not(check));
        }
        self.words.extend(words.iter().map(|word| format!("\"{word}\"")));
        self.checks.push(check);
    }
}

/// The SQL of a term that SQLite can tell by itself.
fn condition(wanted: &Wanted, now: Micros) -> (String, Vec<Value>) {
    let number = |sql: &str, number: i64| (sql.to_owned(), vec![Value::Number(number)]);
    let fixed = |sql: &str| (sql.to_owned(), Vec::new());
    match wanted {
        Wanted::Source(pattern) => {
            let (sql, values) = matching("name", pattern);
            (format!("e.source_id IN (SELECT id FROM source WHERE {sql})"), values)
        }
        Wanted::Type(pattern) => event_type(pattern),
        Wanted::Method(pattern) => {
            let (sql, values) = matching("e.method", pattern);
            let is_rare = pattern.glob().is_none() && !pattern.text().eq_ignore_ascii_case("POST");
            // The first half is what lets SQLite use the index of everything but POST.
            (if is_rare { format!("(e.method <> 'POST' AND {sql})") } else { sql }, values)
        }
        Wanted::Path(pattern) => matching("e.path", pattern),
        Wanted::Status(StatusTerm::Class(class)) => number("e.status / 100 = ?", *class),
        Wanted::Status(StatusTerm::Exact(status)) => {
            ("(e.status / 100 = ? AND e.status = ?)".into(), vec![Value::Number(status / 100), Value::Number(*status)])
        }
        Wanted::Status(StatusTerm::AtLeast(status)) => number("e.status >= ?", *status),
        Wanted::Status(StatusTerm::Below(status)) => number("e.status < ?", *status),
        Wanted::Status(StatusTerm::NoAnswer) => fixed("e.status IS NULL"),
        Wanted::Larger(bytes) => number("max(e.request_size, e.response_size) > ?", *bytes),
        Wanted::Since(Since::Ago(micros)) => number("e.started_at >= ?", now - micros),
        Wanted::Since(Since::At(at)) => number("e.started_at >= ?", *at),
        Wanted::Is(Is::Failed) => fixed(super::counts::FAILED),
        Wanted::Is(Is::Pinned) => fixed("e.pinned = 1"),
        Wanted::Is(Is::Unread) => fixed(super::counts::UNREAD),
        Wanted::Is(Is::Origin(origin)) => number("e.origin = ?", codes::origin_code(*origin)),
        Wanted::Is(Is::Verdict(verdict)) => number("e.verdict = ?", codes::verdict_code(*verdict)),
        Wanted::Is(Is::Mark(mark)) => number("e.marks & ? != 0", codes::marks_code(&[*mark])),
        // The plus keeps SQLite from walking an index that holds nearly everything.
        Wanted::Direction(Direction::Push) => fixed("+e.direction = 0"),
        Wanted::Direction(Direction::Pull) => fixed("e.direction = 1"),
        Wanted::Request(id) => number("e.request_id = ?", *id),
        Wanted::Tag(pattern) => {
            let (sql, values) = matching("t.name", pattern);
            (format!("e.id IN (SELECT g.exchange FROM tag t JOIN tagged g ON g.tag = t.id WHERE {sql})"), values)
        }
        Wanted::Has(Has::Note) => fixed("e.id IN (SELECT exchange FROM note)"),
        Wanted::Has(Has::Tag) => fixed("e.id IN (SELECT exchange FROM tagged)"),
        Wanted::Words(_) | Wanted::Phrase(_) | Wanted::Header { .. } | Wanted::Body { .. } => fixed("1"),
    }
}

/// Event types are few: a pattern is turned into the ones there are, so that the index serves it.
fn event_type(pattern: &Pattern) -> (String, Vec<Value>) {
    if let Some(glob) = pattern.glob() {
        let all = "WITH RECURSIVE kind(name) AS (SELECT min(event_type) FROM exchange WHERE event_type IS NOT NULL \
                   UNION ALL SELECT (SELECT min(event_type) FROM exchange WHERE event_type > name) FROM kind \
                   WHERE name IS NOT NULL) SELECT name FROM kind WHERE lower(name) GLOB ?";
        return (format!("e.event_type IN ({all})"), vec![Value::Text(glob)]);
    }
    ("e.event_type = ?".into(), vec![Value::Text(pattern.text().to_owned())])
}

fn matching(column: &str, pattern: &Pattern) -> (String, Vec<Value>) {
    match pattern.glob() {
        Some(glob) => (format!("lower({column}) GLOB ?"), vec![Value::Text(glob)]),
        None => (format!("{column} = ? COLLATE NOCASE"), vec![Value::Text(pattern.text().to_owned())]),
    }
}

/// Splits at white space outside of quotes. Quotes stay, so that a quoted term can be told from a bare one.
fn split(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    let mut current = String::new();
    let mut quoted = false;
    for character in text.chars() {
        match character {
            '"' => {
                quoted = !quoted;
                current.push('"');
            }
            white if white.is_whitespace() && !quoted => {
                if !current.is_empty() {
                    terms.push(std::mem::take(&mut current));
                }
            }
            other => current.push(other),
        }
    }
    if !current.is_empty() {
        terms.push(current);
    }
    terms
}

fn term(raw: &str) -> Result<Term, String> {
    let (negated, raw) = match raw.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, raw),
    };
    Ok(Term { negated, wanted: wanted(raw)? })
}

fn wanted(raw: &str) -> Result<Wanted, String> {
    if let Some(quoted) = raw.strip_prefix('"') {
        return Ok(Wanted::Phrase(quoted.trim_end_matches('"').to_owned()));
    }
    match raw.split_once(':') {
        Some((key, value)) if is_key(key) => keyed(key, &value.replace('"', "")),
        _ => Ok(free_text(raw)),
    }
}

/// What is not a word at all (`***`) is looked for as it stands.
fn free_text(raw: &str) -> Wanted {
    let words = phrase_words(raw);
    if words.is_empty() { Wanted::Phrase(raw.to_owned()) } else { Wanted::Words(words) }
}

/// A lower-case word before the colon; `https://…` and `12:30` are text.
fn is_key(key: &str) -> bool {
    key.starts_with("header.") || key.starts_with("body.") || KEYS.split(", ").any(|known| known == key)
}

fn keyed(key: &str, value: &str) -> Result<Wanted, String> {
    let pattern = || Pattern::new(value);
    match key {
        "source" => Ok(Wanted::Source(pattern())),
        "type" => Ok(Wanted::Type(pattern())),
        "method" => Ok(Wanted::Method(pattern())),
        "path" => Ok(Wanted::Path(pattern())),
        "status" => status(value).ok_or_else(|| {
            format!("status:{value} is not a status. Write status:404, status:4xx, status:>=400, status:<300 or status:none.")
        }),
        "larger" => size(value).ok_or_else(|| format!("larger:{value} is not a size. Write larger:500, larger:10k or larger:2m.")),
        "since" => since(value).map(Wanted::Since).ok_or_else(|| {
            format!("since:{value} is not a time. Write since:15m, since:2h, since:7d or since:2026-11-22T12:00:00Z.")
        }),
        "is" => is(value).map(Wanted::Is).ok_or_else(|| {
            format!("is:{value} is not known. Write is:failed, is:sample, is:replay, is:forward, is:redirect, is:truncated, is:incomplete, is:ambiguous, is:handshake, is:valid, is:invalid or is:unsigned.")
        }),
        "tag" => Ok(Wanted::Tag(pattern())),
        "has" => match value {
            "note" => Ok(Wanted::Has(Has::Note)),
            "tag" => Ok(Wanted::Has(Has::Tag)),
            _ => Err(format!("has:{value} is not known. Write has:note or has:tag.")),
        },
        "direction" => match value {
            "push" => Ok(Wanted::Direction(Direction::Push)),
            "pull" => Ok(Wanted::Direction(Direction::Pull)),
            _ => Err(format!("direction:{value} is not known. Write direction:push or direction:pull.")),
        },
        "request" => value.parse().map(Wanted::Request).map_err(|_| {
            format!("request:{value} is not the number of a saved request. Write request:12.")
        }),
        _ => match key.split_once('.') {
            Some(("header", name)) if !name.is_empty() => {
                Ok(Wanted::Header { name: name.to_owned(), value: pattern() })
            }
            Some(("body", path)) if !path.is_empty() => Ok(Wanted::Body { path: path.to_owned(), value: pattern() }),
            _ => Err(format!("{key}: is not a key. The keys are {KEYS}.")),
        },
    }
}

fn status(value: &str) -> Option<Wanted> {
    let term = match value {
        "none" => StatusTerm::NoAnswer,
        class if class.len() == 3 && class.ends_with("xx") => StatusTerm::Class(class[..1].parse().ok()?),
        other => {
            if let Some(least) = other.strip_prefix(">=") {
                StatusTerm::AtLeast(least.parse().ok()?)
            } else if let Some(below) = other.strip_prefix('<') {
                StatusTerm::Below(below.parse().ok()?)
            } else {
                StatusTerm::Exact(other.parse().ok()?)
            }
        }
    };
    Some(Wanted::Status(term))
}

fn size(value: &str) -> Option<Wanted> {
    let lower = value.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &lower[digits.len()..] {
        "" | "b" => 1,
        "k" | "kb" => 1024,
        "m" | "mb" => 1024 * 1024,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(unit).map(Wanted::Larger)
}

fn since(value: &str) -> Option<Since> {
    let digits = value.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let seconds = match &value[digits.len()..] {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return moment(value).map(Since::At),
    };
    digits.parse::<i64>().ok()?.checked_mul(seconds * 1_000_000).map(Since::Ago)
}

fn moment(value: &str) -> Option<Micros> {
    if let Ok(instant) = value.parse::<jiff::Timestamp>() {
        return Some(instant.as_microsecond());
    }
    let date: jiff::civil::DateTime = value.parse().ok()?;
    let zoned = date.to_zoned(jiff::tz::TimeZone::system()).ok()?;
    Some(zoned.timestamp().as_microsecond())
}

fn is(value: &str) -> Option<Is> {
    Some(match value {
        "failed" => Is::Failed,
        "pinned" => Is::Pinned,
        "unread" => Is::Unread,
        "sample" => Is::Origin(Origin::Sample),
        "replay" => Is::Origin(Origin::Replay),
        "forward" => Is::Origin(Origin::Forward),
        "redirect" => Is::Origin(Origin::Redirect),
        "truncated" => Is::Mark(Mark::Truncated),
        "incomplete" => Is::Mark(Mark::Incomplete),
        "ambiguous" => Is::Mark(Mark::AmbiguousFraming),
        "handshake" => Is::Mark(Mark::Handshake),
        "valid" => Is::Verdict(VerdictKind::Valid),
        "invalid" => Is::Verdict(VerdictKind::Invalid),
        "unsigned" => Is::Verdict(VerdictKind::Unsigned),
        _ => return None,
    })
}

/// The words of a text as the index has them: runs of letters and digits, lower case.
pub(super) fn phrase_words(text: &str) -> Vec<String> {
    text.split(|character: char| !is_of_a_word(character))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// True for what the index's tokenizer takes for a part of a word, so that a word here is never two there: letters,
/// digits and private characters of Unicode 6.1, and the accents that it takes off letters (SQLite's `unicode61`).
pub(super) fn is_of_a_word(character: char) -> bool {
    static BEYOND_ASCII: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"[\p{L}\p{N}\p{Co}&&\p{Age=6.1}]").ok());
    let is_accent = |place: u32| place < 50 && ACCENTS >> place & 1 == 1;
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    (character as u32).checked_sub(0x300).is_some_and(is_accent)
        || BEYOND_ASCII.as_ref().is_some_and(|of_a_word| of_a_word.is_match(character.encode_utf8(&mut [0; 4])))
}

/// Of the characters from U+0300 on, those that the tokenizer takes for accents, a bit each.
const ACCENTS: u64 = 0x0003_61f8_0802_9fdf;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_never_two_in_the_index() {
        assert_eq!(phrase_words("Ab-1 \u{e9}t\u{e9} e\u{301}t\u{e9}"), ["ab", "1", "\u{e9}t\u{e9}", "e\u{301}t\u{e9}"]);
        // A vowel mark parts words there, and so does a circled letter, though both count as alphabetic.
        assert_eq!(phrase_words("\u{623}\u{647}\u{651}\u{644} a\u{24d0}b"), ["\u{623}\u{647}", "\u{644}", "a", "b"]);
    }

    fn parsed(text: &str) -> Vec<Term> {
        Filter::parse(text).unwrap().terms
    }

    #[test]
    fn terms_are_split_at_white_space_outside_of_quotes() {
        assert_eq!(split(r#"a  "b c" header.X:"d e" -f"#), [r"a", r#""b c""#, r#"header.X:"d e""#, "-f"]);
        assert_eq!(parsed(r#"-"b c""#), [Term { negated: true, wanted: Wanted::Phrase("b c".into()) }]);
    }

    #[test]
    fn urls_and_times_are_text() {
        assert_eq!(
            parsed("https://a.b 12:30"),
            [
                Term { negated: false, wanted: Wanted::Words(vec!["https".into(), "a".into(), "b".into()]) },
                Term { negated: false, wanted: Wanted::Words(vec!["12".into(), "30".into()]) },
            ]
        );
    }

    #[test]
    fn every_key_reads_its_values() {
        assert_eq!(parsed("status:4xx")[0].wanted, Wanted::Status(StatusTerm::Class(4)));
        assert_eq!(parsed("status:>=400")[0].wanted, Wanted::Status(StatusTerm::AtLeast(400)));
        assert_eq!(parsed("larger:10kb")[0].wanted, Wanted::Larger(10_240));
        assert_eq!(parsed("since:2h")[0].wanted, Wanted::Since(Since::Ago(7_200_000_000)));
        assert_eq!(parsed("since:1970-01-01T00:00:01Z")[0].wanted, Wanted::Since(Since::At(1_000_000)));
        assert_eq!(parsed("direction:pull")[0].wanted, Wanted::Direction(Direction::Pull));
        assert!(matches!(&parsed("body.data.id:x")[0].wanted, Wanted::Body { path, .. } if path == "data.id"));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_what_it_could_be() {
        for (text, part) in [
            ("status:many", "status:404"),
            ("is:lost", "is:failed"),
            ("larger:big", "larger:10k"),
            ("since:noon", "since:15m"),
            ("direction:up", "direction:push"),
        ] {
            let error = Filter::parse(text).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".{0,80}") {
            let _ = Filter::parse(&text).map(|filter| filter.plan(0, 0));
        }
    }
}

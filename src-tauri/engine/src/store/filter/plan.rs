//! A filter made ready: what SQLite can tell by itself, what the word index is asked, and what has to be looked at.

use super::super::check::Check;
use super::super::{codes, counts};
use super::values::{Has, Is, StatusTerm};
use super::{Filter, Pattern, Term, Wanted, index_words};
use crate::exchange::{Direction, ExchangeId, Micros};
use crate::inspect::signature::VerdictKind;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments};

/// For so long the pages of a search are of one search, µs.
const MINUTE: Micros = 60_000_000;

/// So many of the newest exchanges are searched again once they are named.
pub(in crate::store) const LATELY: i64 = 500;

/// A value that goes into SQL.
#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Number(i64),
}

/// A filter made ready.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct Plan {
    conditions: String,
    values: Vec<Value>,
    words: Vec<String>,
    /// What is checked by reading the exchange.
    pub(in crate::store) checks: Vec<Check>,
    /// Up to here the words of every exchange are in the index.
    pub(in crate::store) indexed: i64,
    /// True if it asks for pins, read marks, notes, tags, saved requests or what is found out about pushes later.
    asks_marks: bool,
    /// True if it asks for failures, which replays and forwards of a push decide too.
    asks_failures: bool,
    /// True if it asks for what grouping finds out.
    asks_deliveries: bool,
    /// What search results depend on besides the filter: another stamp, another search.
    stamp: Stamp,
    /// The newest exchange there is.
    pub(in crate::store) newest: ExchangeId,
    /// How far pushes are grouped, and how far they are named and checked.
    pub(in crate::store) looked_at: [ExchangeId; 2],
    /// Nothing before this fits, and nothing at or after that.
    pub(in crate::store) since: Option<Micros>,
    pub(in crate::store) before: Option<Micros>,
    /// Exchanges up to this one are too early.
    pub(in crate::store) after: Option<ExchangeId>,
    /// Exchanges behind this one are too late.
    pub(in crate::store) upto: Option<ExchangeId>,
}

/// How often rows were hidden, shown again, taken away or named anew, the revision if marks are asked for, how often a
/// replay or forward changed what counts as failed if that is, and the minutes that times like `since:15m` stand for now.
pub(in crate::store) type Stamp = [i64; 5];

/// A condition on the numbers of exchanges, with its values.
pub(in crate::store) struct Bounds {
    pub(in crate::store) sql: &'static str,
    pub(in crate::store) ids: Vec<ExchangeId>,
}

impl Bounds {
    /// Binds what the condition leaves open.
    pub(in crate::store) fn bind<'q>(
        &self,
        query: Query<'q, Sqlite, SqliteArguments>,
    ) -> Query<'q, Sqlite, SqliteArguments> {
        self.ids.iter().fold(query, |query, id| query.bind(*id))
    }
}

impl Filter {
    pub(in crate::store) fn plan(&self, indexed: i64, now: Micros) -> Plan {
        let mut plan = Plan { indexed, ..Plan::default() };
        for term in &self.terms {
            plan.add(term, now);
        }
        plan
    }
}

impl Plan {
    /// True if some of it has to be looked up in the word index or by reading exchanges.
    pub(in crate::store) fn is_checked(&self) -> bool {
        !self.words.is_empty() || !self.checks.is_empty()
    }

    /// True if it finds everything that is not hidden.
    pub(in crate::store) fn is_everything(&self) -> bool {
        self.values.is_empty() && !self.is_checked() && matches!(self.conditions.as_str(), "" | HIDDEN)
    }

    /// Takes what hides rows and changes marks: whether any row is hidden, how often rows were hidden, shown again, taken
    /// away or named anew, the revision, and how often a replay or forward changed what counts as failed.
    pub(in crate::store) fn take_state(&mut self, hides: bool, shown: i64, revision: i64, forwarded: i64) {
        let minute = |at: Option<Micros>| at.map_or(0, |at| at.div_euclid(MINUTE));
        if hides {
            self.conditions += HIDDEN;
        }
        let marks = if self.asks_marks { revision } else { 0 };
        let failures = if self.asks_failures { forwarded } else { 0 };
        self.stamp = [shown, marks, failures, minute(self.since), minute(self.before)];
    }

    pub(in crate::store) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// What is found up to here stays: nothing more is found out about these exchanges that the filter asks for. Texts
    /// only gain the names of events, and where one comes that late, it makes another stamp.
    pub(in crate::store) fn settled(&self) -> ExchangeId {
        let [grouped, followed] = self.looked_at;
        let least = if self.asks_deliveries { 0 } else { self.newest - LATELY };
        grouped.min(followed).max(least)
    }

    /// Bounds the numbers of `exchange e`, with what the plan knows of them and with what is asked: one bound on each
    /// side at most, for of two SQLite would walk from the wider one. And none that is not needed: it would take the
    /// numbers for a better index than that of a filter.
    pub(in crate::store) fn bounds(&self, after: Option<ExchangeId>, upto: ExchangeId) -> Bounds {
        let upto = self.upto.map_or(upto, |most| most.min(upto));
        match after.max(self.after) {
            Some(after) => Bounds { sql: "e.id > ? AND e.id <= ?", ids: vec![after, upto] },
            None => Bounds { sql: "e.id <= ?", ids: vec![upto] },
        }
    }

    /// ` AND …` for a query over `exchange e`.
    pub(in crate::store) fn conditions(&self) -> &str {
        &self.conditions
    }

    /// What the word index is asked; None if it can't help.
    pub(in crate::store) fn words(&self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.join(" AND "))
    }

    /// Binds what [`Plan::conditions`] leaves open.
    pub(in crate::store) fn bind<'q>(
        &self,
        mut query: Query<'q, Sqlite, SqliteArguments>,
    ) -> Query<'q, Sqlite, SqliteArguments> {
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
            Wanted::Words(text) => {
                let words = index_words(text);
                let check = Check::Words(words.clone());
                if term.negated {
                    return self.checks.push(Check::not(check));
                }
                self.words.extend(words.iter().map(|word| format!("\"{word}\"*")));
                self.checks.push(Check::UnlessIndexed(self.indexed, Box::new(check)));
            }
            Wanted::Somewhere(text) => self.look(term, Check::somewhere(text), text.sure_words(true)),
            Wanted::Header { name, test } => {
                self.look(term, Check::header(name, test), test_words(test, [name.as_str()]));
            }
            Wanted::Body { path, test } => {
                self.look(term, Check::body(path, test), test_words(test, path.names()));
            }
            simple => self.condition(term, simple, now),
        }
    }

    fn condition(&mut self, term: &Term, wanted: &Wanted, now: Micros) {
        self.asks_marks |= matches!(
            wanted,
            Wanted::Tag(_)
                | Wanted::Has(_)
                | Wanted::Type(_)
                | Wanted::Request(_)
                | Wanted::Is(Is::Pinned | Is::Unread | Is::Read | Is::Verdict(_) | Is::Unchecked)
        );
        self.asks_failures |= matches!(wanted, Wanted::Is(Is::Failed));
        self.asks_deliveries |= matches!(
            wanted,
            Wanted::Delivery(_) | Wanted::Type(_) | Wanted::Is(Is::First | Is::Retry | Is::Duplicate | Is::Late)
        );
        match (wanted, term.negated) {
            // What is not before a moment is since it.
            (Wanted::Since(when), false) | (Wanted::Before(when), true) => {
                self.since = self.since.max(Some(when.micros(now)));
            }
            (Wanted::Before(when), false) | (Wanted::Since(when), true) => {
                let at = when.micros(now);
                self.before = Some(self.before.map_or(at, |before| before.min(at)));
            }
            _ => {}
        }
        let (sql, values) = condition(wanted, now);
        self.conditions += " AND ";
        self.conditions += &if term.negated { format!("NOT coalesce({sql}, 0)") } else { sql };
        self.values.extend(values);
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

const HIDDEN: &str = " AND e.deletion IS NULL";

/// The words of a value, and those of the names that it stands under.
fn test_words<'n>(test: &super::Test, names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let mut words = match test {
        super::Test::Fits(fits) => fits.sure_words(false),
        super::Test::Number(..) | super::Test::Between(..) => Vec::new(),
    };
    words.extend(names.into_iter().flat_map(|name| Pattern::literal(name).sure_words(false)));
    words
}

/// The SQL of a term that SQLite can tell by itself.
fn condition(wanted: &Wanted, now: Micros) -> (String, Vec<Value>) {
    let number = |sql: &str, number: i64| (sql.to_owned(), vec![Value::Number(number)]);
    let fixed = |sql: &str| (sql.to_owned(), Vec::new());
    match wanted {
        Wanted::Source(fits) => {
            let (sql, values) = matching("name", fits);
            (format!("e.source_id IN (SELECT id FROM source WHERE {sql})"), values)
        }
        Wanted::Type(fits) => event_type(fits),
        Wanted::Method(fits) => {
            let (sql, values) = matching("e.method", fits);
            let is_rare = fits.exact().is_some_and(|method| !method.eq_ignore_ascii_case("POST"));
            // The first half is what lets SQLite use the index of everything but POST.
            (if is_rare { format!("(e.method <> 'POST' AND {sql})") } else { sql }, values)
        }
        Wanted::Path(fits) => matching("e.path", fits),
        Wanted::Tag(fits) => {
            let (sql, values) = matching("t.name", fits);
            (format!("e.id IN (SELECT g.exchange FROM tag t JOIN tagged g ON g.tag = t.id WHERE {sql})"), values)
        }
        Wanted::Status(status) => of_status(*status),
        Wanted::Larger(bytes) => number("max(e.request_size, e.response_size) > ?", *bytes),
        Wanted::Smaller(bytes) => number("max(e.request_size, e.response_size) < ?", *bytes),
        Wanted::Since(when) => number("e.started_at >= ?", when.micros(now)),
        Wanted::Before(when) => number("e.started_at < ?", when.micros(now)),
        Wanted::Is(Is::Failed) => fixed(counts::FAILED),
        Wanted::Is(Is::First) => fixed("e.delivery IS NULL"),
        Wanted::Is(Is::Retry) => fixed("(e.repeats IS NOT NULL AND e.repeats = 1)"),
        Wanted::Is(Is::Duplicate) => fixed("(e.repeats IS NOT NULL AND e.repeats = 2)"),
        Wanted::Is(Is::Late) => fixed("e.overtaken_by IS NOT NULL"),
        Wanted::Delivery(first) => {
            ("(e.id = ? OR e.delivery = ?)".into(), vec![Value::Number(*first), Value::Number(*first)])
        }
        Wanted::Is(Is::Pinned) => fixed("e.pinned = 1"),
        Wanted::Is(Is::Unread) => fixed(counts::UNREAD),
        Wanted::Is(Is::Read) => (format!("NOT {}", counts::UNREAD), Vec::new()),
        Wanted::Is(Is::Origin(origin)) => number("e.origin = ?", codes::origin_code(*origin)),
        Wanted::Is(Is::Verdict(verdict)) => number("e.verdict = ?", codes::verdict_code(*verdict)),
        Wanted::Is(Is::Unchecked) => {
            let code = |verdict| Value::Number(codes::verdict_code(verdict));
            ("e.verdict IN (?, ?)".into(), [VerdictKind::NoSecret, VerdictKind::Unsupported].map(code).into())
        }
        Wanted::Is(Is::Mark(mark)) => number("e.marks & ? != 0", codes::marks_code(&[*mark])),
        Wanted::Has(Has::Note) => fixed("e.id IN (SELECT exchange FROM note)"),
        Wanted::Has(Has::Tag) => fixed("e.id IN (SELECT exchange FROM tagged)"),
        // The plus keeps SQLite from walking an index that holds nearly everything.
        Wanted::Direction(Direction::Push) => fixed("+e.direction = 0"),
        Wanted::Direction(Direction::Pull) => fixed("e.direction = 1"),
        Wanted::Request(id) => number("e.request_id = ?", *id),
        Wanted::Words(_) | Wanted::Somewhere(_) | Wanted::Header { .. } | Wanted::Body { .. } => fixed("1"),
    }
}

fn of_status(status: StatusTerm) -> (String, Vec<Value>) {
    match status {
        StatusTerm::Class(class) => ("e.status / 100 = ?".into(), vec![Value::Number(class)]),
        // Classes first: they have an index.
        StatusTerm::Range(from, to) => (
            "(e.status / 100 BETWEEN ? AND ? AND e.status BETWEEN ? AND ?)".into(),
            [from / 100, to / 100, from, to].map(Value::Number).into(),
        ),
        StatusTerm::NoAnswer => ("e.status IS NULL".into(), Vec::new()),
    }
}

/// Event types are few: a pattern is turned into the ones there are, so that the index serves it. The types of the
/// events in a batch count as well.
fn event_type(fits: &Pattern) -> (String, Vec<Value>) {
    let (sql, mut values) = matching("name", fits);
    let known = |table: &str| {
        format!(
            "WITH RECURSIVE kind(name) AS (SELECT min(event_type) FROM {table} WHERE event_type IS NOT NULL \
             UNION ALL SELECT (SELECT min(event_type) FROM {table} WHERE event_type > name) FROM kind \
             WHERE name IS NOT NULL) SELECT name FROM kind WHERE {sql}"
        )
    };
    let (alone, in_batch) = (known("exchange"), known("batch"));
    values.extend_from_within(..);
    let sql =
        format!("(e.event_type IN ({alone}) OR e.id IN (SELECT exchange FROM batch WHERE event_type IN ({in_batch})))");
    (sql, values)
}

fn matching(column: &str, fits: &Pattern) -> (String, Vec<Value>) {
    match (fits.glob(), fits.exact()) {
        (Some(glob), _) => (format!("lower({column}) GLOB ?"), vec![Value::Text(glob)]),
        (None, exact) => (format!("{column} = ? COLLATE NOCASE"), vec![Value::Text(exact.unwrap_or("").to_owned())]),
    }
}

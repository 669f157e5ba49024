//! The connection that captures and sends are written with, each as one row of the list and one record.
//!
//! It is SQLite without a layer that crosses threads for every statement: what an exchange costs decides how many can
//! be taken a second. Everything else is written through [`super::writer`]'s other connection, by the same thread.

use super::changes::{COUNT, OwnChanges};
use super::codes::{direction_code, failure_code, marks_code, origin_code};
use super::pack::{Dictionary, pack};
use super::{NewExchange, Spooled, StoreError, codes, record};
use crate::exchange::{Body, Direction, ExchangeId, ExchangeSummary, Message, Micros, Origin};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};
use std::borrow::Cow;
use std::collections::HashMap;

const EXCHANGE: &str = "INSERT INTO exchange (direction, origin, started_at, duration, method, path, url, source_id, \
     event_type, status, request_size, response_size, failure, parent, request_id, marks) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
const WIRE: &str = "INSERT INTO wire (id, record, request_key, response_key) VALUES (?1, ?2, ?3, ?4)";
const UNSPOOL: &str = "DELETE FROM spool WHERE key = ?1";
const FORWARDED: &str = "UPDATE exchange SET forward_status = ?1, forward_failure = ?2 WHERE id = ?3";
const KNOW_SOURCE: &str = "SELECT id, provider IS NOT NULL FROM source \
     WHERE name = ?1 AND deleted_at IS NULL AND (provider IS NOT NULL OR ?2 IS NULL)";
const LEARN_SOURCE: &str = "INSERT INTO source (name, provider, created_at) VALUES (?1, ?2, ?3) \
     ON CONFLICT (name) DO UPDATE SET provider = coalesce(provider, ?2), deleted_at = NULL \
     RETURNING id, provider IS NOT NULL";
const NOTE_PROVIDER: &str = "UPDATE source SET provider = coalesce(provider, ?2) \
     WHERE name = ?1 AND deleted_at IS NULL RETURNING id, provider IS NOT NULL";

/// An exchange as it will stand in the file.
#[derive(Debug)]
pub(super) struct Row {
    direction: Direction,
    origin: Origin,
    started_at: Micros,
    duration: Option<Micros>,
    method: String,
    path: String,
    url: String,
    source: Option<String>,
    makes_source: bool,
    event_type: Option<String>,
    provider: Option<Cow<'static, str>>,
    status: Option<u16>,
    failure: Option<i64>,
    parent: Option<ExchangeId>,
    request_id: Option<i64>,
    marks: i64,
    sizes: [i64; 2],
    bodies: [Option<Spooled>; 2],
    record: Vec<u8>,
}

impl Row {
    /// Packs what was on the wire: done by whoever has it stored, so that the one thread that writes need not.
    pub(super) fn new(new: NewExchange, dictionary: Option<&Dictionary>) -> Self {
        let record = pack(&record::encode(&new), dictionary);
        let messages = [Some(&new.request), new.response.as_ref()];
        Self {
            sizes: messages.map(|message| message.map_or(0, |message| message.body.len() as i64)),
            bodies: messages.map(|message| message.and_then(spooled)),
            direction: new.direction,
            origin: new.origin,
            started_at: new.started_at,
            duration: new.duration,
            method: new.method,
            path: path_of(&new.url).to_owned(),
            url: new.url,
            source: new.source,
            makes_source: new.makes_source,
            event_type: new.event_type,
            // What the user tries a source with does not say whose it is.
            provider: new.provider.filter(|_| new.origin != Origin::Sample),
            status: new.status,
            failure: new.failure.map(|failure| failure_code(failure.kind)),
            parent: new.parent,
            request_id: new.request_id,
            marks: marks_code(&new.marks),
            record,
        }
    }

    /// The row of the list that it became.
    pub(super) fn into_summary(self, id: ExchangeId) -> ExchangeSummary {
        ExchangeSummary {
            id,
            direction: self.direction,
            origin: self.origin,
            started_at: self.started_at,
            path: self.path,
            method: self.method,
            url: self.url,
            source: self.source,
            event_type: self.event_type,
            status: self.status,
            duration: self.duration,
            request_size: self.sizes[0] as u64,
            response_size: self.sizes[1] as u64,
            failure: self.failure.and_then(codes::failure),
            parent: self.parent,
            request_id: self.request_id,
            forward_status: None,
            forward_failure: None,
            marks: codes::marks(self.marks),
            pinned: false,
            unread: self.direction == Direction::Push,
            has_note: false,
            tags: Vec::new(),
            verdict: None,
            delivery: None,
            events: 1,
        }
    }

    /// Says that it was stored, and its large bodies with it.
    pub(super) fn note_stored(&self) {
        self.bodies.iter().flatten().for_each(Spooled::keep);
    }

    /// Bytes that it takes in the file, about.
    pub(super) fn bytes(&self) -> u64 {
        const ROW: usize = 128; // in the list and its indexes
        (self.record.len() + ROW) as u64
    }

    /// What a replay or forward says about its push: the push.
    pub(super) fn forwarded(&self) -> Option<ExchangeId> {
        let is_forward = self.direction == Direction::Pull && matches!(self.origin, Origin::Replay | Origin::Forward);
        self.parent.filter(|_| is_forward)
    }
}

fn spooled(message: &Message) -> Option<Spooled> {
    match &message.body {
        Body::Spooled { chunks, .. } => Some(chunks.clone()),
        Body::Inline(_) => None,
    }
}

/// See the file's first line.
#[derive(Debug)]
pub(super) struct Pen {
    connection: Connection,
    sources: HashMap<String, KnownSource>,
    /// SQLite's number of what others have committed, from when `sources` was right.
    version: i64,
    /// What the connection does at the end of a transaction.
    end: End,
    own_changes: OwnChanges,
    /// Those of the transaction that is written.
    changes: i64,
}

/// When a transaction counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// When the disk has it: whoever sent a push is told that it is safe, and forgets it.
    Synced,
    /// When the file has it, the disk following at once: what we sent ourselves nobody was promised.
    Written,
}

#[derive(Debug, Clone, Copy)]
struct KnownSource {
    id: i64,
    has_provider: bool,
}

impl Pen {
    pub(super) fn new(connection: Connection, own_changes: OwnChanges) -> Self {
        connection.set_prepared_statement_cache_capacity(16);
        Self { connection, sources: HashMap::new(), version: 0, end: End::Synced, own_changes, changes: 0 }
    }

    /// Lets the file have no more pages than this.
    #[cfg(test)]
    pub(super) fn limit_pages(&self, pages: i64) {
        self.connection.pragma_update(None, "max_page_count", pages).unwrap();
    }

    /// SQLite's number of what the last commit waited for: 2 the disk, 1 the file.
    #[cfg(test)]
    pub(super) fn synchronous(&self) -> i64 {
        self.connection.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap()
    }

    /// Writes and commits; answers the number of the first, the others following without a gap. With a push among them
    /// all are on the disk then, otherwise in the file: [`is_synced`].
    ///
    /// # Errors
    /// Nothing of `rows` is stored then.
    pub(super) fn commit(&mut self, rows: &[Row]) -> Result<ExchangeId, StoreError> {
        let written = self.write(rows);
        if written.is_err() {
            // Fails if SQLite has rolled back by itself, which is as good.
            let _ = self.connection.execute_batch("ROLLBACK");
            self.sources.clear();
            self.own_changes.take_back(self.changes);
        }
        self.changes = 0;
        written.map_err(|error| StoreError::from_rusqlite("Storing an exchange", &error))
    }

    fn write(&mut self, rows: &[Row]) -> rusqlite::Result<ExchangeId> {
        self.end_with(if is_synced(rows) { End::Synced } else { End::Written })?;
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        self.forget_sources_if_changed()?;
        let sources = rows.iter().map(|row| self.source(row)).collect::<rusqlite::Result<Vec<_>>>()?;
        let mut statements = Statements::prepare(&self.connection)?;
        let mut last = 0;
        for (row, source) in rows.iter().zip(sources) {
            last = statements.write(row, source)?;
        }
        drop(statements);
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(last + 1 - rows.len() as i64)
    }

    fn end_with(&mut self, end: End) -> rusqlite::Result<()> {
        if self.end != end {
            self.connection.execute_batch(match end {
                End::Synced => "PRAGMA synchronous = FULL",
                End::Written => "PRAGMA synchronous = NORMAL",
            })?;
            self.end = end;
        }
        Ok(())
    }

    /// Whoever else has written, in this process or in another, may have renamed or deleted sources. Within the
    /// transaction: from here on nobody can.
    fn forget_sources_if_changed(&mut self) -> rusqlite::Result<()> {
        let version = self.connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if version != self.version {
            self.sources.clear();
            self.version = version;
        }
        Ok(())
    }

    /// The number of its source. A source is made if it is not there and may be, and its provider noted once it is known.
    fn source(&mut self, row: &Row) -> rusqlite::Result<Option<i64>> {
        let Some(name) = &row.source else { return Ok(None) };
        if let Some(known) = self.sources.get(name)
            && (known.has_provider || row.provider.is_none())
        {
            return Ok(Some(known.id));
        }
        let read = |row: &rusqlite::Row<'_>| Ok(KnownSource { id: row.get(0)?, has_provider: row.get(1)? });
        let mut know = self.connection.prepare_cached(KNOW_SOURCE)?;
        let known = match know.query_row(params![name, row.provider], read).optional()? {
            Some(known) => known,
            None => {
                let known = if row.makes_source {
                    let mut learn = self.connection.prepare_cached(LEARN_SOURCE)?;
                    Some(learn.query_row(params![name, row.provider, row.started_at], read)?)
                } else {
                    let mut note = self.connection.prepare_cached(NOTE_PROVIDER)?;
                    note.query_row(params![name, row.provider], read).optional()?
                };
                let Some(known) = known else { return Ok(None) };
                self.connection.prepare_cached(COUNT)?.execute([])?;
                self.own_changes.add(1);
                self.changes += 1;
                known
            }
        };
        self.sources.insert(name.clone(), known);
        Ok(Some(known.id))
    }
}

/// What every row takes, made ready once for all of a transaction.
struct Statements<'c> {
    connection: &'c Connection,
    exchange: CachedStatement<'c>,
    wire: CachedStatement<'c>,
}

impl<'c> Statements<'c> {
    fn prepare(connection: &'c Connection) -> rusqlite::Result<Self> {
        let (exchange, wire) = (connection.prepare_cached(EXCHANGE)?, connection.prepare_cached(WIRE)?);
        Ok(Self { connection, exchange, wire })
    }

    fn write(&mut self, row: &Row, source: Option<i64>) -> rusqlite::Result<ExchangeId> {
        self.exchange.execute(params![
            direction_code(row.direction),
            origin_code(row.origin),
            row.started_at,
            row.duration,
            row.method,
            row.path,
            (row.path != row.url).then_some(&row.url),
            source,
            row.event_type,
            row.status,
            row.sizes[0],
            row.sizes[1],
            row.failure,
            row.parent,
            row.request_id,
            row.marks,
        ])?;
        let id = self.connection.last_insert_rowid();
        let keys = row.bodies.each_ref().map(|body| body.as_ref().map(Spooled::key));
        self.wire.execute(params![id, row.record, keys[0], keys[1]])?;
        for key in keys.into_iter().flatten() {
            self.connection.prepare_cached(UNSPOOL)?.execute([key])?;
        }
        if let Some(push) = row.forwarded() {
            self.connection.prepare_cached(FORWARDED)?.execute(params![row.status, row.failure, push])?;
        }
        Ok(id)
    }
}

/// True if these rows are on the disk once they are committed.
pub(super) fn is_synced(rows: &[Row]) -> bool {
    rows.iter().any(|row| row.direction == Direction::Push)
}

/// The path of a request target or a URL, without query and fragment (RFC 3986, section 3.3).
fn path_of(url: &str) -> &str {
    let rest = match url.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)) => {
            rest.find(['/', '?', '#']).map_or("/", |start| &rest[start..])
        }
        _ => url,
    };
    match rest.find(['?', '#']) {
        Some(0) => "/",
        Some(end) => &rest[..end],
        None => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn the_path_of_a_target_or_url_is_what_stands_before_the_query() {
        for (url, path) in [
            ("/in/stripe?a=1", "/in/stripe"),
            ("/in/stripe", "/in/stripe"),
            ("https://api.example.com/v1/x?y#z", "/v1/x"),
            ("https://api.example.com", "/"),
            ("https://api.example.com?x=/y", "/"),
            ("/in/a?next=http://b/c", "/in/a"),
            ("*", "*"),
            ("?x", "/"),
        ] {
            assert_eq!(path_of(url), path, "{url}");
        }
    }
}

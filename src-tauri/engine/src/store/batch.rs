//! Writing many exchanges at once: one string of SQL, one crossing into SQLite, one sync.
//!
//! sqlx hands every statement to a thread of its own; a batch as one statement list crosses once, and what an exchange
//! costs is its binding.

use super::NewExchange;
use super::codes::{direction_code, failure_code, marks_code, origin_code};
use crate::exchange::{Body, Direction, ExchangeId, Message, Origin};
use bytes::Bytes;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments};
use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr, SqliteConnection};
use std::collections::HashMap;

const EXCHANGE: &str = "INSERT INTO exchange (direction, origin, started_at, duration, method, path, url, source_id, \
     event_type, status, request_size, response_size, failure, parent, request_id, marks) VALUES ";
const EXCHANGE_ROW: &str = "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
const WIRE: &str = "INSERT INTO wire (id, request_head, request_framing, request_body, request_key, response_head, \
     response_framing, response_body, response_key, peer, timing, failure) VALUES ";
const UNSPOOL: &str = "DELETE FROM spool WHERE key = ?;";
const ANSWERED: &str = "INSERT INTO answered (id, content) VALUES ((SELECT max(id) FROM exchange) - ?, ?);";
const FORWARDED: &str = "UPDATE exchange SET forward_status = ?, forward_failure = ? WHERE id = ?;";

/// What stays from batch to batch: the SQL for each shape and the numbers of the sources.
#[derive(Debug, Default)]
pub(super) struct Batch {
    statements: HashMap<Shape, SqlStr>,
    sources: HashMap<String, KnownSource>,
}

/// Batches of one shape share one prepared statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Shape {
    exchanges: usize,
    spooled: usize,
    forwarded: usize,
    answered: usize,
}

#[derive(Debug, Clone, Copy)]
struct KnownSource {
    id: i64,
    has_provider: bool,
}

impl Batch {
    /// Writes and commits; answers the number of the first, the others following without a gap. On an error nothing
    /// of the batch is stored.
    pub(super) async fn commit(
        &mut self,
        connection: &mut SqliteConnection,
        exchanges: Vec<NewExchange>,
    ) -> Result<ExchangeId, sqlx::Error> {
        let count = exchanges.len() as i64;
        for exchange in &exchanges {
            self.learn_source(connection, exchange).await?;
        }
        let spooled: Vec<i64> = exchanges.iter().flat_map(spool_keys).collect();
        let forwarded: Vec<_> = exchanges.iter().filter_map(forwarding).collect();
        let answered = answers(&exchanges);
        let shape = Shape {
            exchanges: exchanges.len(),
            spooled: spooled.len(),
            forwarded: forwarded.len(),
            answered: answered.len(),
        };
        let sql = self.statements.entry(shape).or_insert_with(|| statement(shape)).clone();
        // Only what comes up all the time stays prepared.
        let mut query = sqlx::query(sql).persistent(shape.spooled == 0 && shape.forwarded <= 1 && shape.answered <= 1);
        for exchange in &exchanges {
            query = bind_exchange(query, exchange, self.source_id(exchange));
        }
        for exchange in exchanges {
            query = bind_wire(query, exchange);
        }
        for key in spooled {
            query = query.bind(key);
        }
        for (status, failure, parent) in forwarded {
            query = query.bind(status).bind(failure).bind(parent);
        }
        for (behind, content) in answered {
            query = query.bind(behind).bind(content);
        }
        match query.execute(&mut *connection).await {
            Ok(done) => Ok(done.last_insert_rowid() - count + 1),
            Err(error) => {
                // Fails if SQLite has rolled back by itself, which is as good.
                let _ = sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await;
                self.sources.clear();
                Err(error)
            }
        }
    }

    /// Makes the source of an exchange if it is not there, and notes its provider once it is known.
    async fn learn_source(&mut self, connection: &mut SqliteConnection, new: &NewExchange) -> Result<(), sqlx::Error> {
        let Some(name) = &new.source else { return Ok(()) };
        let known = self.sources.get(name);
        if known.is_some_and(|source| source.has_provider || new.provider.is_none()) {
            return Ok(());
        }
        let (id, provider): (i64, Option<String>) = sqlx::query_as(
            "INSERT INTO source (name, provider, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET provider = coalesce(provider, $2) RETURNING id, provider",
        )
        .bind(name.as_str())
        .bind(new.provider)
        .bind(new.started_at)
        .fetch_one(connection)
        .await?;
        self.sources.insert(name.clone(), KnownSource { id, has_provider: provider.is_some() });
        Ok(())
    }

    fn source_id(&self, exchange: &NewExchange) -> Option<i64> {
        exchange.source.as_ref().and_then(|name| self.sources.get(name)).map(|source| source.id)
    }
}

fn statement(shape: Shape) -> SqlStr {
    let mut sql = String::from("BEGIN IMMEDIATE;");
    sql += EXCHANGE;
    sql += &[EXCHANGE_ROW].repeat(shape.exchanges).join(",");
    sql += ";";
    sql += WIRE;
    let rows: Vec<String> = (0..shape.exchanges)
        .rev()
        .map(|behind| format!("((SELECT max(id) FROM exchange)-{behind},?,?,?,?,?,?,?,?,?,?,?)"))
        .collect();
    sql += &rows.join(",");
    sql += ";";
    sql += &UNSPOOL.repeat(shape.spooled);
    sql += &FORWARDED.repeat(shape.forwarded);
    sql += &ANSWERED.repeat(shape.answered);
    sql += "COMMIT;";
    AssertSqlSafe(sql).into_sql_str()
}

type Bound<'q> = Query<'q, Sqlite, SqliteArguments>;

fn bind_exchange<'q>(query: Bound<'q>, new: &NewExchange, source_id: Option<i64>) -> Bound<'q> {
    let path = path_of(&new.url);
    query
        .bind(direction_code(new.direction))
        .bind(origin_code(new.origin))
        .bind(new.started_at)
        .bind(new.duration)
        .bind(new.method.clone())
        .bind(path.to_owned())
        .bind((path != new.url).then(|| new.url.clone()))
        .bind(source_id)
        .bind(new.event_type.clone())
        .bind(new.status)
        .bind(new.request.body.len() as i64)
        .bind(new.response.as_ref().map_or(0, |response| response.body.len() as i64))
        .bind(new.failure.as_ref().map(|failure| failure_code(failure.kind)))
        .bind(new.parent)
        .bind(new.request_id)
        .bind(marks_code(&new.marks))
}

fn bind_wire(query: Bound<'_>, new: NewExchange) -> Bound<'_> {
    let query = bind_message(query, Some(new.request));
    bind_message(query, new.response)
        .bind(new.peer)
        .bind(new.timing.and_then(|timing| serde_json::to_string(&timing).ok()))
        .bind(new.failure.and_then(|failure| serde_json::to_string(&failure).ok()))
}

fn bind_message(query: Bound<'_>, message: Option<Message>) -> Bound<'_> {
    let Some(message) = message else {
        return query.bind(None::<Vec<u8>>).bind(None::<Vec<u8>>).bind(None::<Vec<u8>>).bind(None::<i64>);
    };
    let (body, key) = match message.body {
        Body::Inline(bytes) => (Some(owned(bytes)), None),
        Body::Spooled { key, .. } => (None, Some(key)),
    };
    let framing = (!message.framing.is_empty()).then(|| owned(message.framing));
    query.bind(owned(message.head)).bind(framing).bind(body).bind(key)
}

/// Without a copy where the bytes are not shared.
fn owned(bytes: Bytes) -> Vec<u8> {
    Vec::from(bytes)
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

fn spool_keys(new: &NewExchange) -> impl Iterator<Item = i64> {
    [Some(&new.request), new.response.as_ref()].into_iter().flatten().filter_map(|message| match message.body {
        Body::Spooled { key, .. } => Some(key),
        Body::Inline(_) => None,
    })
}

/// What a replay or forward says about its push: the status, the failure, the push.
fn forwarding(new: &NewExchange) -> Option<(Option<u16>, Option<i64>, ExchangeId)> {
    let is_forward = new.direction == Direction::Pull && matches!(new.origin, Origin::Replay | Origin::Forward);
    let parent = new.parent.filter(|_| is_forward)?;
    Some((new.status, new.failure.as_ref().map(|failure| failure_code(failure.kind)), parent))
}

/// What decided the answers of a batch: how far its exchange stands before the last, and the record as JSON.
fn answers(exchanges: &[NewExchange]) -> Vec<(i64, String)> {
    let behind = |place: usize| (exchanges.len() - 1 - place) as i64;
    let record = |(place, new): (usize, &NewExchange)| {
        Some((behind(place), serde_json::to_string(new.answered.as_deref()?).ok()?))
    };
    exchanges.iter().enumerate().filter_map(record).collect()
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

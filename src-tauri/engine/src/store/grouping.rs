//! Which stored pushes are the same event. Found in the background, after the commit; a push is kept and marked, never
//! dropped.

use super::again::{Place, Turn, move_on};
use super::background::{Steps, keep_up};
use super::codes::{marks_code, origin_code};
use super::deliveries::repeat_code;
use super::index::index_anew;
use super::organise::{ANEW, CHANGED};
use super::{Store, StoreError};
use crate::exchange::{AnsweredBy, ExchangeId, Mark, Micros, Origin, Repeat};
use crate::inspect::delivery::{
    Accepts, Came, Earlier, Given, Said, State, Told, hash, repeat, said, same_event, schedule, states_of,
};
use crate::inspect::provider::{BatchEvent, Recognisers};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use std::collections::{BTreeMap, HashMap};

/// Pushes looked at at a time.
const STEPS: Steps = Steps { busy: 16, quiet: 128 };

/// How far the pushes of a source are grouped anew, from the oldest on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Regrouping {
    pub(super) after: ExchangeId,
    /// A push was read otherwise than before: all that came after it may belong elsewhere.
    pub(super) is_other: bool,
}

/// What is done here, for those who read an error.
const GROUPING: &str = "Grouping pushes";

/// Pushes of one delivery: the next one begins another. More than any known schedule comes to (Adyen, about 100), and
/// few enough to count and rename them whenever one is read or taken away. Written out in migration 14.
pub(super) const MOST: i64 = 200;

/// A stored push, read and told.
struct Looked {
    id: ExchangeId,
    at: Micros,
    /// False for what nobody sends again: it stands beside the deliveries.
    delivered: bool,
    told: Told,
    attempt: Option<u32>,
    accepts: Accepts,
    states: Vec<State>,
    /// Events of a batch by type.
    types: Vec<(String, u32)>,
}

impl Looked {
    /// Tells whether its attempt, its states and what its service takes as success are read as before: what is told by
    /// them stands with this push and with those that came after it.
    fn reading(&self) -> i64 {
        hash(&[format!("{:?}", (self.attempt, &self.accepts, &self.states)).as_bytes()])
    }

    /// The event types of a batch, a line each.
    fn type_names(&self) -> String {
        self.types.iter().map(|(name, _)| &name[..]).collect::<Vec<_>>().join("\n")
    }
}

impl Store {
    /// Groups until the store is closed.
    pub(super) async fn keep_grouped(self) {
        keep_up(self.committed(), STEPS, |count| self.group_step(count)).await;
    }

    /// Groups everything that is stored now.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn finish_grouping(&self) -> Result<(), StoreError> {
        while self.group_step(STEPS.quiet).await? {}
        Ok(())
    }

    /// The exchange up to which pushes are grouped.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn grouped(&self) -> Result<ExchangeId, StoreError> {
        let value = sqlx::query_scalar("SELECT value FROM meta WHERE name = 'grouped'").fetch_one(&self.readers).await;
        value.map_err(|e| StoreError::from_sqlx("Reading the deliveries", &e))
    }

    /// True if there may be more to do.
    async fn group_step(&self, count: u32) -> Result<bool, StoreError> {
        let from = self.grouped().await?;
        let sql = format!("{} WHERE e.id > $1 ORDER BY e.id LIMIT {count}", stored());
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(from).fetch_all(&self.readers).await;
        let rows = rows.map_err(|e| StoreError::from_sqlx(GROUPING, &e))?;
        let Some(upto) = rows.last().map(|row| row.get::<ExchangeId, _>(0)) else { return Ok(false) };
        let (looked, texts) = self.look_at(&rows).await?;
        self.writer
            .finding(GROUPING, move |connection| {
                Box::pin(async move {
                    // Another process that works on the same file may have been faster.
                    let raced = sqlx::query("UPDATE meta SET value = $1 WHERE name = 'grouped' AND value = $2")
                        .bind(upto)
                        .bind(from)
                        .execute(&mut *connection)
                        .await?;
                    if raced.rows_affected() > 0 {
                        keep(connection, &looked, &texts).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        Ok(true)
    }

    /// Groups some pushes of a source anew, as far as they are grouped, and notes where it goes on: another provider may
    /// read them than before.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) async fn group_again(&self, turn: Turn, from: Regrouping, count: u32) -> Result<(), StoreError> {
        let sql = format!(
            "{} WHERE e.source_id = $1 AND e.id > $2 AND e.id <= (SELECT value FROM meta WHERE name = 'grouped')
              ORDER BY e.id LIMIT {count}",
            stored(),
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(turn.source).bind(from.after).fetch_all(&self.readers).await;
        let rows = rows.map_err(|e| StoreError::from_sqlx(GROUPING, &e))?;
        let Some(after) = rows.last().map(|row| row.get::<ExchangeId, _>(0)) else {
            return self.keep_looked_at(turn, Vec::new(), None).await;
        };
        let (looked, texts) = self.look_at(&rows).await?;
        let is_other = from.is_other || !self.is_kept(&looked).await?;
        let next = Place::Grouping(Regrouping { after, is_other });
        self.writer
            .finding(GROUPING, move |connection| {
                Box::pin(async move {
                    if !move_on(connection, turn, Some(next)).await? || !is_other {
                        return Ok(());
                    }
                    for push in &looked {
                        forget(connection, push.id).await?;
                    }
                    keep(connection, &looked, &texts).await?;
                    sqlx::raw_sql(ANEW).execute(&mut *connection).await?;
                    sqlx::raw_sql(CHANGED).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// True if all of this is what stands in the file.
    async fn is_kept(&self, looked: &[Looked]) -> Result<bool, StoreError> {
        let failed = |error: sqlx::Error| StoreError::from_sqlx(GROUPING, &error);
        for push in looked {
            let told = sqlx::query_as("SELECT key, body, reading FROM event_key WHERE id = $1").bind(push.id);
            let told: Option<(i64, i64, Option<i64>)> = told.fetch_optional(&self.readers).await.map_err(failed)?;
            let tells = push.delivered.then(|| (push.told.key, push.told.content, Some(push.reading())));
            let types = "SELECT event_type, events FROM batch WHERE exchange = $1 ORDER BY event_type";
            let types: Vec<(String, u32)> =
                sqlx::query_as(types).bind(push.id).fetch_all(&self.readers).await.map_err(failed)?;
            if told != tells || types != push.types {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What is found out about the pushes among these rows of [`stored`], and the texts of those that are found by more
    /// words now.
    async fn look_at(&self, rows: &[SqliteRow]) -> Result<(Vec<Looked>, HashMap<ExchangeId, String>), StoreError> {
        let mut looked = Vec::new();
        let providers = self.recognisers().await?;
        for row in rows.iter().filter(|row| row.get::<i64, _>(1) == 0) {
            let Some(source) = row.get::<Option<i64>, _>(3) else { continue };
            let chosen: Option<String> = row.get(4);
            // One that has been deleted meanwhile, or is damaged, is no event any more.
            if let Some(push) = self.look(row.get(0), row.get(2), source, chosen.as_deref(), &providers).await? {
                looked.push(Looked { delivered: push.delivered && row.get(5), ..push });
            }
        }
        let batches = looked.iter().filter(|push| !push.types.is_empty()).map(|push| (push.id, push.type_names()));
        let texts = self.texts_with(batches.collect()).await?;
        Ok((looked, texts))
    }

    /// True for the question of a browser that comes before a push.
    async fn is_preflight(&self, id: ExchangeId) -> Result<bool, StoreError> {
        Ok(self.record(id).await?.answered.is_some_and(|answered| answered.by == AnsweredBy::Preflight))
    }

    async fn look(
        &self,
        id: ExchangeId,
        at: Micros,
        source: i64,
        chosen: Option<&str>,
        providers: &Recognisers,
    ) -> Result<Option<Looked>, StoreError> {
        let (head, body, len) = match self.read_push(id).await {
            Err(error) if error.is_of_one() => return Ok(None),
            read => read?,
        };
        let (method, target) = head.method_and_target();
        let reader = providers.of_push(chosen, &head.headers, &body);
        let said = said(reader.as_ref().map(|reader| &reader.provider), &head.headers, &body);
        let key = said.provider.map(|provider| &provider.key[..]).unwrap_or_default();
        Ok(Some(Looked {
            id,
            at,
            delivered: method != "OPTIONS" || !self.is_preflight(id).await?,
            told: Told::of(source, &said, &Came { method: &method, target: &target, body: &body, len }),
            attempt: said.attempt,
            accepts: schedule(said.provider).accepts,
            states: states_of(source, key, &head.headers, &body),
            types: types(&said),
        }))
    }
}

/// How many events of which type are in a batch.
fn types(said: &Said<'_>) -> Vec<(String, u32)> {
    let mut counted = BTreeMap::new();
    for BatchEvent { event_type, .. } in &said.events {
        *counted.entry(event_type.clone().unwrap_or_default()).or_insert(0) += 1;
    }
    counted.into_iter().collect()
}

/// SQL that is true of a push that its service would send again. What the user tries a source with carries the numbers of
/// the push that it was made from, and is no attempt of its service; a handshake is no event, however often it is asked.
fn delivered() -> String {
    let (sample, handshake) = (origin_code(Origin::Sample), marks_code(&[Mark::Handshake]));
    format!("e.origin <> {sample} AND e.marks & {handshake} = 0")
}

/// SQL that reads exchanges as they are looked at.
fn stored() -> String {
    let delivered = delivered();
    format!(
        "SELECT e.id, e.direction, e.started_at, s.id, s.chosen_provider, {delivered}
           FROM exchange e LEFT JOIN source s ON s.id = e.source_id"
    )
}

/// Keeps what was found out about pushes, in their order.
async fn keep(
    connection: &mut SqliteConnection,
    looked: &[Looked],
    texts: &HashMap<ExchangeId, String>,
) -> Result<(), sqlx::Error> {
    for push in looked {
        for (event_type, events) in &push.types {
            let sql = "INSERT OR REPLACE INTO batch VALUES ($1, $2, $3)";
            sqlx::query(sql).bind(push.id).bind(event_type).bind(events).execute(&mut *connection).await?;
        }
        if push.delivered {
            place(connection, push).await?;
        }
        if let Some(text) = texts.get(&push.id) {
            index_anew(connection, push.id, text).await?;
        }
    }
    Ok(())
}

/// Takes back what was found out about a push.
async fn forget(connection: &mut SqliteConnection, id: ExchangeId) -> Result<(), sqlx::Error> {
    for sql in [
        "UPDATE exchange SET delivery = NULL, repeats = NULL, attempt = NULL, overtaken_by = NULL WHERE id = $1",
        "DELETE FROM batch WHERE exchange = $1",
        "DELETE FROM event_key WHERE id = $1",
        "DELETE FROM object_state WHERE id = $1",
    ] {
        sqlx::query(sql).bind(id).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Puts a push into its delivery.
async fn place(connection: &mut SqliteConnection, push: &Looked) -> Result<(), sqlx::Error> {
    let sql = "SELECT e.id, k.body, e.started_at, e.duration, e.status, e.delivery, e.attempt, e.failure IS NOT NULL
                 FROM event_key k JOIN exchange e ON e.id = k.id WHERE k.key = $1 AND k.id < $2 ORDER BY k.id DESC LIMIT 1";
    let row = sqlx::query(sql).bind(push.told.key).bind(push.id).fetch_optional(&mut *connection).await?;
    let before = row.map(|row| {
        let (took, status, failed) = (row.get(3), row.get(4), row.get(7));
        let earlier = Earlier { at: row.get(2), answer: Given { took, status, failed }, content: row.get(1) };
        (row.get::<Option<ExchangeId>, _>(5).unwrap_or_else(|| row.get(0)), row.get::<Option<u32>, _>(6), earlier)
    });
    match before.filter(|(_, _, earlier)| same_event(&push.told, earlier, push.at, &push.accepts)) {
        Some((first, counted, earlier)) => {
            let counted = counted.unwrap_or(1);
            let further = push.attempt.is_some_and(|attempt| attempt > counted);
            let code = repeat_code(repeat(&earlier, push.at, further, &push.accepts));
            let attempt = push.attempt.unwrap_or_else(|| counted.saturating_add(1));
            let first = (!is_full(connection, first, push.id).await?).then_some(first);
            update(connection, push.id, first, Some(code), Some(attempt)).await?;
        }
        // A further attempt of what did not come here, or came too long ago.
        None if push.attempt.is_some_and(|attempt| attempt > 1) => {
            update(connection, push.id, None, Some(repeat_code(Repeat::Retry)), push.attempt).await?;
        }
        None => {}
    }
    // A push that is gone meanwhile tells nothing.
    let sql = "INSERT INTO event_key SELECT id, $2, $3, $4 FROM exchange WHERE id = $1";
    let query = sqlx::query(sql).bind(push.id).bind(push.told.key).bind(push.told.content).bind(push.reading());
    query.execute(&mut *connection).await?;
    order(connection, push.id, &push.states).await
}

/// True if a delivery has as many pushes before this one as it may have: the push begins another.
async fn is_full(connection: &mut SqliteConnection, first: ExchangeId, push: ExchangeId) -> Result<bool, sqlx::Error> {
    let sql = "SELECT count(*) + 1 >= $3 FROM exchange WHERE delivery = $1 AND id < $2";
    sqlx::query_scalar(sql).bind(first).bind(push).bind(MOST).fetch_one(connection).await
}

async fn update(
    connection: &mut SqliteConnection,
    id: ExchangeId,
    first: Option<ExchangeId>,
    repeats: Option<i64>,
    attempt: Option<u32>,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE exchange SET delivery = $2, repeats = $3, attempt = $4 WHERE id = $1";
    sqlx::query(sql).bind(id).bind(first).bind(repeats).bind(attempt).execute(connection).await.map(drop)
}

/// Marks a push about an older state of a thing than one that was here before.
async fn order(connection: &mut SqliteConnection, id: ExchangeId, states: &[State]) -> Result<(), sqlx::Error> {
    let mut overtaken_by: Option<ExchangeId> = None;
    for state in states {
        let sql = "SELECT at, id FROM object_state WHERE key = $1 AND id < $2 ORDER BY at DESC, id DESC LIMIT 1";
        let known = sqlx::query(sql).bind(state.key).bind(id).fetch_optional(&mut *connection).await?;
        if let Some(newer) = known.filter(|row| row.get::<i64, _>(0) > state.at) {
            overtaken_by = overtaken_by.max(Some(newer.get(1)));
            continue;
        }
        let sql = "INSERT INTO object_state SELECT id, $2, $3 FROM exchange WHERE id = $1";
        sqlx::query(sql).bind(id).bind(state.key).bind(state.at).execute(&mut *connection).await?;
    }
    if let Some(by) = overtaken_by {
        let sql = "UPDATE exchange SET overtaken_by = $2 WHERE id = $1";
        sqlx::query(sql).bind(id).bind(by).execute(connection).await?;
    }
    Ok(())
}

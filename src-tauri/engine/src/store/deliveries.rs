//! Deliveries: the pushes that are the same event, read with their attempts.

use super::list::{SUMMARY, summary};
use super::organise::joined;
use super::{Store, StoreError};
use crate::exchange::{DeliveryMark, ExchangeId, ExchangeSummary, Repeat, Side};
use crate::inspect::delivery::{COMPARED, Came, Counted, Delivery, Said, Told, attempts, next_at, said, schedule};
use crate::inspect::provider::Provider;
use crate::inspect::{content_codings, decode_front};
use crate::wire::LooseHead;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _};

/// What [`SUMMARY`] says of a push's place in its delivery, from this column on.
pub(super) fn mark(row: &SqliteRow, from: usize) -> Option<DeliveryMark> {
    let first: Option<ExchangeId> = row.get(from);
    let mark = DeliveryMark {
        first: first.unwrap_or_else(|| row.get(0)),
        pushes: row.get::<u32, _>(from + 4) + 1,
        repeat: row.get::<Option<i64>, _>(from + 1).map(repeat_of),
        attempt: row.get(from + 2),
        overtaken_by: row.get(from + 3),
        unread: row.get(from + 5),
    };
    let says = mark.pushes > 1 || mark.repeat.is_some() || mark.attempt.is_some() || mark.overtaken_by.is_some();
    says.then_some(mark)
}

/// How a repeat is stored.
pub(super) fn repeat_code(repeat: Repeat) -> i64 {
    match repeat {
        Repeat::Retry => 1,
        Repeat::Duplicate => 2,
    }
}

fn repeat_of(code: i64) -> Repeat {
    if code == 2 { Repeat::Duplicate } else { Repeat::Retry }
}

impl Store {
    /// What was found to be a repeat among the exchanges after one up to another, and the pushes of its delivery that are
    /// shown with it.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn repeats_between(&self, after: ExchangeId, upto: ExchangeId) -> Result<Vec<ExchangeId>, StoreError> {
        let sql = "SELECT id FROM exchange WHERE repeats IS NOT NULL AND id > $1 AND id <= $2
                   UNION SELECT delivery FROM exchange
                          WHERE repeats IS NOT NULL AND delivery IS NOT NULL AND id > $1 AND id <= $2
                   UNION SELECT id FROM exchange WHERE overtaken_by IS NOT NULL AND id > $1 AND id <= $2
                   LIMIT 1000";
        // Whichever attempt is open, its timeline has one more.
        let others = "SELECT id FROM exchange
                       WHERE delivery IN (SELECT delivery FROM exchange
                                           WHERE repeats IS NOT NULL AND delivery IS NOT NULL AND id > $1 AND id <= $2)
                         AND id <= $1
                       ORDER BY id DESC LIMIT 1000";
        let mut told = Vec::new();
        for sql in [sql, others] {
            let rows = sqlx::query_scalar::<_, ExchangeId>(sql).bind(after).bind(upto).fetch_all(&self.readers).await;
            told.extend(rows.map_err(|e| StoreError::from_sqlx("Reading the deliveries", &e))?);
        }
        Ok(told)
    }

    /// The delivery that a push belongs to.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange.
    pub async fn delivery(&self, id: ExchangeId) -> Result<Delivery, StoreError> {
        let act = "Reading a delivery";
        let asked = self.summary(id).await?;
        let first = asked.delivery.map_or(id, |mark| mark.first);
        let sql = format!("{SUMMARY} WHERE e.id = $1 OR e.delivery = $1 ORDER BY e.id");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(first).fetch_all(&self.readers).await;
        let pushes: Vec<_> = rows.map_err(|e| StoreError::from_sqlx(act, &e))?.iter().map(summary).collect();
        let (head, body, len) = self.read_push(id).await?;
        let chosen = self.chosen_provider(asked.source.as_deref().unwrap_or_default()).await?;
        let reader = self.recognisers().await?.of_push(chosen.as_deref(), &head.headers, &body);
        let said = said(reader.as_ref().map(|reader| &reader.provider), &head.headers, &body);
        let (method, target) = head.method_and_target();
        let is_told = self.is_told(id, &said, &Came { method: &method, target: &target, body: &body, len }).await?;
        let number = said.delivery_id.or(said.event_id).filter(|_| is_told == Some(true));
        let schedule = schedule(said.provider);
        let of = Counted {
            by_service: said.provider.is_some_and(Provider::counts_attempts),
            goes_on: self.goes_on(first).await?,
        };
        let attempts = attempts(self.with_children(pushes).await?, &schedule, of);
        Ok(Delivery {
            first,
            provider: said.provider.map(|provider| provider.key.clone()),
            told_by_body: is_told.is_some() && number.is_none(),
            number,
            next_at: next_at(&attempts, &schedule),
            attempts,
            schedule: schedule.words.map(String::from),
            events: said.events,
            more_events: said.more_events,
        })
    }

    /// True if the first push of a delivery tells of another one before it, which was full or too long ago.
    async fn goes_on(&self, first: ExchangeId) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM event_key k JOIN event_key b ON b.key = k.key AND b.id < k.id WHERE k.id = $1)";
        let found = sqlx::query_scalar(sql).bind(first).fetch_one(&self.readers).await;
        found.map_err(|e| StoreError::from_sqlx("Reading a delivery", &e))
    }

    /// True if what a push says now is what tells it again, false if it was grouped when another provider, or none, read
    /// it; None if it is not grouped.
    async fn is_told(&self, id: ExchangeId, said: &Said<'_>, came: &Came<'_>) -> Result<Option<bool>, StoreError> {
        let sql = "SELECT e.source_id, k.key FROM exchange e JOIN event_key k ON k.id = e.id WHERE e.id = $1";
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.readers).await;
        let row = row.map_err(|e| StoreError::from_sqlx("Reading a delivery", &e))?;
        Ok(row.map(|row| Told::of(row.get(0), said, came).key == row.get::<i64, _>(1)))
    }

    /// These exchanges, with all pushes of the deliveries that they are the first of, oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn whole_deliveries(&self, ids: &[ExchangeId]) -> Result<Vec<ExchangeId>, StoreError> {
        let list = joined(ids);
        let sql = format!(
            "SELECT id FROM exchange WHERE id IN ({list}) UNION SELECT id FROM exchange WHERE delivery IN ({list}) ORDER BY 1"
        );
        let rows = sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false).fetch_all(&self.readers).await;
        rows.map_err(|e| StoreError::from_sqlx("Reading the deliveries", &e))
    }

    async fn with_children(
        &self,
        pushes: Vec<ExchangeSummary>,
    ) -> Result<Vec<(ExchangeSummary, Vec<ExchangeSummary>)>, StoreError> {
        let mut with = Vec::with_capacity(pushes.len());
        for push in pushes {
            let children = self.children(push.id).await?;
            with.push((push, children));
        }
        Ok(with)
    }

    /// The head of a push and its body, decoded and cut, with the length of the whole.
    pub(super) async fn read_push(&self, id: ExchangeId) -> Result<(LooseHead, bytes::Bytes, u64), StoreError> {
        let message = self.message(id, Side::Request).await?.unwrap_or_default();
        let head = LooseHead::parse(&message.head);
        let raw = self.body(id, Side::Request, 0..COMPARED as u64).await?;
        let codings = content_codings(&head.headers);
        if codings.is_empty() {
            return Ok((head, raw, message.body_len));
        }
        let decoding = tokio::task::spawn_blocking(move || decode_front(&raw, &codings, COMPARED).bytes);
        let decoded = decoding.await.unwrap_or_default();
        // How long the whole would be is not known of one that is cut; how long it is as it came tells it as well.
        let beyond = if decoded.len() < COMPARED { 0 } else { message.body_len };
        let len = decoded.len() as u64 + beyond;
        Ok((head, decoded, len))
    }
}

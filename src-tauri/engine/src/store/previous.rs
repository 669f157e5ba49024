//! The exchange that another one is best held against: the one before it of its kind.

use super::{Store, StoreError, codes};
use crate::exchange::{ExchangeId, Origin};
use sqlx::{AssertSqlSafe, Row as _};

/// The newest earlier one of the same source and event type. An earlier try of the same event would show nothing new.
const SAME_EVENT: &str = "SELECT p.id FROM exchange e JOIN exchange p ON p.event_type = e.event_type AND p.id < e.id \
     WHERE e.id = ? AND p.direction = e.direction AND p.source_id IS e.source_id AND p.deletion IS NULL \
     AND ifnull(p.delivery, p.id) <> ifnull(e.delivery, e.id)";

/// The newest earlier answer to the same saved request.
const SAME_REQUEST: &str = "SELECT p.id FROM exchange e JOIN exchange p ON p.request_id = e.request_id AND p.id < e.id \
     WHERE e.id = ? AND p.deletion IS NULL";

/// The newest earlier one without an event type to the same place.
const SAME_PLACE: &str = "SELECT p.id FROM exchange e JOIN exchange p ON p.id < e.id AND p.method = e.method \
     AND p.path = e.path AND p.direction = e.direction WHERE e.id = ? AND e.event_type IS NULL AND p.event_type IS NULL \
     AND p.source_id IS e.source_id AND p.deletion IS NULL AND coalesce(p.url, '') = coalesce(e.url, '') \
     AND ifnull(p.delivery, p.id) <> ifnull(e.delivery, e.id)";

/// After redirects the last answer is held against the last one, a hop on the way against the same hop: never against
/// one of its own.
fn same_hop() -> String {
    let redirect = codes::origin_code(Origin::Redirect);
    let is_last =
        |one: &str| format!("NOT EXISTS (SELECT 1 FROM exchange WHERE parent = {one}.id AND origin = {redirect})");
    let hop = |one: &str| {
        format!(
            "(WITH RECURSIVE way(id) AS (SELECT {one}.id UNION ALL SELECT x.parent FROM way JOIN exchange x \
               ON x.id = way.id WHERE x.origin = {redirect} AND x.parent IS NOT NULL) SELECT count(*) FROM way)"
        )
    };
    format!("CASE WHEN {} THEN {} ELSE {} = {} END", is_last("e"), is_last("p"), hop("e"), hop("p"))
}

impl Store {
    /// The newest earlier exchange of the same kind: the same source and event type; for a call the same saved request;
    /// else the same method and address; of an answer after redirects the same hop. None if there is none.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn previous(&self, id: ExchangeId) -> Result<Option<ExchangeId>, StoreError> {
        for sql in [SAME_EVENT, SAME_REQUEST, SAME_PLACE] {
            let sql = format!("{sql} AND {} ORDER BY p.id DESC LIMIT 1", same_hop());
            let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&self.readers).await;
            let row = row.map_err(|e| StoreError::from_sqlx("Looking for the one before", &e))?;
            if let Some(row) = row {
                return Ok(Some(row.get(0)));
            }
        }
        Ok(None)
    }
}

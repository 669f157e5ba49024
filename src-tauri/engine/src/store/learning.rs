//! Handshakes whose secret could not be kept yet.

use super::{Store, StoreError};
use crate::exchange::ExchangeId;

impl Store {
    /// Handshakes whose secret waits for the vault, in the order they came.
    pub(crate) async fn unlearnt(&self) -> Result<Vec<ExchangeId>, StoreError> {
        let ids = sqlx::query_scalar("SELECT id FROM unlearnt ORDER BY id").fetch_all(&self.readers).await;
        ids.map_err(|e| StoreError::from_sqlx("Reading the handshakes", &e))
    }

    /// How many of them are those of a source.
    pub(crate) async fn unlearnt_of(&self, source: i64) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM unlearnt WHERE source_id = $1";
        let count: Result<i64, _> = sqlx::query_scalar(sql).bind(source).fetch_one(&self.readers).await;
        count.map(|count| count as u64).map_err(|e| StoreError::from_sqlx("Reading the handshakes", &e))
    }

    /// Notes that the secret of a handshake waits for the vault, or does not any more.
    pub(crate) async fn note_unlearnt(&self, id: ExchangeId, source: i64, waits: bool) -> Result<(), StoreError> {
        self.writer
            .finding("Noting a handshake", move |connection| {
                Box::pin(async move {
                    if waits {
                        let sql = "INSERT INTO unlearnt (id, source_id) SELECT id, $2 FROM exchange WHERE id = $1
                                   ON CONFLICT DO NOTHING";
                        return sqlx::query(sql).bind(id).bind(source).execute(connection).await.map(drop);
                    }
                    sqlx::query("DELETE FROM unlearnt WHERE id = $1").bind(id).execute(connection).await.map(drop)
                })
            })
            .await
    }
}

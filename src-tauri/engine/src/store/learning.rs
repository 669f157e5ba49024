//! Handshakes whose secret could not be kept yet.

use super::{Store, StoreError};
use crate::exchange::ExchangeId;

/// What is done here, for those who read an error.
const READING: &str = "Reading the handshakes";

/// Handshakes of a source that wait at most: whoever knows its URL can send them.
const MOST: i64 = 64;

impl Store {
    /// Handshakes whose secret waits for the vault, in the order they came; so many at most.
    pub(crate) async fn unlearnt(&self, count: u32) -> Result<Vec<ExchangeId>, StoreError> {
        let query = sqlx::query_scalar("SELECT id FROM unlearnt ORDER BY id LIMIT $1").bind(count);
        query.fetch_all(&self.readers).await.map_err(|e| StoreError::from_sqlx(READING, &e))
    }

    /// True if this is one of them.
    pub(crate) async fn is_unlearnt(&self, id: ExchangeId) -> Result<bool, StoreError> {
        let query = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM unlearnt WHERE id = $1)").bind(id);
        query.fetch_one(&self.readers).await.map_err(|e| StoreError::from_sqlx(READING, &e))
    }

    /// How many of them are those of a source.
    pub(crate) async fn unlearnt_of(&self, source: i64) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM unlearnt WHERE source_id = $1";
        let count: Result<i64, _> = sqlx::query_scalar(sql).bind(source).fetch_one(&self.readers).await;
        count.map(|count| count as u64).map_err(|e| StoreError::from_sqlx(READING, &e))
    }

    /// Notes that the secret of a handshake waits for the vault, or does not any more.
    pub(crate) async fn note_unlearnt(&self, id: ExchangeId, source: i64, waits: bool) -> Result<(), StoreError> {
        self.writer
            .finding("Noting a handshake", move |connection| {
                Box::pin(async move {
                    if waits {
                        let sql = "INSERT INTO unlearnt (id, source_id) SELECT id, $2 FROM exchange WHERE id = $1
                                      AND EXISTS (SELECT 1 FROM source WHERE id = $2 AND deleted_at IS NULL)
                                      AND (SELECT count(*) FROM unlearnt WHERE source_id = $2) < $3
                                   ON CONFLICT DO NOTHING";
                        let query = sqlx::query(sql).bind(id).bind(source).bind(MOST);
                        return query.execute(connection).await.map(drop);
                    }
                    sqlx::query("DELETE FROM unlearnt WHERE id = $1").bind(id).execute(connection).await.map(drop)
                })
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::{push, store};

    #[tokio::test]
    async fn a_stranger_makes_only_so_many_handshakes_wait() {
        let (_folder, store) = store().await;
        for name in ["a", "b"] {
            store.create_source(name.into()).await.unwrap();
        }
        for _ in 0..=MOST {
            let id = store.save(push("a", "e", "")).await.unwrap();
            store.note_unlearnt(id, 1, true).await.unwrap();
        }
        assert_eq!(store.unlearnt_of(1).await.unwrap(), MOST as u64);
        let id = store.save(push("b", "e", "")).await.unwrap();
        store.note_unlearnt(id, 2, true).await.unwrap();
        assert_eq!(store.unlearnt_of(2).await.unwrap(), 1, "those of another source wait beside them");
        assert_eq!(store.unlearnt(3).await.unwrap(), [1, 2, 3]);
        assert!(store.is_unlearnt(id).await.unwrap());
        store.note_unlearnt(id, 2, false).await.unwrap();
        assert!(!store.is_unlearnt(id).await.unwrap());
    }
}

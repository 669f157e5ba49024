//! How sources answer: what is in force, and what was typed since.

use super::{Store, StoreError};
use sqlx::Row as _;

/// The rules of one source as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRules {
    /// The number of the source, whatever it is called.
    pub source_id: i64,
    /// The name of the source.
    pub source: String,
    /// JSON: what is in force.
    pub content: String,
    /// JSON: what was typed since and can't be in force yet.
    pub draft: Option<String>,
    /// A change of it starts the sequences again.
    pub resets: i64,
}

impl Store {
    /// The rules of every source that has some.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn all_rules(&self) -> Result<Vec<StoredRules>, StoreError> {
        let sql =
            "SELECT s.id, s.name, r.content, r.draft, r.resets FROM source_rules r JOIN source s ON s.id = r.source_id";
        let rows = sqlx::query(sql).fetch_all(&self.readers).await;
        Ok(rows.map_err(|e| StoreError::from_sqlx("Reading the rules", &e))?.iter().map(stored).collect())
    }

    /// The rules of a source, those of one that has none being empty; None if there is no such source.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn rules(&self, source: &str) -> Result<Option<StoredRules>, StoreError> {
        let sql = "SELECT s.id, s.name, ifnull(r.content, '{}'), r.draft, ifnull(r.resets, 0)
                   FROM source s LEFT JOIN source_rules r ON r.source_id = s.id WHERE s.name = $1";
        let row = sqlx::query(sql).bind(source).fetch_optional(&self.readers).await;
        Ok(row.map_err(|e| StoreError::from_sqlx("Reading the rules", &e))?.as_ref().map(stored))
    }

    /// Keeps rules that are in force from now on, in place of all that was typed.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn save_rules(&self, source: String, content: String) -> Result<(), StoreError> {
        let sql = "INSERT INTO source_rules (source_id, content, draft, resets)
                   SELECT id, $2, NULL, 0 FROM source WHERE name = $1
                   ON CONFLICT (source_id) DO UPDATE SET content = $2, draft = NULL";
        self.write_rules(sql, source, content).await
    }

    /// Keeps what was typed; what is in force stays.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn save_rules_draft(&self, source: String, draft: String) -> Result<(), StoreError> {
        let sql = "INSERT INTO source_rules (source_id, content, draft, resets)
                   SELECT id, '{}', $2, 0 FROM source WHERE name = $1
                   ON CONFLICT (source_id) DO UPDATE SET draft = $2";
        self.write_rules(sql, source, draft).await
    }

    /// Starts the sequences of a source again.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn reset_rules(&self, source: String) -> Result<(), StoreError> {
        let sql = "UPDATE source_rules SET resets = resets + 1
                   WHERE source_id = (SELECT id FROM source WHERE name = $1) AND $2 = ''";
        self.write_rules(sql, source, String::new()).await
    }

    async fn write_rules(&self, sql: &'static str, source: String, text: String) -> Result<(), StoreError> {
        self.writer
            .job("Keeping the rules", move |connection| {
                Box::pin(async move { sqlx::query(sql).bind(source).bind(text).execute(connection).await.map(drop) })
            })
            .await
    }
}

fn stored(row: &sqlx::sqlite::SqliteRow) -> StoredRules {
    let (content, draft, resets) = (row.get(2), row.get(3), row.get(4));
    StoredRules { source_id: row.get(0), source: row.get(1), content, draft, resets }
}

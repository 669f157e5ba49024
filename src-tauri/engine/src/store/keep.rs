//! The small tables: sources, drafts, settings, and what is stored in all.

use super::counts::visible;
use super::{Store, StoreError};
use crate::api::{Draft, Drafts, Settings, Source, Stored};
use sqlx::{AssertSqlSafe, Row as _};

impl Store {
    /// All sources, by name.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn sources(&self) -> Result<Vec<Source>, StoreError> {
        let rows = sqlx::query(
            "SELECT s.id, s.name, s.provider, e.started_at,
                    (SELECT count(*) FROM exchange WHERE source_id = s.id)
                    - (SELECT count(*) FROM exchange WHERE deletion IS NOT NULL AND source_id = s.id)
               FROM source s
               LEFT JOIN exchange e ON e.id = (SELECT max(id) FROM exchange WHERE source_id = s.id)
              WHERE s.deleted_at IS NULL ORDER BY s.name",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(|e| StoreError::from_sqlx("Reading the sources", &e))?;
        let source = |row: &sqlx::sqlite::SqliteRow| Source {
            id: row.get(0),
            name: row.get(1),
            provider: row.get(2),
            newest: row.get(3),
            pushes: row.get::<i64, _>(4) as u64,
        };
        Ok(rows.iter().map(source).collect())
    }

    /// The names of all sources.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn source_names(&self) -> Result<Vec<String>, StoreError> {
        let rows =
            sqlx::query_scalar("SELECT name FROM source WHERE deleted_at IS NULL").fetch_all(&self.readers).await;
        rows.map_err(|e| StoreError::from_sqlx("Reading the sources", &e))
    }

    /// Makes a source before its first request; nothing happens if it is there.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn create_source(&self, name: String) -> Result<(), StoreError> {
        let now = super::micros_now();
        self.writer
            .job("Making a source", move |connection| {
                Box::pin(async move {
                    let sql = "INSERT INTO source (name, created_at) VALUES ($1, $2)
                               ON CONFLICT (name) DO UPDATE SET deleted_at = NULL";
                    sqlx::query(sql).bind(name).bind(now).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// The open tabs in order, and the answers that they name.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn drafts(&self) -> Result<Drafts, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar("SELECT content FROM draft ORDER BY position, key")
            .fetch_all(&self.readers)
            .await
            .map_err(|e| StoreError::from_sqlx("Reading the open tabs", &e))?;
        // A draft of a form that this version can't read stays in the file and is not shown.
        let drafts: Vec<Draft> = rows.iter().filter_map(|content| serde_json::from_str(content).ok()).collect();
        let named: Vec<_> = drafts.iter().flat_map(|draft| draft.answers.iter().copied()).collect();
        Ok(Drafts { answers: self.summaries(&named).await?, drafts })
    }

    /// Keeps a tab as it is typed.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn save_draft(&self, draft: Draft) -> Result<(), StoreError> {
        let content = serde_json::to_string(&draft)
            .map_err(|error| StoreError::Invalid(format!("The tab can't be written as JSON: {error}.")))?;
        self.writer
            .job("Keeping a tab", move |connection| {
                Box::pin(async move {
                    let sql = "INSERT INTO draft (key, position, content) VALUES ($1, $2, $3)
                               ON CONFLICT (key) DO UPDATE SET position = $2, content = $3";
                    let query = sqlx::query(sql).bind(draft.key).bind(draft.position).bind(content);
                    query.execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// Closes a tab.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn close_draft(&self, key: String) -> Result<(), StoreError> {
        self.writer
            .job("Closing a tab", move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM draft WHERE key = $1").bind(key).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// The settings; the defaults for what was never set.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn settings(&self) -> Result<Settings, StoreError> {
        Ok(self.named("Reading the settings", "settings").await?.unwrap_or_default())
    }

    /// Keeps the settings.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn save_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        self.keep_named("Keeping the settings", "settings".into(), Some(settings)).await
    }

    /// What is stored in all.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn stored(&self) -> Result<Stored, StoreError> {
        let sql = format!(
            "SELECT {}, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'exchange'), 0), (SELECT count(*) FROM node WHERE kind = 'request'),
                    (SELECT value FROM meta WHERE name = 'revision')",
            visible()
        );
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&self.readers).await;
        let row = row.map_err(|e| StoreError::from_sqlx("Counting what is stored", &e))?;
        Ok(Stored {
            exchanges: row.get::<i64, _>(0) as u64,
            newest: row.get(1),
            requests: row.get::<i64, _>(2) as u64,
            revision: row.get::<i64, _>(3) as u64,
            bytes: self.file_bytes(),
        })
    }

    /// Pushes up to `newest` that an exchange after it was made from.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn parents_since(&self, newest: i64, limit: i64) -> Result<Vec<i64>, StoreError> {
        if newest == 0 {
            return Ok(Vec::new());
        }
        // The plus keeps SQLite on the primary key: what came since is little.
        let sql = format!("SELECT DISTINCT parent FROM exchange WHERE id > $1 AND +parent <= $1 LIMIT {limit}");
        let rows = sqlx::query_scalar(AssertSqlSafe(sql)).bind(newest).fetch_all(&self.readers).await;
        rows.map_err(|e| StoreError::from_sqlx("Reading what changed", &e))
    }

    pub(super) fn file_bytes(&self) -> u64 {
        self.bytes_at("") + self.log_bytes()
    }

    /// What its log takes on the disk.
    pub(super) fn log_bytes(&self) -> u64 {
        self.bytes_at("-wal")
    }

    fn bytes_at(&self, suffix: &str) -> u64 {
        let mut path = self.path.as_os_str().to_owned();
        path.push(suffix);
        std::fs::metadata(path).map_or(0, |file| file.len())
    }
}

//! What is set for a source, and its sealed secrets.

use super::index::search_anew;
use super::views::follow_source;
use super::{Store, StoreError};
use crate::exchange::Micros;
use crate::vault::{Place, Sealer, VaultError};
use sqlx::Row as _;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What is set for a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceRow {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// As its pushes were recognised.
    pub(crate) recognised: Option<String>,
    /// As the user chose.
    pub(crate) chosen: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) tolerance: Option<u32>,
    pub(crate) handshakes: bool,
}

/// A secret of a source, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretRow {
    pub(crate) id: i64,
    pub(crate) source_id: i64,
    pub(crate) label: String,
    pub(crate) sealed: Vec<u8>,
    pub(crate) added_at: Micros,
    /// The service gave it in a handshake.
    pub(crate) learnt: bool,
}

/// A secret on its way into the vault.
#[derive(Debug)]
pub(crate) struct NewSealed {
    pub(crate) source: String,
    pub(crate) label: String,
    pub(crate) secret: Zeroizing<String>,
    /// Given in a handshake, and held against the secrets of the source up to this number: it is kept only if there are
    /// no others.
    pub(crate) learnt: Option<i64>,
}

/// What became of a new name for a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Renamed {
    Done,
    /// There is no source of the old name.
    NotFound,
    /// There is another source of the new name.
    Taken,
}

/// The place that a secret of a source is sealed for.
pub(crate) fn secret_place(row: &str) -> Place<'_> {
    Place { table: "source_secret", row, column: "sealed" }
}

impl Store {
    /// What is set for every source, by name.
    pub(crate) async fn source_rows(&self) -> Result<Vec<SourceRow>, StoreError> {
        let sql = "SELECT id, name, provider, chosen_provider, url, tolerance, handshakes FROM source
                    WHERE deleted_at IS NULL ORDER BY name";
        let rows = sqlx::query(sql).fetch_all(&self.readers).await;
        let row = |row: &sqlx::sqlite::SqliteRow| SourceRow {
            id: row.get(0),
            name: row.get(1),
            recognised: row.get(2),
            chosen: row.get(3),
            url: row.get(4),
            tolerance: row.get(5),
            handshakes: row.get(6),
        };
        Ok(rows.map_err(|e| StoreError::from_sqlx("Reading the sources", &e))?.iter().map(row).collect())
    }

    /// Every secret of every source, in the order they were added.
    pub(crate) async fn secret_rows(&self) -> Result<Vec<SecretRow>, StoreError> {
        let sql = "SELECT id, source_id, label, sealed, added_at, learnt FROM source_secret ORDER BY id";
        let rows = sqlx::query(sql).fetch_all(&self.readers).await;
        let row = |row: &sqlx::sqlite::SqliteRow| SecretRow {
            id: row.get(0),
            source_id: row.get(1),
            label: row.get(2),
            sealed: row.get(3),
            added_at: row.get(4),
            learnt: row.get(5),
        };
        Ok(rows.map_err(|e| StoreError::from_sqlx("Reading the secrets", &e))?.iter().map(row).collect())
    }

    /// Keeps what is set for a source; false if there is no source of its name.
    pub(crate) async fn save_source_row(&self, row: SourceRow) -> Result<bool, StoreError> {
        self.writer
            .job("Keeping a source", move |connection| {
                Box::pin(async move {
                    let sql = "UPDATE source SET chosen_provider = ?, url = ?, tolerance = ?, handshakes = ?
                                WHERE name = ?";
                    let query = sqlx::query(sql).bind(row.chosen).bind(row.url).bind(row.tolerance);
                    let done = query.bind(row.handshakes).bind(row.name).execute(connection).await?;
                    Ok(done.rows_affected() == 1)
                })
            })
            .await
    }

    /// Gives a source another name; all that is kept of it goes along, and so do the views that ask for it. One of that
    /// name that was deleted gives it up: its exchanges are found under the name with its number behind.
    pub(crate) async fn rename_source(&self, from: String, to: String) -> Result<Renamed, StoreError> {
        self.writer
            .job("Renaming a source", move |connection| {
                Box::pin(async move {
                    let sql = "SELECT EXISTS (SELECT 1 FROM source WHERE name = $1 AND deleted_at IS NULL),
                                      EXISTS (SELECT 1 FROM source WHERE name = $2 AND deleted_at IS NULL)";
                    let there = sqlx::query(sql).bind(&from).bind(&to).fetch_one(&mut *connection).await?;
                    match (there.get(0), there.get(1)) {
                        (false, _) => return Ok(Renamed::NotFound),
                        (true, true) => return Ok(Renamed::Taken),
                        (true, false) => {}
                    }
                    let sql =
                        "UPDATE source SET name = name || ' (deleted, ' || id || ')' WHERE name = $1 RETURNING name";
                    let deleted: Option<String> =
                        sqlx::query_scalar(sql).bind(&to).fetch_optional(&mut *connection).await?;
                    if let Some(deleted) = &deleted {
                        follow_source(connection, &to, deleted).await?;
                    }
                    let sql = "UPDATE source SET name = $2 WHERE name = $1";
                    sqlx::query(sql).bind(&from).bind(&to).execute(&mut *connection).await?;
                    follow_source(connection, &from, &to).await?;
                    let sql = "INSERT OR REPLACE INTO renamed SELECT id, 0 FROM source WHERE name IN ($1, $2)";
                    sqlx::query(sql).bind(&to).bind(deleted).execute(&mut *connection).await?;
                    search_anew(connection).await?;
                    Ok(Renamed::Done)
                })
            })
            .await
    }

    /// Takes a source away with its settings, rules and secrets; its exchanges stay under its name. False if there is
    /// none of this name.
    pub(crate) async fn delete_source(&self, name: String) -> Result<bool, StoreError> {
        let now = super::micros_now();
        self.writer
            .job("Deleting a source", move |connection| {
                Box::pin(async move {
                    let sql = "UPDATE source SET deleted_at = $2, provider = NULL, chosen_provider = NULL, url = NULL,
                                      tolerance = NULL, handshakes = 1
                                WHERE name = $1 AND deleted_at IS NULL RETURNING id";
                    let id: Option<i64> =
                        sqlx::query_scalar(sql).bind(name).bind(now).fetch_optional(&mut *connection).await?;
                    for sql in [
                        "DELETE FROM source_secret WHERE source_id = $1",
                        "DELETE FROM source_rules WHERE source_id = $1",
                    ] {
                        sqlx::query(sql).bind(id).execute(&mut *connection).await?;
                    }
                    Ok(id.is_some())
                })
            })
            .await
    }

    /// Notes what the pushes of a source are recognised as, in place of `before`; false if something else is noted.
    pub(crate) async fn note_recognised(
        &self,
        id: i64,
        before: Option<String>,
        provider: String,
    ) -> Result<bool, StoreError> {
        self.writer
            .job("Keeping a source", move |connection| {
                Box::pin(async move {
                    let sql = "UPDATE source SET provider = $1 WHERE id = $2 AND provider IS $3";
                    let query = sqlx::query(sql).bind(provider).bind(id).bind(before);
                    Ok(query.execute(connection).await?.rows_affected() > 0)
                })
            })
            .await
    }

    /// Seals a secret and keeps it. None if there is no source of its name, or one that was learnt has to be held against
    /// others first.
    pub(crate) async fn add_secret(&self, new: NewSealed, sealer: Arc<Sealer>) -> Result<Option<i64>, VaultError> {
        let now = super::micros_now();
        let added: Result<Option<i64>, VaultError> = self
            .writer
            .job("Keeping a secret", move |connection| {
                Box::pin(async move {
                    // The seal is bound to the number, which SQLite gives first.
                    let id: Option<i64> = sqlx::query_scalar(
                        "INSERT INTO source_secret (source_id, label, sealed, added_at, learnt)
                         SELECT id, $1, x'', $2, $3 IS NOT NULL FROM source s WHERE name = $4 AND deleted_at IS NULL
                            AND NOT EXISTS
                                (SELECT 1 FROM source_secret other WHERE other.source_id = s.id AND other.id > $3)
                         RETURNING id",
                    )
                    .bind(new.label)
                    .bind(now)
                    .bind(new.learnt)
                    .bind(new.source)
                    .fetch_optional(&mut *connection)
                    .await?;
                    let Some(id) = id else { return Ok(Ok(None)) };
                    let sealed = match sealer.seal(secret_place(&id.to_string()), new.secret.as_bytes()) {
                        Ok(sealed) => sealed,
                        Err(error) => {
                            sqlx::query("DELETE FROM source_secret WHERE id = ?").bind(id).execute(connection).await?;
                            return Ok(Err(error));
                        }
                    };
                    let keep = sqlx::query("UPDATE source_secret SET sealed = ? WHERE id = ?").bind(sealed).bind(id);
                    keep.execute(connection).await?;
                    Ok(Ok(Some(id)))
                })
            })
            .await?;
        added
    }

    /// Takes a secret of a source away; false if it has none of this number.
    pub(crate) async fn remove_secret(&self, source: String, id: i64) -> Result<bool, StoreError> {
        self.writer
            .job("Removing a secret", move |connection| {
                Box::pin(async move {
                    let sql = "DELETE FROM source_secret
                                WHERE id = ? AND source_id = (SELECT id FROM source WHERE name = ?)";
                    Ok(sqlx::query(sql).bind(id).bind(source).execute(connection).await?.rows_affected() > 0)
                })
            })
            .await
    }
}

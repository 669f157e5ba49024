//! What the user adds to exchanges: pins, read marks, notes and tags.

use super::{Store, StoreError, micros_now};
use crate::api::Tag;
use crate::exchange::ExchangeId;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

/// Exchanges that one call marks at most.
const AT_ONCE: usize = 10_000;

/// Longest name of a tag, characters.
const TAG: usize = 64;

/// Longest note, bytes.
const NOTE: usize = 64 * 1024;

/// Tells everyone who shows exchanges that something about them changed.
pub(super) const CHANGED: &str = "UPDATE meta SET value = value + 1 WHERE name = 'revision';";

/// Has searches that are remembered begin anew.
pub(super) const ANEW: &str = "UPDATE meta SET value = value + 1 WHERE name = 'shown';";

impl Store {
    /// Pins or unpins.
    ///
    /// # Errors
    /// `Invalid` for more than 10,000 at once.
    pub async fn pin(&self, ids: &[ExchangeId], on: bool) -> Result<(), StoreError> {
        let list = listed(ids)?;
        let pinned = i32::from(on);
        let sql = format!("UPDATE exchange SET pinned = {pinned} WHERE id IN ({list}) AND pinned <> {pinned}");
        self.run("Pinning", sql).await
    }

    /// Marks as read or unread.
    ///
    /// # Errors
    /// `Invalid` for more than 10,000 at once.
    pub async fn mark_read(&self, ids: &[ExchangeId], read: bool) -> Result<(), StoreError> {
        let list = listed(ids)?;
        let seen = if read { 1 } else { 2 };
        let is_unread = super::counts::UNREAD;
        let changes = if read { is_unread.to_owned() } else { format!("NOT {is_unread}") };
        self.run(
            "Marking as read",
            format!("UPDATE exchange AS e SET seen = {seen} WHERE e.id IN ({list}) AND {changes}"),
        )
        .await
    }

    /// Marks everything that is stored now as read.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn mark_all_read(&self) -> Result<(), StoreError> {
        let sql = format!(
            "UPDATE meta SET value = (SELECT coalesce(max(id), 0) FROM exchange) WHERE name = 'read_upto';
             UPDATE exchange SET seen = 0 WHERE seen <> 0;
             UPDATE meta SET value = 0 WHERE name = 'unread'; {CHANGED}"
        );
        self.run("Marking as read", sql).await
    }

    /// What is written about an exchange; empty if nothing is.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn note(&self, id: ExchangeId) -> Result<String, StoreError> {
        let row = sqlx::query_scalar("SELECT text FROM note WHERE exchange = $1").bind(id);
        let row: Option<String> =
            row.fetch_optional(&self.readers).await.map_err(|e| StoreError::from_sqlx("Reading a note", &e))?;
        Ok(row.unwrap_or_default())
    }

    /// Keeps what is written about an exchange; nothing but white space takes the note away.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange; `Invalid` for more than 64 KiB.
    pub async fn save_note(&self, id: ExchangeId, text: String) -> Result<(), StoreError> {
        if text.len() > NOTE {
            return Err(StoreError::Invalid(format!("A note has at most {} KiB.", NOTE / 1024)));
        }
        self.summary(id).await?;
        let now = micros_now();
        self.writer
            .job("Keeping a note", move |connection| {
                Box::pin(async move {
                    if text.trim().is_empty() {
                        sqlx::query("DELETE FROM note WHERE exchange = $1").bind(id).execute(&mut *connection).await?;
                    } else {
                        let sql = "INSERT INTO note VALUES ($1, $2, $3)
                                   ON CONFLICT DO UPDATE SET text = $2, changed_at = $3";
                        sqlx::query(sql).bind(id).bind(text).bind(now).execute(&mut *connection).await?;
                    }
                    sqlx::raw_sql(CHANGED).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// All tags that something has, with how many have them, by name.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn tags(&self) -> Result<Vec<Tag>, StoreError> {
        let sql = "SELECT t.name, count(*) FROM tag t JOIN tagged g ON g.tag = t.id GROUP BY t.id ORDER BY t.name";
        let rows = sqlx::query(sql).fetch_all(&self.readers).await;
        let rows = rows.map_err(|e| StoreError::from_sqlx("Reading the tags", &e))?;
        Ok(rows.iter().map(|row| Tag { name: row.get(0), exchanges: row.get::<i64, _>(1) as u64 }).collect())
    }

    /// Adds tags and takes tags away.
    ///
    /// # Errors
    /// `Invalid` for a name that can't be a tag, or more than 10,000 exchanges at once.
    pub async fn tag(&self, ids: &[ExchangeId], add: Vec<String>, remove: Vec<String>) -> Result<(), StoreError> {
        let list = listed(ids)?;
        let add = add.iter().map(|name| tag_name(name)).collect::<Result<Vec<_>, _>>()?;
        self.writer
            .job("Tagging", move |connection| {
                Box::pin(async move {
                    for name in add {
                        add_tag(connection, &list, &name).await?;
                    }
                    for name in remove {
                        let sql = format!(
                            "DELETE FROM tagged WHERE exchange IN ({list})
                                AND tag = (SELECT id FROM tag WHERE name = $1 COLLATE NOCASE)"
                        );
                        sqlx::query(AssertSqlSafe(sql)).bind(name.trim().to_owned()).execute(&mut *connection).await?;
                    }
                    sqlx::raw_sql(CHANGED).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// Runs SQL without values, in a transaction of its own.
    pub(super) async fn run(&self, act: &'static str, sql: String) -> Result<(), StoreError> {
        self.writer
            .job(act, move |connection| {
                Box::pin(async move { sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop) })
            })
            .await
    }
}

async fn add_tag(connection: &mut SqliteConnection, list: &str, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO tag (name) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(name)
        .execute(&mut *connection)
        .await?;
    let sql = format!(
        "INSERT INTO tagged SELECT e.id, t.id FROM exchange e JOIN tag t ON t.name = $1 COLLATE NOCASE
          WHERE e.id IN ({list}) ON CONFLICT DO NOTHING"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(name).execute(connection).await.map(drop)
}

/// Ids as they stand in SQL, unless they are too many.
pub(super) fn listed(ids: &[ExchangeId]) -> Result<String, StoreError> {
    if ids.len() > AT_ONCE {
        return Err(StoreError::Invalid(format!("That is more than {AT_ONCE} exchanges at once. Take fewer.")));
    }
    Ok(joined(ids))
}

/// Ids as they stand in SQL, however many.
pub(super) fn joined(ids: &[ExchangeId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// A name without white space around it.
fn tag_name(name: &str) -> Result<String, StoreError> {
    let name = name.trim();
    let is_plain = !name.chars().any(|character| character.is_control() || matches!(character, '"' | ',' | '*'));
    if name.is_empty() || name.chars().count() > TAG || name.starts_with('-') || !is_plain {
        return Err(StoreError::Invalid(format!(
            "{name:?} can't be a tag. A tag has 1 to {TAG} characters, no quote, comma or star, and no minus in front."
        )));
    }
    Ok(name.to_owned())
}

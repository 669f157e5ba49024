//! Saved filters.

use super::filter::with_source_renamed;
use super::{Store, StoreError};
use crate::api::{MoveView, SaveView, View};
use sqlx::{Row as _, SqliteConnection};

/// Longest name of a view, characters.
const NAME: usize = 100;

/// Views at most.
pub(super) const VIEWS: i64 = 200;

impl Store {
    /// All views, in their order.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn views(&self) -> Result<Vec<View>, StoreError> {
        let rows =
            sqlx::query("SELECT id, name, filter FROM view ORDER BY position, id").fetch_all(&self.readers).await;
        let rows = rows.map_err(|e| StoreError::from_sqlx("Reading the views", &e))?;
        Ok(rows.iter().map(|row| View { id: row.get(0), name: row.get(1), filter: row.get(2) }).collect())
    }

    /// Keeps a view: a new one behind the others, or one that is there under another name or with another filter.
    ///
    /// # Errors
    /// `Invalid` for an empty name or a filter that can't be read; `NotFound` if the view is gone.
    pub async fn save_view(&self, save: SaveView) -> Result<View, StoreError> {
        let name = save.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > NAME {
            return Err(StoreError::Invalid(format!("A view needs a name of 1 to {NAME} characters.")));
        }
        super::Filter::parse(&save.filter).map_err(|problem| StoreError::Invalid(problem.message))?;
        let (id, filter) = (save.id, save.filter);
        let (kept_name, kept_filter) = (name.clone(), filter.clone());
        let id: Option<i64> = self
            .writer
            .job("Keeping a view", move |connection| {
                Box::pin(async move {
                    let sql = match id {
                        Some(_) => "UPDATE view SET name = $2, filter = $3 WHERE id = $1 RETURNING id",
                        None => {
                            "INSERT INTO view (id, name, filter, position)
                             SELECT $1, $2, $3, (SELECT coalesce(max(position), 0) + 1 FROM view)
                              WHERE (SELECT count(*) FROM view) < $4 RETURNING id"
                        }
                    };
                    let query = sqlx::query_scalar(sql).bind(id).bind(kept_name).bind(kept_filter).bind(VIEWS);
                    query.fetch_optional(connection).await
                })
            })
            .await?;
        match (id, save.id) {
            (Some(id), _) => Ok(View { id, name, filter }),
            (None, Some(gone)) => Err(StoreError::NotFound(format!("View {gone}"))),
            (None, None) => Err(StoreError::Invalid(format!("There are {VIEWS} views already. Delete one first."))),
        }
    }

    /// Gives a view another place.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn move_view(&self, to: MoveView) -> Result<(), StoreError> {
        let mut order: Vec<i64> =
            self.views().await?.into_iter().map(|view| view.id).filter(|id| *id != to.id).collect();
        let place = to.before.and_then(|before| order.iter().position(|id| *id == before)).unwrap_or(order.len());
        order.insert(place, to.id);
        let sql =
            order.iter().enumerate().map(|(place, id)| format!("UPDATE view SET position = {place} WHERE id = {id};"));
        self.run("Moving a view", sql.collect()).await
    }

    /// Deletes a view; nothing happens to what it shows.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn delete_view(&self, id: i64) -> Result<(), StoreError> {
        self.run("Deleting a view", format!("DELETE FROM view WHERE id = {id}")).await
    }
}

/// Lets views that ask for a source ask for its new name. They stay as they are if another source still answers to the
/// old one: case does not matter in a filter.
pub(super) async fn follow_source(connection: &mut SqliteConnection, from: &str, to: &str) -> Result<(), sqlx::Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM source WHERE name = $1 COLLATE NOCASE)";
    if sqlx::query_scalar(sql).bind(from).fetch_one(&mut *connection).await? {
        return Ok(());
    }
    let views = sqlx::query("SELECT id, filter FROM view").fetch_all(&mut *connection).await?;
    for view in views {
        let filter: String = view.get(1);
        let renamed = with_source_renamed(&filter, from, to);
        if renamed != filter {
            let update = sqlx::query("UPDATE view SET filter = $2 WHERE id = $1").bind(view.get::<i64, _>(0));
            update.bind(renamed).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

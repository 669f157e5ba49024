//! Small things that are kept under a name, as JSON: the settings, the columns of the list, ignored paths.

use super::{Store, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;

impl Store {
    /// What is kept under a name. None if nothing is, or something of a form that this version can't read. `act` says
    /// what is being done, for the error.
    pub(super) async fn named<T: DeserializeOwned>(
        &self,
        act: &'static str,
        name: &str,
    ) -> Result<Option<T>, StoreError> {
        let row: Option<String> = sqlx::query_scalar("SELECT value FROM setting WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.readers)
            .await
            .map_err(|e| StoreError::from_sqlx(act, &e))?;
        Ok(row.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// Keeps something under a name; None takes away what is there.
    pub(super) async fn keep_named<T: Serialize>(
        &self,
        act: &'static str,
        name: String,
        value: Option<&T>,
    ) -> Result<(), StoreError> {
        let json = value
            .map(serde_json::to_string)
            .transpose()
            .map_err(|error| StoreError::Invalid(format!("{act}: it can't be written as JSON: {error}.")))?;
        self.writer
            .job(act, move |connection| {
                Box::pin(async move {
                    let Some(json) = json else {
                        let query = sqlx::query("DELETE FROM setting WHERE name = $1").bind(name);
                        return query.execute(connection).await.map(drop);
                    };
                    let sql = "INSERT INTO setting (name, value) VALUES ($1, $2)
                               ON CONFLICT (name) DO UPDATE SET value = $2";
                    sqlx::query(sql).bind(name).bind(json).execute(connection).await.map(drop)
                })
            })
            .await
    }
}

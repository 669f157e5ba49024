//! The providers that the user added, one row each.

use super::{Store, StoreError};
use crate::exchange::Headers;
use crate::inspect::provider::{Certainty, Provider, Recognisers, check_custom, find};
use sqlx::Row as _;

/// Own providers of one workspace at most.
const PROVIDERS: usize = 500;

/// The longest definition, bytes.
const DEFINITION_BYTES: usize = 256 * 1024;

impl Store {
    /// The providers that the user added, by key. One that this version can't read is left out, and stays in the file.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn custom_providers(&self) -> Result<Vec<Provider>, StoreError> {
        let rows = sqlx::query("SELECT definition FROM provider ORDER BY key").fetch_all(&self.readers).await;
        let rows = rows.map_err(|error| StoreError::from_sqlx("Reading the providers", &error))?;
        let read = |text: String| serde_json::from_str::<Provider>(&text).ok();
        Ok(rows.iter().filter_map(|row| read(row.get(0))).collect())
    }

    /// Keeps a provider of the user's under its key, in place of what was there.
    ///
    /// # Errors
    /// `Invalid` if a field can't be used, or the key is that of a known provider.
    pub async fn save_provider(&self, provider: Provider) -> Result<Provider, StoreError> {
        let provider = Provider { custom: true, certainty: Certainty::Custom, ..provider };
        check_custom(&provider).map_err(|problem| StoreError::Invalid(problem.to_string()))?;
        if let Some(known) = find(&provider.key) {
            let message = format!("key: {} is the key of {}; choose another.", known.key, known.name);
            return Err(StoreError::Invalid(message));
        }
        let own = self.custom_providers().await?;
        if own.len() >= PROVIDERS && own.iter().all(|other| other.key != provider.key) {
            return Err(StoreError::Invalid(format!("A workspace has at most {PROVIDERS} providers of its own.")));
        }
        let text = serde_json::to_string(&provider).unwrap_or_default();
        if text.len() > DEFINITION_BYTES {
            return Err(StoreError::Invalid("The definition is longer than 256 KB.".into()));
        }
        let key = provider.key.clone();
        self.writer
            .job("Keeping a provider", move |connection| {
                Box::pin(async move {
                    let sql = "INSERT INTO provider (key, definition) VALUES ($1, $2)
                               ON CONFLICT (key) DO UPDATE SET definition = excluded.definition";
                    sqlx::query(sql).bind(key).bind(text).execute(connection).await.map(drop)
                })
            })
            .await?;
        Ok(provider)
    }

    /// Deletes a provider of the user's; sources that are set to it keep its key.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn delete_provider(&self, key: String) -> Result<(), StoreError> {
        self.writer
            .job("Deleting a provider", move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM provider WHERE key = $1").bind(key).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// All providers, ready to read pushes.
    pub(crate) async fn recognisers(&self) -> Result<Recognisers, StoreError> {
        self.custom_providers().await.map(Recognisers::with)
    }

    /// The provider that a push tells by itself; what the user wrote goes before what is known.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn recognised(&self, headers: &Headers, body_start: &[u8]) -> Result<Option<Provider>, StoreError> {
        let all = self.recognisers().await?;
        Ok(all.recognise(headers, body_start).map(|found| found.provider.clone()))
    }

    /// The key of the provider that the user chose for a source.
    pub(super) async fn chosen_provider(&self, source: &str) -> Result<Option<String>, StoreError> {
        let chosen = sqlx::query_scalar("SELECT chosen_provider FROM source WHERE name = $1").bind(source);
        let chosen: Result<Option<Option<String>>, _> = chosen.fetch_optional(&self.readers).await;
        chosen.map(Option::flatten).map_err(|error| StoreError::from_sqlx("Reading a source", &error))
    }

    /// The provider of this key, known or the user's.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn provider(&self, key: &str) -> Result<Option<Provider>, StoreError> {
        if let Some(known) = find(key) {
            return Ok(Some(known.clone()));
        }
        Ok(self.custom_providers().await?.into_iter().find(|provider| provider.key == key))
    }
}

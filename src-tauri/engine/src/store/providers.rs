//! The providers that the user added, one row each.

use super::{Store, StoreError};
use crate::inspect::provider::{Certainty, Provider, Recognisers, check_custom, find};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use std::path::Path;
use std::time::Duration;

/// Own providers of one workspace at most.
const PROVIDERS: usize = 500;

/// The longest definition, bytes.
const DEFINITION_BYTES: usize = 256 * 1024;

const OWN: &str = "SELECT definition FROM provider ORDER BY key";

/// How long a file that another process writes to is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Those that this version can read.
fn definitions(texts: Vec<String>) -> Vec<Provider> {
    texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect()
}

impl Store {
    /// The providers that the user added, by key. One that this version can't read is left out, and stays in the file.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn custom_providers(&self) -> Result<Vec<Provider>, StoreError> {
        let texts: Result<Vec<String>, _> = sqlx::query_scalar(OWN).fetch_all(&self.readers).await;
        Ok(definitions(texts.map_err(|error| StoreError::from_sqlx("Reading the providers", &error))?))
    }

    /// The providers that the user added to the workspace at `path`, which is neither made, nor changed, nor opened for
    /// anything else.
    ///
    /// # Errors
    /// What SQLite says: it may be no workspace, or one of an older version.
    pub async fn custom_providers_of(path: &Path) -> Result<Vec<Provider>, StoreError> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(PATIENCE);
        let texts: Result<Vec<String>, _> = async {
            let mut file = options.connect().await?;
            let texts = sqlx::query_scalar(OWN).fetch_all(&mut file).await?;
            file.close().await?;
            Ok(texts)
        }
        .await;
        Ok(definitions(texts.map_err(|error| StoreError::from_sqlx("Reading the providers", &error))?))
    }

    /// Keeps a provider of the user's under its key, in place of what was there.
    ///
    /// # Errors
    /// `Invalid` if a field can't be used, or the key is that of a known provider.
    pub async fn save_provider(&self, provider: Provider) -> Result<Provider, StoreError> {
        self.keep_provider(provider, false).await
    }

    /// Keeps a provider of the user's that is new.
    ///
    /// # Errors
    /// `Invalid` as [`Self::save_provider`], or if there is one of its key.
    pub async fn add_provider(&self, provider: Provider) -> Result<Provider, StoreError> {
        self.keep_provider(provider, true).await
    }

    async fn keep_provider(&self, provider: Provider, is_new: bool) -> Result<Provider, StoreError> {
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
        let kept = self
            .writer
            .job("Keeping a provider", move |connection| {
                Box::pin(async move {
                    let sql = match is_new {
                        true => "INSERT INTO provider (key, definition) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
                        false => {
                            "INSERT INTO provider (key, definition) VALUES ($1, $2)
                             ON CONFLICT (key) DO UPDATE SET definition = excluded.definition"
                        }
                    };
                    Ok(sqlx::query(sql).bind(key).bind(text).execute(connection).await?.rows_affected() > 0)
                })
            })
            .await?;
        if !kept {
            let message = "key: There is a provider with this key: edit that one, or choose another key.";
            return Err(StoreError::Invalid(message.into()));
        }
        Ok(provider)
    }

    /// Deletes a provider of the user's; sources keep its key, and are recognised anew where a push tells another one.
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

    /// The key of the provider that the user chose for a source.
    pub(super) async fn chosen_provider(&self, source: &str) -> Result<Option<String>, StoreError> {
        let chosen = sqlx::query_scalar("SELECT chosen_provider FROM source WHERE name = $1").bind(source);
        let chosen: Result<Option<Option<String>>, _> = chosen.fetch_optional(&self.readers).await;
        chosen.map(Option::flatten).map_err(|error| StoreError::from_sqlx("Reading a source", &error))
    }
}

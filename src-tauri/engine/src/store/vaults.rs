//! The vault's row, and the sealed secrets that belong to no source.

use super::{Store, StoreError};
use crate::vault::{Derivation, KeyPlace};
use sqlx::Row as _;

/// What the workspace knows of its vault. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VaultRecord {
    pub(crate) id: String,
    pub(crate) place: KeyPlace,
    pub(crate) key_file: Option<String>,
    pub(crate) derivation: Option<Derivation>,
    pub(crate) wrapped: Option<Vec<u8>>,
    pub(crate) verifier: Vec<u8>,
}

impl Store {
    /// The vault, if there is one.
    pub(crate) async fn vault(&self) -> Result<Option<VaultRecord>, StoreError> {
        let sql = "SELECT id, place, key_file, salt, memory, passes, wrapped, verifier FROM vault";
        let row = sqlx::query(sql).fetch_optional(&self.readers).await;
        let row = row.map_err(|e| StoreError::from_sqlx("Reading the vault", &e))?;
        Ok(row.map(|row| VaultRecord {
            id: row.get(0),
            place: place(row.get(1)),
            key_file: row.get(2),
            derivation: row.get::<Option<Vec<u8>>, _>(3).map(|salt| Derivation {
                salt,
                memory: row.get::<Option<u32>, _>(4).unwrap_or_default(),
                passes: row.get::<Option<u32>, _>(5).unwrap_or_default(),
            }),
            wrapped: row.get(6),
            verifier: row.get(7),
        }))
    }

    /// Sealed secrets in the workspace.
    pub(crate) async fn sealed_secrets(&self) -> Result<u64, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM source_secret) + (SELECT count(*) FROM vault_item)";
        let count: i64 = sqlx::query_scalar(sql)
            .fetch_one(&self.readers)
            .await
            .map_err(|e| StoreError::from_sqlx("Counting secrets", &e))?;
        Ok(count as u64)
    }

    /// Keeps the row of a new vault. False, and nothing kept, if there is a vault or a sealed secret already.
    pub(crate) async fn make_vault(&self, vault: VaultRecord) -> Result<bool, StoreError> {
        let now = super::micros_now();
        self.writer
            .job("Making the vault", move |connection| {
                Box::pin(async move {
                    let (salt, memory, passes) = match vault.derivation {
                        Some(Derivation { salt, memory, passes }) => (Some(salt), Some(memory), Some(passes)),
                        None => (None, None, None),
                    };
                    let made = sqlx::query(
                        "INSERT INTO vault (one, id, place, key_file, salt, memory, passes, wrapped, verifier, made_at)
                         SELECT 1, ?, ?, ?, ?, ?, ?, ?, ?, ?
                          WHERE NOT EXISTS (SELECT 1 FROM vault) AND NOT EXISTS (SELECT 1 FROM source_secret)
                            AND NOT EXISTS (SELECT 1 FROM vault_item)",
                    )
                    .bind(vault.id)
                    .bind(place_name(vault.place))
                    .bind(vault.key_file)
                    .bind(salt)
                    .bind(memory)
                    .bind(passes)
                    .bind(vault.wrapped)
                    .bind(vault.verifier)
                    .bind(now)
                    .execute(connection)
                    .await?;
                    Ok(made.rows_affected() == 1)
                })
            })
            .await
    }

    /// Gives the vault up, and every secret that is sealed.
    pub(crate) async fn forget_vault(&self) -> Result<(), StoreError> {
        self.writer
            .job("Giving the vault up", |connection| {
                Box::pin(async move {
                    let sql = "DELETE FROM source_secret; DELETE FROM vault_item; DELETE FROM vault;";
                    sqlx::raw_sql(sql).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// A sealed secret that belongs to no source.
    pub(crate) async fn vault_item(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let row = sqlx::query_scalar("SELECT sealed FROM vault_item WHERE name = $1").bind(name.to_owned());
        row.fetch_optional(&self.readers).await.map_err(|e| StoreError::from_sqlx("Reading a secret", &e))
    }

    /// All sealed secrets that belong to no source, by name.
    pub(crate) async fn vault_items(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let rows = sqlx::query_as("SELECT name, sealed FROM vault_item ORDER BY name").fetch_all(&self.readers).await;
        rows.map_err(|e| StoreError::from_sqlx("Reading the secrets", &e))
    }

    /// Keeps a sealed secret that belongs to no source; None takes it away.
    pub(crate) async fn set_vault_item(&self, name: String, sealed: Option<Vec<u8>>) -> Result<(), StoreError> {
        self.writer
            .job("Keeping a secret", move |connection| {
                Box::pin(async move {
                    let Some(sealed) = sealed else {
                        let gone = sqlx::query("DELETE FROM vault_item WHERE name = $1").bind(name);
                        return gone.execute(connection).await.map(drop);
                    };
                    let sql = "INSERT INTO vault_item (name, sealed) VALUES ($1, $2)
                               ON CONFLICT (name) DO UPDATE SET sealed = $2";
                    sqlx::query(sql).bind(name).bind(sealed).execute(connection).await.map(drop)
                })
            })
            .await
    }
}

const PLACES: [(KeyPlace, &str); 3] =
    [(KeyPlace::KeyStore, "keyStore"), (KeyPlace::KeyFile, "keyFile"), (KeyPlace::Passphrase, "passphrase")];

fn place_name(place: KeyPlace) -> &'static str {
    PLACES.iter().find(|(known, _)| *known == place).map_or("keyStore", |(_, name)| name)
}

fn place(name: &str) -> KeyPlace {
    PLACES.iter().find(|(_, known)| *known == name).map_or(KeyPlace::KeyStore, |(place, _)| *place)
}

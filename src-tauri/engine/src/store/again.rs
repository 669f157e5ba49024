//! Which pushes are looked at again because what they are checked with has changed, and how far that is. It stands in
//! the file, so that what a process leaves undone is done by the next that can. The schema's triggers ask for it in the
//! transaction of the change, whoever makes it.

use super::follow::{Followed, write};
use super::{Regrouping, Store, StoreError};
use crate::exchange::ExchangeId;
use sqlx::{Row as _, SqliteConnection};

/// What is done here, for those who read an error.
const LOOKING: &str = "Looking at pushes again";

/// SQL for the number of the newest change of what pushes are checked with; 0 before the first.
pub(super) const NEWEST_CHANGE: &str = "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'again'), 0)";

/// How far the pushes of one source are looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// That of the change.
    pub(crate) number: i64,
    pub(crate) source: i64,
    pub(crate) place: Place,
}

/// Where a turn is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// It looks at the newest push below this one.
    Looking { below: ExchangeId },
    /// All are looked at; they are put into their deliveries anew.
    Grouping(Regrouping),
}

impl Place {
    /// As it stands in the row.
    fn columns(self) -> (Option<ExchangeId>, Regrouping) {
        match self {
            Self::Looking { below } => (Some(below), Regrouping::default()),
            Self::Grouping(from) => (None, from),
        }
    }
}

impl Store {
    /// What is to be looked at again, the oldest change first.
    pub(crate) async fn turns(&self) -> Result<Vec<Turn>, StoreError> {
        let sql = "SELECT id, source_id, below, grouped_after, is_other FROM again ORDER BY id";
        let rows = sqlx::query(sql).fetch_all(&self.readers).await;
        let turn = |row: &sqlx::sqlite::SqliteRow| Turn {
            number: row.get(0),
            source: row.get(1),
            place: match row.get::<Option<ExchangeId>, _>(2) {
                Some(below) => Place::Looking { below },
                None => Place::Grouping(Regrouping { after: row.get(3), is_other: row.get(4) }),
            },
        };
        Ok(rows.map_err(|e| StoreError::from_sqlx(LOOKING, &e))?.iter().map(turn).collect())
    }

    /// The number of the newest change of what pushes are checked with.
    pub(crate) async fn newest_change(&self) -> Result<i64, StoreError> {
        let sql = format!("SELECT {NEWEST_CHANGE}");
        let number = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&self.readers).await;
        number.map_err(|e| StoreError::from_sqlx(LOOKING, &e))
    }

    /// Has the pushes of a source looked at again, though nothing has changed.
    pub(crate) async fn ask_again(&self, source: i64) -> Result<(), StoreError> {
        self.writer
            .finding(LOOKING, move |connection| {
                Box::pin(async move {
                    let sql = "DELETE FROM again WHERE source_id = $1";
                    sqlx::query(sql).bind(source).execute(&mut *connection).await?;
                    let sql = "INSERT INTO again (source_id) VALUES ($1)";
                    sqlx::query(sql).bind(source).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// Keeps what was found by looking at pushes again, and where that goes on; nothing if it was begun anew meanwhile,
    /// or another process was faster.
    pub(crate) async fn keep_looked_at(
        &self,
        turn: Turn,
        found: Vec<Followed>,
        next: Option<Place>,
    ) -> Result<(), StoreError> {
        let texts = self.texts_of(&found).await?;
        self.writer
            .finding(LOOKING, move |connection| {
                Box::pin(async move {
                    if move_on(connection, turn, next).await? {
                        write(connection, found, &texts).await?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// Notes where a turn goes on; None if it is at its end. False, and nothing noted, if it is not where it was.
pub(super) async fn move_on(
    connection: &mut SqliteConnection,
    turn: Turn,
    next: Option<Place>,
) -> Result<bool, sqlx::Error> {
    let (below, grouped) = turn.place.columns();
    let moved = match next.map(Place::columns) {
        Some((next_below, next_grouped)) => {
            let sql = "UPDATE again SET below = $4, grouped_after = $5, is_other = $6
                        WHERE id = $1 AND below IS $2 AND grouped_after = $3";
            let query = sqlx::query(sql).bind(turn.number).bind(below).bind(grouped.after);
            query.bind(next_below).bind(next_grouped.after).bind(next_grouped.is_other).execute(connection).await?
        }
        None => {
            let sql = "DELETE FROM again WHERE id = $1 AND below IS $2 AND grouped_after = $3";
            sqlx::query(sql).bind(turn.number).bind(below).bind(grouped.after).execute(connection).await?
        }
    };
    Ok(moved.rows_affected() > 0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{push, store};
    use super::super::{NewSealed, SourceRow};
    use super::*;
    use crate::vault::{MakeVault, Vault};

    fn row(name: &str) -> SourceRow {
        let (recognised, chosen, url, tolerance) = (None, None, None, None);
        SourceRow { id: 0, name: name.into(), recognised, chosen, url, tolerance, handshakes: true }
    }

    /// The sources that are to be looked at again; that is forgotten then.
    async fn asked(store: &Store) -> Vec<i64> {
        let turns = store.turns().await.unwrap();
        for turn in &turns {
            store.keep_looked_at(*turn, Vec::new(), None).await.unwrap();
        }
        turns.iter().map(|turn| turn.source).collect()
    }

    #[tokio::test]
    async fn whatever_changes_what_pushes_are_checked_with_asks_for_it_and_nothing_else_does() {
        let (folder, store) = store().await;
        for name in ["a", "b"] {
            store.create_source(name.into()).await.unwrap();
        }
        store.save(push("c", "e", "it makes its source and tells its provider")).await.unwrap();
        store.save_source_row(SourceRow { handshakes: false, ..row("a") }).await.unwrap();
        assert_eq!(asked(&store).await, [0_i64; 0]);

        for changed in [
            SourceRow { chosen: Some("stripe".into()), ..row("a") },
            SourceRow { url: Some("https://a.example".into()), ..row("a") },
            SourceRow { tolerance: Some(9), ..row("a") },
        ] {
            for times in [vec![1], vec![]] {
                store.save_source_row(changed.clone()).await.unwrap();
                assert_eq!(asked(&store).await, times, "{changed:?}");
            }
        }
        assert!(store.note_recognised(2, None, "stripe".into()).await.unwrap());
        assert_eq!(asked(&store).await, [2]);
        store.rename_source("b".into(), "c2".into()).await.unwrap();
        assert_eq!(asked(&store).await, [2], "what was read under the old name is nobody's");
        store.rename_source("c2".into(), "b".into()).await.unwrap();
        asked(&store).await;

        let vault = Vault::start(store.clone(), crate::vault::Keys::default());
        vault.settled().await;
        let key = folder.path().join("key").to_string_lossy().into_owned();
        let place = crate::vault::KeyPlace::KeyFile;
        vault.make(MakeVault { place, passphrase: None, key_file: Some(key) }).await.unwrap();
        let secret = || NewSealed { source: "a".into(), label: "".into(), secret: "s".to_owned().into(), learnt: None };
        let added = store.add_secret(secret(), vault.sealer().unwrap()).await.unwrap().unwrap();
        assert_eq!(asked(&store).await, [1]);
        store.remove_secret("a".into(), added).await.unwrap();
        assert_eq!(asked(&store).await, [1]);
        store.add_secret(secret(), vault.sealer().unwrap()).await.unwrap();
        asked(&store).await;
        store.delete_source("a".into()).await.unwrap();
        assert_eq!(asked(&store).await, [0_i64; 0], "it is gone");
    }

    #[tokio::test]
    async fn new_rules_ask_for_the_sources_that_they_may_be_for() {
        let (_folder, store) = store().await;
        for name in ["a", "b", "c"] {
            store.create_source(name.into()).await.unwrap();
        }
        store.save_source_row(SourceRow { chosen: Some("stripe".into()), ..row("a") }).await.unwrap();
        store.save_source_row(SourceRow { chosen: Some("acme".into()), ..row("b") }).await.unwrap();
        asked(&store).await;
        let mut acme = crate::inspect::provider::find("stripe").unwrap().clone();
        acme.key = "acme".into();
        acme.name = "Acme".into();
        for (name, asks) in [("Acme", vec![2, 3]), ("Acme", vec![]), ("Acme Inc.", vec![2, 3])] {
            acme.name = name.into();
            store.save_provider(acme.clone()).await.unwrap();
            assert_eq!(asked(&store).await, asks, "{name}");
        }
        store.delete_provider("acme".into()).await.unwrap();
        assert_eq!(asked(&store).await, [2, 3]);
    }

    #[tokio::test]
    async fn what_was_looked_at_before_a_change_is_not_kept_after_it() {
        let (_folder, store) = store().await;
        let id = store.save(push("a", "e", "")).await.unwrap();
        let before = store.newest_change().await.unwrap();
        store.save_source_row(SourceRow { tolerance: Some(9), ..row("a") }).await.unwrap();
        assert!(!store.keep_followed(0, id, before, Vec::new()).await.unwrap());
        let turn = store.turns().await.unwrap()[0];
        store.save_source_row(SourceRow { tolerance: Some(8), ..row("a") }).await.unwrap();
        store.keep_looked_at(turn, Vec::new(), None).await.unwrap();
        assert_eq!(store.turns().await.unwrap().len(), 1, "it is begun anew");
        let now = store.newest_change().await.unwrap();
        assert!(store.keep_followed(0, id, now, Vec::new()).await.unwrap());
    }
}

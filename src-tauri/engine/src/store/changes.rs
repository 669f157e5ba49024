//! Whether another process has changed what this one reads once and keeps: sources, rules, collections, views.
//!
//! The file counts every change that someone asked for, this process those that are its own. SQLite's `data_version`
//! would not do: it grows with what is captured and found out, and a connection takes those of its own process for
//! another's.

use super::{Store, StoreError};
use sqlx::SqliteConnection;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Counts a change, in its transaction.
pub(super) const COUNT: &str = "UPDATE meta SET value = value + 1 WHERE name = 'changes'";

const CHANGES: &str = "SELECT value FROM meta WHERE name = 'changes'";

/// What the file counted when it was opened, and the changes of this process since.
#[derive(Debug, Clone)]
pub(super) struct OwnChanges(Arc<AtomicI64>);

impl OwnChanges {
    /// From now on, which is before this process changes anything.
    pub(super) async fn start(connection: &mut SqliteConnection) -> Result<Self, StoreError> {
        let counted = sqlx::query_scalar(CHANGES).fetch_one(connection).await;
        let counted: i64 = counted.map_err(|e| StoreError::from_sqlx("Opening the workspace", &e))?;
        Ok(Self(Arc::new(AtomicI64::new(counted))))
    }

    /// Said before the commit: whoever reads the file after it must not take the change for another's.
    pub(super) fn add(&self, changes: i64) {
        self.0.fetch_add(changes, Ordering::SeqCst);
    }

    /// They were not committed.
    pub(super) fn take_back(&self, changes: i64) {
        self.0.fetch_sub(changes, Ordering::SeqCst);
    }
}

impl Store {
    /// How many changes other processes have made since the file was opened. It is one less for the moment in which
    /// one of our own is committed, never more.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) async fn changes_elsewhere(&self) -> Result<i64, StoreError> {
        let counted = sqlx::query_scalar(CHANGES).fetch_one(&self.readers).await;
        let counted: i64 = counted.map_err(|e| StoreError::from_sqlx("Watching the workspace", &e))?;
        Ok(counted - self.own_changes.0.load(Ordering::SeqCst)) // in this order: ours are counted before they are there
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{push, store};
    use super::*;
    use crate::api::NewFolder;

    fn folder(name: &str) -> NewFolder {
        NewFolder { parent: None, name: name.into() }
    }

    #[tokio::test]
    async fn changes_of_others_are_told_from_our_own_and_from_what_is_captured() {
        let (_folder, store) = store().await;
        let other = Store::open(store.path()).await.unwrap();
        let before = store.changes_elsewhere().await.unwrap(); // the other one has tidied up as it opened
        let elsewhere = async || store.changes_elsewhere().await.unwrap() - before;

        store.create_folder(folder("mine")).await.unwrap();
        store.save(push("a", "e", "it makes its source")).await.unwrap();
        store.finish_indexing().await.unwrap();
        assert_eq!(elsewhere().await, 0, "our own");

        other.save(push("a", "e", "nothing but a push")).await.unwrap();
        assert_eq!(elsewhere().await, 0, "a push to a source that is known");
        other.save(push("b", "e", "it makes its source")).await.unwrap();
        assert_eq!(elsewhere().await, 1);
        other.create_folder(folder("theirs")).await.unwrap();
        assert_eq!(elsewhere().await, 2);
    }

    #[tokio::test]
    async fn a_change_that_failed_is_not_taken_for_our_own() {
        let (_folder, store) = store().await;
        let file = rusqlite::Connection::open(store.path()).unwrap();
        let fails =
            "CREATE TRIGGER a BEFORE UPDATE ON meta WHEN new.name = 'changes' BEGIN SELECT raise(ABORT, 'no'); END;
                     CREATE TRIGGER b BEFORE INSERT ON exchange BEGIN SELECT raise(ABORT, 'no'); END;";
        file.execute_batch(fails).unwrap();
        store.create_folder(folder("a")).await.unwrap_err();
        file.execute_batch("DROP TRIGGER a").unwrap();
        store.save(push("b", "e", "its source was made before it failed")).await.unwrap_err();
        file.execute_batch("DROP TRIGGER b; UPDATE meta SET value = value + 1 WHERE name = 'changes'").unwrap();
        assert_eq!(store.changes_elsewhere().await.unwrap(), 1);
    }
}

//! Writing the log back into the file beside the writer, so that a burst of captures does not wait for it.

use super::{Committed, StoreError, open::open_checkpointer};
use sqlx::{Connection as _, SqliteConnection};
use std::path::Path;
use std::time::Duration;
use tokio::sync::watch;

/// Bytes stored after which the log is written back.
const EVERY: u64 = 8 * 1024 * 1024;

/// How long a commit that was not synced waits for the disk at most.
const SYNC_WITHIN: Duration = Duration::from_millis(200);

/// Writes the log back whenever enough has been stored, or something that is not on the disk yet, until the writer
/// ends. What fails is soon tried again, with a new connection; meanwhile the writer does it itself when the log has grown
/// too long.
pub(super) async fn keep_checkpointed(path: &Path, mut committed: watch::Receiver<Committed>) {
    let mut connection = None;
    let mut done = Committed::default();
    loop {
        let (bytes, unsynced) = (done.bytes + EVERY, done.unsynced);
        let due = committed.wait_for(|now| now.bytes >= bytes || now.unsynced > unsynced).await;
        let Ok(is_long) = due.map(|now| now.bytes >= bytes) else { break };
        if !is_long {
            // More of them are synced at once.
            let _ = tokio::time::timeout(SYNC_WITHIN, committed.wait_for(|now| now.bytes >= bytes)).await;
        }
        let now = committed.borrow().clone();
        match checkpoint(path, connection.take()).await {
            Ok(open) => (connection, done) = (Some(open), now),
            Err(_) if committed.has_changed().is_err() => break,
            Err(_) => tokio::time::sleep(SYNC_WITHIN).await,
        }
    }
    if let Some(connection) = connection {
        let _ = connection.close().await; // closing only tidies the log away
    }
}

/// Writes the log back, which syncs it first; answers the connection for the next time.
async fn checkpoint(path: &Path, open: Option<SqliteConnection>) -> Result<SqliteConnection, StoreError> {
    let mut connection = match open {
        Some(connection) => connection,
        None => open_checkpointer(path).await?,
    };
    let done = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection).await;
    done.map_err(|e| StoreError::from_sqlx("Writing the log back", &e))?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_file_that_could_not_be_opened_at_first_is_synced_once_it_can() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.pushpull");
        let (tell, committed) = watch::channel(Committed { unsynced: 1, ..Committed::default() });
        let log_of = path.clone();
        let keeping = tokio::spawn(async move { keep_checkpointed(&log_of, committed).await });
        assert!(open_checkpointer(&path).await.is_err());

        let file = rusqlite::Connection::open(&path).unwrap();
        let make = "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE a (b);
                    INSERT INTO a VALUES (zeroblob(1000000));";
        file.execute_batch(make).unwrap();
        let size = || std::fs::metadata(&path).unwrap().len();
        let synced = async {
            while size() < 1_000_000 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), synced).await.expect("the log is written back");
        drop(tell);
        keeping.await.unwrap();
    }
}

//! Writing the log back into the file beside the writer, so that a burst of captures does not wait for it.

use super::{Committed, open::open_checkpointer};
use sqlx::Connection as _;
use std::path::Path;
use std::time::Duration;
use tokio::sync::watch;

/// Bytes stored after which the log is written back.
const EVERY: u64 = 8 * 1024 * 1024;

/// How long a commit that was not synced waits for the disk at most.
const SYNC_WITHIN: Duration = Duration::from_millis(200);

/// Writes the log back whenever enough has been stored, or something that is not on the disk yet, until the writer
/// ends. What fails is tried again after the next bytes, and the writer does it itself when the log has grown too long.
pub(super) async fn keep_checkpointed(path: &Path, mut committed: watch::Receiver<Committed>) {
    // Without this connection the writer does it all.
    let Ok(mut connection) = open_checkpointer(path).await else { return };
    let mut done = Committed::default();
    loop {
        let (bytes, unsynced) = (done.bytes + EVERY, done.unsynced);
        let due = committed.wait_for(|now| now.bytes >= bytes || now.unsynced > unsynced).await;
        let Ok(is_long) = due.map(|now| now.bytes >= bytes) else { break };
        if !is_long {
            // More of them are synced at once.
            let _ = tokio::time::timeout(SYNC_WITHIN, committed.wait_for(|now| now.bytes >= bytes)).await;
        }
        done = committed.borrow().clone();
        // It syncs the log before it writes it back.
        let _ = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection).await;
    }
    let _ = connection.close().await; // closing only tidies the log away
}

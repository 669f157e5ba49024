//! Writing the log back into the file beside the writer, so that a burst of captures does not wait for it.

use super::{Committed, open::open_checkpointer};
use sqlx::Connection as _;
use std::path::Path;
use tokio::sync::watch;

/// Bytes stored after which the log is written back.
const EVERY: u64 = 8 * 1024 * 1024;

/// Writes the log back whenever enough has been stored, until the writer ends. What fails is tried again after the next
/// bytes, and the writer does it itself when the log has grown too long.
pub(super) async fn keep_checkpointed(path: &Path, mut committed: watch::Receiver<Committed>) {
    // Without this connection the writer does it all.
    let Ok(mut connection) = open_checkpointer(path).await else { return };
    let mut done = 0;
    while let Ok(now) = committed.wait_for(|now| now.bytes >= done + EVERY).await.map(|now| now.bytes) {
        done = now;
        let _ = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(&mut connection).await;
    }
    let _ = connection.close().await; // closing only tidies the log away
}

//! The workspace file: one SQLite database that holds all that the user keeps.
//!
//! One writer thread owns the connections that write. It takes what has piled up, writes it in one transaction, with
//! `synchronous=FULL` if a push is among it, and tells the callers only after the commit. Readers have read-only
//! connections of their own, so that a slow question never delays a capture.

mod again;
mod ahead;
mod background;
mod candidates;
mod changes;
mod check;
mod checkpoint;
mod codes;
mod collections;
mod columns;
mod counts;
mod deletion;
mod deliveries;
mod dictionary;
mod error;
mod filter;
mod folder;
mod follow;
mod grouping;
mod histogram;
mod ids;
mod ignored;
mod index;
mod keep;
mod learning;
mod list;
mod named;
mod new;
mod node_deletion;
mod open;
mod organise;
mod pack;
mod pen;
mod places;
mod previous;
mod providers;
mod read;
mod recent;
mod record;
mod remove;
mod retain;
mod rules;
mod scan;
mod search;
mod size;
mod sources;
mod spool;
mod suggest;
mod upgrade;
mod vaults;
mod views;
mod waiting;
mod wire;
mod writer;

pub(crate) use again::{Place, Turn};
pub(crate) use ahead::BodyAhead;
pub(crate) use background::{AGAIN, Steps, keep_up_with};
pub use deletion::Doomed;
pub use error::StoreError;
pub use filter::{Filter, FilterProblem, FilterProblemView, FilterQuery, FilterReading, Suggestion};
pub use folder::make_private_folder;
pub use follow::Verdicts;
pub(crate) use follow::{Followed, Judged};
pub(crate) use grouping::Regrouping;
pub use ids::IdPages;
pub use new::NewExchange;
pub use read::WholeExchange;
pub use rules::StoredRules;
pub(crate) use sources::{NewSealed, Renamed, SecretRow, SourceRow, secret_place};
pub use spool::{Spool, Spooled};
pub(crate) use vaults::VaultRecord;
pub use wire::WireBytes;
pub use writer::Committed;

use crate::exchange::{ExchangeId, Micros};
use bytes::Bytes;
use changes::OwnChanges;
use dictionary::Dictionaries;
use pen::{Pen, Row};
use scan::Searches;
use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use writer::Writer;

/// Bodies up to this many bytes travel with their exchange; larger ones are spooled in chunks.
pub const INLINE_LIMIT: usize = 64 * 1024;

/// Bytes of one chunk of a spooled body.
pub const CHUNK: usize = 256 * 1024;

/// Connections that read.
const READERS: u32 = 4;

/// Is told how much is done, and how much there is in all.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// One open workspace file. Cheap to clone; closed when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Store {
    path: Arc<PathBuf>,
    writer: Writer,
    readers: SqlitePool,
    searches: Arc<Searches>,
    own_changes: OwnChanges,
    indexed: Arc<AtomicI64>,
    dictionaries: Arc<Dictionaries>,
    cells: Arc<columns::Cells>,
    deleted_nodes: Arc<node_deletion::DeletedNodes>,
    checkpointing: Arc<Mutex<Option<JoinHandle<()>>>>,
}

/// A message as it is stored, without its body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredMessage {
    /// The head as it was on the wire.
    pub head: Bytes,
    /// How a chunked body was framed; empty if it was not.
    pub framing: Bytes,
    /// Bytes of the body.
    pub body_len: u64,
}

impl Store {
    /// Opens the workspace at `path`, making or migrating it first.
    ///
    /// # Errors
    /// `NotAWorkspace`, `Newer` and `ReadOnly` leave the file untouched; else what SQLite says.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = open::open_writer(path).await?;
        let own_changes = OwnChanges::start(&mut connection).await?;
        let pen = Pen::new(open::open_pen(path)?, own_changes.clone());
        let writer = Writer::start(pen, connection, own_changes.clone())
            .map_err(|e| StoreError::Sqlite { act: "Opening the workspace", reason: e.to_string() })?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(1)
            .connect_with(open::reader_options(path))
            .await
            .map_err(|error| StoreError::from_sqlx("Opening the workspace", &error))?;
        let path = Arc::new(path.to_path_buf());
        let (log_of, committed) = (path.clone(), writer.committed.clone());
        let checkpointing = tokio::spawn(async move { checkpoint::keep_checkpointed(&log_of, committed).await });
        let checkpointing = Arc::new(Mutex::new(Some(checkpointing)));
        let store = Self {
            path,
            writer,
            readers,
            searches: Arc::default(),
            own_changes,
            indexed: Arc::default(),
            dictionaries: Arc::default(),
            cells: Arc::default(),
            deleted_nodes: Arc::default(),
            checkpointing,
        };
        store.take_newest_dictionary().await?;
        spool::clear_abandoned(&store.writer).await?;
        let indexed = store.read_indexed().await?;
        store.indexed.store(indexed, std::sync::atomic::Ordering::Release);
        Ok(store)
    }

    /// Starts filling the word index in the background. The task ends when it is aborted.
    pub fn start_indexing(&self) -> JoinHandle<()> {
        tokio::spawn(self.clone().keep_indexed())
    }

    /// Starts keeping the file small in the background. The task ends when it is aborted.
    pub fn start_learning(&self) -> JoinHandle<()> {
        tokio::spawn(self.clone().keep_learning())
    }

    /// Starts deleting for good what was deleted. The task ends when it is aborted.
    pub fn start_purging(&self) -> JoinHandle<()> {
        tokio::spawn(self.clone().keep_purged())
    }

    /// Starts grouping pushes into deliveries in the background. The task ends when it is aborted.
    pub fn start_grouping(&self) -> JoinHandle<()> {
        tokio::spawn(self.clone().keep_grouped())
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Stores an exchange. Returns after it is committed and synced.
    ///
    /// # Errors
    /// `Busy` if the queue is full, `DiskFull` if the disk is, else what SQLite says. Nothing is stored then.
    pub async fn save(&self, exchange: NewExchange) -> Result<ExchangeId, StoreError> {
        let row = Row::new(exchange, self.dictionaries.current().as_deref());
        self.writer.save(row).await
    }

    /// Writes what is waiting and closes the file; its log is tidied away unless another process has the file open.
    pub async fn close(&self) {
        self.readers.close().await;
        let _ = self.take_back().await; // what stays is cleared by a later start
        self.writer.close().await;
        let checkpointing = self.checkpointing.lock().await.take();
        if let Some(checkpointing) = checkpointing {
            let _ = checkpointing.await; // it ends with the writer
        }
    }

    /// Starts a body that is put down in chunks while it arrives.
    pub fn spool(&self) -> Spool {
        Spool::new(self.writer.clone())
    }

    /// Wakes on every commit of this process.
    pub fn committed(&self) -> watch::Receiver<Committed> {
        self.writer.committed.clone()
    }

    /// Why the last exchange could not be stored; None once one could again.
    pub fn trouble(&self) -> Option<StoreError> {
        self.writer.committed.borrow().trouble.clone()
    }

    /// A number that changes whenever anyone commits to the file, this process too.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn watch_others(&self) -> Result<FileWatch, StoreError> {
        let connection = self.readers.acquire().await;
        let connection = connection.map_err(|e| StoreError::from_sqlx("Watching the workspace", &e))?;
        Ok(FileWatch { connection: connection.detach() })
    }
}

/// Notices commits, of other processes too.
#[derive(Debug)]
pub struct FileWatch {
    connection: sqlx::SqliteConnection,
}

impl FileWatch {
    /// SQLite's own count of changes to the file as this connection sees them.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn version(&mut self) -> Result<i64, StoreError> {
        let version = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut self.connection).await;
        version.map_err(|e| StoreError::from_sqlx("Watching the workspace", &e))
    }
}

/// The time, µs since 1970 UTC.
pub(crate) fn micros_now() -> Micros {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as Micros)
}

#[cfg(test)]
pub(crate) mod tests;

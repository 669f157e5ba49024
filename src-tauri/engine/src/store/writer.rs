//! The one thread that writes. It takes what has piled up, writes it in one transaction, and answers after the commit.
//!
//! It has two connections and uses one at a time: [`Pen`] for exchanges, of which there may be very many, and one of
//! sqlx for everything else.

use super::StoreError;
use super::changes::{COUNT, OwnChanges};
use super::pen::{Pen, Row, is_synced};
use super::recent::Recent;
use super::spool::Leftovers;
use crate::exchange::ExchangeId;
use sqlx::{Connection as _, SqliteConnection};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};

/// Writes that may wait. More than the listener has connections, so that only a disk that stands still fills it.
const QUEUE: usize = 2048;

/// Exchanges in one transaction at most.
const BATCH: usize = 128;

/// What the thread is called.
const THREAD: &str = "store-writer";

/// Work on the writing connection, in a transaction of its own.
type Job = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> JobFuture<'c> + Send>;
type JobFuture<'c> = Outcome<'c, ()>;
type Outcome<'c, T> = Pin<Box<dyn Future<Output = Result<T, sqlx::Error>> + Send + 'c>>;

/// What a job writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matter {
    /// Anything that someone asked for. It may change exchanges that were stored before.
    Change,
    /// A piece of a body whose exchange is stored after it.
    Body,
    /// What was found out about exchanges in the background.
    Finding,
}

impl Matter {
    /// True if rows that followers were given may show something else afterwards.
    fn changes_rows(self) -> bool {
        self == Self::Change
    }

    /// True if other processes may have to read anew what they keep.
    fn counts(self) -> bool {
        self == Self::Change
    }

    /// True if a disk that is full for it is full for exchanges. What can be found out later says nothing about them.
    fn tells_of_the_disk(self) -> bool {
        self != Self::Finding
    }
}

pub(super) enum Command {
    Save(Box<Row>, oneshot::Sender<Result<ExchangeId, StoreError>>),
    Job {
        act: &'static str,
        matter: Matter,
        run: Job,
        done: oneshot::Sender<Result<(), StoreError>>,
    },
    #[cfg(test)]
    Pen(Box<dyn FnOnce(&mut Pen) + Send>, oneshot::Sender<()>),
    Close(oneshot::Sender<()>),
}

/// What the writer has done so far; readers of it wake on every commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// Commits.
    pub commits: u64,
    /// The newest exchange that this process stored.
    pub newest: ExchangeId,
    /// Bytes that they take in the file, about.
    pub bytes: u64,
    /// Commits that the disk need not have yet.
    pub unsynced: u64,
    /// Why the last exchange could not be stored; None once one could again.
    pub trouble: Option<StoreError>,
}

/// The way to the writer.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Command>,
    pub(super) committed: watch::Receiver<Committed>,
    /// What was stored last.
    pub(super) recent: Arc<Recent>,
    /// Large bodies that no exchange took.
    pub(super) leftovers: Arc<Leftovers>,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Save(..) => "Save",
            Self::Job { .. } => "Job",
            #[cfg(test)]
            Self::Pen(..) => "Pen",
            Self::Close(_) => "Close",
        })
    }
}

impl Writer {
    /// Starts the thread. It ends, closing the file, when the last way to it is dropped.
    ///
    /// # Errors
    /// If the system has no thread for it.
    pub(super) fn start(pen: Pen, connection: SqliteConnection, own_changes: OwnChanges) -> std::io::Result<Self> {
        let (queue, commands) = mpsc::channel(QUEUE);
        let (progress, committed) = watch::channel(Committed::default());
        let recent = Arc::<Recent>::default();
        let runtime = Handle::current();
        let desk = Desk { pen, connection, own_changes, runtime, progress, recent: recent.clone() };
        std::thread::Builder::new().name(THREAD.into()).spawn(move || desk.run(commands))?;
        Ok(Self { queue, committed, recent, leftovers: Arc::default() })
    }

    /// Stores an exchange; `Busy` at once if the queue is full.
    pub(super) async fn save(&self, row: Row) -> Result<ExchangeId, StoreError> {
        let (done, answer) = oneshot::channel();
        self.queue.try_send(Command::Save(Box::new(row), done)).map_err(|_| StoreError::Busy)?;
        answer.await.unwrap_or(Err(StoreError::Busy))
    }

    /// Runs `run` in a transaction of its own and waits for the commit.
    pub(super) async fn job<T, F>(&self, act: &'static str, run: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Outcome<'c, T> + Send + 'static,
    {
        self.queue_job(act, Matter::Change, run).await
    }

    /// Like [`Self::job`], for a piece of a body.
    pub(super) async fn body<T, F>(&self, act: &'static str, run: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Outcome<'c, T> + Send + 'static,
    {
        self.queue_job(act, Matter::Body, run).await
    }

    /// Like [`Self::job`], for what goes on in the background all the time: it leaves what exchanges were stored with as
    /// it is, so that whoever follows along need not read them anew.
    pub(super) async fn finding<T, F>(&self, act: &'static str, run: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Outcome<'c, T> + Send + 'static,
    {
        self.queue_job(act, Matter::Finding, run).await
    }

    async fn queue_job<T, F>(&self, act: &'static str, matter: Matter, run: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Outcome<'c, T> + Send + 'static,
    {
        let (value, outcome) = oneshot::channel();
        let (done, answer) = oneshot::channel();
        let run: Job = Box::new(move |connection| {
            Box::pin(async move {
                let result = run(connection).await?;
                let _ = value.send(result); // whoever asked may have gone away
                Ok(())
            })
        });
        self.queue.send(Command::Job { act, matter, run, done }).await.map_err(|_| StoreError::Busy)?;
        answer.await.unwrap_or(Err(StoreError::Busy))?;
        outcome.await.map_err(|_| StoreError::Busy)
    }
}

impl Writer {
    /// True once nothing can be written any more.
    pub(super) fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }

    /// Writes what is waiting, closes the file and ends the task. What comes later is answered with `Busy`.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Command::Close(done)).await.is_ok() {
            let _ = closed.await; // an error means that it has ended already
        }
    }

    /// Does something with the connection that exchanges are written with.
    #[cfg(test)]
    pub(super) async fn with_pen(&self, run: impl FnOnce(&mut Pen) + Send + 'static) {
        let (done, answer) = oneshot::channel();
        self.queue.send(Command::Pen(Box::new(run), done)).await.unwrap();
        answer.await.unwrap();
    }
}

/// What the thread works with.
struct Desk {
    pen: Pen,
    connection: SqliteConnection,
    own_changes: OwnChanges,
    runtime: Handle,
    progress: watch::Sender<Committed>,
    recent: Arc<Recent>,
}

type Waiting = oneshot::Sender<Result<ExchangeId, StoreError>>;

impl Desk {
    fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut taken = Vec::with_capacity(BATCH);
        let mut rows = Vec::with_capacity(BATCH);
        let mut waiting = Vec::with_capacity(BATCH);
        let mut closed = None;
        while closed.is_none() && commands.blocking_recv_many(&mut taken, BATCH) > 0 {
            for command in taken.drain(..) {
                match command {
                    Command::Save(row, done) => {
                        rows.push(*row);
                        waiting.push(done);
                    }
                    Command::Job { act, matter, run, done } => {
                        // What was asked for before the job is on disk before the job runs.
                        self.write(&mut rows, &mut waiting);
                        let counted = matter.counts().then_some(&self.own_changes);
                        let result = self.runtime.block_on(in_transaction(&mut self.connection, counted, run));
                        if matter.changes_rows() {
                            self.recent.clear();
                        }
                        let result = result.map_err(|error| StoreError::from_sqlx(act, &error));
                        self.progress.send_modify(|done| {
                            done.commits += 1;
                            done.unsynced += 1;
                            if matter.tells_of_the_disk() && result == Err(StoreError::DiskFull) {
                                done.trouble = Some(StoreError::DiskFull);
                            }
                        });
                        let _ = done.send(result);
                    }
                    #[cfg(test)]
                    Command::Pen(run, done) => {
                        run(&mut self.pen);
                        let _ = done.send(());
                    }
                    Command::Close(done) => closed = Some(done),
                }
            }
            self.write(&mut rows, &mut waiting);
        }
        // The file is whole without closing; it only tidies the log away.
        let Self { pen, connection, runtime, progress, .. } = self;
        drop(pen);
        let _ = runtime.block_on(connection.close());
        drop(progress);
        if let Some(closed) = closed {
            let _ = closed.send(()); // whoever asked may have gone away
        }
    }

    fn write(&mut self, rows: &mut Vec<Row>, waiting: &mut Vec<Waiting>) {
        if rows.is_empty() {
            return;
        }
        match self.pen.commit(rows) {
            Ok(first) => {
                rows.iter().for_each(Row::note_stored);
                let newest = first + rows.len() as i64 - 1;
                let bytes: u64 = rows.iter().map(Row::bytes).sum();
                if rows.iter().any(|row| row.forwarded().is_some()) {
                    self.recent.clear(); // the pushes that were forwarded show it
                }
                let unsynced = u64::from(!is_synced(rows));
                self.recent.add(first, rows.drain(..));
                self.progress.send_modify(|done| {
                    *done = Committed {
                        commits: done.commits + 1,
                        newest,
                        bytes: done.bytes + bytes,
                        unsynced: done.unsynced + unsynced,
                        trouble: None,
                    };
                });
                for (id, waiting) in (first..).zip(waiting.drain(..)) {
                    let _ = waiting.send(Ok(id)); // stored all the same if whoever asked has gone away
                }
            }
            Err(error) => {
                self.progress.send_modify(|done| done.trouble = Some(error.clone()));
                waiting.drain(..).for_each(|waiting| drop(waiting.send(Err(error.clone()))));
            }
        }
        rows.clear();
    }
}

/// Not by sqlx's own transactions: SQLite rolls back by itself when the disk is full, and sqlx would then take every
/// later transaction for a nested one. A change is counted among our own, if it is to be counted.
async fn in_transaction(
    connection: &mut SqliteConnection,
    counted: Option<&OwnChanges>,
    run: Job,
) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let done = match run(connection).await {
        Ok(()) => commit(connection, counted).await,
        Err(error) => Err(error),
    };
    if done.is_err() {
        let _ = sqlx::raw_sql("ROLLBACK").execute(connection).await; // an error means that SQLite has done it
    }
    done
}

async fn commit(connection: &mut SqliteConnection, counted: Option<&OwnChanges>) -> Result<(), sqlx::Error> {
    let Some(own_changes) = counted else {
        return sqlx::raw_sql("COMMIT").execute(connection).await.map(drop);
    };
    sqlx::query(COUNT).execute(&mut *connection).await?;
    own_changes.add(1);
    let done = sqlx::raw_sql("COMMIT").execute(connection).await.map(drop);
    done.inspect_err(|_| own_changes.take_back(1))
}

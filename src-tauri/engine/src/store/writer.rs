//! The one task that writes. It takes what has piled up, writes it in one transaction, and answers after the commit.

use super::batch::Batch;
use super::{NewExchange, StoreError};
use crate::exchange::ExchangeId;
use sqlx::{Connection as _, SqliteConnection};
use std::future::Future;
use std::pin::Pin;
use tokio::sync::{mpsc, oneshot, watch};

/// Writes that may wait. More than the listener has connections, so that only a disk that stands still fills it.
const QUEUE: usize = 2048;

/// Exchanges in one transaction at most.
const BATCH: usize = 128;

/// Work on the writing connection, in a transaction of its own.
type Job = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> JobFuture<'c> + Send>;
type JobFuture<'c> = Pin<Box<dyn Future<Output = Result<(), sqlx::Error>> + Send + 'c>>;

pub(super) enum Command {
    Save(Box<NewExchange>, oneshot::Sender<Result<ExchangeId, StoreError>>),
    Job { act: &'static str, run: Job, done: oneshot::Sender<Result<(), StoreError>> },
    Close(oneshot::Sender<()>),
}

/// What the writer has done so far; readers of it wake on every commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// Commits.
    pub commits: u64,
    /// The newest exchange that this process stored.
    pub newest: ExchangeId,
    /// Bytes of the exchanges that this process stored.
    pub bytes: u64,
    /// Why the last exchange could not be stored; None once one could again.
    pub trouble: Option<StoreError>,
}

/// The way to the writer.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Command>,
    pub(super) committed: watch::Receiver<Committed>,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Save(..) => "Save",
            Self::Job { .. } => "Job",
            Self::Close(_) => "Close",
        })
    }
}

impl Writer {
    /// Starts the task. It ends, closing the file, when the last way to it is dropped.
    pub(super) fn start(connection: SqliteConnection) -> Self {
        let (queue, commands) = mpsc::channel(QUEUE);
        let (progress, committed) = watch::channel(Committed::default());
        tokio::spawn(run(connection, commands, progress));
        Self { queue, committed }
    }

    /// Stores an exchange; `Busy` at once if the queue is full.
    pub(super) async fn save(&self, exchange: NewExchange) -> Result<ExchangeId, StoreError> {
        let (done, answer) = oneshot::channel();
        self.queue.try_send(Command::Save(Box::new(exchange), done)).map_err(|_| StoreError::Busy)?;
        answer.await.unwrap_or(Err(StoreError::Busy))
    }

    /// Runs `run` in a transaction of its own and waits for the commit. A value comes out through `run`'s captures.
    pub(super) async fn job<T, F>(&self, act: &'static str, run: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(
                &'c mut SqliteConnection,
            ) -> Pin<Box<dyn Future<Output = Result<T, sqlx::Error>> + Send + 'c>>
            + Send
            + 'static,
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
        self.queue.send(Command::Job { act, run, done }).await.map_err(|_| StoreError::Busy)?;
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
}

async fn run(
    mut connection: SqliteConnection,
    mut commands: mpsc::Receiver<Command>,
    progress: watch::Sender<Committed>,
) {
    let mut batch = Batch::default();
    let mut taken = Vec::with_capacity(BATCH);
    let mut closed = None;
    while closed.is_none() && commands.recv_many(&mut taken, BATCH).await > 0 {
        let mut saves = Vec::with_capacity(taken.len());
        for command in taken.drain(..) {
            match command {
                Command::Save(exchange, done) => saves.push((*exchange, done)),
                Command::Job { act, run, done } => {
                    // What was asked for before the job is on disk before the job runs.
                    write(&mut connection, &mut batch, &mut saves, &progress).await;
                    let result = in_transaction(&mut connection, run).await;
                    let result = result.map_err(|error| StoreError::from_sqlx(act, &error));
                    progress.send_modify(|done| {
                        done.commits += 1;
                        // A body that finds no place is told like an exchange that finds none.
                        if result == Err(StoreError::DiskFull) {
                            done.trouble = Some(StoreError::DiskFull);
                        }
                    });
                    let _ = done.send(result);
                }
                Command::Close(done) => closed = Some(done),
            }
        }
        write(&mut connection, &mut batch, &mut saves, &progress).await;
    }
    let _ = connection.close().await; // the file is whole without it; closing only tidies the log away
    if let Some(closed) = closed {
        let _ = closed.send(()); // whoever asked may have gone away
    }
}

type Waiting = (NewExchange, oneshot::Sender<Result<ExchangeId, StoreError>>);

async fn write(
    connection: &mut SqliteConnection,
    batch: &mut Batch,
    saves: &mut Vec<Waiting>,
    progress: &watch::Sender<Committed>,
) {
    if saves.is_empty() {
        return;
    }
    let (exchanges, waiting): (Vec<_>, Vec<_>) = saves.drain(..).unzip();
    let bytes: u64 = exchanges.iter().map(NewExchange::bytes).sum();
    match batch.commit(connection, exchanges).await {
        Ok(first) => {
            let newest = first + waiting.len() as i64 - 1;
            progress.send_modify(|done| {
                *done = Committed { commits: done.commits + 1, newest, bytes: done.bytes + bytes, trouble: None };
            });
            for (id, waiting) in (first..).zip(waiting) {
                let _ = waiting.send(Ok(id)); // stored all the same if whoever asked has gone away
            }
        }
        Err(error) => {
            let error = StoreError::from_sqlx("Storing an exchange", &error);
            progress.send_modify(|done| done.trouble = Some(error.clone()));
            for waiting in waiting {
                let _ = waiting.send(Err(error.clone()));
            }
        }
    }
}

/// Not by sqlx's own transactions: SQLite rolls back by itself when the disk is full, and sqlx would then take every
/// later transaction for a nested one.
async fn in_transaction(connection: &mut SqliteConnection, run: Job) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let done = match run(connection).await {
        Ok(()) => sqlx::raw_sql("COMMIT").execute(&mut *connection).await.map(drop),
        Err(error) => Err(error),
    };
    if done.is_err() {
        let _ = sqlx::raw_sql("ROLLBACK").execute(connection).await; // an error means that SQLite has done it
    }
    done
}

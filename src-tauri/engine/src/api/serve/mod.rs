//! The commands, one method each: what the window and the command line call. A file an area.

mod comparing;
mod organising;
mod providers;
mod reading;
mod requests;
mod rules;
mod running;
mod storing;
mod transferring;
mod vault;

use super::{ApiError, ErrorCode, ListenOptions, ListenerStatus, Nothing, OpenWorkspace, Status, Stored};
use crate::compare::CompareQuery;
use crate::compare::Compared;
use crate::engine::{Engine, Feed};
use crate::tunnel::TunnelStatus;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex as SyncMutex, PoisonError};
use tokio::sync::{Mutex, RwLock};
use tokio::task::JoinHandle;

/// What serves the commands: the workspace that is open now, or why none is.
#[derive(Debug)]
pub struct Api {
    open: RwLock<Opened>,
    /// Held while another workspace takes its place, so that one does at a time.
    opening: Mutex<()>,
    feed: Feed,
    compared: Compares,
    /// Comparisons may name files: only where the caller is the user, not a page.
    reads_files: bool,
}

/// Comparisons that were asked for lately.
type Compares = SyncMutex<Vec<(CompareQuery, Arc<Compared>)>>;

#[derive(Debug)]
enum Opened {
    Workspace { engine: Engine, feeding: JoinHandle<()> },
    Nothing { path: PathBuf, problem: ApiError },
}

impl Api {
    /// Opens the workspace at `path` and starts its listener. Never fails: what can't be opened is told by the status,
    /// so that a window can say so and offer another file.
    pub async fn start(path: &Path) -> Self {
        let feed = Feed::default();
        let open = RwLock::new(match Engine::open(path).await {
            Ok(engine) => Opened::workspace(engine, &feed),
            Err(problem) => Opened::Nothing { path: path.into(), problem },
        });
        let api = Self { open, opening: Mutex::default(), feed, compared: SyncMutex::default(), reads_files: false };
        api.listen_as_set().await;
        api
    }

    /// Serves an engine that is open already, for the command line; nothing is started.
    pub fn of(engine: Engine) -> Self {
        let feed = Feed::default();
        let open = RwLock::new(Opened::workspace(engine, &feed));
        Self { open, opening: Mutex::default(), feed, compared: SyncMutex::default(), reads_files: true }
    }

    /// What changes from now on, at most 20 times a second. It goes on when another workspace is opened.
    pub fn subscribe(&self) -> tokio::sync::broadcast::Receiver<super::FeedEvent> {
        self.feed.subscribe()
    }

    /// The engine of the workspace that is open.
    ///
    /// # Errors
    /// Why none is.
    pub async fn engine(&self) -> Result<Engine, ApiError> {
        match &*self.open.read().await {
            Opened::Workspace { engine, .. } => Ok(engine.clone()),
            Opened::Nothing { problem, .. } => Err(problem.clone()),
        }
    }

    /// Stops what runs.
    pub async fn close(&self) {
        if let Opened::Workspace { engine, feeding } = &*self.open.read().await {
            feeding.abort();
            engine.close().await;
        }
    }

    /// Starts the listener as the settings say; that it can't is told by the status.
    async fn listen_as_set(&self) {
        let Ok(engine) = self.engine().await else { return };
        let settings = engine.settings();
        let options = ListenOptions { port: settings.port, bind: settings.bind, fallback: true };
        let _ = engine.start_listening(options).await;
    }

    /// See [`super::commands`].
    pub(super) async fn status(&self, _: Nothing) -> Result<Status, ApiError> {
        // Nothing is closed while this is held: whoever asks is told of the old workspace or of the new one.
        let open = self.open.read().await;
        let (path, problem) = match &*open {
            Opened::Workspace { engine, .. } => return engine.status().await,
            Opened::Nothing { path, problem } => (path.clone(), problem.clone()),
        };
        Ok(closed(&path, problem))
    }

    pub(super) async fn open_workspace(&self, open: OpenWorkspace) -> Result<Status, ApiError> {
        let path = PathBuf::from(&open.path);
        if !path.is_absolute() {
            return Err(ApiError::invalid(format!("{} is not a whole path. Write it from the root.", open.path)));
        }
        let _turn = self.opening.lock().await;
        let next = Engine::open(&path).await?; // if it can't be, what is open stays open
        if let Opened::Workspace { engine, feeding } = &*self.open.read().await {
            feeding.abort();
            engine.stop_what_runs().await; // it may take its time, and is read meanwhile
        }
        let before = std::mem::replace(&mut *self.open.write().await, Opened::workspace(next, &self.feed));
        if let Opened::Workspace { engine, .. } = before {
            engine.close().await; // whoever reads it still is waited for here alone
        }
        self.compared.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.listen_as_set().await;
        self.status(Nothing {}).await
    }
}

impl Opened {
    /// From now on the feed tells of it: whoever hears that asks for more, and must be answered by it.
    fn workspace(engine: Engine, feed: &Feed) -> Self {
        let feeding = tokio::spawn(engine.clone().keep_feeding(feed.clone()));
        Self::Workspace { engine, feeding }
    }
}

/// The status while no workspace is open.
fn closed(path: &Path, problem: ApiError) -> Status {
    let notice = problem.sentences();
    let ApiError { message, hint, .. } = problem;
    Status {
        workspace: path.to_string_lossy().into_owned(),
        listener: ListenerStatus::Failed { message, hint },
        tunnel: TunnelStatus::default(),
        stored: Stored::default(),
        auto_source: false,
        unknown_paths: 0,
        notice: Some(notice),
        version: env!("CARGO_PKG_VERSION").into(),
    }
}

/// For commands that find nothing.
fn missing(what: impl std::fmt::Display) -> ApiError {
    ApiError::plain(ErrorCode::NotFound, format!("{what} is not there any more."))
}

//! One open workspace and what runs on it: the listener, the sender, the tunnel, the word index, the feed.

mod documents;
mod feed;
mod filtering;
mod following;
mod hooks;
mod jobs;
mod learning;
mod listening;
mod lock;
mod opening;
mod providers;
mod retaining;
mod rules;
mod samples;
mod signatures;
mod sources;
mod tickets;
mod trying;
mod tunnels;

pub(crate) use documents::{headers, off_thread, wire_rows};
pub(crate) use feed::Feed;
pub(crate) use jobs::Jobs;
pub use signatures::Given;
pub(crate) use signatures::RulesTried;

use crate::api::{ApiError, AutoSource, ListenerStatus, Retention, Settings};
use crate::capture::Hooks as _;
use crate::capture::Listener;
use crate::exchange::ExchangeId;
use crate::inspect::{BodyRef, Document, Filter, Filtered, Lens, Reading};
use crate::send::Sender;
use crate::store::{Store, StoreError};
use crate::tunnel::{Probes, Tunnel};
use crate::vault::{Keys, Vault};
use documents::Documents;
use hooks::Doorway;
use lock::ListenerLock;
use sources::SourceBook;
use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tickets::Tickets;
use tokio::sync::{Mutex, Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// The smallest size that a workspace can be kept to, bytes.
const LEAST_BYTES: u64 = 1024 * 1024;

/// How long what is cancelled because the workspace is closed has to keep what it came to.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// One open workspace and what runs on it. Cheap to clone; what runs stops when [`Engine::close`] is called or the last
/// clone is dropped.
#[derive(Debug, Clone)]
pub struct Engine(Arc<Parts>);

/// What an engine is made of.
#[derive(Debug)]
pub struct Parts {
    /// The workspace file.
    pub store: Store,
    /// The way out.
    pub sender: Sender,
    /// The public URL.
    pub tunnel: Tunnel,
    /// The secrets.
    pub vault: Vault,
    pub(crate) book: Arc<SourceBook>,
    /// Held while the sources are read, so that what was read last is what counts.
    reading_sources: Mutex<()>,
    /// Told when there may be something to look at again.
    again: Arc<Notify>,
    /// Held for one step of following, so that what has changed is looked at again after it.
    following_turn: Mutex<()>,
    /// What goes on beside captures and needs the engine.
    following: OnceLock<[tokio::task::JoinHandle<()>; 2]>,
    pub(crate) probes: Arc<Probes>,
    pub(crate) doorway: Arc<Doorway>,
    pub(crate) documents: Documents,
    pub(crate) tickets: Tickets,
    pub(crate) jobs: Jobs,
    settings: RwLock<Settings>,
    /// Held while the settings are kept or read, so that what was kept last is what counts.
    keeping_settings: Mutex<()>,
    listening: Mutex<Option<(Listener, ListenerLock)>>,
    listener: RwLock<ListenerStatus>,
    changed: Notify,
    retention: watch::Sender<Retention>,
    /// Why nothing can be taken away at the moment.
    unretained: watch::Receiver<Option<StoreError>>,
    /// What goes on beside captures.
    background: Vec<AbortOnDropHandle<()>>,
}

impl std::ops::Deref for Engine {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Engine {
    /// Opens the workspace at `path`, making it if it is not there. Nothing listens yet.
    ///
    /// # Errors
    /// If the file can't be a workspace: see [`crate::store::StoreError`].
    pub async fn open(path: &Path) -> Result<Self, ApiError> {
        Self::open_with(path, Keys::default()).await
    }

    /// Opens the workspace at `path`; the key of its vault may come from `keys`.
    ///
    /// # Errors
    /// As [`Engine::open`]. A vault that stays closed is no error.
    pub async fn open_with(path: &Path, keys: Keys) -> Result<Self, ApiError> {
        crate::tunnel::use_ring();
        let store = Store::open(path).await?;
        let settings = store.settings().await?;
        let probes = Arc::new(Probes::default());
        let tunnel = Tunnel::default();
        let names = store.source_names().await?;
        let book = Arc::new(SourceBook::default());
        let doorway = Doorway::new(names, book.clone(), &settings, tunnel.watch(), probes.clone())?;
        let sender = Sender::new(store.clone());
        sender.set_instance(doorway.instance());
        sender.set_own_ports(Vec::from_iter(ListenerLock::port_of_another(path)));
        let vault = Vault::start(store.clone(), keys);
        let (kept, retention) = watch::channel(settings.retention);
        let (trouble, unretained) = watch::channel(None);
        let background = [
            store.start_indexing(),
            store.start_learning(),
            store.start_purging(),
            store.start_grouping(),
            tokio::spawn(retaining::keep_retaining(store.clone(), retention, trouble, retaining::EVERY)),
        ];
        let engine = Self(Arc::new(Parts {
            retention: kept,
            unretained,
            sender,
            tunnel,
            vault,
            book,
            again: Arc::default(),
            following_turn: Mutex::default(),
            following: OnceLock::new(),
            reading_sources: Mutex::default(),
            probes,
            doorway: Arc::new(doorway),
            documents: Documents::default(),
            tickets: Tickets::default(),
            jobs: Jobs::default(),
            settings: RwLock::new(settings),
            keeping_settings: Mutex::default(),
            listening: Mutex::default(),
            listener: RwLock::new(ListenerStatus::Off),
            changed: Notify::new(),
            background: Vec::from(background.map(AbortOnDropHandle::new)),
            store,
        }));
        engine.read_sources().await?;
        engine.read_rules().await?;
        // Nobody else sets it.
        let secrets = opening::keep_reading_secrets(Arc::downgrade(&engine.0), engine.vault.watch());
        let _ = engine.following.set([engine.start_following(), tokio::spawn(secrets)]);
        Ok(engine)
    }

    /// Stops what runs: the listener answers what it has taken, the tunnel goes down.
    pub(crate) async fn stop_what_runs(&self) {
        self.tunnel.stop().await;
        self.stop_listening().await;
        self.tickets.cancel_all();
        let _ = tokio::time::timeout(LAST_WORDS, self.tickets.all_ended()).await; // what takes longer is not kept
    }

    /// Stops what runs and closes the file.
    pub async fn close(&self) {
        self.stop_what_runs().await;
        self.background.iter().for_each(AbortOnDropHandle::abort);
        self.following.get().into_iter().flatten().for_each(tokio::task::JoinHandle::abort);
        self.store.close().await;
    }
}

impl Parts {
    /// A body made ready to be read.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange.
    pub async fn document(&self, body: BodyRef) -> Result<Arc<Document>, ApiError> {
        self.documents.get(&self.store, body).await
    }

    /// A body, or what lenses show of it, made ready to be read. A filter among the lenses is run if it has not been.
    ///
    /// # Errors
    /// `NotFound` if there is no such exchange; `Invalid` if a lens shows nothing.
    pub async fn reading(&self, reading: &Reading) -> Result<Arc<Document>, ApiError> {
        let mut document = self.document(reading.body()).await?;
        for lens in reading.lenses() {
            document = match (document.seen(lens), lens) {
                (Some(seen), _) => seen,
                (None, Lens::Filter { filter }) => {
                    self.run_filter(&document, filter, &CancellationToken::new()).await?.0
                }
                (None, lens) => {
                    let (within, lens) = (document, lens.clone());
                    off_thread(move || {
                        let seen = Arc::new(within.look(&lens)?);
                        within.keep(&lens, seen.clone());
                        Ok(seen)
                    })
                    .await?
                    .map_err(|message: String| ApiError::invalid(message))?
                }
            };
        }
        Ok(document)
    }

    /// Filters what is read; the values are then read through [`Lens::Filter`].
    ///
    /// # Errors
    /// As [`Parts::reading`]. What is wrong with the filter is in the answer.
    pub async fn filter(
        &self,
        reading: &Reading,
        filter: &Filter,
        cancel: &CancellationToken,
    ) -> Result<Filtered, ApiError> {
        let document = self.reading(reading).await?;
        Ok(self.run_filter(&document, filter, cancel).await?.1)
    }

    async fn run_filter(
        &self,
        document: &Arc<Document>,
        filter: &Filter,
        cancel: &CancellationToken,
    ) -> Result<(Arc<Document>, Filtered), ApiError> {
        let started = Instant::now();
        let outcome = filtering::filtered(document, filter, cancel).await?;
        let found = Arc::new(Document::of_values(outcome.document()));
        document.keep(&Lens::Filter { filter: filter.clone() }, found.clone());
        let filtered = Filtered {
            results: outcome.results,
            notice: outcome.notice(),
            problem: outcome.problem,
            took: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        Ok((found, filtered))
    }

    /// Sends a captured push on to a URL as it came in.
    ///
    /// # Errors
    /// `Invalid` if the URL can't be used; `NotFound` if the push is gone; else what the store says.
    pub async fn forward(&self, push: ExchangeId, to: &str, cancel: CancellationToken) -> Result<ExchangeId, ApiError> {
        crate::replay::forward(&self.store, &self.sender, push, to, cancel).await
    }

    /// The settings.
    pub fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the settings. A tunnel's secret is never written down.
    ///
    /// # Errors
    /// `Invalid` if a value can't be used; else what the store says.
    pub async fn save_settings(&self, mut settings: Settings) -> Result<Settings, ApiError> {
        check_settings(&settings)?;
        settings.tunnel = settings.tunnel.without_secret();
        let keeping = self.keeping_settings.lock().await;
        self.store.save_settings(&settings).await?;
        self.put_in_force(&settings);
        drop(keeping);
        self.notice_change(true);
        Ok(settings)
    }

    /// Brings into force what another process may have set.
    async fn read_settings(&self) -> Result<(), ApiError> {
        let _keeping = self.keeping_settings.lock().await;
        let settings = self.store.settings().await?;
        if settings != self.settings() {
            self.put_in_force(&settings);
        }
        Ok(())
    }

    fn put_in_force(&self, settings: &Settings) {
        self.doorway.set(settings);
        self.retention.send_replace(settings.retention);
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings.clone();
    }

    /// Says whether a first request to a name makes a source, for as long as this process runs and whatever is set.
    pub fn set_auto_source(&self, auto_source: AutoSource) {
        self.doorway.tell_auto_source(auto_source);
    }
}

fn check_settings(settings: &Settings) -> Result<(), ApiError> {
    if settings.bind.parse::<std::net::IpAddr>().is_err() {
        return Err(ApiError::invalid(format!(
            "{:?} is not an address to listen on. Write 127.0.0.1, or 0.0.0.0 for every network.",
            settings.bind
        )));
    }
    let Retention { days, exchanges, bytes } = settings.retention;
    if days == Some(0) || exchanges == Some(0) || bytes.is_some_and(|bytes| bytes < LEAST_BYTES) {
        return Err(ApiError::invalid(format!(
            "Retention keeps at least 1 day, 1 exchange and {} MiB. Leave a field empty to set no limit.",
            LEAST_BYTES >> 20
        )));
    }
    let cap = crate::capture::HARD_BODY_BYTES;
    if settings.body_cap == 0 || settings.body_cap > cap {
        return Err(ApiError::invalid(format!("The body cap is between 1 byte and {} MiB.", cap >> 20)));
    }
    Ok(())
}

//! The engine as the listener sees it: which names are open, and what it should note.

use super::rules::Plans;
use super::signatures::Checking;
use super::sources::{SourceBook, SourceConfig};
use crate::api::{ApiError, AutoSource, Settings};
use crate::capture::rules::Plan;
use crate::capture::{Arrived, Hooks, Presence};
use crate::exchange::{Headers, Micros, Origin};
use crate::inspect::Recognition;
use crate::inspect::provider::{Handshake, ProviderRef};
use crate::inspect::signature::Reply;
use crate::tunnel::{Probes, TunnelState, TunnelStatus};
use crate::wire::RequestHead;
use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use tokio::sync::watch;

/// The header that a sample event carries: a word that only this process knows, so that nobody else's request can pass
/// for a sample.
pub(crate) const SAMPLE_HEADER: &str = "Pushpull-Sample";

/// Sources that first requests make at most: names are cheap to send, and each is kept.
const AUTO_SOURCES: usize = 1_000;

/// What stands between the listener and the engine.
#[derive(Debug)]
pub(crate) struct Doorway {
    sources: RwLock<HashSet<String>>,
    book: Arc<SourceBook>,
    pub(super) plans: Plans,
    auto_source: Mutex<AutoSource>,
    /// What the command line says of it, whatever is set.
    told: OnceLock<AutoSource>,
    body_cap: AtomicU64,
    tunnel: watch::Receiver<TunnelStatus>,
    unknown_paths: AtomicU64,
    probes: Arc<Probes>,
    instance: String,
    sample_word: String,
}

impl Doorway {
    pub(super) fn new(
        sources: Vec<String>,
        book: Arc<SourceBook>,
        settings: &Settings,
        tunnel: watch::Receiver<TunnelStatus>,
        probes: Arc<Probes>,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            sources: RwLock::new(sources.into_iter().collect()),
            book,
            plans: Plans::default(),
            auto_source: Mutex::new(settings.auto_source),
            told: OnceLock::new(),
            body_cap: AtomicU64::new(settings.body_cap),
            tunnel,
            unknown_paths: AtomicU64::new(0),
            probes,
            instance: random_word()?,
            sample_word: random_word()?,
        })
    }

    /// Opens a name.
    pub(crate) fn add_source(&self, name: &str) {
        self.sources.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
    }

    /// Closes a name; false if it was not open.
    pub(crate) fn remove_source(&self, name: &str) -> bool {
        self.sources.write().unwrap_or_else(PoisonError::into_inner).remove(name)
    }

    /// Brings into force what is set.
    pub(super) fn set(&self, settings: &Settings) {
        self.body_cap.store(settings.body_cap, Ordering::Relaxed);
        *self.auto_source.lock().unwrap_or_else(PoisonError::into_inner) = settings.auto_source;
    }

    /// Says whether first requests make sources, whatever is set. What was said first counts.
    pub(super) fn tell_auto_source(&self, auto_source: AutoSource) {
        let _ = self.told.set(auto_source);
    }

    /// Requests that no source took.
    pub(crate) fn unknown_paths(&self) -> u64 {
        self.unknown_paths.load(Ordering::Relaxed)
    }

    pub(crate) fn sample_word(&self) -> &str {
        &self.sample_word
    }

    /// The provider whose handshakes are answered; None if none are.
    fn answering(&self, source: Option<&SourceConfig>, recognised: Option<&str>) -> Option<ProviderRef> {
        if source.is_some_and(|source| !source.row.handshakes) {
            return None;
        }
        let chosen = source.and_then(|source| source.chosen().cloned());
        let known = || source.and_then(|source| source.provider.clone());
        chosen.or_else(|| self.book.provider(recognised?)).or_else(known)
    }

    /// Whether a first request to a name makes a source at this moment. A tunnel that is lost may come back by itself,
    /// so it counts as up.
    pub(super) fn is_auto(&self) -> bool {
        let set = *self.auto_source.lock().unwrap_or_else(PoisonError::into_inner);
        match self.told.get().copied().unwrap_or(set) {
            AutoSource::Always => true,
            AutoSource::Never => false,
            AutoSource::Local => matches!(self.tunnel.borrow().state, TunnelState::Off | TunnelState::Failed { .. }),
        }
    }
}

impl Hooks for Doorway {
    fn now(&self) -> Micros {
        crate::store::micros_now()
    }

    fn body_cap(&self) -> Option<u64> {
        Some(self.body_cap.load(Ordering::Relaxed))
    }

    fn accepts(&self, source: &str) -> bool {
        if self.sources.read().unwrap_or_else(PoisonError::into_inner).contains(source) {
            return true;
        }
        let mut sources = self.sources.write().unwrap_or_else(PoisonError::into_inner);
        let opens = self.is_auto() && sources.len() < AUTO_SOURCES;
        if opens {
            sources.insert(source.to_owned());
        }
        opens
    }

    fn still_takes(&self, source: &str) -> Option<Presence> {
        if !self.sources.read().unwrap_or_else(PoisonError::into_inner).contains(source) {
            return None;
        }
        Some(if self.book.get(source).is_some() { Presence::Known } else { Presence::New })
    }

    fn recognise(&self, source: &str, headers: &Headers, body_start: &[u8]) -> Recognition {
        self.book.recognise(source, headers, body_start)
    }

    fn events(&self, source: &str, headers: &Headers, body: &[u8]) -> BTreeSet<String> {
        self.book.events(source, headers, body)
    }

    fn handshake(&self, push: &Arrived<'_>) -> Option<Reply> {
        let source = self.book.get(push.source);
        let provider = self.answering(source.as_deref(), push.recognised)?;
        let known = source.as_ref().and_then(|source| source.provider.as_ref());
        // Whoever sends another service's handshake (security) must not have their text signed with these secrets; nor
        // whoever sends a first push, which is what a source is recognised by.
        let is_own = known.is_some_and(|known| known.provider.key == provider.provider.key);
        let is_chosen = source.as_ref().is_some_and(|source| source.chosen().is_some());
        let checking = Checking::with(provider, source.as_deref().filter(|_| is_own), Vec::new());
        let reply = checking.handshake(&push.head.method, &push.head.target, &push.head.headers, push.body, push.at);
        reply.filter(|reply| is_chosen || !reply.keyed)
    }

    fn answers_by_body(&self, source: &str, recognised: Option<&str>) -> bool {
        let provider = self.answering(self.book.get(source).as_deref(), recognised);
        let by_body = |handshake: &Handshake| handshake.always && handshake.reads_body();
        provider.is_some_and(|found| found.provider.handshakes.iter().any(by_body))
    }

    fn plan(&self, source: &str) -> Option<Arc<Plan>> {
        self.plans.get(source)
    }

    fn unknown_path(&self) {
        self.unknown_paths.fetch_add(1, Ordering::Relaxed);
    }

    fn origin(&self, head: &RequestHead) -> Origin {
        match head.headers.first(SAMPLE_HEADER) {
            Some(word) if word.starts_with(self.sample_word.as_bytes()) => Origin::Sample,
            _ => Origin::Captured,
        }
    }

    fn public_host(&self) -> Option<Arc<str>> {
        match &self.tunnel.borrow().state {
            TunnelState::Up { url, .. } => url.split_once("://").map(|(_, host)| Arc::from(host)),
            _ => None,
        }
    }

    fn probed(&self, nonce: &str) -> bool {
        self.probes.seen(nonce)
    }

    fn instance(&self) -> &str {
        &self.instance
    }
}

pub(super) fn random_word() -> Result<String, ApiError> {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes)
        .map_err(|error| ApiError::failed(format!("The system gives no random numbers: {error}.")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(auto_source: AutoSource) -> Settings {
        Settings { auto_source, ..Settings::default() }
    }

    fn doorway(auto_source: AutoSource) -> (Doorway, watch::Sender<TunnelStatus>) {
        let (state, tunnel) = watch::channel(TunnelStatus::default());
        let sources = vec!["known".to_owned()];
        (Doorway::new(sources, Arc::default(), &set(auto_source), tunnel, Arc::default()).unwrap(), state)
    }

    #[test]
    fn a_first_request_makes_a_source_unless_strangers_could_send_it() {
        let (doorway, tunnel) = doorway(AutoSource::Local);
        let lost = TunnelState::Lost { url: "https://a.example".into(), message: String::new() };
        let failed = TunnelState::Failed { message: String::new(), hint: None };
        for (place, (state, opens)) in [
            (TunnelState::Off, true),
            (TunnelState::Starting, false),
            (TunnelState::Up { url: "https://a.example".into(), since: 0 }, false),
            (lost, false),
            (TunnelState::Retrying { attempt: 1, message: String::new() }, false),
            (failed, true),
        ]
        .into_iter()
        .enumerate()
        {
            let shown = format!("{state:?}");
            tunnel.send_replace(TunnelStatus { state, log: Vec::new() });
            assert_eq!(doorway.accepts(&format!("new-{place}")), opens, "{shown}");
            assert!(doorway.accepts("known"), "{shown}");
        }
        assert!(doorway.accepts("new-0"), "it is a source from then on");
        doorway.set(&set(AutoSource::Always));
        assert!(doorway.accepts("new-1"));
        doorway.set(&set(AutoSource::Never));
        assert!(!doorway.accepts("new-7") && doorway.accepts("new-1"));
        doorway.remove_source("new-1");
        assert!(!doorway.accepts("new-1"));
    }

    #[test]
    fn first_requests_make_so_many_sources_and_no_more() {
        let (doorway, _tunnel) = doorway(AutoSource::Always);
        let made = (0..2 * AUTO_SOURCES).filter(|number| doorway.accepts(&number.to_string())).count();
        assert_eq!(made, AUTO_SOURCES - 1, "one was there");
    }

    #[test]
    fn what_no_source_took_is_counted() {
        let (doorway, _tunnel) = doorway(AutoSource::Never);
        doorway.unknown_path();
        doorway.unknown_path();
        assert_eq!(doorway.unknown_paths(), 2);
    }
}

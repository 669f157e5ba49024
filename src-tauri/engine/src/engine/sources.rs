//! What is set for sources, and their secrets: read from the workspace once, then asked from memory, so that nothing on
//! the way of a push waits for the vault.

use super::Parts;
use crate::api::{ApiError, NewSecret, SaveSource, SecretRef, SourceSecret, SourceSettings};
use crate::capture::is_source_name;
use crate::exchange::{Headers, Micros};
use crate::inspect::Recognition;
use crate::inspect::provider::{Provider, ProviderRef, Recognisers, unknown};
use crate::inspect::signature::Secret;
use crate::store::{NewSealed, Renamed, SecretRow, SourceRow, secret_place};
use crate::transfer::KnownSecrets;
use crate::vault::Sealer;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

/// The longest secret, bytes: a PEM file of a certificate chain fits.
const SECRET_BYTES: usize = 64 * 1024;

/// The longest label, characters.
const LABEL_LENGTH: usize = 100;

/// Secrets of one source at most.
const SECRETS: usize = 32;

/// Characters of a secret that are shown at most.
const ENDING: usize = 4;

/// The longest tolerance: ten years, seconds.
const LONGEST_TOLERANCE: u32 = 10 * 366 * 86_400;

/// The shortest text that is taken for a random one, bytes.
const RANDOM: usize = 16;

/// All sources as they are set now.
#[derive(Debug, Default)]
pub(crate) struct SourceBook(RwLock<Arc<Pages>>);

/// What is in the book.
#[derive(Debug, Default)]
struct Pages {
    sources: HashMap<String, Arc<SourceConfig>>,
    providers: Recognisers,
    /// The number of the newest change that is in it for certain.
    change: i64,
}

/// What is set for a source, and what of its secrets can be read now.
#[derive(Debug)]
pub(crate) struct SourceConfig {
    pub(crate) row: SourceRow,
    pub(crate) secrets: Vec<KnownSecret>,
    /// The provider: as the user chose, else as recognised; None if it is not known.
    pub(crate) provider: Option<ProviderRef>,
    /// True if the vault is open: what is not known of a secret then is damaged.
    pub(crate) is_open: bool,
}

/// A secret, its value only while the vault is open.
#[derive(Debug)]
pub(crate) struct KnownSecret {
    pub(crate) id: i64,
    pub(crate) label: String,
    pub(crate) added_at: Micros,
    pub(crate) learnt: bool,
    pub(crate) value: Option<SecretString>,
}

impl SourceConfig {
    /// True if there is a secret whose value only an open vault would tell.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.is_open && !self.secrets.is_empty()
    }

    /// The provider, if the user chose it.
    pub(super) fn chosen(&self) -> Option<&ProviderRef> {
        self.provider.as_ref().filter(|_| self.row.chosen.is_some())
    }

    fn settings(&self) -> SourceSettings {
        let SourceRow { name, recognised, chosen, url, tolerance, handshakes, .. } = self.row.clone();
        // The provider may be gone by now.
        let recognised = recognised.filter(|_| chosen.is_some() || self.provider.is_some());
        let secrets = self.secrets.iter().map(|secret| secret.view(self.is_open)).collect();
        let asked = self.provider.iter().flat_map(|found| found.provider.fields()).map(str::to_owned).collect();
        SourceSettings { name, provider: chosen, recognised, url, tolerance, handshakes, secrets, asked, notice: None }
    }
}

impl KnownSecret {
    fn view(&self, is_open: bool) -> SourceSecret {
        SourceSecret {
            id: self.id,
            label: self.label.clone(),
            ending: self.value.as_ref().map(|value| ending(value.expose_secret())),
            added_at: self.added_at,
            learnt: self.learnt,
            damaged: is_open && self.value.is_none(),
        }
    }
}

/// The last characters of a secret: at most four, and never more than a quarter of it.
fn ending(secret: &str) -> String {
    let length = secret.chars().count();
    let shown = ENDING.min(length / 4);
    secret.chars().skip(length - shown).collect()
}

/// True for what a service makes as a secret, and hardly anything else in a request is: long, of letters and digits.
fn looks_random(text: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| text.as_bytes().iter().any(kind);
    text.len() >= RANDOM && !text.contains(' ') && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

impl SourceBook {
    /// A source that is there.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<SourceConfig>> {
        self.all().sources.get(name).cloned()
    }

    /// The source of this number.
    pub(crate) fn of_id(&self, id: i64) -> Option<Arc<SourceConfig>> {
        self.all().sources.values().find(|source| source.row.id == id).cloned()
    }

    /// The number of the newest change that it is read after.
    pub(crate) fn change(&self) -> i64 {
        self.all().change
    }

    /// The secrets that can be read now, each with whether a handshake gave it.
    fn secrets(&self) -> Vec<(SecretString, bool)> {
        let all = self.all();
        let secrets = all.sources.values().flat_map(|source| &source.secrets);
        secrets.filter_map(|secret| Some((secret.value.clone()?, secret.learnt))).collect()
    }

    /// The secrets that can be read now of all sources but one, each with whose it is. None that a handshake gave: whoever
    /// knows the URL of that source may have sent it.
    pub(crate) fn secrets_beside(&self, name: &str) -> Vec<Secret> {
        let all = self.all();
        let mut others: Vec<_> = all.sources.values().filter(|source| source.row.name != name).collect();
        others.sort_unstable_by_key(|source| &source.row.name);
        let secrets =
            others.into_iter().flat_map(|source| source.secrets.iter().map(|secret| (&source.row.name, secret)));
        let known = secrets.filter(|(_, secret)| !secret.learnt).filter_map(|(source, secret)| {
            let label = if secret.label.is_empty() { String::new() } else { format!(" {:?}", secret.label) };
            Some(Secret::new(format!("the secret{label} of {source}"), secret.value.as_ref()?.expose_secret()))
        });
        known.collect()
    }

    /// The provider of this key, known or the user's.
    pub(crate) fn provider(&self, key: &str) -> Option<ProviderRef> {
        self.all().providers.find(key)
    }

    /// The user's own providers.
    pub(crate) fn own_providers(&self) -> Vec<ProviderRef> {
        self.all().providers.own()
    }

    /// Says that there is no provider of this key.
    pub(super) fn no_provider(&self, key: &str) -> ApiError {
        let own: Vec<Provider> = self.own_providers().iter().map(|own| own.provider.clone()).collect();
        ApiError::invalid(unknown(key, &own))
    }

    /// Which service sent a push to a source, as the push itself tells, and what the event is called by the provider
    /// that it is read by.
    pub(crate) fn recognise(&self, source: &str, headers: &Headers, body_start: &[u8]) -> Recognition {
        let all = self.all();
        let recognised = all.providers.recognise(headers, body_start);
        let reader = all.sources.get(source).and_then(|source| source.chosen()).or(recognised.as_ref());
        let event_type = reader.and_then(|reader| reader.event_type(headers, body_start));
        Recognition { provider: recognised.map(|recognised| recognised.key()), event_type }
    }

    /// What the events in the body of a push to a source are called by the provider that it is read by.
    pub(crate) fn events(&self, source: &str, headers: &Headers, body: &[u8]) -> BTreeSet<String> {
        let all = self.all();
        let chosen = all.sources.get(source).and_then(|source| source.row.chosen.as_deref());
        let reader = all.providers.of_push(chosen, headers, body);
        reader.map(|reader| reader.events(headers, body)).unwrap_or_default()
    }

    /// The provider that a push to a source is read by; see [`Recognisers::of_push`].
    pub(crate) fn reader(&self, source: &SourceConfig, headers: &Headers, body_start: &[u8]) -> Option<ProviderRef> {
        self.all().providers.of_push(source.row.chosen.as_deref(), headers, body_start)
    }

    /// The provider that a push to a source is checked by: the one that it is read by, else the one that the source was
    /// recognised as. Services may share a source, and a stray push that came first decides nothing for the others.
    pub(crate) fn checker(&self, source: &SourceConfig, headers: &Headers, body_start: &[u8]) -> Option<ProviderRef> {
        self.reader(source, headers, body_start).or_else(|| source.provider.clone())
    }

    fn all(&self) -> Arc<Pages> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes what was read anew; answers what was there before.
    fn set(&self, all: Arc<Pages>) -> Arc<Pages> {
        std::mem::replace(&mut *self.0.write().unwrap_or_else(PoisonError::into_inner), all)
    }
}

impl Parts {
    /// Makes a source before its first request; nothing happens if it is there.
    ///
    /// # Errors
    /// `Invalid` if it can't have that name.
    pub async fn create_source(&self, name: &str) -> Result<(), ApiError> {
        checked_name(name)?;
        self.store.create_source(name.to_owned()).await?;
        self.doorway.add_source(name);
        self.notice_change(true);
        Ok(())
    }

    /// Gives a source another name, and with it another address; what is set for it and its exchanges go along.
    ///
    /// # Errors
    /// `Invalid` if it can't have that name or another source has it; `NotFound` if there is no source of the old one.
    pub async fn rename_source(&self, name: &str, to: &str) -> Result<SourceSettings, ApiError> {
        checked_name(to)?;
        if name != to {
            self.read_sources().await?;
            if self.book.get(name).is_none() {
                return Err(no_source(name));
            }
            if self.book.get(to).is_some() {
                return Err(taken(to));
            }
            let was_open = self.doorway.remove_source(name); // first: what comes now must not make it again
            let renamed = self.store.rename_source(name.to_owned(), to.to_owned()).await;
            if was_open && !matches!(renamed, Ok(Renamed::Done)) {
                self.doorway.add_source(name);
            }
            match renamed? {
                Renamed::Done => {}
                Renamed::NotFound => return Err(no_source(name)),
                Renamed::Taken => return Err(taken(to)),
            }
            // Before the new name is let in: it would be answered as if there were no rules.
            let rules = self.read_rules().await;
            self.doorway.add_source(to);
            rules?;
        }
        self.sources_changed(to).await
    }

    /// Takes a source away with its settings, rules and secrets; its exchanges stay.
    ///
    /// # Errors
    /// `NotFound` if there is no source of this name.
    pub async fn delete_source(&self, name: &str) -> Result<(), ApiError> {
        let was_open = self.doorway.remove_source(name); // first: what comes now must not make it again
        let deleted = self.store.delete_source(name.to_owned()).await;
        if was_open && !matches!(deleted, Ok(true)) {
            self.doorway.add_source(name);
        }
        if !deleted? {
            return Err(no_source(name));
        }
        self.read_rules().await?;
        self.read_sources().await?;
        self.notice_change(true);
        Ok(())
    }

    /// What is set for a source. It never waits for the vault: what only that would tell is left out until it is open.
    ///
    /// # Errors
    /// `NotFound` if there is none of this name.
    pub async fn source_settings(&self, name: &str) -> Result<SourceSettings, ApiError> {
        self.read_sources().await?;
        self.shown_settings(name).await
    }

    async fn shown_settings(&self, name: &str) -> Result<SourceSettings, ApiError> {
        let source = self.book.get(name).ok_or_else(|| no_source(name))?;
        Ok(SourceSettings { notice: self.unkept(&source).await?, ..source.settings() })
    }

    /// Keeps what is set for a source.
    ///
    /// # Errors
    /// `Invalid` if a value can't be used, or there is no such provider; `NotFound` if there is no source of this name.
    pub async fn save_source(&self, save: SaveSource) -> Result<SourceSettings, ApiError> {
        let before = self.source_settings(&save.name).await?.provider;
        // The one that is set stays also where it is gone: the user may write it anew, or another process has it.
        if let Some(key) = filled(save.provider.clone()).filter(|key| before.as_ref() != Some(key)) {
            self.book.provider(&key).ok_or_else(|| self.book.no_provider(&key))?;
        }
        let row = SourceRow {
            id: 0,
            name: save.name.clone(),
            recognised: None,
            chosen: filled(save.provider),
            url: filled(save.url).map(checked_url).transpose()?,
            tolerance: save.tolerance.map(checked_tolerance).transpose()?,
            handshakes: save.handshakes,
        };
        if !self.store.save_source_row(row).await? {
            return Err(no_source(&save.name));
        }
        self.sources_changed(&save.name).await
    }

    /// Puts a secret into the vault. The first one makes the vault.
    ///
    /// # Errors
    /// `VaultClosed` if the vault has to be made or unlocked first; `Invalid` if there is no secret in it.
    pub async fn add_secret(&self, new: NewSecret) -> Result<SourceSettings, ApiError> {
        let secret = checked_secret(&new.value)?;
        self.read_sources().await?;
        let source = self.book.get(&new.source).ok_or_else(|| no_source(&new.source))?;
        if source.secrets.len() >= SECRETS {
            return Err(ApiError::invalid(format!("A source has at most {SECRETS} secrets. Remove one first.")));
        }
        let label: String = new.label.trim().chars().take(LABEL_LENGTH).collect();
        let sealer = self.vault.sealer_for_new().await?;
        let sealed = NewSealed { source: new.source.clone(), label, secret, learnt: None };
        let added = self.store.add_secret(sealed, sealer).await?;
        added.ok_or_else(|| no_source(&new.source))?;
        self.sources_changed(&new.source).await
    }

    /// The secrets of the vault that can be read now, for masking them in what leaves the workspace, and how many others
    /// there are.
    ///
    /// # Errors
    /// What the store says: less would be masked than is asked for.
    pub async fn known_secrets(&self) -> Result<KnownSecrets, ApiError> {
        self.vault.settled().await;
        self.read_sources().await?;
        let (mut all, items) = (self.book.secrets(), self.vault.items().await?);
        let readable = (all.len() + items.len()) as u64;
        let locked = self.store.sealed_secrets().await?.saturating_sub(readable);
        // A stranger may have sent a word in a handshake, and would say by it what is masked everywhere.
        all.retain(|(secret, learnt)| !learnt || looks_random(secret.expose_secret()));
        let all: Vec<SecretString> = all.into_iter().map(|(secret, _)| secret).chain(items).collect();
        let own = self.book.own_providers();
        let names = own.iter().flat_map(|own| own.provider.token_names()).map(str::to_owned).collect();
        Ok(KnownSecrets::new(&all).beside_locked(locked).beside_names(names))
    }

    /// Takes a secret out of the vault.
    ///
    /// # Errors
    /// `NotFound` if there is no source of this name, or it has no secret of this number.
    pub async fn remove_secret(&self, secret: SecretRef) -> Result<SourceSettings, ApiError> {
        let removed = self.store.remove_secret(secret.source.clone(), secret.id).await?;
        if !removed {
            self.source_settings(&secret.source).await?;
            return Err(ApiError::not_found(format!("{:?} has no secret {}.", secret.source, secret.id)));
        }
        self.sources_changed(&secret.source).await
    }

    async fn sources_changed(&self, name: &str) -> Result<SourceSettings, ApiError> {
        self.read_sources().await?;
        self.notice_change(true);
        self.shown_settings(name).await
    }

    /// Checks the signatures of all pushes of a source again, with what is set for it now.
    ///
    /// # Errors
    /// `NotFound` if there is no source of this name; `VaultClosed` if its secrets can't be read.
    pub async fn verify_source(&self, name: &str) -> Result<(), ApiError> {
        self.vault.settled().await;
        self.read_sources().await?;
        let source = self.book.get(name).ok_or_else(|| no_source(name))?;
        if source.is_waiting() {
            return Err(self.vault.closed().into());
        }
        self.store.ask_again(source.row.id).await?;
        self.finish_looking_again().await
    }

    /// Reads the sources anew; their secrets are opened if the vault is open. What another process has made or taken away
    /// is let in or not from now on, and pushes that would be checked otherwise than before, or waited for the vault, are
    /// looked at again; nobody waits for that.
    pub(crate) async fn read_sources(&self) -> Result<(), ApiError> {
        let _turn = self.reading_sources.lock().await;
        let sealer = self.vault.sealer();
        let change = self.store.newest_change().await?; // before what it may have changed
        let mut secrets: HashMap<i64, Vec<KnownSecret>> = HashMap::new();
        for row in self.store.secret_rows().await? {
            secrets.entry(row.source_id).or_default().push(known(row, sealer.as_deref()));
        }
        let providers = self.store.recognisers().await?;
        let mut pages = Pages { sources: HashMap::new(), providers, change };
        let is_open = sealer.is_some();
        let rows = self.store.source_rows().await?;
        for row in rows {
            let secrets = secrets.remove(&row.id).unwrap_or_default();
            let provider =
                row.chosen.as_deref().or(row.recognised.as_deref()).and_then(|key| pages.providers.find(key));
            pages.sources.insert(row.name.clone(), Arc::new(SourceConfig { row, secrets, provider, is_open }));
        }
        pages.sources.keys().for_each(|name| self.doorway.add_source(name));
        let pages = Arc::new(pages);
        let before = self.book.set(pages.clone());
        for gone in before.sources.keys().filter(|name| !pages.sources.contains_key(*name)) {
            self.doorway.remove_source(gone);
        }
        self.again.notify_one();
        Ok(())
    }
}

fn known(row: SecretRow, sealer: Option<&Sealer>) -> KnownSecret {
    let number = row.id.to_string();
    let value = sealer.and_then(|sealer| sealer.open_text(secret_place(&number), &row.sealed).ok());
    KnownSecret { id: row.id, label: row.label, added_at: row.added_at, learnt: row.learnt, value }
}

pub(super) fn checked_name(name: &str) -> Result<(), ApiError> {
    if is_source_name(name) {
        return Ok(());
    }
    Err(ApiError::invalid(format!("{name:?} can't be a source. A name has 1 to 64 of A-Z a-z 0-9 . _ -")))
}

pub(super) fn no_source(name: &str) -> ApiError {
    ApiError::not_found(format!("There is no source {name:?}."))
}

fn taken(name: &str) -> ApiError {
    ApiError::invalid(format!("There is another source {name:?}."))
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn checked_url(text: String) -> Result<String, ApiError> {
    match url::Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(text),
        _ => Err(ApiError::invalid("The public URL needs http:// or https:// in front, and a host.")),
    }
}

fn checked_tolerance(seconds: u32) -> Result<u32, ApiError> {
    if seconds <= LONGEST_TOLERANCE {
        return Ok(seconds);
    }
    Err(ApiError::invalid(format!("The tolerance is at most {LONGEST_TOLERANCE} seconds.")))
}

fn checked_secret(value: &SecretString) -> Result<Zeroizing<String>, ApiError> {
    let text = value.expose_secret();
    if text.is_empty() {
        return Err(ApiError::invalid("The secret is empty. Paste it as the service shows it."));
    }
    if text.len() > SECRET_BYTES {
        return Err(ApiError::invalid(format!("A secret has at most {} KiB.", SECRET_BYTES >> 10)));
    }
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::ending;

    #[test]
    fn a_secret_shows_at_most_a_quarter_of_itself() {
        assert_eq!(ending("whsec_0123456789abcdef"), "cdef");
        assert_eq!(ending("12345678"), "78");
        assert_eq!(ending("abc"), "");
        assert_eq!(ending("ääääööööüüüüßßßß"), "ßßßß");
    }
}

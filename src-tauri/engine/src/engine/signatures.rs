//! Checking the signature of a stored push with what is set for its source.

use super::Parts;
use super::documents::off_thread;
use super::sources::{SourceBook, SourceConfig};
use crate::api::{ApiError, ListenerStatus};
use crate::exchange::{Direction, ExchangeId, ExchangeSummary, Headers, Mark, Micros, Origin, Side};
use crate::inspect::provider::{Identity, Provider, ProviderRef, identify};
use crate::inspect::signature::{
    Check, Reply, Secret, SignedRequest, Verdict, VerdictKind, handshake, handshake_by_head, judge, verify,
};
use crate::inspect::{content_codings, decode};
use crate::store::{Followed, Judged, Store, StoreError};
use crate::tunnel::TunnelState;
use crate::wire::{LooseHead, origin_form};
use bytes::Bytes;
use secrecy::ExposeSecret as _;

/// Bytes of a body up to which its signature is checked.
pub(crate) const CHECKED_BYTES: u64 = 64 * 1024 * 1024;

/// What a check needs of a push, read from the store.
#[derive(Debug, Clone)]
pub(crate) struct Push {
    pub(crate) id: ExchangeId,
    pub(crate) source: String,
    method: String,
    target: String,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
    /// True if the user sent it as a sample.
    is_sample: bool,
    /// What its event is called, as far as that is known by now.
    event_type: Option<String>,
    body_size: u64,
    pub(crate) marks: Vec<Mark>,
    arrived: Micros,
}

impl Push {
    /// # Errors
    /// What the store says; see [`StoreError::is_of_one`].
    pub(crate) async fn read(store: &Store, row: &ExchangeSummary) -> Result<Self, StoreError> {
        let message = store.message(row.id, Side::Request).await?.unwrap_or_default();
        let wanted = if message.body_len <= CHECKED_BYTES { message.body_len } else { 0 };
        Ok(Self {
            id: row.id,
            source: row.source.clone().unwrap_or_default(),
            method: row.method.clone(),
            target: row.url.clone(),
            headers: LooseHead::parse(&message.head).headers,
            body: store.body(row.id, Side::Request, 0..wanted).await?,
            is_sample: row.origin == Origin::Sample,
            event_type: row.event_type.clone(),
            body_size: message.body_len,
            marks: row.marks.clone(),
            arrived: row.started_at,
        })
    }

    /// The body with its content codings off.
    fn decoded(&self) -> Bytes {
        decode(&self.body, &content_codings(&self.headers)).bytes
    }

    /// Why its signature can't be checked, whatever the provider.
    pub(crate) fn obstacle(&self) -> Option<&'static str> {
        if self.marks.contains(&Mark::Truncated) || self.marks.contains(&Mark::Incomplete) {
            return Some("The body was not kept whole, so its signature can't be checked.");
        }
        if self.marks.contains(&Mark::AmbiguousFraming) {
            return Some("The head can be read in two ways, so its signature can't be checked.");
        }
        (self.body_size > CHECKED_BYTES).then_some("The body is larger than 64 MiB, so its signature is not checked.")
    }
}

/// What a check takes in place of what is set for the source; what comes of it is not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// Another service's rules, by its key.
    pub provider: Option<String>,
    /// The URLs that the push may have been sent to.
    pub urls: Vec<String>,
    /// When it arrived, seconds since 1970 UTC.
    pub now: Option<i64>,
    /// Seconds that a signed time may be off.
    pub tolerance: Option<u32>,
    /// Values that the rules ask for beside a secret, by name.
    pub fields: Vec<(String, String)>,
    /// The secrets; none if it is checked with those of the source.
    pub secrets: Vec<Secret>,
}

/// What rules make of a push that they are tried on.
#[derive(Debug)]
pub(crate) struct RulesTried {
    pub(crate) verdict: Verdict,
    pub(crate) identity: Identity,
    pub(crate) reply: Option<Reply>,
}

/// What a verdict calls a secret that came in a handshake.
const GIVEN: &str = "the secret from the handshake";
/// What is said of one.
const ANYBODYS: &str =
    "Whoever knows the URL of the source can send such a handshake: see whether the service sent it.";

/// What a push is checked with.
#[derive(Debug, Clone)]
pub(crate) struct Checking {
    provider: ProviderRef,
    secrets: Vec<Secret>,
    /// Those of other sources.
    other_secrets: Vec<Secret>,
    /// The user's own providers.
    own_providers: Vec<ProviderRef>,
    fields: Vec<(String, String)>,
    tolerance: Option<u32>,
    url: Option<String>,
    /// Where we can be reached; see [`Parts::addresses`].
    addresses: Vec<String>,
    /// The URLs and the time that were given; none if the push itself says them.
    urls: Vec<String>,
    now: Option<i64>,
}

impl Checking {
    /// By the rules of the source's own provider; None if that is not known.
    pub(crate) fn of(source: &SourceConfig, addresses: Vec<String>) -> Option<Self> {
        Some(Self::with(source.provider.clone()?, Some(source), addresses))
    }

    /// For a source that may not be there yet. A secret with the name of what the rules ask for beside a secret is taken
    /// for that. One that a handshake gave counts only for services that give theirs so.
    pub(crate) fn with(provider: ProviderRef, source: Option<&SourceConfig>, addresses: Vec<String>) -> Self {
        let known = source.map_or(&[][..], |source| &source.secrets);
        let gives_secret = provider.provider.gives_secret();
        let values = known.iter().filter(|secret| gives_secret || !secret.learnt).filter_map(|secret| {
            let value = secret.value.as_ref()?.expose_secret().to_owned();
            let label = match &*secret.label {
                _ if secret.learnt => GIVEN.to_owned(),
                "" => format!("secret {}", secret.id),
                label => label.to_owned(),
            };
            Some((label, value))
        });
        let asked = provider.provider.fields();
        let (fields, secrets): (Vec<_>, Vec<_>) = values.partition(|(label, _)| asked.contains(&label.as_str()));
        Self {
            provider,
            secrets: secrets.into_iter().map(|(label, value)| Secret::new(label, value)).collect(),
            other_secrets: Vec::new(),
            own_providers: Vec::new(),
            fields,
            tolerance: source.and_then(|source| source.row.tolerance),
            url: source.and_then(|source| source.row.url.clone()),
            addresses,
            urls: Vec::new(),
            now: None,
        }
    }

    /// The same, but for what was given.
    fn given(mut self, given: &Given) -> Self {
        self.tolerance = given.tolerance.or(self.tolerance);
        self.fields.retain(|(name, _)| given.fields.iter().all(|(other, _)| other != name));
        self.fields.extend(given.fields.iter().cloned());
        if !given.secrets.is_empty() {
            self.secrets.clone_from(&given.secrets);
        }
        self.urls.clone_from(&given.urls);
        self.now = given.now;
        self
    }

    /// The same, with secrets and providers that may explain why those of the source don't fit.
    fn beside(mut self, other_secrets: Vec<Secret>, own_providers: Vec<ProviderRef>) -> Self {
        (self.other_secrets, self.own_providers) = (other_secrets, own_providers);
        self
    }

    pub(crate) fn verify(&self, push: &Push) -> Verdict {
        let (urls, other_urls) = self.urls(&push.headers, &push.target);
        let request = SignedRequest {
            method: &push.method,
            urls: &urls,
            other_urls: &other_urls,
            headers: &push.headers,
            body: &push.body,
        };
        let own: Vec<&Provider> = self.own_providers.iter().map(|own| &own.provider).collect();
        let check = Check { own_providers: &own, ..self.check(push.arrived) };
        let mut verdict = verify(&request, &self.provider.provider, &self.secrets, &check);
        if verdict.secret.as_deref() == Some(GIVEN) {
            verdict.notes.push(ANYBODYS.into());
        }
        if push.marks.contains(&Mark::Handshake) {
            if verdict.verdict == VerdictKind::Unsigned && verdict.proven.is_none() {
                verdict.explanation = "A handshake without a signature. Most services do not sign theirs.".into();
                verdict.hint = None;
            }
            let reply = self.answer(push);
            verdict.opens = reply.as_ref().and_then(|reply| reply.open_url.clone());
            verdict.notes.extend(reply.and_then(Reply::told));
        }
        verdict
    }

    /// The verdict alone, without asking why.
    fn judge(&self, push: &Push) -> VerdictKind {
        let (urls, other_urls) = self.urls(&push.headers, &push.target);
        let Push { method, headers, body, .. } = push;
        let request = SignedRequest { method, urls: &urls, other_urls: &other_urls, headers, body };
        judge(&request, &self.provider.provider, &self.secrets, &self.check(push.arrived))
    }

    /// What the provider wants to be answered, if this is a handshake of it. Without a body, if that is too large to be
    /// looked into.
    pub(crate) fn handshake(
        &self,
        method: &str,
        target: &str,
        headers: &Headers,
        body: Option<&[u8]>,
        arrived: Micros,
    ) -> Option<Reply> {
        if self.provider.provider.handshakes.is_empty() {
            return None;
        }
        let (urls, other_urls) = self.urls(headers, target);
        let answer = if body.is_some() { handshake } else { handshake_by_head };
        let body = body.unwrap_or_default();
        let request = SignedRequest { method, urls: &urls, other_urls: &other_urls, headers, body };
        answer(&request, &self.provider.provider, &self.secrets, &self.check(arrived))
    }

    /// The secret that the service gave in this push, if it was a handshake that gives one. What the user tries is none
    /// of the service's.
    pub(crate) fn learnt(&self, push: &Push) -> Option<String> {
        if push.is_sample { None } else { self.answer(push)?.secret }
    }

    fn answer(&self, push: &Push) -> Option<Reply> {
        self.handshake(&push.method, &push.target, &push.headers, Some(&push.body), push.arrived)
    }

    fn check(&self, arrived: Micros) -> Check<'_> {
        let now = self.now.unwrap_or(arrived.div_euclid(1_000_000));
        let (fields, other_secrets) = (&self.fields[..], &self.other_secrets[..]);
        Check { now: Some(now), tolerance: self.tolerance, fields, other_secrets, own_providers: &[] }
    }

    /// The URLs that the push may have been sent to, and others that lead here and only explain.
    fn urls(&self, headers: &Headers, target: &str) -> (Vec<String>, Vec<String>) {
        if !self.urls.is_empty() {
            return (self.urls.clone(), Vec::new());
        }
        let target = origin_form(target); // a proxy may be asked with the whole URL
        let host = headers.first("host").map(crate::exchange::shown).unwrap_or_default();
        let secure = headers.first("x-forwarded-proto").is_some_and(|value| value.eq_ignore_ascii_case(b"https"));
        let mut seen = Vec::new();
        if !host.is_empty() {
            let schemes = if secure { ["https", "http"] } else { ["http", "https"] };
            seen.extend(schemes.map(|scheme| format!("{scheme}://{host}{target}")));
        }
        seen.extend(self.addresses.iter().map(|address| format!("{address}{target}")));
        let first = match &self.url {
            Some(url) => registered(url, target),
            None if seen.is_empty() => return (Vec::new(), Vec::new()),
            None => seen.remove(0),
        };
        seen.retain(|url| *url != first);
        (vec![first], seen)
    }
}

/// The URL that the service was told, with the query that the push came with.
fn registered(url: &str, target: &str) -> String {
    match target.split_once('?') {
        Some((_, query)) if !url.contains('?') => format!("{url}?{query}"),
        _ => url.to_owned(),
    }
}

impl Parts {
    /// Checks the signature of a push with what is set for its source, or given in its place, and says why it does not
    /// fit.
    ///
    /// # Errors
    /// `NotFound` if it is gone; `Invalid` if there is no such provider; `VaultClosed` if its secrets can't be read;
    /// `Failed` if it can't be checked.
    pub async fn verify(&self, id: ExchangeId, given: &Given) -> Result<Verdict, ApiError> {
        let row = self.store.summary(id).await?;
        if row.direction != Direction::Push {
            return Err(ApiError::failed("Only what arrived can be checked; this was sent from here."));
        }
        self.vault.settled().await;
        self.read_sources().await?;
        let change = self.book.change();
        let name = row.source.as_deref().unwrap_or_default();
        let source = self.book.get(name); // none if it was deleted meanwhile
        let push = Push::read(&self.store, &row).await?;
        let rules = match &given.provider {
            Some(key) => {
                let own = self.book.provider(key);
                Some(own.ok_or_else(|| self.book.no_provider(key))?)
            }
            None => match source.clone() {
                // What is packed is unpacked for it.
                Some(source) => {
                    let (book, asked) = (self.book.clone(), push.clone());
                    off_thread(move || book.checker(&source, &asked.headers, &asked.decoded())).await?
                }
                None => None,
            },
        };
        let rules = rules.ok_or_else(|| {
            ApiError::invalid(
                "Nobody knows which service sent it. Choose the provider: for the source, or for this check.",
            )
        })?;
        if given.secrets.is_empty() && source.as_ref().is_some_and(|source| source.is_waiting()) {
            return Err(self.vault.closed().into());
        }
        if let Some(why) = push.obstacle() {
            return Err(ApiError::failed(why));
        }
        let unkept = match &source {
            Some(source) => self.unkept_of(source, &push).await?,
            None => None,
        };
        let checking = Checking::with(rules, source.as_deref(), self.addresses()).given(given);
        let checking = checking.beside(self.book.secrets_beside(name), self.book.own_providers());
        let mut verdict = off_thread(move || checking.verify(&push)).await?;
        verdict.notes.extend(unkept);
        let counts = verdict.verdict != VerdictKind::Unsigned || !row.marks.contains(&Mark::Handshake);
        if *given == Given::default() && counts && row.verdict != Some(verdict.verdict) {
            self.keep_verdict(id, verdict.verdict, change).await?;
        }
        Ok(verdict)
    }

    /// Keeps the verdict of a push, which may have taken its time, unless something is set otherwise since `change`.
    async fn keep_verdict(&self, id: ExchangeId, verdict: VerdictKind, change: i64) -> Result<(), ApiError> {
        let found = Followed { id, verdict: Judged::As(verdict), ..Followed::default() };
        self.store.keep_as_set(change, Vec::new(), vec![found]).await?;
        self.notice_change(false);
        Ok(())
    }

    /// Tries rules that are being written on a stored push, with all else that is set for its source.
    ///
    /// # Errors
    /// `NotFound` if it is gone; `VaultClosed` if the secrets of its source can't be read; `Failed` if it can't be checked.
    pub(crate) async fn try_rules(
        &self,
        id: ExchangeId,
        rules: Provider,
        given: &Given,
    ) -> Result<RulesTried, ApiError> {
        let row = self.store.summary(id).await?;
        self.vault.settled().await;
        self.read_sources().await?;
        let source = self.book.get(row.source.as_deref().unwrap_or_default());
        if given.secrets.is_empty() && source.as_ref().is_some_and(|source| source.is_waiting()) {
            return Err(self.vault.closed().into());
        }
        let push = Push::read(&self.store, &row).await?;
        if let Some(why) = push.obstacle() {
            return Err(ApiError::failed(why));
        }
        let rules = ProviderRef::own(rules)
            .ok_or_else(|| ApiError::invalid("One of the places of these rules can't be read."))?;
        let checking = Checking::with(rules, source.as_deref(), self.addresses()).given(given);
        off_thread(move || {
            let identity = identify(&checking.provider.provider, &push.headers, &push.decoded());
            RulesTried { verdict: checking.verify(&push), identity, reply: checking.answer(&push) }
        })
        .await
    }

    /// Where this process can be reached, without a path: the tunnel's public URL and the listener's own.
    pub(super) fn addresses(&self) -> Vec<String> {
        let public = match &self.tunnel.watch().borrow().state {
            TunnelState::Up { url, .. } => Some(url.trim_end_matches('/').to_owned()),
            _ => None,
        };
        let local = match self.listener() {
            ListenerStatus::Listening { url, .. } => Some(url),
            _ => None,
        };
        public.into_iter().chain(local).collect()
    }
}

/// What one push says of itself, and whether it is signed as it should be.
pub(crate) fn look(push: &Push, book: &SourceBook, addresses: Vec<String>) -> Followed {
    let mut found = Followed { id: push.id, ..Followed::default() };
    let Some(source) = book.get(&push.source) else { return found };
    let body = push.decoded();
    if let Some(reader) = book.reader(&source, &push.headers, &body) {
        let said = identify(&reader.provider, &push.headers, &body);
        // When it came, only the start of its body was looked into; and another provider may have been chosen since.
        let is_read = push.body_size <= CHECKED_BYTES;
        found.event_type = (is_read && said.event_type != push.event_type).then_some(said.event_type);
    }
    found.verdict = match book.checker(&source, &push.headers, &body).filter(|_| push.obstacle().is_none()) {
        None => Judged::Never,
        Some(_) if source.is_waiting() => Judged::Later,
        Some(provider) => match Checking::with(provider, Some(&source), addresses).judge(push) {
            // Most services do not sign them.
            VerdictKind::Unsigned if push.marks.contains(&Mark::Handshake) => Judged::Never,
            verdict => Judged::As(verdict),
        },
    };
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::provider::{Recognisers, find};
    use crate::inspect::signature::{CauseKind, Unsigned, sign};

    /// A push to our own listener that its service signed for this URL.
    fn signed_for(url: &str, body: &'static str) -> Push {
        let mut headers = Headers::default();
        let unsigned = Unsigned { method: "POST", url, headers: &headers, body: body.as_bytes(), fields: &[] };
        let signed = sign(find("square").unwrap(), "s3cret", &unsigned, 0).unwrap();
        headers.push("Host", "127.0.0.1:4400");
        for header in signed.headers {
            headers.push(header.name.into_bytes(), header.value.into_bytes());
        }
        Push {
            id: 1,
            source: "shop".into(),
            method: "POST".into(),
            target: "/in/shop".into(),
            headers,
            body: Bytes::from_static(body.as_bytes()),
            is_sample: false,
            event_type: None,
            body_size: body.len() as u64,
            marks: Vec::new(),
            arrived: 0,
        }
    }

    #[test]
    fn a_push_that_is_not_what_was_sent_is_not_checked() {
        let push = signed_for("http://127.0.0.1:4400/in/shop", "{}");
        assert_eq!(push.obstacle(), None);
        for (mark, words) in [
            (Mark::Truncated, "not kept whole"),
            (Mark::Incomplete, "not kept whole"),
            (Mark::AmbiguousFraming, "two ways"),
        ] {
            let push = Push { marks: vec![mark], ..signed_for("http://127.0.0.1:4400/in/shop", "{}") };
            assert!(push.obstacle().is_some_and(|why| why.contains(words)), "{mark:?}");
        }
        let huge = Push { body_size: CHECKED_BYTES + 1, ..push };
        assert!(huge.obstacle().is_some_and(|why| why.contains("64 MiB")));
    }

    #[test]
    fn what_was_signed_for_the_tunnel_is_told_where_the_host_is_our_own() {
        let addresses = vec!["https://a.trycloudflare.example".to_owned(), "http://127.0.0.1:4400".to_owned()];
        let mut checking = Checking::with(Recognisers::default().find("square").unwrap(), None, addresses);
        checking.secrets = vec![Secret::new("s", "s3cret")];
        let verdict = checking.verify(&signed_for("http://127.0.0.1:4400/in/shop", "{}"));
        assert_eq!(verdict.verdict, VerdictKind::Valid, "{}", verdict.explanation);
        let tunnel = "https://a.trycloudflare.example/in/shop";
        let cause = checking.verify(&signed_for(tunnel, "{}")).proven.unwrap();
        assert_eq!(cause.kind, CauseKind::OtherUrl);
        assert!(cause.explanation.contains(tunnel), "{}", cause.explanation);
    }

    #[tokio::test]
    async fn a_verdict_that_took_its_time_is_not_kept_over_one_with_what_was_set_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let engine = crate::engine::Engine::open(&folder.path().join("w.pushpull")).await.unwrap();
        let id = engine.store.save(crate::store::tests::push("shop", "e", "{}")).await.unwrap();
        engine.finish_following().await.unwrap();
        let before = engine.book.change();
        let set = r#"{"name": "shop", "provider": "square", "tolerance": 60, "handshakes": true}"#;
        engine.save_source(serde_json::from_str(set).unwrap()).await.unwrap();
        engine.finish_following().await.unwrap();
        let verdict = async || engine.store.summary(id).await.unwrap().verdict;
        assert_eq!(verdict().await, Some(VerdictKind::Unsigned));
        engine.keep_verdict(id, VerdictKind::Valid, before).await.unwrap();
        assert_eq!(verdict().await, Some(VerdictKind::Unsigned));
        engine.keep_verdict(id, VerdictKind::Valid, engine.book.change()).await.unwrap();
        assert_eq!(verdict().await, Some(VerdictKind::Valid));
        engine.close().await;
    }
}

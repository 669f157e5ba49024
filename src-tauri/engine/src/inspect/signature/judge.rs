//! The check itself: which way of signing is meant, what it needs, and whether a secret fits.

use super::found::{self, Found, NotFound};
use super::template::{self, Missing, Values};
use super::time::{self, Fits};
use super::verdict::{Verdict, VerdictKind};
use super::words::{blank, cut, fitting, mismatch, not_signed, partly, refused};
use super::{Check, Secret, SignedRequest, digest, jwt, keys, message, secret_forms, url_forms};
use crate::exchange::Headers;
use crate::inspect::provider::{
    CertificateRule, Hash, Looked, Method, Need, NeedClass, Place, Provider, Scheme, elements, value,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Elements of a batch that are checked; [`partly`] says so.
const ITEMS_LIMIT: usize = 1_000;

/// How often what is signed is hashed for one secret: whoever sends it writes as many times and signatures as they like.
const TURNS: usize = 8;

/// One way to look at a request: its body, URL and method may be guesses.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) headers: &'a Headers,
    pub(super) body: &'a [u8],
    pub(super) fields: &'a [(String, String)],
    /// A time to be signed in place of the one that stands in the request.
    pub(super) timestamp: Option<&'a str>,
    /// The time of arrival, ms since 1970 UTC.
    pub(super) now: Option<i64>,
    pub(super) tolerance: Option<u32>,
}

impl<'a> View<'a> {
    pub(super) fn of(request: &SignedRequest<'a>, check: &Check<'a>) -> Self {
        Self {
            method: request.method,
            url: request.urls.first().map_or("", String::as_str),
            headers: request.headers,
            body: request.body,
            fields: check.fields,
            timestamp: None,
            now: check.now.map(|now| now.saturating_mul(1000)),
            tolerance: check.tolerance,
        }
    }

    pub(super) fn looked(self) -> Looked<'a> {
        Looked { headers: self.headers, body: self.body, url: self.url }
    }

    fn values<'v>(self, timestamp: Option<&'v str>, secret: &'v [u8]) -> Values<'v>
    where
        'a: 'v,
    {
        let Self { method, url, headers, body, fields, .. } = self;
        Values { method, url, headers, body, timestamp, secret, fields }
    }
}

/// Why a scheme can't be tried at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    Unsigned(Place),
    Missing(Place),
    MissingField(String),
    Malformed(String),
    /// More than one value stands in a place that is signed.
    Twice(Place),
    /// What stands there is the mask of an export.
    Masked(Place),
    Need {
        class: NeedClass,
        name: String,
        is: String,
    },
    Certificate(String),
}

impl From<Missing> for Problem {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Header(name) => Self::Missing(Place::Header(name)),
            Missing::BodyField(name) => Self::Missing(Place::Json(format!("/{name}"))),
            Missing::Field(name) => Self::MissingField(name),
            Missing::Timestamp => Self::MissingField("timestamp".into()),
            Missing::Once(place) => Self::Twice(place),
        }
    }
}

/// A hash that is part of what was signed, and the one of the body that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OtherBody {
    pub(super) signed: String,
    pub(super) came: String,
}

/// What came of trying secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tried {
    /// The place of the secret that fits, and of the signature that it fits.
    pub(super) matched: Option<usize>,
    /// What the first usable secret gives.
    pub(super) expected: Option<String>,
    pub(super) found: String,
    pub(super) signed: Vec<u8>,
    /// The name that the signature has among several.
    pub(super) label: Option<String>,
    /// The place of the secret that fits but for the body: what was signed holds the hash of another one.
    pub(super) other_body: Option<(usize, OtherBody)>,
    /// True if nothing in the place of the signature begins as it should.
    pub(super) begins_otherwise: bool,
    /// True if one of the secrets is of the form that is needed.
    pub(super) usable: bool,
    /// When it was signed, ms since 1970 UTC.
    pub(super) signed_at: Option<i64>,
    pub(super) fits: Option<Fits>,
}

/// Checks a request, without explanations of a mismatch; with the verdict comes the way of signing that it is about.
pub(super) fn judge<'a>(
    request: &SignedRequest<'_>,
    provider: &'a Provider,
    secrets: &[Secret],
    check: &Check<'_>,
) -> (Verdict, Option<&'a Scheme>) {
    let view = View::of(request, check);
    if provider.signatures.is_empty() {
        return (not_signed(provider), None);
    }
    match choose(&provider.signatures, view) {
        Ok(scheme) => (judge_by(scheme, request, provider, view, secrets), Some(scheme)),
        Err((scheme, problem)) => {
            let problem = found::masked(scheme, view.looked()).map_or(problem, Problem::Masked);
            (refused(provider, scheme, &problem), Some(scheme))
        }
    }
}

/// Checks a request by one way of signing: the whole of it, or the elements of its batch up to one that is not valid.
fn judge_by(
    scheme: &Scheme,
    request: &SignedRequest<'_>,
    provider: &Provider,
    view: View<'_>,
    secrets: &[Secret],
) -> Verdict {
    let Some(pointer) = &scheme.items else { return judge_one(request, provider, scheme, view, secrets) };
    let place = Place::Json(pointer.clone());
    if place.is_twice(view.looked()) {
        return refused(provider, scheme, &Problem::Twice(place));
    }
    let items = value(view.body, pointer).map(|array| elements(array, ITEMS_LIMIT + 1)).unwrap_or_default();
    if items.is_empty() {
        return refused(provider, scheme, &Problem::Unsigned(scheme.at[0].clone()));
    }
    let mut last = blank(provider, scheme);
    let is_cut = items.len() > ITEMS_LIMIT;
    for (index, item) in (0..).zip(items.into_iter().take(ITEMS_LIMIT)) {
        let verdict = judge_one(request, provider, scheme, View { body: item, ..view }, secrets);
        last = Verdict { item: Some(index), ..verdict };
        if last.verdict != VerdictKind::Valid {
            return last;
        }
    }
    if is_cut { partly(last) } else { last }
}

/// The way of signing that the request uses: the first whose signature is there and that nothing speaks against. It is
/// the only one that counts: one that stands behind it would let whoever can forge the weaker of two choose it. What may
/// match as well, such as the signature by a second key, is another place of the same way.
///
/// # Errors
/// The way that comes nearest, and what it lacks.
pub(super) fn choose<'a>(schemes: &'a [Scheme], view: View<'_>) -> Result<&'a Scheme, (&'a Scheme, Problem)> {
    let at = view.looked();
    let there = |scheme: &&Scheme| scheme.items.is_some() || found::is_there(scheme, at);
    let meant =
        |scheme: &&Scheme| scheme.needs.iter().all(|need| need.class != NeedClass::Other || need_holds(need, view));
    let unmet = |scheme: &Scheme| scheme.needs.iter().find_map(|need| unmet(need, view));
    let candidates: Vec<&Scheme> = schemes.iter().filter(there).filter(meant).collect();
    if let Some(scheme) = candidates.iter().find(|scheme| unmet(scheme).is_none()) {
        return Ok(scheme);
    }
    if let Some((scheme, problem)) = candidates.iter().find_map(|scheme| Some((*scheme, unmet(scheme)?))) {
        return Err((scheme, problem));
    }
    let evidence = |scheme: &&Scheme| {
        let needs = scheme.needs.iter().filter(|need| need_holds(need, view)).count();
        let speaks =
            scheme.needs.iter().filter(|need| need.at.read(at).is_some_and(|_| !need_holds(need, view))).count();
        let stamp = scheme.timestamp.as_ref().is_some_and(|stamp| stamp.at.in_head() && stamp.at.read(at).is_some());
        (needs + usize::from(stamp)) as i64 - speaks as i64 - i64::from(scheme.old)
    };
    // The first of the best: `max_by_key` would take the last.
    let best = schemes.iter().rev().max_by_key(evidence).unwrap_or(&schemes[0]);
    Err((best, Problem::Unsigned(best.at[0].clone())))
}

fn need_holds(need: &Need, view: View<'_>) -> bool {
    let Some(wanted) = wanted(need, view) else { return true };
    let Some(value) = need.at.read(view.looked()) else { return false };
    match (wanted.strip_prefix('*'), wanted.strip_suffix('*')) {
        (Some(_), Some(_)) if wanted.len() > 1 => value.contains(wanted.trim_matches('*')),
        (Some(end), _) => value.ends_with(end),
        (_, Some(start)) => value.starts_with(start),
        _ => value.trim() == wanted,
    }
}

/// The value that a need asks for; None if it is the user's and they did not give it.
fn wanted<'a>(need: &'a Need, view: View<'a>) -> Option<&'a str> {
    match need.is.strip_prefix("{field:").and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => view.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()),
        None => Some(&need.is),
    }
}

fn unmet(need: &Need, view: View<'_>) -> Option<Problem> {
    if need_holds(need, view) {
        return None;
    }
    Some(match need.at.read(view.looked()) {
        None => Problem::Missing(need.at.clone()),
        Some(is) => Problem::Need { class: need.class, name: need.at.name(), is },
    })
}

/// Checks one signed thing: a request, or an element of a batch.
fn judge_one(
    request: &SignedRequest<'_>,
    provider: &Provider,
    scheme: &Scheme,
    view: View<'_>,
    secrets: &[Secret],
) -> Verdict {
    let signs_url = needs_url(scheme);
    if signs_url && request.urls.is_empty() {
        return refused(provider, scheme, &Problem::MissingField("url".into()));
    }
    let texts: Vec<&str> = secrets.iter().map(|secret| secret.value.as_str()).collect();
    let urls: Vec<String> = match signs_url {
        true => request.urls.iter().flat_map(|url| url_forms::forms(url, scheme.url_forms)).collect(),
        false => vec![view.url.to_owned()],
    };
    let mut first: Option<(Tried, &String)> = None;
    for url in &urls {
        match try_secrets(scheme, View { url, ..view }, &texts) {
            Ok(tried) if tried.matched.is_some() => return fitting(provider, scheme, view, tried, secrets, url),
            Ok(tried) => first = first.or(Some((tried, url))),
            Err(problem) => return refused(provider, scheme, &problem),
        }
    }
    match first {
        Some((tried, url)) => mismatch(provider, scheme, view, tried, secrets, url),
        None => refused(provider, scheme, &Problem::MissingField("url".into())),
    }
}

/// True if the URL is part of what is signed.
pub(super) fn needs_url(scheme: &Scheme) -> bool {
    let token = scheme.token.as_ref().is_some_and(|token| token.url_claim.is_some());
    token || scheme.method == Method::MessageSignature || template::signs_url(&scheme.signed)
}

/// Tries every secret on every signature.
pub(super) fn try_secrets(scheme: &Scheme, view: View<'_>, secrets: &[&str]) -> Result<Tried, Problem> {
    let tried = try_all(scheme, view, secrets);
    match found::masked(scheme, view.looked()) {
        Some(place) if !matches!(&tried, Ok(tried) if tried.matched.is_some()) => Err(Problem::Masked(place)),
        _ => tried,
    }
}

fn try_all(scheme: &Scheme, view: View<'_>, secrets: &[&str]) -> Result<Tried, Problem> {
    if let Some(rule) = &scheme.certificate {
        check_certificate(rule, view)?;
    }
    if scheme.method == Method::MessageSignature {
        return message::try_secrets(view, secrets);
    }
    let signatures = found::find(scheme, view.looked()).map_err(|problem| match problem {
        NotFound::Absent => Problem::Unsigned(scheme.at[0].clone()),
        NotFound::Malformed(place) => Problem::Malformed(place.name()),
    })?;
    if signatures.is_empty() {
        return try_none(scheme, view, secrets);
    }
    if scheme.method == Method::Jwt {
        return jwt::try_secrets(scheme, view, &signatures, secrets);
    }
    try_signatures(scheme, view, &signatures, secrets)
}

/// What can be said where nothing in the place begins as signatures of this way do: what it should have been, as far as
/// its time is known.
fn try_none(scheme: &Scheme, view: View<'_>, secrets: &[&str]) -> Result<Tried, Problem> {
    let is_timed = !matches!(&scheme.timestamp, Some(stamp) if matches!(stamp.at, Place::Item(_)));
    let tried = match is_timed && scheme.method != Method::Jwt {
        true => try_signatures(scheme, view, &[Found { text: String::new(), stamp: None }], secrets)?,
        false => Tried::default(),
    };
    Ok(Tried { matched: None, begins_otherwise: true, ..tried })
}

fn try_signatures(scheme: &Scheme, view: View<'_>, signatures: &[Found], secrets: &[&str]) -> Result<Tried, Problem> {
    let (signed_at, fits) = stamp(scheme, view, signatures.first())?;
    let mut tried = Tried { found: shown_signature(scheme, signatures.first()), signed_at, fits, ..Tried::default() };
    let other_body = other_body(scheme, view);
    // A secret that is sent as it is signs nothing.
    let signs = !matches!(scheme.method, Method::Token | Method::Basic);
    let is_keyed = matches!(scheme.method, Method::Hmac | Method::Digest);
    let per_secret = signs && template::has(&scheme.signed, "secret");
    for (at, (timestamp, signatures)) in by_time(scheme, view, signatures).into_iter().enumerate() {
        let signed = match signs {
            true => template::filled(&scheme.signed, &view.values(timestamp.as_deref(), b"[secret]"))?,
            false => Vec::new(),
        };
        for (index, secret) in secrets.iter().enumerate() {
            let key = if is_keyed { secret_forms::shared } else { secret_forms::key };
            let Some(key) = key(secret, scheme.secret) else { continue };
            let own = match per_secret {
                true => template::filled(&scheme.signed, &view.values(timestamp.as_deref(), &key))?,
                false => Vec::new(),
            };
            let text = if per_secret { &own } else { &signed };
            let Some(made) = Made::by(scheme, &key, text) else { continue };
            for signature in &signatures {
                let Some(fits) = made.fits(scheme, text, &signature.text) else { break };
                tried.usable = true;
                if tried.expected.is_none() {
                    tried.expected = made.shown(scheme);
                }
                if let Some(other_body) = other_body.as_ref().filter(|_| fits && tried.other_body.is_none()) {
                    tried.other_body = Some((index, other_body.clone()));
                } else if fits && other_body.is_none() {
                    let (found, expected) = (shown_signature(scheme, Some(signature)), made.shown(scheme));
                    // Each may have a time of its own: that of another one says nothing of this one.
                    let (signed_at, fits) = stamp(scheme, view, Some(signature))?;
                    return Ok(Tried { matched: Some(index), expected, signed, found, signed_at, fits, ..tried });
                }
            }
        }
        if at == 0 {
            tried.signed = signed;
        }
    }
    Ok(tried)
}

/// The signatures that are held against secrets, by the time that is signed with them: what is signed may be large, and
/// is made once for each. No more than there are turns for.
fn by_time<'a>(scheme: &Scheme, view: View<'_>, signatures: &'a [Found]) -> Vec<(Option<String>, Vec<&'a Found>)> {
    let count = if is_public(scheme) { TURNS } else { signatures.len() };
    let mut times: Vec<(Option<String>, Vec<&Found>)> = Vec::new();
    for signature in signatures.iter().take(count) {
        let timestamp = timestamp(scheme, view, signature);
        match times.iter().position(|(time, _)| *time == timestamp) {
            Some(at) => times[at].1.push(signature),
            None if times.len() < TURNS => times.push((timestamp, vec![signature])),
            None => {}
        }
    }
    times
}

/// How often what is signed is hashed for each secret.
pub(super) fn turns(scheme: &Scheme, view: View<'_>) -> usize {
    let Ok(signatures) = found::find(scheme, view.looked()) else { return 1 };
    let times = by_time(scheme, view, &signatures);
    let turns =
        if is_public(scheme) { times.iter().map(|(_, signatures)| signatures.len()).sum() } else { times.len() };
    turns.max(1)
}

/// True if secrets are public keys.
fn is_public(scheme: &Scheme) -> bool {
    matches!(scheme.method, Method::Ed25519 | Method::Ecdsa | Method::Rsa)
}

/// What a secret makes of what is signed: once, for all the signatures that are held against it.
enum Made {
    /// The signature as it should be.
    Signature(String),
    /// A public key makes none. It tells of each whether it fits, and hashes what is signed for each.
    Key(keys::PublicKey),
}

impl Made {
    /// None if the secret can't be used.
    fn by(scheme: &Scheme, key: &[u8], signed: &[u8]) -> Option<Self> {
        Some(Self::Signature(match scheme.method {
            Method::Hmac => digest::written(scheme.encoding, &digest::keyed(scheme.hash, key, signed)),
            Method::Digest => digest::written(scheme.encoding, &digest::plain(scheme.hash, signed)),
            Method::Token => String::from_utf8_lossy(key).into_owned(),
            Method::Basic => STANDARD.encode(key),
            Method::Ed25519 | Method::Ecdsa | Method::Rsa => {
                return keys::PublicKey::read(std::str::from_utf8(key).ok()?).map(Self::Key);
            }
            Method::Jwt | Method::MessageSignature => return None,
        }))
    }

    /// Whether this is the signature. None if the secret is a key of another kind.
    fn fits(&self, scheme: &Scheme, signed: &[u8], signature: &str) -> Option<bool> {
        match self {
            Self::Signature(text) if scheme.method == Method::Basic => {
                let sent = signature.split_once(' ').filter(|(name, _)| name.eq_ignore_ascii_case("basic"));
                Some(sent.is_some_and(|(_, sent)| digest::same(text, sent.trim())))
            }
            Self::Signature(text) => Some(digest::same(text, signature)),
            Self::Key(key) => {
                let bytes = digest::read(scheme.encoding, signature).unwrap_or_default();
                key.verifies(scheme.method, scheme.hash, signed, &bytes)
            }
        }
    }

    /// What the signature should have been, if that can be told.
    fn shown(&self, scheme: &Scheme) -> Option<String> {
        match self {
            Self::Signature(text) if matches!(scheme.method, Method::Token | Method::Basic) => Some(masked(text)),
            Self::Signature(text) => Some(text.clone()),
            Self::Key(_) => None,
        }
    }
}

/// The start of a text that is a secret itself: at most four characters, and never more than a quarter of it.
fn masked(text: &str) -> String {
    let shown = 4.min(text.chars().count() / 4);
    let start: String = text.chars().take(shown).collect();
    format!("{start}…")
}

fn shown_signature(scheme: &Scheme, signature: Option<&Found>) -> String {
    let text = signature.map_or("", |found| &found.text);
    match scheme.method {
        Method::Token | Method::Basic => masked(text.strip_prefix("Basic ").unwrap_or(text)),
        _ => cut(text, 1_000).to_owned(),
    }
}

/// The time as sent, or as it is guessed.
pub(super) fn timestamp(scheme: &Scheme, view: View<'_>, signature: &Found) -> Option<String> {
    let stamp = scheme.timestamp.as_ref()?;
    match stamp.at {
        _ if view.timestamp.is_some() => view.timestamp.map(str::to_owned),
        Place::Item(_) => signature.stamp.clone(),
        _ => stamp.at.read(view.looked()),
    }
}

/// When it was signed by the time of this signature, and whether that is in time.
fn stamp(scheme: &Scheme, view: View<'_>, signature: Option<&Found>) -> Result<(Option<i64>, Option<Fits>), Problem> {
    let Some(rule) = &scheme.timestamp else { return Ok((None, None)) };
    let text = match (&rule.at, signature) {
        (Place::Item(_), None) => return Ok((None, None)),
        (_, found) => timestamp(scheme, view, found.unwrap_or(&Found { text: String::new(), stamp: None })),
    };
    let Some(text) = text else {
        // A time that is not part of the text, and that nobody asks for, may be missing.
        let asked = rule.tolerance.is_some() || view.tolerance.is_some() || template::has(&scheme.signed, "timestamp");
        return if asked { Err(Problem::Missing(rule.at.clone())) } else { Ok((None, None)) };
    };
    let at = time::millis(&text, rule.unit);
    let limit = view.tolerance.or(rule.tolerance);
    match (at, limit) {
        (None, Some(_)) => Err(Problem::Malformed(match &rule.at {
            Place::Item(_) => scheme.at[0].name(),
            place => place.name(),
        })),
        (at, limit) => {
            let age = at.zip(view.now).map(|(at, now)| now.saturating_sub(at));
            Ok((at, age.zip(limit).map(|(age, limit)| time::fits_stamp(age, rule, limit))))
        }
    }
}

/// The hash of another body, if the URL holds one.
fn other_body(scheme: &Scheme, view: View<'_>) -> Option<OtherBody> {
    let signed = Place::Query(scheme.body_hash_query.clone()?).read(view.looked())?.to_ascii_lowercase();
    let came = digest::hex(&digest::plain(Hash::Sha256, view.body));
    (!digest::same(&signed, &came)).then_some(OtherBody { signed, came })
}

/// Checks where receivers would fetch the certificate from.
fn check_certificate(rule: &CertificateRule, view: View<'_>) -> Result<(), Problem> {
    let text = rule.at.read(view.looked()).ok_or_else(|| Problem::Missing(rule.at.clone()))?;
    let host = regex::Regex::new(&format!("^(?:{})$", rule.host)).ok();
    let url = url::Url::parse(&text).ok();
    let trusted = url.as_ref().is_some_and(|url| {
        let fits = host.is_some_and(|rule| url.host_str().is_some_and(|host| rule.is_match(host)));
        let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        url.scheme() == "https" && plain && fits && url.path().ends_with(&rule.path_end)
    });
    if trusted { Ok(()) } else { Err(Problem::Certificate(text)) }
}

//! The known providers, read once from the files of `engine/providers`, and the rules that their texts stand for.

use super::data::{Handshake, Hash, Method, Provider, Scheme, SecretForm};
use super::place::{Joined, Place};
use super::statuses::Statuses;
use crate::exchange::Headers;
use crate::inspect::signature::{TOKEN_ALGORITHMS, check_template, signs_token};
use serde::Deserialize;
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

const FILES: [&str; 5] = [
    include_str!("../../../providers/code.toml"),
    include_str!("../../../providers/money.toml"),
    include_str!("../../../providers/talk.toml"),
    include_str!("../../../providers/work.toml"),
    include_str!("../../../providers/generic.toml"),
];

/// What tells a provider and its events, ready for use.
#[derive(Debug)]
pub(super) struct Rule {
    /// All of one list are wanted, of any.
    pub(super) marks: Vec<Vec<Mark>>,
    pub(super) body: Option<String>,
    pub(super) events: Vec<Vec<Place>>,
}

/// What tells a service.
#[derive(Debug)]
pub(super) enum Mark {
    /// A header field of this name.
    Has(String),
    /// A header field of this name whose value holds this text.
    Says(String, String),
}

/// A provider, ready to recognise pushes and to name their events.
#[derive(Debug)]
pub(crate) struct Recogniser {
    pub(crate) provider: Provider,
    pub(super) rule: Rule,
}

impl Recogniser {
    fn of(provider: Provider) -> Option<Self> {
        Some(Self { rule: rule(&provider).ok()?, provider })
    }
}

/// A provider, known or the user's.
#[derive(Debug, Clone)]
pub(crate) enum ProviderRef {
    Known(&'static Recogniser),
    Own(Arc<Recogniser>),
}

impl std::ops::Deref for ProviderRef {
    type Target = Recogniser;

    fn deref(&self) -> &Recogniser {
        match self {
            Self::Known(known) => known,
            Self::Own(own) => own,
        }
    }
}

impl ProviderRef {
    /// One of the user's. None if a place of it can't be read, as those of a later version may be.
    pub(crate) fn own(provider: Provider) -> Option<Self> {
        Recogniser::of(provider).map(|own| Self::Own(Arc::new(own)))
    }

    /// Its key; that of a known one costs nothing.
    pub(crate) fn key(&self) -> Cow<'static, str> {
        match self {
            Self::Known(known) => Cow::Borrowed(&known.provider.key),
            Self::Own(own) => Cow::Owned(own.provider.key.clone()),
        }
    }
}

/// All providers: the user's own, and those that are known.
#[derive(Debug, Default)]
pub(crate) struct Recognisers(Vec<Arc<Recogniser>>);

/// The same rules of the user's; those of the known ones are always the same.
impl PartialEq for Recognisers {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().map(|own| &own.provider).eq(other.0.iter().map(|own| &own.provider))
    }
}

impl Recognisers {
    /// With these of the user's. One whose places can't be read, as those of a later version may be, is left out.
    pub(crate) fn with(own: Vec<Provider>) -> Self {
        Self(own.into_iter().filter_map(Recogniser::of).map(Arc::new).collect())
    }

    /// The user's own.
    pub(crate) fn own(&self) -> Vec<ProviderRef> {
        self.0.iter().cloned().map(ProviderRef::Own).collect()
    }

    /// The provider of this key.
    pub(crate) fn find(&self, key: &str) -> Option<ProviderRef> {
        let known = KNOWN.iter().find(|known| known.provider.key == key).map(ProviderRef::Known);
        known.or_else(|| self.0.iter().find(|own| own.provider.key == key).cloned().map(ProviderRef::Own))
    }

    /// The provider that a push tells by itself; what the user wrote goes before what is known.
    pub(crate) fn recognise(&self, headers: &Headers, body_start: &[u8]) -> Option<ProviderRef> {
        let own = self.0.iter().find(|own| own.fits(headers, body_start)).cloned().map(ProviderRef::Own);
        own.or_else(|| KNOWN.iter().find(|known| known.fits(headers, body_start)).map(ProviderRef::Known))
    }

    /// The provider that a push to a source is read by: the one that is chosen for it, else the one it tells by itself.
    pub(crate) fn of_push(&self, chosen: Option<&str>, headers: &Headers, body_start: &[u8]) -> Option<ProviderRef> {
        chosen.and_then(|key| self.find(key)).or_else(|| self.recognise(headers, body_start))
    }
}

#[derive(Deserialize)]
struct File {
    provider: Vec<Provider>,
}

static KNOWN: LazyLock<Vec<Recogniser>> = LazyLock::new(|| {
    let files = FILES.iter().flat_map(|text| read(text));
    files
        .map(|provider| {
            let rule = rule(&provider).unwrap_or_else(|problem| panic!("provider {}: {problem}", provider.key));
            Recogniser { provider, rule }
        })
        .collect()
});

// The files are part of the program, and a test reads them all.
fn read(text: &str) -> Vec<Provider> {
    toml::from_str::<File>(text).unwrap_or_else(|error| panic!("a file of providers: {error}")).provider
}

/// All known providers, those with the narrower rule first.
pub fn providers() -> impl Iterator<Item = &'static Provider> {
    KNOWN.iter().map(|known| &known.provider)
}

/// The known provider of this key.
pub fn find(key: &str) -> Option<&'static Provider> {
    providers().find(|provider| provider.key == key)
}

/// What is wrong with a provider that a user wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct CustomProblem {
    /// The field, as its JSON name.
    pub field: String,
    /// What is wrong with it: one sentence.
    pub message: String,
}

fn problem(field: &str, message: impl std::fmt::Display) -> CustomProblem {
    CustomProblem { field: field.into(), message: message.to_string() }
}

/// Checks what types alone do not hold: the key, the marks, the places of events, the statuses, the signed text, the
/// handshakes.
///
/// # Errors
/// The first field that can't be used.
pub fn check_custom(provider: &Provider) -> Result<(), CustomProblem> {
    let key = &provider.key;
    if key.is_empty()
        || key.len() > 64
        || !key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    {
        return Err(problem("key", "The key has 1 to 64 of a-z, 0-9 and -."));
    }
    if provider.name.trim().is_empty() || provider.name.chars().count() > 100 {
        return Err(problem("name", "The name has 1 to 100 characters."));
    }
    rule(provider)?;
    check_pointer("recognise", provider.recognise.body.as_deref())?;
    check_said(provider)?;
    if let Some(batch) = &provider.batch {
        check_pointer("batch", Some(&batch.path))?;
        events(&batch.event).map_err(|message| problem("batch", message))?;
    }
    if let Some(success) = &provider.success {
        success.statuses.parse::<Statuses>().map_err(|error| problem("success", error))?;
    }
    provider.signatures.iter().try_for_each(check_scheme)?;
    provider.handshakes.iter().try_for_each(check_handshake)
}

fn check_handshake(handshake: &Handshake) -> Result<(), CustomProblem> {
    let refused = |message: &str| Err(problem("handshakes", message));
    let told = handshake.at.is_some() || handshake.method.is_some() || !handshake.when.is_empty() || handshake.always;
    // Else every push would be answered as one.
    if !told {
        return refused("Say what tells a handshake from a push, for example json:/challenge.");
    }
    let mut places: Vec<&str> =
        handshake.when.iter().map(|when| when.split_once(" = ").map_or(&when[..], |(place, _)| place)).collect();
    match handshake.verify.as_deref().map(|verify| (verify, verify.split_once(" = "))) {
        None | Some(("signature", _)) => {}
        Some((_, Some((place, _)))) => places.push(place),
        Some((_, None)) => {
            return refused(
                "What proves a handshake is signature, or a place and a field: query:token = verify_token.",
            );
        }
    }
    for place in places {
        place.parse::<Place>().map_err(|error| problem("handshakes", error))?;
    }
    match [Some(handshake.status), handshake.otherwise].iter().flatten().all(|status| (200..600).contains(status)) {
        true => Ok(()),
        false => refused("The status of an answer is a number from 200 to 599."),
    }
}

/// Refuses where nobody looks: a push is told by its headers and its body, whatever address it came to.
fn check_said(provider: &Provider) -> Result<(), CustomProblem> {
    let events = events(&provider.event).map_err(|message| problem("event", message))?;
    let event = events.iter().flatten().map(|place| ("event", place));
    let ids = [("eventId", &provider.event_id), ("deliveryId", &provider.delivery_id)];
    let ids = ids
        .into_iter()
        .flat_map(|(field, all)| all.iter().flat_map(move |one| one.0.iter().map(move |place| (field, place))));
    let attempt = provider.attempt.iter().map(|place| ("attempt", place));
    match event.chain(ids).chain(attempt).find(|(_, place)| matches!(place, Place::Query(_))) {
        Some((field, _)) => {
            Err(problem(field, "What stands in the query is not read here: name a header, or a place of the body."))
        }
        None => Ok(()),
    }
}

fn check_pointer(field: &str, pointer: Option<&str>) -> Result<(), CustomProblem> {
    match pointer {
        Some(text) if !text.starts_with('/') => {
            Err(problem(field, format!("{text:?} is no path in the body: write it as /events, or / for the whole.")))
        }
        _ => Ok(()),
    }
}

fn check_scheme(scheme: &Scheme) -> Result<(), CustomProblem> {
    if scheme.at.is_empty() {
        return Err(problem("signatures", "Say where the signature stands, for example header:X-Signature."));
    }
    check_template(&scheme.signed).map_err(|message| problem("signatures", message))?;
    check_pointer("signatures", scheme.items.as_deref())?;
    if let Some(rule) = &scheme.certificate {
        regex::Regex::new(&rule.host).map_err(|error| problem("signatures", error))?;
    }
    check_method(scheme)
}

/// Refuses what a method has no use for, and what it can't do without: else every push would be judged by another rule
/// than the one that is written.
fn check_method(scheme: &Scheme) -> Result<(), CustomProblem> {
    let Scheme { method, hash, secret, timestamp, signed, token, .. } = scheme;
    let takes_known =
        |names: &[String]| !names.is_empty() && names.iter().all(|name| TOKEN_ALGORITHMS.contains(&&name[..]));
    let is_key = matches!(secret, SecretForm::Text | SecretForm::PublicKey);
    let problem = match method {
        Method::Ed25519 | Method::Ecdsa | Method::Rsa | Method::MessageSignature if !is_key => {
            "A key is read in whatever form it has: let the secret be a public key."
        }
        Method::Ecdsa if !matches!(hash, Hash::Sha256 | Hash::Sha384) => {
            "ECDSA on P-256 is checked with SHA-256 or SHA-384: choose one of them."
        }
        Method::Rsa if *hash == Hash::Md5 => {
            "RSA is checked with SHA-1, SHA-256, SHA-384 or SHA-512: choose one of them."
        }
        Method::Jwt | Method::MessageSignature if timestamp.is_some() => {
            "A token and a message signature say their time themselves: leave out where the time stands."
        }
        Method::Jwt if !token.as_ref().is_some_and(|token| takes_known(&token.algorithms)) => {
            return Err(self::problem(
                "signatures",
                format!("A token is signed with one of {}.", TOKEN_ALGORITHMS.join(", ")),
            ));
        }
        Method::Hmac | Method::Digest | Method::Ed25519 | Method::Ecdsa | Method::Rsa
            if timestamp.is_none() && signs_token(signed, "timestamp") =>
        {
            "{timestamp} is signed, and nothing says where the time stands: name it, for example header:X-Timestamp."
        }
        _ => return Ok(()),
    };
    Err(self::problem("signatures", problem))
}

fn rule(provider: &Provider) -> Result<Rule, CustomProblem> {
    let mark = |text: &str| match text.split_once('~') {
        Some((name, part)) => Mark::Says(name.trim().to_owned(), part.trim().to_owned()),
        None => Mark::Has(text.trim().to_owned()),
    };
    Ok(Rule {
        marks: provider.recognise.headers.iter().map(|texts| texts.split(" + ").map(mark).collect()).collect(),
        body: provider.recognise.body.clone(),
        events: events(&provider.event).map_err(|message| problem("event", message))?,
    })
}

/// Reads lists of places: `header:X + json:/action`.
pub(super) fn events(texts: &[String]) -> Result<Vec<Vec<Place>>, String> {
    let places = |text: &String| text.parse::<Joined>().map(|joined| joined.0);
    texts.iter().map(places).collect::<Result<_, _>>().map_err(|error| error.to_string())
}

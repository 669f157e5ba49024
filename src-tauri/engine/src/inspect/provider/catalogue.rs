//! The known providers, read once from the files of `engine/providers`, and the rules that their texts stand for.

use super::data::{Handshake, Provider, Scheme};
use super::place::Place;
use crate::inspect::signature::check_template;
use serde::Deserialize;
use std::sync::{Arc, LazyLock};

const FILES: [&str; 5] = [
    include_str!("../../../providers/code.toml"),
    include_str!("../../../providers/money.toml"),
    include_str!("../../../providers/talk.toml"),
    include_str!("../../../providers/work.toml"),
    include_str!("../../../providers/generic.toml"),
];

/// What recognises a provider, ready for use.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) marks: Vec<Mark>,
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

/// A provider of the user's, ready to recognise pushes.
#[derive(Debug)]
pub(crate) struct Recogniser {
    pub(crate) provider: Arc<Provider>,
    pub(super) rule: Rule,
}

impl Recogniser {
    /// None if its places can't be read, as those of a later version may be.
    pub(crate) fn of(provider: Provider) -> Option<Self> {
        let rule = rule(&provider).ok()?;
        Some(Self { provider: Arc::new(provider), rule })
    }
}

#[derive(Deserialize)]
struct File {
    provider: Vec<Provider>,
}

static KNOWN: LazyLock<Vec<(Provider, Rule)>> = LazyLock::new(|| {
    let files = FILES.iter().flat_map(|text| read(text));
    files
        .map(|provider| {
            let rule = rule(&provider).unwrap_or_else(|problem| panic!("provider {}: {problem}", provider.key));
            (provider, rule)
        })
        .collect()
});

// The files are part of the program, and a test reads them all.
fn read(text: &str) -> Vec<Provider> {
    toml::from_str::<File>(text).unwrap_or_else(|error| panic!("a file of providers: {error}")).provider
}

pub(super) fn rules() -> &'static [(Provider, Rule)] {
    &KNOWN
}

/// All known providers, those with the narrower rule first.
pub fn providers() -> impl Iterator<Item = &'static Provider> {
    KNOWN.iter().map(|(provider, _)| provider)
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

/// Checks what types alone do not hold: the key, the marks, the places of events, the signed text.
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
    if let Some(batch) = &provider.batch {
        events(&batch.event).map_err(|message| problem("batch", message))?;
    }
    provider.signatures.iter().try_for_each(check_scheme)?;
    provider.handshakes.iter().try_for_each(check_handshake)
}

/// What tells a handshake from a push: without it every push would be answered as one.
fn check_handshake(handshake: &Handshake) -> Result<(), CustomProblem> {
    let told = handshake.at.is_some() || handshake.method.is_some() || !handshake.when.is_empty() || handshake.always;
    match told {
        true => Ok(()),
        false => Err(problem("handshakes", "Say what tells a handshake from a push, for example json:/challenge.")),
    }
}

fn check_scheme(scheme: &Scheme) -> Result<(), CustomProblem> {
    if scheme.at.is_empty() {
        return Err(problem("signatures", "Say where the signature stands, for example header:X-Signature."));
    }
    check_template(&scheme.signed).map_err(|message| problem("signatures", message))?;
    if let Some(rule) = &scheme.certificate {
        regex::Regex::new(&rule.host).map_err(|error| problem("signatures", error))?;
    }
    Ok(())
}

fn rule(provider: &Provider) -> Result<Rule, CustomProblem> {
    let marks = provider.recognise.headers.iter().map(|text| match text.split_once('~') {
        Some((name, part)) => Mark::Says(name.trim().to_owned(), part.trim().to_owned()),
        None => Mark::Has(text.trim().to_owned()),
    });
    Ok(Rule {
        marks: marks.collect(),
        body: provider.recognise.body.clone(),
        events: events(&provider.event).map_err(|message| problem("event", message))?,
    })
}

/// Reads lists of places: `header:X + json:/action`.
pub(super) fn events(texts: &[String]) -> Result<Vec<Vec<Place>>, String> {
    let places = |text: &String| text.split(" + ").map(|place| place.trim().parse::<Place>()).collect();
    texts.iter().map(places).collect::<Result<_, _>>().map_err(|error| error.to_string())
}

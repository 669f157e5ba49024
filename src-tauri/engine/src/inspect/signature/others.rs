//! The rules of another provider that make a signature fit, or that the request looks like.

use super::explain::{Budget, cause, hash_words};
use super::judge::{self, View};
use super::verdict::{Cause, CauseKind, VerdictKind};
use super::{Check, Secret, SignedRequest, found};
use crate::inspect::provider::{
    Method, Provider, ProviderRef, Recognisers, Scheme, Stamp, elements, find, providers, value,
};

/// Standards that many services sign by as they are: the name for what is shared.
const STANDARDS: [&str; 2] = ["standard-webhooks", "svix"];

/// A provider whose signature stands in the request.
pub(super) fn looks_like(request: &SignedRequest<'_>, provider: &Provider, check: &Check<'_>) -> Option<ProviderRef> {
    let own = check.own_providers.iter().map(|own| (*own).clone()).collect();
    let found = Recognisers::with(own).recognise(request.headers, request.body)?;
    Some(found).filter(|found| found.key() != provider.key && !found.provider.signatures.is_empty())
}

/// Another provider's signature that fits: one of the user's own, the one that the request tells by itself, or whoever
/// signs by the same rule.
pub(super) fn other_provider(
    request: &SignedRequest<'_>,
    provider: &Provider,
    secrets: &[Secret],
    check: &Check<'_>,
) -> Option<Cause> {
    let mut search = Search { request, provider, secrets, check, budget: Budget::default() };
    let told = |how: String| {
        let explanation = format!("It is signed {how}, not the way {} does; with that it fits.", provider.name);
        cause(CauseKind::OtherProvider, explanation, "Set the provider of the source.")
    };
    let by_name = |other: &Provider| told(format!("the way {} does", other.name));
    let own = check.own_providers.iter().copied().find(|own| search.fitting(own).is_some());
    if let Some(own) = own {
        return Some(by_name(own));
    }
    let recognised = Recognisers::default().recognise(request.headers, request.body);
    if let Some(found) = recognised.filter(|found| search.fitting(&found.provider).is_some()) {
        return Some(by_name(&found.provider));
    }
    let scheme = providers().find_map(|other| search.fitting(other))?;
    let shares = |other: &Provider| other.signatures.iter().any(|own| is_same_rule(own, scheme));
    let sharing: Vec<&Provider> = providers().filter(|other| other.key != provider.key && shares(other)).collect();
    let standard = STANDARDS.into_iter().filter_map(find).find(|standard| sharing.contains(standard));
    match (standard, &sharing[..]) {
        (Some(standard), _) => Some(by_name(standard)),
        (None, [one]) => Some(by_name(one)),
        (None, others) => {
            let (hash, place) = (hash_words(scheme.hash), scheme.at[0].name());
            Some(told(format!("with {hash} in {place}, as {} and others do", others.first()?.name)))
        }
    }
}

/// True if what one signs by is what the other signs by, whatever it is called and whatever age is taken.
fn is_same_rule(one: &Scheme, other: &Scheme) -> bool {
    let bare = |scheme: &Scheme| Scheme {
        label: None,
        old: false,
        needs: Vec::new(),
        timestamp: scheme.timestamp.clone().map(|stamp| Stamp { tolerance: None, past_only: false, ..stamp }),
        ..scheme.clone()
    };
    bare(one) == bare(other)
}

struct Search<'a> {
    request: &'a SignedRequest<'a>,
    provider: &'a Provider,
    secrets: &'a [Secret],
    check: &'a Check<'a>,
    budget: Budget,
}

impl Search<'_> {
    /// The way of signing of another provider that makes the request valid.
    fn fitting<'p>(&mut self, other: &'p Provider) -> Option<&'p Scheme> {
        let Self { request, secrets, check, .. } = *self;
        let view = View::of(request, check);
        if other.key == self.provider.key {
            return None;
        }
        let there = other.signatures.iter().filter(|scheme| is_there(scheme, view));
        let digests = there.map(|scheme| judge::turns(scheme, view)).max()?.saturating_mul(secrets.len().max(1));
        if !self.budget.take(request.body.len().saturating_mul(digests)) {
            return None;
        }
        let (verdict, scheme) = judge::judge(request, other, secrets, check);
        // A token says nothing about who made it.
        let proves = |scheme: &&Scheme| !matches!(scheme.method, Method::Token | Method::Basic);
        scheme.filter(proves).filter(|_| verdict.verdict == VerdictKind::Valid)
    }
}

/// True if a signature stands in the request, or in the first item of its batch.
fn is_there(scheme: &Scheme, view: View<'_>) -> bool {
    let Some(pointer) = &scheme.items else { return found::is_there(scheme, view.looked()) };
    let items = value(view.body, pointer).map(|array| elements(array, 1)).unwrap_or_default();
    items.first().is_some_and(|item| found::is_there(scheme, View { body: item, ..view }.looked()))
}

//! The paths that comparisons ignore, kept by kind of exchange: an event type, a saved request, or a method and path.

use super::{Store, StoreError};
use crate::api::{IgnoreChange, IgnoreRule, IgnoreRules};
use crate::exchange::{ExchangeId, ExchangeSummary};

/// Rules of one kind of exchange at most.
const RULES: usize = 200;

/// Longest path, bytes.
const PATH: usize = 2_000;

impl Store {
    /// The rules for a comparison of these exchanges: those of the first event type among them, else of the base.
    ///
    /// # Errors
    /// `Invalid` for no exchange; `NotFound` if one is gone.
    pub async fn ignore_rules(&self, ids: &[ExchangeId]) -> Result<IgnoreRules, StoreError> {
        let mut summaries = Vec::with_capacity(ids.len());
        for id in ids {
            summaries.push(self.summary(*id).await?);
        }
        let typed = summaries.iter().find(|summary| summary.event_type.is_some());
        let Some(of) = typed.or(summaries.first()) else {
            return Err(StoreError::Invalid("Name the exchanges that are compared.".into()));
        };
        let (scope, title) = (scope_of(of), title_of(of));
        Ok(IgnoreRules { rules: self.rules_of(&scope).await?, scope, title })
    }

    /// Adds, changes and removes rules of one kind of exchange.
    ///
    /// # Errors
    /// `Invalid` for too many rules, or one that is too long.
    pub async fn change_ignore_rules(&self, change: IgnoreChange) -> Result<(), StoreError> {
        let mut rules = self.rules_of(&change.scope).await?;
        rules.retain(|rule| !change.remove.contains(&rule.path));
        for rule in change.set {
            match rules.iter_mut().find(|there| there.path == rule.path) {
                Some(there) => *there = rule,
                None => rules.push(rule),
            }
        }
        if rules.len() > RULES || rules.iter().any(|rule| rule.path.len() > PATH) {
            return Err(StoreError::Invalid(format!(
                "At most {RULES} paths are kept for one kind of exchange, of {PATH} bytes each."
            )));
        }
        let kept = Some(&rules).filter(|rules| !rules.is_empty());
        self.keep_named("Keeping the ignored paths", setting(&change.scope), kept).await
    }

    async fn rules_of(&self, scope: &str) -> Result<Vec<IgnoreRule>, StoreError> {
        Ok(self.named("Reading the ignored paths", &setting(scope)).await?.unwrap_or_default())
    }
}

fn setting(scope: &str) -> String {
    format!("ignored {scope}")
}

fn scope_of(of: &ExchangeSummary) -> String {
    match (&of.event_type, of.request_id) {
        (Some(event_type), _) => format!("event {event_type}"),
        (None, Some(request)) => format!("request {request}"),
        (None, None) => format!("call {} {}", of.method, of.path),
    }
}

fn title_of(of: &ExchangeSummary) -> String {
    of.event_type.clone().unwrap_or_else(|| format!("{} {}", of.method, of.path))
}

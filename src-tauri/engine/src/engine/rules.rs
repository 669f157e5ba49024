//! How sources answer: keeping rules, and bringing them into force without a restart.

use super::Parts;
use super::sources::{checked_name, no_source};
use crate::api::{ApiError, SaveRules, SourceRules};
use crate::capture::rules::{Plan, RULES_BYTES, RuleSet, check};
use crate::store::StoredRules;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use tokio::sync::Mutex;

/// The plans in force, by source.
#[derive(Debug, Default)]
pub(super) struct Plans {
    known: RwLock<HashMap<String, Known>>,
    /// Held from reading the rules to bringing them into force, so that older ones never come after newer ones.
    reading: Mutex<()>,
}

/// A plan, and what it was made of.
#[derive(Debug)]
struct Known {
    /// The number of the source, which stays when its name changes.
    source_id: i64,
    content: String,
    resets: i64,
    plan: Arc<Plan>,
}

impl Plans {
    /// The plan of a source; None if it says the same as no rules at all.
    pub(super) fn get(&self, source: &str) -> Option<Arc<Plan>> {
        self.known().get(source).map(|known| known.plan.clone()).filter(|plan| !plan.is_plain())
    }

    fn known(&self) -> RwLockReadGuard<'_, HashMap<String, Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings into force what is stored; what has not changed stays as it is, its counts with it.
    fn put(&self, all: Vec<StoredRules>) {
        let names: HashSet<String> = all.iter().map(|stored| stored.source.clone()).collect();
        // Plans are made before the lock is taken that captures wait for.
        let made: Vec<(String, Known)> = all.into_iter().filter_map(|stored| self.made(stored)).collect();
        let mut plans = self.known.write().unwrap_or_else(PoisonError::into_inner);
        plans.retain(|source, _| names.contains(source));
        plans.extend(made);
    }

    /// The plan of rules that are others than those in force.
    fn made(&self, stored: StoredRules) -> Option<(String, Known)> {
        let StoredRules { source_id, source, content, resets, .. } = stored;
        let before = {
            let all = self.known();
            let is_known =
                |known: &Known| known.source_id == source_id && known.content == content && known.resets == resets;
            if all.get(&source).is_some_and(is_known) {
                return None;
            }
            all.values().find(|known| known.source_id == source_id).map(|known| known.plan.clone())
        };
        // Rules of a form that this version can't read count as none.
        let set: RuleSet = serde_json::from_str(&content).unwrap_or_default();
        let plan = Arc::new(Plan::new(&set, resets, before.as_deref()));
        Some((source, Known { source_id, content, resets, plan }))
    }
}

impl Parts {
    /// The rules of a source.
    ///
    /// # Errors
    /// `NotFound` if there is no source of this name; else what the store says.
    pub async fn source_rules(&self, source: &str) -> Result<SourceRules, ApiError> {
        let stored = self.store.rules(source).await?.ok_or_else(|| no_source(source))?;
        let rules: RuleSet = serde_json::from_str(stored.draft.as_ref().unwrap_or(&stored.content)).unwrap_or_default();
        Ok(SourceRules {
            source: source.to_owned(),
            problems: check(&rules),
            rules,
            in_force: stored.draft.is_none(),
            counts: self
                .is_listening()
                .then(|| self.doorway.plans.get(source).map(|plan| plan.counts()).unwrap_or_default()),
        })
    }

    /// Keeps the rules of a source. They are in force when it returns, unless a problem blocks: then they are kept as
    /// they were typed, and the source answers as it did before.
    ///
    /// # Errors
    /// `Invalid` if the name can't be a source's or the rules are too large; else what the store says.
    pub async fn save_rules(&self, save: SaveRules) -> Result<SourceRules, ApiError> {
        let SaveRules { source, mut rules } = save;
        checked_name(&source)?;
        for rule in rules.rules.iter_mut().filter(|rule| rule.id.is_empty()) {
            rule.id = super::hooks::random_word()?;
        }
        let json = serde_json::to_string(&rules)
            .map_err(|error| ApiError::failed(format!("The rules can't be written as JSON: {error}.")))?;
        if json.len() > RULES_BYTES {
            return Err(ApiError::invalid(format!("The rules of a source have at most {} MiB.", RULES_BYTES >> 20)));
        }
        self.store.create_source(source.clone()).await?;
        self.doorway.add_source(&source);
        match check(&rules).iter().any(|problem| problem.blocks) {
            true => self.store.save_rules_draft(source.clone(), json).await?,
            false => self.store.save_rules(source.clone(), json).await?,
        }
        self.read_rules().await?;
        self.source_rules(&source).await
    }

    /// Starts the sequences of a source again, also where another process listens.
    ///
    /// # Errors
    /// `NotFound` if there is no source of this name; else what the store says.
    pub async fn reset_rules(&self, source: &str) -> Result<SourceRules, ApiError> {
        self.store.reset_rules(source.to_owned()).await?;
        self.read_rules().await?;
        self.source_rules(source).await
    }

    /// Brings into force what is stored.
    pub(crate) async fn read_rules(&self) -> Result<(), ApiError> {
        let _turn = self.doorway.plans.reading.lock().await;
        self.doorway.plans.put(self.store.all_rules().await?);
        Ok(())
    }
}

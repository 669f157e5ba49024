//! What runs long and tells how far it is.

use crate::api::{JobKind, JobProgress};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Jobs that are under way, and whether lists have changed since the feed was told.
#[derive(Debug, Default, Clone)]
pub(crate) struct Jobs {
    running: Arc<Mutex<BTreeMap<String, JobProgress>>>,
    lists: Arc<AtomicBool>,
}

impl Jobs {
    pub(super) fn set(&self, ticket: &str, kind: JobKind, done: u64, total: u64) {
        let progress = JobProgress { ticket: ticket.to_owned(), kind, done, total };
        self.lock().insert(ticket.to_owned(), progress);
    }

    pub(crate) fn end(&self, ticket: &str) {
        self.lock().remove(ticket);
    }

    pub(super) fn progress(&self) -> Vec<JobProgress> {
        self.lock().values().cloned().collect()
    }

    pub(super) fn note_lists(&self) {
        self.lists.store(true, Ordering::Release);
    }

    pub(super) fn take_lists(&self) -> bool {
        self.lists.swap(false, Ordering::AcqRel)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, JobProgress>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

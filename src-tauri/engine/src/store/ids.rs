//! The numbers of the exchanges that a filter finds, oldest first: what exports and deletions walk along.

use super::candidates::{Taken, Walk};
use super::{Store, StoreError};
use crate::exchange::ExchangeId;
use std::sync::Arc;

/// A way along what a filter finds, a page at a time.
#[derive(Debug)]
pub struct IdPages {
    store: Store,
    filter: String,
    upto: ExchangeId,
    /// Up to here everything was looked at.
    after: ExchangeId,
    taken: Taken,
}

impl Store {
    /// The numbers of the first exchanges that a filter finds behind one up to another: so many, or some more.
    ///
    /// # Errors
    /// `Invalid` if the filter can't be read.
    pub async fn ids(
        &self,
        filter: &str,
        upto: ExchangeId,
        after: ExchangeId,
        count: u32,
    ) -> Result<Vec<ExchangeId>, StoreError> {
        self.id_pages(filter, upto, after).next(count).await
    }

    /// The numbers of all exchanges that a filter finds behind one up to another.
    pub fn id_pages(&self, filter: &str, upto: ExchangeId, after: ExchangeId) -> IdPages {
        IdPages { store: self.clone(), filter: filter.to_owned(), upto, after, taken: Taken::default() }
    }
}

impl IdPages {
    /// The next ones: so many, or some more. Empty at the end.
    ///
    /// # Errors
    /// `Invalid` if the filter can't be read.
    pub async fn next(&mut self, count: u32) -> Result<Vec<ExchangeId>, StoreError> {
        let mut kept = Vec::new();
        while self.after < self.upto && kept.len() < count as usize {
            if self.taken.is_empty() {
                let plan = Arc::new(self.store.plan(&self.filter).await?);
                self.store.take(&mut self.taken, plan, (self.after, self.upto), Walk::Up(count)).await?;
            }
            let looked = self.store.checked(&self.taken.plan, &self.taken.next(count as usize), None).await?;
            self.after = self.taken.looked_at(looked.count);
            kept.extend(looked.kept);
        }
        Ok(kept)
    }
}

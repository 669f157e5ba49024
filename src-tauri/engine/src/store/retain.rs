//! Retention: what is too old, or too much, goes. The oldest goes first; what is pinned stays.

use super::{Store, StoreError, micros_now};
use crate::api::Retention;
use crate::exchange::{ExchangeId, Micros};

/// Exchanges that one round looks at.
const ROUND: i64 = 256;

/// Free pages that are kept for what is stored next; more are given back to the disk.
const SPARE_PAGES: i64 = 1024;

/// Pages given back in one transaction.
const PAGES_AT_ONCE: i64 = 256;

/// Micros of a day.
const DAY: Micros = 24 * 60 * 60 * 1_000_000;

impl Store {
    /// Takes away what the retention says, and gives the space back; answers how many exchanges went.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn retain(&self, retention: &Retention) -> Result<u64, StoreError> {
        let mut gone = 0;
        loop {
            let ids = self.superfluous(retention, micros_now()).await?;
            if ids.is_empty() {
                break;
            }
            gone += self.remove(&ids).await?;
        }
        while self.free_pages().await? > SPARE_PAGES && self.give_back(PAGES_AT_ONCE).await? {}
        Ok(gone)
    }

    /// The next exchanges that go, the oldest first.
    async fn superfluous(&self, retention: &Retention, now: Micros) -> Result<Vec<ExchangeId>, StoreError> {
        if let Some(days) = retention.days {
            let old = self.older_than(now.saturating_sub(DAY.saturating_mul(i64::from(days)))).await?;
            if !old.is_empty() {
                return Ok(old);
            }
        }
        let sql = "SELECT id FROM exchange WHERE pinned = 0 ORDER BY id LIMIT $1";
        let ids: Result<Vec<ExchangeId>, _> = sqlx::query_scalar(sql).bind(ROUND).fetch_all(&self.readers).await;
        let mut ids = ids.map_err(|e| StoreError::from_sqlx("Looking for what is too much", &e))?;
        let too_many = match retention.exchanges {
            // What is pinned is beside the limit: else many pins would take everything else away.
            Some(most) => {
                let others = self.exchanges().await?.saturating_sub(self.pinned().await?);
                usize::try_from(others.saturating_sub(most)).unwrap_or(usize::MAX)
            }
            None => 0,
        };
        let too_big = match retention.bytes {
            Some(most) => self.share_over(most, ids.len()).await?,
            None => 0,
        };
        ids.truncate(too_many.max(too_big));
        Ok(ids)
    }

    /// Exchanges that began before a moment, whatever their order: a clock may have been wrong. The counted minutes
    /// know up to where there are any, so those that are not counted yet go later.
    async fn older_than(&self, moment: Micros) -> Result<Vec<ExchangeId>, StoreError> {
        let sql = "SELECT id FROM exchange WHERE pinned = 0 AND started_at < $1
                      AND id <= (SELECT max(last) FROM bucket WHERE minute <= $1 / 60000000 AND total > 0)
                    ORDER BY id LIMIT $2";
        let ids = sqlx::query_scalar(sql).bind(moment).bind(ROUND).fetch_all(&self.readers).await;
        ids.map_err(|e| StoreError::from_sqlx("Looking for what is too old", &e))
    }

    /// How many of `looked_at` go before the size is looked at again: about as many as hold what is too much.
    async fn share_over(&self, most: u64, looked_at: usize) -> Result<usize, StoreError> {
        let (used, exchanges) = (self.used_bytes().await?, self.exchanges().await?);
        if used <= most || exchanges == 0 {
            return Ok(0);
        }
        let each = (used / exchanges).max(1);
        Ok(usize::try_from((used - most) / each + 1).unwrap_or(usize::MAX).min(looked_at))
    }

    async fn exchanges(&self) -> Result<u64, StoreError> {
        Ok(self.stored().await?.exchanges)
    }

    async fn pinned(&self) -> Result<u64, StoreError> {
        let pinned =
            sqlx::query_scalar("SELECT count(*) FROM exchange WHERE pinned = 1").fetch_one(&self.readers).await;
        pinned.map_err(|e| StoreError::from_sqlx("Counting what is pinned", &e))
    }

    /// Bytes of the file without free pages.
    async fn used_bytes(&self) -> Result<u64, StoreError> {
        let pages = self.pragma("page_count").await? - self.free_pages().await?;
        Ok((pages.max(0) * self.pragma("page_size").await?) as u64)
    }

    pub(super) async fn free_pages(&self) -> Result<i64, StoreError> {
        self.pragma("freelist_count").await
    }

    pub(super) async fn pragma(&self, name: &'static str) -> Result<i64, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!("PRAGMA {name}"));
        let value = sqlx::query_scalar(sql).fetch_one(&self.readers).await;
        value.map_err(|e| StoreError::from_sqlx("Reading the size of the workspace", &e))
    }

    /// Gives free pages back to the disk; false if there was none.
    pub(super) async fn give_back(&self, pages: i64) -> Result<bool, StoreError> {
        let before = self.free_pages().await?;
        if before == 0 {
            return Ok(false);
        }
        self.run("Giving space back", format!("PRAGMA incremental_vacuum({pages})")).await?;
        Ok(self.free_pages().await? < before)
    }
}

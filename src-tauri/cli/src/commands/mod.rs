//! The commands, one file each.

pub(crate) mod diff;
pub(crate) mod export;
pub(crate) mod list;
pub(crate) mod listen;
pub(crate) mod organise;
pub(crate) mod replay;
pub(crate) mod rules;
pub(crate) mod send;
pub(crate) mod show;
pub(crate) mod storage;
pub(crate) mod vault;
pub(crate) mod verify;

use pushpull_engine::exchange::ExchangeSummary;

/// True if there is no answer, or one that says no.
fn is_failure(row: &ExchangeSummary) -> bool {
    row.failure.is_some() || row.status.is_none_or(|status| status >= 400)
}

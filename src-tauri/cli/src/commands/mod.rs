//! The commands, one file each.

pub(crate) mod diff;
pub(crate) mod export;
mod forwards;
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

use crate::output::{Outcome, counted, say};
use pushpull_engine::exchange::{Exchange, ExchangeId};

/// What sending came to: a whole answer was wanted, and under `--fail` one that does not say no. Says why there is none.
fn answered(exchange: &Exchange, fail: bool) -> Outcome {
    if let Some(failure) = &exchange.failure {
        say(&failure.message, failure.hint.as_deref());
    }
    let is_whole = exchange.failure.is_none();
    let is_good = is_whole && exchange.summary.status.is_some_and(|status| status < 400);
    match fail {
        true if !is_good => Outcome::CheckedNo,
        false if !is_whole => Outcome::Failed,
        _ => Outcome::Done,
    }
}

/// Says what an interrupt came before: these exchanges, in the order in which their turn would have come. Nothing if
/// there are none.
fn say_not_begun(exchanges: &[ExchangeId], what: &str) {
    if let Some(first) = exchanges.first() {
        eprintln!("Not begun: {}, from exchange {first} on.", counted(exchanges.len() as u64, what));
    }
}

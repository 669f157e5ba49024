//! `pushpull replay`

use super::{answered, say_not_begun};
use crate::arguments::Replay;
use crate::interrupt::cancelled_by_interrupt;
use crate::output::{Outcome, Output, row, say};
use pushpull_engine::Engine;
use pushpull_engine::api::ApiError;
use pushpull_engine::exchange::ExchangeId;
use pushpull_engine::replay::replay;
use pushpull_engine::send::Target;

pub(crate) async fn run(engine: &Engine, asked: Replay, output: Output) -> anyhow::Result<Outcome> {
    Target::parse(&asked.to).map_err(ApiError::invalid)?;
    let cancel = cancelled_by_interrupt()?;
    let all: Vec<ExchangeId> =
        asked.ids.into_iter().flat_map(|id| std::iter::repeat_n(id, asked.times as usize)).collect();
    let mut outcome = Outcome::Done;
    let mut refused = None;
    for (place, id) in all.iter().enumerate() {
        if cancel.is_cancelled() {
            say_not_begun(&all[place..], "replay");
            outcome = if outcome == Outcome::Done { Outcome::Failed } else { outcome };
            break;
        }
        match replay(&engine.store, &engine.sender, *id, &asked.to, cancel.clone()).await {
            Ok(id) => {
                let answer = engine.store.exchange(id).await?;
                output.result(&answer.summary, row)?;
                let came = answered(&answer, asked.fail);
                outcome = if came == Outcome::Done { outcome } else { came };
            }
            // The others are sent all the same; the first of them is said at the end, with its exit code.
            Err(problem) => match refused {
                None => refused = Some(problem),
                Some(_) => say(&problem.message, problem.hint.as_deref()),
            },
        }
    }
    refused.map_or(Ok(outcome), |problem| Err(problem.into()))
}

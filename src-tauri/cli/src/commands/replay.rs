//! `pushpull replay`

use super::answered;
use crate::arguments::Replay;
use crate::output::{Outcome, Output, row, say};
use pushpull_engine::Engine;
use pushpull_engine::api::{Api, ReplayCommand};

pub(crate) async fn run(engine: &Engine, replay: Replay, output: Output) -> anyhow::Result<Outcome> {
    let api = Api::of(engine.clone());
    let mut outcome = Outcome::Done;
    let mut refused = None;
    for id in replay.ids {
        for _ in 0..replay.times {
            let command = ReplayCommand { ids: vec![id], to: replay.to.clone(), ticket: "command line".into() };
            let replayed = api.replay(command).await?;
            // The others are sent all the same; the first of them is said at the end, with its exit code.
            for problem in replayed.not_sent.into_iter().map(|not_sent| not_sent.problem) {
                match refused {
                    None => refused = Some(problem),
                    Some(_) => say(&problem.message, problem.hint.as_deref()),
                }
            }
            for answer in replayed.exchanges {
                output.result(&answer, row)?;
                let came = answered(&engine.store.exchange(answer.id).await?, replay.fail);
                outcome = if came == Outcome::Done { outcome } else { came };
            }
        }
    }
    refused.map_or(Ok(outcome), |problem| Err(problem.into()))
}

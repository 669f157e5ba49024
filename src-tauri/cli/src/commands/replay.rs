//! `pushpull replay`

use super::answered;
use crate::arguments::Replay;
use crate::output::{Outcome, Output, row};
use pushpull_engine::Engine;
use pushpull_engine::api::{Api, ReplayCommand};

pub(crate) async fn run(engine: &Engine, replay: Replay, output: Output) -> anyhow::Result<Outcome> {
    let api = Api::of(engine.clone());
    let mut outcome = Outcome::Done;
    for id in replay.ids {
        for _ in 0..replay.times {
            let command = ReplayCommand { ids: vec![id], to: replay.to.clone(), ticket: "command line".into() };
            for answer in api.replay(command).await?.exchanges {
                output.result(&answer, row)?;
                let came = answered(&engine.store.exchange(answer.id).await?, replay.fail);
                outcome = if came == Outcome::Done { outcome } else { came };
            }
        }
    }
    Ok(outcome)
}

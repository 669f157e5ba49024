//! `pushpull replay`

use super::is_failure;
use crate::arguments::Replay;
use crate::output::{Outcome, Output, row};
use pushpull_engine::Engine;
use pushpull_engine::api::{Api, ReplayCommand};

pub(crate) async fn run(engine: &Engine, replay: Replay, output: Output) -> anyhow::Result<Outcome> {
    let api = Api::of(engine.clone());
    let mut failed = false;
    for id in replay.ids {
        for _ in 0..replay.times {
            let command = ReplayCommand { ids: vec![id], to: replay.to.clone(), ticket: "command line".into() };
            for answer in api.replay(command).await?.exchanges {
                failed |= is_failure(&answer);
                output.result(&answer, row)?;
            }
        }
    }
    Ok(if failed && replay.fail { Outcome::CheckedNo } else { Outcome::Done })
}

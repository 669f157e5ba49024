//! The sender: requests one after another, each stored before the next, against a bare reqwest loop.

use crate::report::{Bar, Report, median, ms};
use anyhow::{Context, Result, bail};
use pushpull_engine::api::{self, Answer, Api};
use pushpull_tests::{Home, Receiver, http};
use serde_json::json;
use std::time::{Duration, Instant};

/// Requests of one run.
const REQUESTS: u32 = 500;
/// Runs of each, in turn: a ratio a pair, so that what else the machine does falls on both.
const RUNS: usize = 15;
/// What the server answers: a small JSON document, as an API would.
const ANSWER: &str = r#"{"id":1296269,"name":"hello","open":true,"labels":["a","b"],"owner":{"id":1}}"#;

/// Sends the same request with reqwest and through the engine's own command.
pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    report.section(&format!("send: {REQUESTS} requests one after another"));
    let server = Receiver::start(ANSWER).await?;
    let home = Home::new()?;
    let api = Api::start(&home.workspace()).await;
    // The first of each makes connections, tables and dictionaries; it is not counted.
    bare_loop(server.url()).await?;
    stored_loop(&api, server.url()).await?;
    let (mut bare, mut stored, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let (one, other) = (bare_loop(server.url()).await?, stored_loop(&api, server.url()).await?);
        ratios.push(other.as_secs_f64() / one.as_secs_f64());
        bare.push(one);
        stored.push(other);
    }
    ratios.sort_by(f64::total_cmp);
    report.line("bare reqwest, median", &format!("{:.1} ms", ms(median(bare))));
    report.line("sent and stored, median", &format!("{:.1} ms", ms(median(stored))));
    report.line("ratios of the pairs, from, to", &format!("{:.2}, {:.2}", ratios[0], ratios[RUNS - 1]));
    report.judge("median ratio of sent and stored to bare", ratios[RUNS / 2], "", Bar::AtMost(8.0));
    Ok(())
}

async fn bare_loop(url: &str) -> Result<Duration> {
    let client = http::client()?;
    let start = Instant::now();
    for _ in 0..REQUESTS {
        client.get(url).send().await?.bytes().await?;
    }
    Ok(start.elapsed())
}

async fn stored_loop(api: &Api, url: &str) -> Result<Duration> {
    let definition = json!({ "method": "GET", "url": url });
    let start = Instant::now();
    for number in 0..REQUESTS {
        let args = json!({ "ticket": number.to_string(), "definition": definition, "request_id": null });
        let Answer::Json(sent) = api::dispatch(api, "send", args).await.context("Sending")? else { bail!("no answer") };
        if sent["status"] != 200 {
            bail!("A request failed: {sent}");
        }
    }
    Ok(start.elapsed())
}

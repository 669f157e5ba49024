//! Large bodies: how long until a 50 MB one stands there, and until the tree of a 10 MB one is open down to its end.

use crate::report::{Report, median, ms};
use anyhow::{Context, Result, ensure};
use pushpull_engine::Engine;
use pushpull_engine::api::{self, Answer, Api};
use pushpull_engine::store::{NewExchange, Store};
use pushpull_tests::{Events, Home};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Bytes of the bodies.
const LARGE: usize = 50 * 1024 * 1024;
const DEEP: usize = 10 * 1024 * 1024;
/// Bodies of each: every one is opened once, since an open one is kept.
const TIMES: usize = 5;
/// Rows that a window shows.
const ROWS: u64 = 60;
/// Deep enough to open every container of a payload.
const ALL_OPEN: u32 = 1_000;

/// Stores the bodies, and opens each.
pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    report.section("reading: arrays of real payloads, each opened once");
    let home = Home::new()?;
    let events = Events::read()?;
    let engine = Engine::open(&home.workspace()).await?;
    let api = Api::of(engine.clone());
    let (mut text, mut tree, mut rows) = (Vec::new(), Vec::new(), 0);
    for _ in 0..TIMES {
        let large = json!({ "id": store(&engine.store, &events, LARGE).await?, "side": "request" });
        let start = Instant::now();
        call(&api, "body_info", large.clone()).await?;
        call(&api, "text_rows", json!({ "body": large, "pretty": true, "from": 0, "count": ROWS })).await?;
        text.push(start.elapsed());

        let deep = json!({ "id": store(&engine.store, &events, DEEP).await?, "side": "request" });
        let (time, total) = open_tree(&api, &deep).await?;
        tree.push(time);
        rows = total;
    }
    report.line("a body of 50 MB, until its first lines stand there", &format!("{:.0} ms", ms(median(text))));
    let what = format!("a tree of 10 MB, opened to its end ({rows} rows)");
    report.line(&what, &format!("{:.0} ms", ms(median(tree))));
    api.close().await;
    Ok(())
}

/// Opens all of a tree and goes to its last rows.
async fn open_tree(api: &Api, body: &Value) -> Result<(Duration, u64)> {
    let page = |from: u64| json!({ "body": body, "depth": ALL_OPEN, "toggled": [], "from": from, "count": ROWS });
    let start = Instant::now();
    let total = call(api, "tree_rows", page(0)).await?["total"].as_u64().context("no number of rows")?;
    let end = call(api, "tree_rows", page(total - ROWS)).await?;
    ensure!(end["rows"].as_array().is_some_and(|rows| rows.len() as u64 == ROWS), "the end is not there");
    Ok((start.elapsed(), total))
}

/// Stores a push whose body is an array of payloads; answers its number.
async fn store(store: &Store, events: &Events, bytes: usize) -> Result<i64> {
    let mut spool = store.spool();
    let (mut written, mut number) = (0, 0);
    while written < bytes {
        let separator = if number == 0 { "[" } else { "," };
        let piece = [separator.as_bytes(), &events.body(number)].concat();
        written += piece.len();
        number += 1;
        spool.write(piece.into()).await?;
    }
    spool.write("]".into()).await?;
    let mut exchange: NewExchange = events.exchange(0);
    exchange.request.body = spool.finish().await?;
    Ok(store.save(exchange).await?)
}

async fn call(api: &Api, command: &str, args: Value) -> Result<Value> {
    match api::dispatch(api, command, args).await {
        Ok(Answer::Json(value)) => Ok(value),
        Ok(_) => anyhow::bail!("{command} answered no JSON"),
        Err(error) => anyhow::bail!("{command}: {}", error.message),
    }
}

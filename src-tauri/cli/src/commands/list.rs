//! `pushpull list`

use crate::arguments::List;
use crate::output::{Outcome, Output, row};
use pushpull_engine::Engine;
use pushpull_engine::api::ListQuery;
use pushpull_engine::exchange::ExchangeId;
use pushpull_engine::store::StoreError;

/// Rows asked for at a time.
const PAGE: u64 = 500;

pub(crate) async fn run(engine: &Engine, list: List, output: Output) -> anyhow::Result<Outcome> {
    let filter = list.filter.join(" ");
    match list.after {
        Some(after) => upwards(engine, &filter, after, list.limit, output).await?,
        None => downwards(engine, filter, list.limit, output).await?,
    }
    Ok(Outcome::Done)
}

/// Prints what is stored after an exchange, oldest first.
async fn upwards(engine: &Engine, filter: &str, after: ExchangeId, limit: u64, output: Output) -> anyhow::Result<()> {
    let count = u32::try_from(limit).unwrap_or(u32::MAX);
    for id in engine.store.ids(filter, i64::MAX, after, count).await?.into_iter().take(limit as usize) {
        match engine.store.summary(id).await {
            Ok(found) => output.result(&found, row)?,
            Err(StoreError::NotFound(_)) => {} // it went meanwhile
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Prints the list, newest first. Each page begins below the last row of the one before it, not at a place: rows come in
/// and go while it is printed.
async fn downwards(engine: &Engine, filter: String, limit: u64, output: Output) -> anyhow::Result<()> {
    let mut query = ListQuery { filter, upto: Some(engine.store.newest().await?), from: 0, count: 0, near: None };
    let mut left = limit;
    while left > 0 {
        query.count = left.min(PAGE) as u32;
        let page = engine.store.list(&query).await?;
        for found in &page.rows {
            output.result(found, row)?;
        }
        if page.last {
            break;
        }
        left -= page.rows.len() as u64;
        query.upto = page.rows.last().map(|last| last.id - 1).or(query.upto);
    }
    Ok(())
}

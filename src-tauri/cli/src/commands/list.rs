//! `pushpull list`

use crate::arguments::List;
use crate::output::{Outcome, Output, row};
use pushpull_engine::Engine;
use pushpull_engine::api::{Anchor, ListQuery};

/// Rows asked for at a time.
const PAGE: u64 = 500;

pub(crate) async fn run(engine: &Engine, list: List, output: Output) -> anyhow::Result<Outcome> {
    let filter = list.filter.join(" ");
    if let Some(after) = list.after {
        let count = u32::try_from(list.limit).unwrap_or(u32::MAX);
        for id in engine.store.ids(&filter, i64::MAX, after, count).await?.into_iter().take(list.limit as usize) {
            output.result(&engine.store.summary(id).await?, row)?;
        }
        return Ok(Outcome::Done);
    }
    // The end stays where it is while rows come in, and each page begins where the one before it ended.
    let upto = engine.store.newest().await?;
    let mut query = ListQuery { filter, upto: Some(upto), from: 0, count: 0, near: None };
    while query.from < list.limit {
        query.count = (list.limit - query.from).min(PAGE) as u32;
        let page = engine.store.list(&query).await?;
        for found in &page.rows {
            output.result(found, row)?;
        }
        let last = page.rows.last().map(|last| last.id);
        query.from += page.rows.len() as u64;
        query.near = last.map(|id| Anchor { row: query.from - 1, id });
        if page.complete && page.rows.len() < query.count as usize {
            break;
        }
    }
    Ok(Outcome::Done)
}

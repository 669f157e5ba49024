//! The settings of what is kept: a limit takes the oldest away but what is pinned, and what takes the space is shown.

use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{Home, Window, until};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_takes_the_oldest_away_and_the_space_is_told() -> Result<()> {
    Window::with(&Home::new()?, limit).await
}

async fn limit(window: &Window) -> Result<()> {
    for provider in ["stripe", "github", "hubspot", "shopify"] {
        window.invoke("send_sample", json!({ "provider": provider })).await?;
    }
    window.text(".listfoot", "4 stored").await?;
    window.invoke("pin", json!({ "ids": [1], "on": true })).await?;
    window.keys("gs").await?;
    window.fill("input[id$='-exchanges']", "many").await?;
    window.text(".settings", "A whole number from 1").await?;
    window.fill("input[id$='-exchanges']", "2").await?;
    window.click(".foot .primary").await?;
    until("two to be left, and what is pinned", async || {
        let rows = window.invoke("list", json!({ "filter": "", "upto": null, "from": 0, "count": 10, "near": null }));
        let rows = rows.await?;
        let ids: Vec<_> =
            rows["rows"].as_array().context("rows")?.iter().filter_map(|row| row["id"].as_i64()).collect();
        Ok((ids == [4, 3, 1]).then_some(()))
    })
    .await?;
    window.button("What takes the space?").await?;
    window.text("table[aria-label='What the file is for']", "Bodies").await?;
    window.text("table[aria-label='What each source takes']", "As it came").await?;
    window.script("document.querySelector('table').scrollIntoView({ block: 'center' })", vec![]).await?;
    screens::take(window, "storage").await?;
    window.click("section:has(table) .row .btn:nth-child(2)").await?;
    window.text(".toasts", "Compacted").await?;
    window.keys("gi").await?;
    window.text(".listfoot", "3 stored").await
}

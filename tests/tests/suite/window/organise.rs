//! Finding and organising in the real window: a view is saved, a time brushed, a column added, a row deleted and back.

use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{CONTROL, END, ENTER, ESCAPE, Home, RELEASE, Window};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_becomes_a_view_a_time_a_column_and_a_deletion_can_be_undone() -> Result<()> {
    Window::with(&Home::new()?, organise).await
}

async fn organise(window: &Window) -> Result<()> {
    for provider in ["stripe", "github", "hubspot", "github", "shopify", "github"] {
        window.invoke("send_sample", json!({ "provider": provider })).await?;
    }
    window.text(".listfoot", "6 stored").await?;
    view(window).await.context("Saving a view")?;
    column(window).await.context("Adding a column")?;
    marks(window).await.context("Tags and notes")?;
    screens::take(window, "organise").await?;
    brush(window).await.context("Brushing a time")?;
    deletion(window).await.context("Deleting and taking it back")
}

async fn view(window: &Window) -> Result<()> {
    window.fill("[data-filter]", "source:github").await?;
    window.press(&ENTER.to_string()).await?;
    window.text(".listfoot", "3 in view").await?;
    window.press(&format!("{CONTROL}s{RELEASE}")).await?;
    window.fill(".views input", "GitHub alone").await?;
    window.press(&ENTER.to_string()).await?;
    window.text(".views", "GitHub alone").await?;
    window.text(".views", "3").await?;
    let views = window.invoke("views", json!({})).await?;
    assert_eq!(views["views"][0]["filter"], "source:github");
    Ok(())
}

async fn column(window: &Window) -> Result<()> {
    window.click("button[aria-label='Choose columns…']").await?;
    window.fill("[data-first]", "header.Host").await?;
    window.button("Add column").await?;
    window.text("[role=dialog] ul", "header.Host").await?;
    window.press(&ESCAPE.to_string()).await?;
    window.text(".exchange-grid.head", "Host").await?;
    window.text(".exchange-grid.row", "127.0.0.1:").await?;
    let columns = window.invoke("columns", json!({})).await?;
    let kept = columns["columns"].as_array().context("Columns are a list")?;
    assert!(kept.iter().any(|column| column["id"] == "header.Host"), "{columns}");
    Ok(())
}

async fn marks(window: &Window) -> Result<()> {
    window.click(".exchange-grid.row").await?;
    window.press("p").await?;
    window.find(".exchange-grid.row .mark").await?;
    window.click("#detail-panel-tab-notes").await?;
    window.fill(".notes input", "late").await?;
    window.press(&ENTER.to_string()).await?;
    window.find(".exchange-grid.row .tag[title=late]").await?;
    window.fill(".notes textarea", "Asked them about this one").await?;
    window.text(".notes [role=status]", "Kept").await?;
    let rows = window.invoke("list", list("has:note tag:late is:pinned")).await?;
    assert_eq!(rows["rows"].as_array().map(Vec::len), Some(1));
    Ok(())
}

async fn brush(window: &Window) -> Result<()> {
    window.script("document.querySelector('.strip [role=slider]').focus()", vec![]).await?;
    window.press(&format!("{END}{ENTER}")).await?;
    window.text("[aria-label='Filter']", "since:").await?;
    window.press(&ESCAPE.to_string()).await?;
    window.text(".listfoot", "3 in view").await
}

async fn deletion(window: &Window) -> Result<()> {
    window.click(".exchange-grid.row").await?;
    window.press("#").await?;
    window.text(".toasts", "1 exchange deleted").await?;
    window.text(".listfoot", "2 in view").await?;
    window.text(".listfoot", "5 stored").await?;
    window.button("Undo").await?;
    window.text(".listfoot", "3 in view").await?;
    window.text(".listfoot", "6 stored").await
}

fn list(filter: &str) -> Value {
    json!({ "filter": filter, "upto": null, "from": 0, "count": 10, "near": null })
}

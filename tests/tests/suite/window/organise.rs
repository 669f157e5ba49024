//! Finding and organising in the real window: views, times, columns, marks, repeats of an event, deletions taken back.

use super::screens;
use anyhow::{Context, Result};
use pushpull_tests::{BACKSPACE, CONTROL, END, ENTER, ESCAPE, Home, RELEASE, SHIFT, Window, until};
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
    until("the column to be kept", async || {
        let columns = window.invoke("columns", json!({})).await?;
        let kept = columns["columns"].as_array().context("Columns are a list")?;
        Ok(kept.iter().any(|column| column["id"] == "header.Host").then_some(()))
    })
    .await
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

#[tokio::test(flavor = "multi_thread")]
async fn repeats_fold_read_marks_follow_reading_and_a_whole_view_goes_and_comes_back() -> Result<()> {
    Window::with(&Home::new()?, tidy).await
}

async fn tidy(window: &Window) -> Result<()> {
    window.find(".first h1").await?;
    repeats(window).await.context("Pushes of one event")?;
    reading(window).await.context("Reading")?;
    together(window).await.context("Marks of several")?;
    changed_view(window).await.context("Changing a view")?;
    whole_view(window).await.context("Deleting what a filter finds")
}

/// A push that failed, its retry, the same once more, and another event.
async fn repeats(window: &Window) -> Result<()> {
    let rules = json!({ "rules": [{ "id": "1", "steps": [{ "status": 500 }, { "status": 200 }] }] });
    window.invoke("save_rules", json!({ "source": "github", "rules": rules })).await?;
    for (delivery, status) in [("a", 500), ("a", 200), ("a", 200), ("b", 200)] {
        let fields = format!("X-GitHub-Event: issues\r\nX-GitHub-Delivery: {delivery}\r\n");
        assert_eq!(window.post("/in/github", &fields, br#"{"action":"opened"}"#).await?.status, status);
    }
    window.text(&row(4), "retry").await?;
    window.text(&row(3), "duplicate").await?;
    window.keys("d").await?;
    window.text(".listfoot", "2 in view").await?;
    window.text(&row(3), "\u{d7}3").await?;
    window.click(&row(3)).await?;
    window.keys("e").await?;
    window.find(".exchange-grid.row.below").await?;
    window.keys("e").await?;
    window.press(&format!("{SHIFT}d{RELEASE}")).await?;
    window.text("[aria-label='Filter']", "delivery:").await?;
    window.text(".listfoot", "3 in view").await?;
    window.press(&ESCAPE.to_string()).await?;
    window.keys("d").await?;
    window.text(".listfoot", "4 in view").await
}

/// What was opened is read, until it is said to be unread again.
async fn reading(window: &Window) -> Result<()> {
    window.click(&row(2)).await?;
    unread(window, &[false]).await?;
    window.run("Mark as unread").await?;
    unread(window, &[true]).await?;
    window.run("Mark everything as read").await?;
    unread(window, &[false; 4]).await?;
    window.click("[role=radiogroup][aria-label=Outcome] [data-value=unread]").await?;
    window.text(".listfoot", "0 in view").await?;
    window.click("[role=radiogroup][aria-label=Outcome] [data-value=failed]").await?;
    window.text(".listfoot", "1 in view").await?;
    window.click("[role=radiogroup][aria-label=Outcome] [data-value=any]").await?;
    window.text(".listfoot", "4 in view").await
}

/// Waits until the first rows are marked like this.
async fn unread(window: &Window, wanted: &[bool]) -> Result<()> {
    let marks =
        "return [...document.querySelectorAll('.exchange-grid.row .name')].map((name) => name.matches('.unread'))";
    until("the marks of what is unread", async || {
        let marks = window.script(marks, vec![]).await?;
        let marks: Vec<_> = marks.as_array().context("no rows")?.iter().filter_map(Value::as_bool).collect();
        Ok(marks.starts_with(wanted).then_some(()))
    })
    .await
}

/// Two rows get a tag and a pin; one loses both, and its note with its last word.
async fn together(window: &Window) -> Result<()> {
    window.click(&row(2)).await?;
    window.keys("xjxt").await?;
    window.fill("[role=dialog] input", &format!("urgent{ENTER}")).await?;
    window.text("[role=dialog] .tags", "urgent").await?;
    window.button("Done").await?;
    window.keys("p").await?;
    found(window, "tag:urgent is:pinned", 2).await?;
    window.press(&ESCAPE.to_string()).await?;
    window.click(&row(3)).await?;
    window.keys("p").await?;
    found(window, "is:pinned", 1).await?;
    window.click("#detail-panel-tab-notes").await?;
    window.fill(".notes textarea", "Ask").await?;
    found(window, "has:note", 1).await?;
    window.press(&format!("{CONTROL}a{RELEASE}{BACKSPACE}")).await?;
    found(window, "has:note", 0).await
}

/// Waits until a filter finds so many.
async fn found(window: &Window, filter: &str, count: usize) -> Result<()> {
    until(&format!("{count} rows of {filter}"), async || {
        let rows = window.invoke("list", list(filter)).await?;
        Ok((rows["rows"].as_array().map(Vec::len) == Some(count)).then_some(()))
    })
    .await
}

async fn changed_view(window: &Window) -> Result<()> {
    window.fill("[data-filter]", &format!("status:500{ENTER}")).await?;
    window.text(".listfoot", "1 in view").await?;
    window.press(&format!("{CONTROL}s{RELEASE}")).await?;
    window.fill(".views input", &format!("Broken{ENTER}")).await?;
    window.click("[aria-label='More for Broken']").await?;
    window.item("Rename").await?;
    window.find(".views input:focus").await?;
    window.press(&format!("Refused{ENTER}")).await?;
    window.text(".views", "Refused").await?;
    window.click("[aria-label='Clear the filter']").await?;
    window.text(".listfoot", "4 in view").await?;
    window.click(".views .nav").await?;
    window.text(".listfoot", "1 in view").await?;
    window.click("[aria-label='More for Refused']").await?;
    window.item("Delete").await?;
    until("the view to go", async || {
        let views = window.invoke("views", json!({})).await?;
        Ok((views["views"] == json!([])).then_some(()))
    })
    .await
}

/// What the filter finds goes and comes back; what it does not find stays.
async fn whole_view(window: &Window) -> Result<()> {
    window.invoke("send_sample", json!({ "provider": "stripe" })).await?;
    window.click("[aria-label='Clear the filter']").await?;
    window.fill("[data-filter]", &format!("source:github{ENTER}")).await?;
    window.text(".listfoot", "4 in view").await?;
    window.text(".listfoot", "5 stored").await?;
    window.run("Delete everything in view").await?;
    window.text("[role=dialog]", "4 exchanges that source:github finds").await?;
    window.button("Delete 4").await?;
    window.text(".toasts", "4 exchanges deleted").await?;
    window.text(".listfoot", "0 in view").await?;
    window.text(".listfoot", "1 stored").await?;
    window.keys("").await?;
    window.press(&format!("{CONTROL}z{RELEASE}")).await?;
    window.text(".listfoot", "4 in view").await?;
    window.text(".listfoot", "5 stored").await
}

/// A row by its place among the ARIA rows: 2 is the newest.
fn row(place: u32) -> String {
    format!(".exchange-grid.row[aria-rowindex='{place}']")
}

fn list(filter: &str) -> Value {
    json!({ "filter": filter, "upto": null, "from": 0, "count": 10, "near": null })
}

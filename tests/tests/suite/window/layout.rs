//! The screens in the smallest window, with names as long as they get: nothing sticks out, and what tells rows apart stays.

use anyhow::{Context, Result};
use pushpull_tests::{ESCAPE, Home, Window, until};
use serde_json::json;

/// Elements that reach out of the window without anything around them that scrolls.
const OUTSIDE: &str = "\
const scrolls = (of) => of && (/auto|scroll/.test(getComputedStyle(of).overflow) || scrolls(of.parentElement));
return [...document.querySelectorAll('body *')].filter((of) => {
  const { right, bottom, width, height } = of.getBoundingClientRect();
  return width && height && !of.closest('.vh') && (right > innerWidth + 1 || bottom > innerHeight + 1) && !scrolls(of.parentElement);
}).map((of) => `${of.tagName} ${of.className}`);";
/// The narrowest name of a row, px.
const NARROWEST: &str =
    "return Math.min(...[...document.querySelectorAll('.exchange-grid.row .name')].map((of) => of.offsetWidth))";
/// Where the paths of the comparison stand in their table, px, once it was scrolled to its right end.
const PATHS: &str = "\
const table = document.querySelector('[aria-label=Differences]');
const rows = table.querySelector('.virtual');
rows.scrollLeft = 1e6;
const key = rows.querySelector('.cell.key');
return [rows.scrollLeft > 0, Math.round(key.getBoundingClientRect().left - table.getBoundingClientRect().left)];";

const NAME: &str = "a-source-with-a-very-long-name-that-goes-on-and-on-for-63-chars";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_crushed_or_sticks_out_of_the_smallest_window() -> Result<()> {
    Window::with(&Home::new()?, smallest).await
}

async fn smallest(window: &Window) -> Result<()> {
    window.client().set_window_size(1000, 640).await?;
    window.find(".first h1").await?;
    inside(window, "the first run").await?;
    rows(window).await.context("The rows")?;
    compare(window).await.context("The comparison")?;
    for (keys, ready) in [
        ("gi", ".exchange-grid.row"),
        ("gr", "[aria-label=URL]"),
        ("go", "[data-pane=source] .url"),
        ("gs", ".settings"),
        ("gt", ".tunnelpop"),
    ] {
        window.keys(keys).await?;
        window.find(ready).await?;
        inside(window, ready).await?;
    }
    Ok(())
}

/// Rows with every mark, columns of the user's, and names that are long.
async fn rows(window: &Window) -> Result<()> {
    window.invoke("send_sample", json!({ "provider": "stripe" })).await?;
    for number in 0..4 {
        let body = format!(r#"{{"number":{number},"of":{{"a":[{number}]}}}}"#);
        let fields = "X-GitHub-Event: pull_request_review_thread\r\nX-GitHub-Delivery: 1\r\n";
        assert_eq!(window.post(&format!("/in/{NAME}"), fields, body.as_bytes()).await?.status, 200);
    }
    window.text(".listfoot", "5 stored").await?;
    let ids = [1, 2, 3, 4, 5];
    window.invoke("pin", json!({ "ids": ids, "on": true })).await?;
    for id in ids {
        window.invoke("save_note", json!({ "id": id, "text": "Asked" })).await?;
    }
    for column in ["header.Host", "body.number"] {
        window.click("button[aria-label='Choose columns…']").await?;
        window.fill("[data-first]", column).await?;
        window.button("Add column").await?;
        window.text("[role=dialog] ul", column).await?;
        window.press(&ESCAPE.to_string()).await?;
    }
    window.find(".exchange-grid.row .mark").await?;
    let narrowest = window.script(NARROWEST, vec![]).await?.as_f64().context("No row has a name")?;
    assert!(narrowest >= 60.0, "A name has {narrowest} px");
    window.click(".exchange-grid.row").await?;
    inside(window, "the inbox").await
}

/// Four sides are wider than the window; the paths stay where they are.
async fn compare(window: &Window) -> Result<()> {
    window.keys("xjxjxjxc").await?;
    window.find("[aria-label=Differences] .cell.key").await?;
    until("the paths at the left edge", async || {
        Ok((window.script(PATHS, vec![]).await? == json!([true, 0])).then_some(()))
    })
    .await?;
    inside(window, "the comparison").await?;
    window.press("2").await?;
    window.find(".cm-mergeView .cm-line").await?;
    inside(window, "the texts side by side").await?;
    window.press("4").await?;
    window.find("[aria-label=Headers] table").await?;
    inside(window, "the headers of four sides").await
}

async fn inside(window: &Window, what: &str) -> Result<()> {
    let outside = window.script(OUTSIDE, vec![]).await?;
    assert_eq!(outside, json!([]), "{what}");
    Ok(())
}
